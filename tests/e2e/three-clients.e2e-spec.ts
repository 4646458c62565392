import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NodeType } from '@app/vircadia';
import { Domain } from './support/domain.js';
import { knownWorld, untilFinds } from './support/known-world.js';
import { NativeClient, nativesLeave } from './support/native-client.js';
import { SdkBrowser, type SdkVisitor } from './support/sdk-visitor.js';
import { toneLevelDb } from './support/tone.js';
import { everybodyLeaves, Visitor } from './support/visitor.js';
import { within } from './support/within.js';

// Far enough apart that no tone is near another one's first harmonic.
const ADA_HZ = 300;
const SAM_HZ = 440;
const NAT_HZ = 700;

const AUDIBLE_DB = -40;
/** What is this much softer than others is only what codecs and the browser make of them, in dB. */
const OWN_DB_BELOW = 20;
const SIGN_MS_MAX = 15_000;
const NEAR_M = 0.05;
const CHAT = 'Chat';

interface Place {
  x: number;
  y: number;
  z: number;
}

/** A person, whatever program they use. */
interface Person {
  name: string;
  toneHz: number;
  levelsDb(durationMs: number, tonesHz: readonly number[]): Promise<number[]>;
  stand(x: number, y: number, z: number): Promise<void>;
  placeOf(name: string): Promise<Place | undefined>;
  say(text: string): Promise<void>;
  read(): Promise<string[]>;
}

const sleep = (durationMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, durationMs));

function levels({ left, right }: { left: Float32Array; right: Float32Array }, tonesHz: readonly number[]): number[] {
  return tonesHz.map((toneHz) => Math.max(toneLevelDb(left, toneHz), toneLevelDb(right, toneHz)));
}

/** Somebody in our own web client. */
const inOurClient = (name: string, toneHz: number, visitor: Visitor): Person => ({
  name,
  toneHz,
  levelsDb: async (durationMs, tonesHz) => levels(await visitor.listen(durationMs), tonesHz),
  stand: (x, y, z) => visitor.stand([x, y, z], 0),
  placeOf: (who) =>
    visitor.page.evaluate(
      (wanted) => [...window.vicinity!.client.avatars.values()].find((one) => one.name === wanted)?.latestPose.position,
      who,
    ),
  say: async (text) => void (await visitor.page.evaluate((words) => window.vicinity!.client.say(words), text)),
  read: () =>
    visitor.page.evaluate(() => window.vicinity!.client.channels.messages('world').map(({ text }) => text ?? '')),
});

/** Somebody on a page with the Vircadia Web SDK, as npm has it. */
const withSdk = (name: string, toneHz: number, visitor: SdkVisitor): Person => ({
  name,
  toneHz,
  levelsDb: async (durationMs, tonesHz) => levels(await visitor.listen(durationMs), tonesHz),
  stand: (x, y, z) =>
    visitor.do('stands elsewhere', (place) => void (window.sdk!.myAvatar.position = place), { x, y, z }),
  placeOf: async (who) => (await visitor.others()).find((one) => one.name === who)?.position,
  say: (text) => {
    const colour = { red: 255, green: 255, blue: 255 };
    const line = { message: text, displayName: name, type: 'TransmitChatMessage', channel: 'Domain', colour };
    const words = JSON.stringify({ ...line, position: { x: 0, y: 0, z: 0 } });
    return visitor.do('says something', ([to, said]) => void window.sdk!.messages.sendMessage(to, said), [CHAT, words]);
  },
  read: async () => {
    const lines = await visitor.do('tells what it has read', () => window.sdk!.read.map(({ text }) => text), undefined);
    return lines.map((line) => String((JSON.parse(line ?? '{}') as { message?: unknown }).message));
  },
});

/** Somebody in a native client. */
const inNativeClient = (name: string, toneHz: number, client: NativeClient): Person => ({
  name,
  toneHz,
  levelsDb: async (durationMs, tonesHz) => levels(await client.listen(durationMs), tonesHz),
  stand: async (x, y, z) => client.stand(x, y, z),
  placeOf: async (who) => client.placeOf(who),
  say: async (text) => client.say(text),
  read: async () => client.read,
});

/** Waits until something is so; fails with what there is instead. */
async function until<T>(what: string, look: () => Promise<T>, isSo: (seen: T) => boolean): Promise<T> {
  for (const giveUpAt = Date.now() + SIGN_MS_MAX; ; await sleep(50)) {
    const seen = await within(SIGN_MS_MAX, what, look());
    if (isSo(seen)) return seen;
    if (Date.now() > giveUpAt) throw new Error(`${what}: not within ${SIGN_MS_MAX} ms, but ${JSON.stringify(seen)}`);
  }
}

