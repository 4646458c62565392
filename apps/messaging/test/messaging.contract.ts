import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Broker, subjectOf } from '@app/broker';
import { pause, SystemClock } from '@app/clock';
import { PrometheusMetrics, silentLogger } from '@app/runtime';
import { decodeMessage, encodeMessage, type MessageFields } from '@app/wire';
import { channelToken, CodedError } from '@app/world';
import { MessagingActor, type MessagingOptions } from '../src/messaging.actor.js';
import { messagingMetrics } from '../src/messaging.metrics.js';

const OPTIONS: MessagingOptions = {
  messagesPerChannelMax: 20,
  ageMsMax: 3_600_000,
  bytesMax: 16_777_216,
  senderPerSecond: 1_000,
  senderBurst: 1_000,
  channelPerSecond: 1_000,
  channelBurst: 1_000,
  senderBinariesPerSecond: 1_000,
  channelBinariesPerSecond: 1_000,
  senderBytesPerSecond: 16_777_216,
  worldBytesPerSecond: 16_777_216,
};

/** What a receiver heard, in order. */
interface Heard {
  text: string | undefined;
  binary: number[] | undefined;
  sequence: number;
}

let unique = 0;

/** The promises of the messaging role, over any broker. */
export function describeMessaging(name: string, connect: () => Promise<Broker>): void {
  describe(name, () => {
    const clock = new SystemClock();
    let world: string;
    let brokers: Broker[];
    let actors: MessagingActor[];
    let messaging: MessagingActor;

    const open = async (): Promise<Broker> => {
      const broker = await connect();
      brokers.push(broker);
      return broker;
    };
    const start = async (options: Partial<MessagingOptions> = {}): Promise<MessagingActor> => {
      const metrics = messagingMetrics(new PrometheusMetrics());
      const actor = new MessagingActor(await open(), clock, { ...OPTIONS, ...options }, metrics, silentLogger);
      actors.push(actor);
      await actor.start();
      return actor;
    };
    const post = async (
      actor: MessagingActor,
      content: MessageFields<'ChannelMessage'>,
      deduplicationId = `id-${++unique}`,
    ): Promise<number> => {
      const message = { channel: 'world', senderId: 7, senderName: 'Ada', ...content };
      const bytes = encodeMessage('PostRequest', { message, deduplicationId });
      return (await actor.post(world, decodeMessage('PostRequest', bytes))).sequence ?? 0;
    };
    const history = async (actor: MessagingActor, channel = 'world', count = 100) => {
      const bytes = encodeMessage('HistoryRequest', { channel, count });
      return (await actor.history(world, decodeMessage('HistoryRequest', bytes))).messages ?? [];
    };
    const listen = async (channel = 'world'): Promise<Heard[]> => {
      const broker = await open();
      const heard: Heard[] = [];
      for (const row of ['messageOut', 'messageTransient'] as const) {
        broker.subscribe(subjectOf(row, { world, who: channelToken(channel) }), ({ data, sequence }) => {
          const message = decodeMessage('ChannelMessage', data);
          heard.push({
            text: message.text ?? undefined,
            binary: message.binary ? [...message.binary] : undefined,
            sequence: sequence ?? 0,
          });
        });
      }
      await broker.flush();
      return heard;
    };
    const eventually = async (holds: () => boolean): Promise<void> => {
      const deadlineMs = clock.nowMs() + 5_000;
      while (!holds() && clock.nowMs() < deadlineMs) await pause(clock, 5);
    };
    const codeOf = async (work: Promise<unknown>): Promise<string> => {
      try {
        await work;
      } catch (error) {
        if (error instanceof CodedError) return error.code;
        throw error;
      }
      return 'no error';
    };

    beforeEach(async () => {
      world = `world-${++unique}`;
      brokers = [];
      actors = [];
      messaging = await start();
    });

    afterEach(async () => {
      for (const actor of actors) actor.stop();
      await Promise.all(brokers.map((broker) => broker.close()));
    });

    it('tells everybody what was said, in the order of the log', async () => {
      const heard = await listen();
      const sequences = await Promise.all(Array.from({ length: 50 }, (_, i) => post(messaging, { text: `m${i}` })));
      await eventually(() => heard.length >= 50);
      expect(heard.map(({ text }) => text)).toEqual(Array.from({ length: 50 }, (_, i) => `m${i}`));
      expect(heard.map(({ sequence }) => sequence)).toEqual(sequences);
      expect([...sequences].sort((a, b) => a - b)).toEqual(sequences);
      expect(new Set(sequences).size).toBe(50);
    });

    it('has a message in the history once it is acknowledged, with sender, time and place', async () => {
      const beforeMs = clock.wallMs();
      const sequence = await post(messaging, { text: 'hello' });
      const [message] = await history(messaging);
      expect(message).toMatchObject({ channel: 'world', sequence, senderId: 7, senderName: 'Ada', text: 'hello' });
      expect(message.sentAtMs).toBeGreaterThanOrEqual(beforeMs);
      expect(message.sentAtMs).toBeLessThanOrEqual(clock.wallMs());
    });

    it('says a repeated post once and answers with the first one’s place, also through another instance', async () => {
      const heard = await listen();
      const other = await start();
      const first = await post(messaging, { text: 'once' }, 'same');
      expect(await post(messaging, { text: 'once' }, 'same')).toBe(first);
      expect(await post(other, { text: 'once' }, 'same')).toBe(first);
      await post(messaging, { text: 'end' });
      await eventually(() => heard.some(({ text }) => text === 'end'));
      expect(heard.map(({ text }) => text)).toEqual(['once', 'end']);
    });

    it('keeps one order for all receivers while two instances own a channel', async () => {
      const other = await start();
      const [one, two] = [await listen(), await listen()];
      const posts = Array.from({ length: 40 }, (_, i) => post(i % 2 ? messaging : other, { text: `m${i}` }));
      // Some are repeated at the other instance, as after a lost answer.
      const ids = Array.from({ length: 10 }, (_, i) => `hand-over-${i}`);
      posts.push(...ids.flatMap((id) => [messaging, other].map((actor) => post(actor, { text: id }, id))));
      const sequences = await Promise.all(posts);
      await eventually(() => one.length >= 50 && two.length >= 50);
      expect(one).toHaveLength(50);
      expect(two).toEqual(one);
      const heard = one.map(({ sequence }) => sequence);
      expect([...heard].sort((a, b) => a - b)).toEqual(heard);
      expect(new Set(sequences)).toEqual(new Set(heard));
      // Each instance's own posts keep their order.
      const odd = one.filter(({ text }) => /^m\d*[13579]$/.test(text ?? '')).map(({ text }) => text);
      expect(odd).toEqual(Array.from({ length: 20 }, (_, i) => `m${2 * i + 1}`));
    });

    it('passes binary messages on once, without keeping them', async () => {
      const heard = await listen('tools');
      const content = { channel: 'tools', binary: new Uint8Array([0, 255, 1]) };
      expect(await post(messaging, content, 'b1')).toBe(0);
      await post(messaging, content, 'b1');
      await post(messaging, { channel: 'tools', text: 'end' });
      await eventually(() => heard.some(({ text }) => text === 'end'));
      expect(heard.filter(({ binary }) => binary)).toEqual([{ text: undefined, binary: [0, 255, 1], sequence: 0 }]);
      expect((await history(messaging, 'tools')).map(({ text }) => text)).toEqual(['end']);
    });

    it('keeps channels and worlds apart, whatever their names are', async () => {
      await post(messaging, { channel: 'a.b.*.>', text: 'odd' });
      await post(messaging, { channel: 'Küche 👋', text: 'kitchen' });
      expect((await history(messaging, 'a.b.*.>')).map(({ text }) => text)).toEqual(['odd']);
      expect((await history(messaging, 'Küche 👋')).map(({ text }) => text)).toEqual(['kitchen']);
      expect(await history(messaging, 'world')).toEqual([]);
      world = `world-${++unique}`;
      expect(await history(messaging, 'a.b.*.>')).toEqual([]);
    });

    it('keeps as many texts of a channel as it should', async () => {
      for (let i = 0; i < 25; i++) await post(messaging, { text: `m${i}` });
      expect((await history(messaging)).map(({ text }) => text)).toEqual(
        Array.from({ length: 20 }, (_, i) => `m${i + 5}`),
      );
      expect((await history(messaging, 'world', 2)).map(({ text }) => text)).toEqual(['m23', 'm24']);
    });

    it('refuses what is no message, with a code, and stores nothing of it', async () => {
      const refused: Array<[MessageFields<'ChannelMessage'>, string]> = [
        [{ text: '' }, 'message-invalid'],
        [{}, 'message-invalid'],
        [{ text: 'x'.repeat(2_001) }, 'message-invalid'],
        [{ text: 'bell\u0007' }, 'message-invalid'],
        [{ binary: new Uint8Array(0) }, 'message-invalid'],
        [{ binary: new Uint8Array(131_073) }, 'message-invalid'],
        [{ binary: Uint8Array.of(1), nearness: { x: NaN, radiusM: 1 } }, 'message-invalid'],
        [{ binary: Uint8Array.of(1), nearness: { radiusM: 16_001 } }, 'message-invalid'],
        [{ text: 'hi', senderId: 0 }, 'message-invalid'],
        [{ text: 'hi', senderName: 'n'.repeat(49) }, 'message-invalid'],
        [{ text: 'hi', channel: '' }, 'channel-invalid'],
        [{ text: 'hi', channel: 'x'.repeat(129) }, 'channel-invalid'],
        [{ text: 'hi', channel: 'a\nb' }, 'channel-invalid'],
      ];
      for (const [content, code] of refused) expect(await codeOf(post(messaging, content))).toBe(code);
      for (const id of ['', 'with space', 'x'.repeat(65), 'line\r\nbreak']) {
        expect(await codeOf(post(messaging, { text: 'hi' }, id))).toBe('message-invalid');
      }
      expect(await codeOf(history(messaging, '', 1))).toBe('channel-invalid');
      for (const count of [0, 101]) expect(await codeOf(history(messaging, 'world', count))).toBe('request-invalid');
      world = 'No World';
      expect(await codeOf(post(messaging, { text: 'hi' }))).toBe('channel-invalid');
      expect(await codeOf(history(messaging))).toBe('channel-invalid');
    });

    it('limits one sender, one channel, and new channels', async () => {
      const strict = await start({ senderPerSecond: 0.1, senderBurst: 3, channelPerSecond: 0.1, channelBurst: 4 });
      const burst = [];
      for (let i = 0; i < 4; i++) burst.push(await codeOf(post(strict, { text: 'hi', senderId: 1 })));
      expect(burst).toEqual(['no error', 'no error', 'no error', 'rate-limited']);
      expect(await codeOf(post(strict, { text: 'hi', senderId: 2 }))).toBe('no error');
      expect(await codeOf(post(strict, { text: 'hi', senderId: 2 }))).toBe('rate-limited');
      expect(await codeOf(post(strict, { text: 'hi', senderId: 2, channel: 'other' }))).toBe('no error');
      const outcomes = [];
      for (let i = 0; i < 72; i++) outcomes.push(await codeOf(post(messaging, { text: 'hi', channel: `c${i}` })));
      expect(outcomes.filter((code) => code === 'rate-limited').length).toBeGreaterThan(5);
      expect(outcomes.slice(0, 60).every((code) => code === 'no error')).toBe(true);
    });

    it('limits the bytes of one sender and of one world, but always takes the largest message', async () => {
      const binary = new Uint8Array(131_072);
      const strict = await start({ senderBytesPerSecond: 1_024, worldBytesPerSecond: 65_536 });
      const outcome = (senderId: number, content: MessageFields<'ChannelMessage'> = { binary }): Promise<string> =>
        codeOf(post(strict, { channel: 'files', ...content, senderId }));
      expect([await outcome(1), await outcome(1), await outcome(2)]).toEqual(['no error', 'rate-limited', 'no error']);
      expect(await outcome(3)).toBe('rate-limited');
      // Who writes is not held up by who sends files.
      expect(await outcome(3, { text: 'hi' })).toBe('no error');
      world = `world-${++unique}`;
      expect(await outcome(3)).toBe('no error');
    });
  });
}
