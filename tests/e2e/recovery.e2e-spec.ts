import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Domain } from './support/domain.js';
import { commandOf, isRunning } from './support/process-tree.js';
import { toneLevelDb } from './support/tone.js';
import { everybodyLeaves, Visitor } from './support/visitor.js';
import { within } from './support/within.js';

const RECOVERY_MS_MAX = 5_000;
/** How long one sign of recovery is waited for, so that a failure names the sign: longer than it may take, in ms. */
const STEP_MS_MAX = 7_000;
const ADA_HZ = 440;
const BEN_HZ = 620;

/**
 * What a person would notice, as the page itself can tell it. A page that has not noticed the death yet still says that it is
 * connected and who is there; what it hears, sees and reads from then on cannot be from before.
 *
 * Resolves to the time at which the last sign was there.
 */
async function untilWhole(ada: Visitor, ben: Visitor, marker: string): Promise<number> {
  await Promise.all([ada.untilConnected(STEP_MS_MAX), ben.untilConnected(STEP_MS_MAX)]);
  await Promise.all([ada.untilSees(['Ben'], STEP_MS_MAX), ben.untilSees(['Ada'], STEP_MS_MAX)]);
  const signs = await Promise.all([
    untilHears(ada, BEN_HZ),
    untilHears(ben, ADA_HZ),
    untilMoves(ada, ben),
    untilReads(ada, ben, marker),
  ]);
  return Math.max(...signs);
}

/**
 * What is left in buffers after a death is heard for a moment, and is no recovery: the tone has to be there twice in a row.
 * Resolves to the time at which the first of the two was heard.
 */
async function untilHears(visitor: Visitor, toneHz: number): Promise<number> {
  const giveUpAt = Date.now() + STEP_MS_MAX;
  const heardDb: number[] = [];
  let heardAt: number | undefined;
  while (Date.now() < giveUpAt) {
    const { left, right } = await visitor.listen(200);
    const levelDb = Math.max(toneLevelDb(left, toneHz), toneLevelDb(right, toneHz));
    heardDb.push(Math.round(levelDb));
    if (levelDb <= -40) heardAt = undefined;
    else if (heardAt !== undefined) return heardAt;
    else heardAt = Date.now();
  }
  throw new Error(`${visitor.name} does not hear ${toneHz} Hz within ${STEP_MS_MAX} ms: ${heardDb.join(', ')} dB`);
}

/** `seer` sees a step of `walker` that was made just now. */
async function untilMoves(walker: Visitor, seer: Visitor): Promise<number> {
  const step = walker.page.evaluate(() => {
    const { localAvatar } = window.vicinity!.client;
    const { position, orientation } = localAvatar.pose;
    const stepped = position.x > 0.5 ? 0.25 : position.x + 0.05;
    localAvatar.setPose({ position: { ...position, x: stepped }, orientation });
    return stepped;
  });
  const x = await within(STEP_MS_MAX, `${walker.name} makes a step`, step);
  const seen = seer.page.waitForFunction(
    ({ name, expected }) =>
      [...window.vicinity!.client.avatars.values()].some(
        (avatar) => avatar.name === name && Math.abs(avatar.latestPose.position.x - expected) < 0.005,
      ),
    { name: walker.name, expected: x },
    { timeout: STEP_MS_MAX, polling: 30 },
  );
  await within(STEP_MS_MAX + 1_000, `${seer.name} sees ${walker.name}'s step to ${x}`, seen);
  return Date.now();
}

/** `reader` is told what `writer` says now, who tries again while the chat does not take it. */
async function untilReads(writer: Visitor, reader: Visitor, marker: string): Promise<number> {
  const giveUpAt = Date.now() + STEP_MS_MAX;
  const read = await reader.startReading(marker);
  const said = writer.page.evaluate(
    async ({ text, untilMs }) => {
      for (;;) {
        try {
          return await window.vicinity!.client.say(text);
        } catch (error) {
          if (Date.now() > untilMs) throw error;
          await new Promise((resolve) => setTimeout(resolve, 200));
        }
      }
    },
    { text: marker, untilMs: giveUpAt },
  );
  await within(giveUpAt - Date.now(), `${writer.name} says "${marker}"`, said);
  expect(await read(giveUpAt - Date.now())).toEqual([marker]);
  return Date.now();
}

describe('A domain whose processes are killed', () => {
  let domain: Domain;
  let ada: Visitor;
  let ben: Visitor;

  beforeAll(async () => {
    domain = await Domain.start();
    [ada, ben] = await Promise.all([
      Visitor.enter(domain.url, { name: 'Ada', at: [0, 0, 20], toneHz: ADA_HZ, surface: 'sdk' }),
      Visitor.enter(domain.url, { name: 'Ben', at: [-2, 0, 20], toneHz: BEN_HZ, surface: 'sdk' }),
    ]);
    await untilWhole(ada, ben, 'before');
  }, 90_000);

  afterAll(async () => {
    await everybodyLeaves();
    await domain?.stop();
  }, 60_000);

  const took: Record<string, number> = {};

  it.each(['audio-mixer', 'avatar-mixer', 'messaging', 'domain-server', 'gateway'])(
    'is whole again within 5 s when its %s is killed, without a reload',
    async (role) => {
      const before = await Promise.all([ada.sessionId(), ben.sessionId()]);
      const victim = await domain.kill9(role);
      const killedAt = Date.now();
      took[role] = (await untilWhole(ada, ben, `after ${role}`)) - killedAt;
      expect(isRunning(victim.pid)).toBe(false);
      expect(await Promise.all([ada.sessionId(), ben.sessionId()])).toEqual(before);
      expect(took[role]).toBeLessThan(RECOVERY_MS_MAX);
      // The next kill meets a whole domain.
      await domain.untilReady(role, victim.pid);
    },
    40_000,
  );

  it('is whole again within 5 s when the media worker is killed', async () => {
    const before = await Promise.all([ada.sessionId(), ben.sessionId()]);
    const worker = domain.processes().find((pid) => commandOf(pid).includes('mediasoup'));
    expect(worker).toBeDefined();
    process.kill(worker!, 'SIGKILL');
    const killedAt = Date.now();
    took['media worker'] = (await untilWhole(ada, ben, 'after the media worker')) - killedAt;
    expect(await Promise.all([ada.sessionId(), ben.sessionId()])).toEqual(before);
    expect(took['media worker']).toBeLessThan(RECOVERY_MS_MAX);
  }, 40_000);

  it('is whole again within 5 s when the broker is killed, and nobody has to come back', async () => {
    const before = await Promise.all([ada.sessionId(), ben.sessionId()]);
    const broker = domain.processes().find((pid) => commandOf(pid).split(' ')[0].includes('nats-server'));
    expect(broker).toBeDefined();
    process.kill(broker!, 'SIGKILL');
    const killedAt = Date.now();
    took.broker = (await untilWhole(ada, ben, 'after the broker')) - killedAt;
    expect(await Promise.all([ada.sessionId(), ben.sessionId()])).toEqual(before);
    expect(took.broker).toBeLessThan(RECOVERY_MS_MAX);
  }, 40_000);

  it('says how long each took', () => {
    console.log(`recovery in ms: ${JSON.stringify(took)}`);
    expect(Object.keys(took)).toHaveLength(7);
  });
});