describe('Our web client, the Vircadia Web SDK and a native client in one world', () => {
  let domain: Domain;
  let browser: SdkBrowser;
  let people: Person[];
  let ada: Visitor;
  let sam: SdkVisitor;
  let nat: NativeClient;

  beforeAll(async () => {
    domain = await Domain.start();
    browser = await SdkBrowser.open(domain);
    [ada, sam, nat] = await Promise.all([
      Visitor.enter(domain.url, { name: 'Ada', at: [0, 0, 0], toneHz: ADA_HZ, query: { render: 'off' } }),
      browser.visit({ name: 'Sam', at: [2, 0, 0], toneHz: SAM_HZ }),
      NativeClient.enter({ name: 'Nat', at: [1, 0, 1.5], toneHz: NAT_HZ, port: domain.portBase + 2 }),
    ]);
    await sam.do('subscribes', (channel) => window.sdk!.messages.subscribe(channel), CHAT);
    await sam.enter();
    people = [inOurClient('Ada', ADA_HZ, ada), withSdk('Sam', SAM_HZ, sam), inNativeClient('Nat', NAT_HZ, nat)];
  }, 90_000);

  afterAll(async () => {
    nativesLeave();
    await everybodyLeaves();
    await browser?.close();
    await domain?.stop();
  }, 60_000);

  const othersOf = ({ name }: Person): Person[] => people.filter((other) => other.name !== name);

  it('hear one another, and not themselves', async () => {
    const listens = people.map(async (person) => {
      const tones = othersOf(person).map(({ toneHz }) => toneHz);
      const isAudible = (db: number[]): boolean => Math.min(...db) > AUDIBLE_DB;
      await until(`${person.name} hears the others`, () => person.levelsDb(300, tones), isAudible);
      const [own, ...others] = await person.levelsDb(1_000, [person.toneHz, ...tones]);
      return { name: person.name, own: Math.round(own), others: others.map(Math.round) };
    });
    const heard = await Promise.all(listens);
    console.log(`heard, in dB: ${JSON.stringify(heard)}`);
    for (const { own, others } of heard) {
      expect(Math.min(...others)).toBeGreaterThan(AUDIBLE_DB);
      expect(Math.min(...others) - own).toBeGreaterThan(OWN_DB_BELOW);
    }
  }, 60_000);

  it('see one another by name, and each other’s steps', async () => {
    for (const [index, walker] of people.entries()) {
      const to = { x: index + 0.5, y: 0, z: index - 1.5 };
      await walker.stand(to.x, to.y, to.z);
      const seen = othersOf(walker).map((seer) =>
        until(
          `${seer.name} sees ${walker.name}`,
          () => seer.placeOf(walker.name),
          (place) => place !== undefined && Math.hypot(place.x - to.x, place.z - to.z) < NEAR_M,
        ),
      );
      await Promise.all(seen);
    }
  }, 60_000);

  it('build together', async () => {
    const pedestal = '0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0';
    const server = nat.node(NodeType.EntityServer)!;
    const sdkKnows = (name: string, isVisible: boolean): Promise<void> =>
      sam.until(
        `sees ${name}: ${isVisible}`,
        (wanted) =>
          [...window.sdk!.known.values()].some((one) => one.name === wanted.name && one.visible === wanted.isVisible),
        { name, isVisible },
        SIGN_MS_MAX,
      );
    nat.things.edit(server, 'EntityAdd', pedestal, { name: 'pedestal', position: { x: 0, y: 1, z: -3 } });
    const { properties } = await untilFinds(ada, 'the pedestal', ({ id }) => id === pedestal);
    expect(properties).toEqual({ name: 'pedestal', position: { x: 0, y: 1, z: -3 } });
    await sdkKnows('pedestal', true);
    await ada.page.evaluate((id) => window.vicinity!.client.entities.change(id, { name: 'throne' }), pedestal);
    await nat.until('sees the throne', () => nat.things.named('throne')?.id === pedestal, SIGN_MS_MAX);
    await sdkKnows('throne', true);
    nat.things.erase(server, pedestal);
    await nat.until('sees nothing', () => nat.things.known.size === 0, SIGN_MS_MAX);
    await sdkKnows('throne', false);
    expect(await knownWorld(ada)).toEqual([]);
    expect(nat.things.isComplete).toBe(true);
  }, 60_000);

  it('read one another', async () => {
    for (const writer of people) await writer.say(`Hello from ${writer.name}`);
    for (const reader of people) {
      const wanted = othersOf(reader).map(({ name }) => `Hello from ${name}`);
      const hasAll = (lines: string[]): boolean => wanted.every((line) => lines.includes(line));
      const lines = await until(`${reader.name} reads the others`, () => reader.read(), hasAll);
      for (const line of wanted) expect(lines.filter((one) => one === line)).toHaveLength(1);
    }
  }, 60_000);
});
