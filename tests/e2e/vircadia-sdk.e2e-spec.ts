import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Builder } from './support/builder.js';
import { Domain } from './support/domain.js';
import { commandOf, isRunning } from './support/process-tree.js';
import { CHANNEL, levelsOf, untilHears, untilMoves, untilWhole } from './support/sdk-signs.js';
import { ALL_CONNECTED, SdkBrowser, type SdkVisitor } from './support/sdk-visitor.js';
import { everybodyLeaves, Visitor } from './support/visitor.js';
import { within } from './support/within.js';

const STEP_MS_MAX = 15_000;
/** The SDK takes seconds to notice that it has to connect anew, and keeps a second of sound before it plays any. */
const RECOVERY_MS_MAX = 20_000;
const LARGE_BYTES = 100_000;

describe('Two people on pages that use the Vircadia Web SDK, as npm has it', () => {
  let domain: Domain;
  let browser: SdkBrowser;
  let ada: SdkVisitor;
  let ben: SdkVisitor;
  let round = 0;

  beforeAll(async () => {
    domain = await Domain.start();
    browser = await SdkBrowser.open(domain);
    [ada, ben] = await Promise.all([
      browser.visit({ name: 'Ada', at: [0, 0, 0], toneHz: 350 }),
      browser.visit({ name: 'Ben', at: [2, 0, 0], toneHz: 370 }),
    ]);
    for (const visitor of [ada, ben]) {
      await visitor.do('subscribes', (channel) => window.sdk!.messages.subscribe(channel), CHANNEL);
    }
  }, 90_000);

  afterAll(async () => {
    await everybodyLeaves();
    await browser?.close();
    await domain?.stop();
  }, 60_000);

  const untilBothKnow = async (thing: string): Promise<void> => {
    for (const visitor of [ada, ben]) {
      const isKnown = (wanted: string): boolean => [...window.sdk!.known.values()].some(({ name }) => name === wanted);
      await visitor.until(`know the ${thing}`, isKnown, thing, STEP_MS_MAX);
    }
  };

  it('connect by its own API, and so do all that it speaks with', async () => {
    await Promise.all([ada.enter(), ben.enter()]);
    expect(await ada.states()).toEqual(ALL_CONNECTED);
    expect(await ben.states()).toEqual(ALL_CONNECTED);
  }, 40_000);

  it('hear each other in the right ear, and not themselves', async () => {
    const [adaHears, benHears] = await Promise.all([untilHears(ada, ben, 600), untilHears(ben, ada, 440)]);
    // Both look along -z, and Ben is on Ada's right.
    expect(adaHears.right - adaHears.left).toBeGreaterThan(3);
    expect(benHears.left - benHears.right).toBeGreaterThan(3);
    expect((await levelsOf(ada, 440, 500)).left).toBeLessThan(adaHears.left - 25);
  }, 40_000);

  it('see each other move', async () => {
    await Promise.all([untilMoves(ada, ben), untilMoves(ben, ada)]);
  }, 40_000);

  it('write and read messages of 100 KB', async () => {
    const text = 'A long letter. '.repeat(LARGE_BYTES / 15).padEnd(LARGE_BYTES, '.');
    await ada.do('writes', (letter) => window.sdk!.messages.sendMessage(letter.to, letter.text), { to: CHANNEL, text });
    await ben.until('read the letter', (said) => window.sdk!.read.some((one) => one.text === said), text, STEP_MS_MAX);
    const send = ({ to, length }: { to: string; length: number }): void => {
      const data = Uint8Array.from({ length }, (_, index) => (index * index) >> 3);
      window.sdk!.messages.sendData(to, data.buffer);
    };
    const hasArrived = (length: number): boolean =>
      window.sdk!.read.some(({ message }) => {
        const data = message?.subarray(message.length - 16 - length, message.length - 16);
        return data?.length === length && data.every((byte, index) => byte === (((index * index) >> 3) & 255));
      });
    await ben.do('sends data', send, { to: CHANNEL, length: LARGE_BYTES });
    await ada.until('have the data', hasArrived, LARGE_BYTES, STEP_MS_MAX);
  }, 40_000);

  it('see what somebody builds in our web client', async () => {
    const cleo = await Visitor.enter(domain.url, {
      name: 'Cleo',
      at: [0, 0, 2],
      framesPerSecondMax: 5,
      query: { render: 'still' },
    });
    const hands = new Builder(cleo);
    await hands.setBuilding(true);
    await hands.add('Box');
    await hands.write('Name', 'pedestal');
    await untilBothKnow('pedestal');
    await cleo.leave();
  }, 60_000);

  it('leave, and come again', async () => {
    await ada.do('disconnects', () => window.sdk!.domain.disconnect(), undefined);
    await ben.until('see Ada go', () => window.sdk!.others().length === 0, undefined, STEP_MS_MAX);
    expect((await ada.states()).domain).toBe('DISCONNECTED');
    await ada.enter();
    await untilWhole(ada, ben, ++round);
  }, 60_000);

  const took: Record<string, number> = {};

  it.each(['audio-mixer', 'avatar-mixer', 'messaging', 'entity-server', 'asset-server', 'domain-server', 'gateway'])(
    'go on when its %s is killed',
    async (role) => {
      const victim = await domain.kill9(role);
      took[role] = await untilWhole(ada, ben, ++round);
      expect(isRunning(victim.pid)).toBe(false);
      await domain.untilReady(role, victim.pid);
    },
    60_000,
  );

  it('go on when the media worker is killed', async () => {
    const worker = domain.processes().find((pid) => commandOf(pid).includes('mediasoup'));
    expect(worker).toBeDefined();
    process.kill(worker!, 'SIGKILL');
    took['media worker'] = await untilWhole(ada, ben, ++round);
  }, 60_000);

  it('see what is built after all that', async () => {
    const dora = await Visitor.enter(domain.url, { name: 'Dora', at: [0, 0, 2], surface: 'sdk' });
    const adding = dora.page.evaluate(() =>
      window.vicinity!.client.entities.add('Sphere', { name: 'ball', position: { x: 0, y: 1, z: -2 } }),
    );
    await within(STEP_MS_MAX, 'Dora adds a ball', adding);
    await untilBothKnow('ball');
    await dora.leave();
  }, 60_000);

  it('say how long each took', () => {
    console.log(`recovery of the Vircadia Web SDK in ms: ${JSON.stringify(took)}`);
    expect(Object.keys(took)).toHaveLength(8);
    expect(Object.values(took).every((ms) => ms < RECOVERY_MS_MAX)).toBe(true);
  });
});
