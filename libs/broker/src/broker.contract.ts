import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Broker, BrokerMessage, BrokerStatus, KeyValue, Stream } from './broker.js';

/** What one implementation gives to the suite. */
export interface BrokerContractSetup {
  /** A new connection to the same broker, as another process would have it. */
  connect(): Promise<Broker>;
  /** Breaks a connection, or the broker, until `restore`. */
  sever(): Promise<void>;
  restore(): Promise<void>;
  /** Brings the broker into a state that later suites may use. */
  teardown(): Promise<void>;
}

const WAIT_MS = 5_000;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Bytes of a text. */
export const bytes = (text: string): Uint8Array => encoder.encode(text);
/** Text of bytes. */
export const textOf = (data: Uint8Array | undefined): string | undefined => data && decoder.decode(data);

/** Waits until something holds; says what it waited for when it never does. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  timeoutMs = WAIT_MS,
): Promise<void> {
  const deadlineMs = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > deadlineMs) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Names that no other test of the run uses: buckets and streams outlive a test. */
let unique = 0;

/** The promises of broker.ts, for any implementation. */
export function describeBroker(name: string, setup: () => Promise<BrokerContractSetup>): void {
  describe(name, () => {
    let context: BrokerContractSetup;
    let brokers: Broker[];
    let one: Broker;
    let two: Broker;
    let root: string;

    const connect = async (): Promise<Broker> => {
      const broker = await context.connect();
      brokers.push(broker);
      return broker;
    };
    const collect = (broker: Broker, subject: string, queue?: string): BrokerMessage[] => {
      const seen: BrokerMessage[] = [];
      broker.subscribe(subject, (message) => seen.push({ ...message, data: message.data.slice() }), { queue });
      return seen;
    };
    /** Subscriptions are in force, and what was sent has arrived, at every connection. */
    const settle = async (): Promise<void> => {
      for (let round = 0; round < 2; round++) for (const broker of brokers) await broker.flush();
    };
    const texts = (messages: { data: Uint8Array }[]): (string | undefined)[] =>
      messages.map(({ data }) => textOf(data));

    beforeEach(async () => {
      context = await setup();
      brokers = [];
      one = await connect();
      two = await connect();
      root = `t${++unique}`;
    });
    afterEach(async () => {
      await Promise.all(brokers.map((broker) => broker.close()));
      await context.teardown();
    });

    describe('events', () => {
      it('reach every subscriber in the order in which they were published', async () => {
        const seen = [collect(one, `${root}.a`), collect(two, `${root}.a`)];
        await settle();
        const sent = Array.from({ length: 500 }, (_, index) => String(index));
        for (const text of sent) one.publish(`${root}.a`, bytes(text));
        await settle();
        expect(seen.map(texts)).toEqual([sent, sent]);
      });

      it('arrive after publish has returned, never inside the call', async () => {
        const seen = collect(one, `${root}.a`);
        await settle();
        one.publish(`${root}.a`, bytes('x'));
        expect(seen).toEqual([]);
        await settle();
        expect(texts(seen)).toEqual(['x']);
      });

      it('match one token with * and one or more with >', async () => {
        const star = collect(two, `${root}.*.c`);
        const rest = collect(two, `${root}.>`);
        const exact = collect(two, `${root}.b.c`);
        await settle();
        for (const subject of [root, `${root}.b`, `${root}.b.c`, `${root}.b.c.d`, `${root}.x.c`]) {
          one.publish(subject, bytes('x'));
        }
        await settle();
        const subjects = (messages: BrokerMessage[]): string[] =>
          messages.map(({ subject }) => subject.slice(root.length));
        expect(subjects(star)).toEqual(['.b.c', '.x.c']);
        expect(subjects(rest)).toEqual(['.b', '.b.c', '.b.c.d', '.x.c']);
        expect(subjects(exact)).toEqual(['.b.c']);
      });

      it('go to one subscriber of each queue and to everybody outside queues', async () => {
        const queued = [collect(one, `${root}.a`, 'q'), collect(two, `${root}.a`, 'q'), collect(two, `${root}.a`, 'q')];
        const other = collect(two, `${root}.a`, 'other');
        const free = collect(two, `${root}.a`);
        await settle();
        for (let index = 0; index < 300; index++) one.publish(`${root}.a`, bytes(String(index)));
        await settle();
        const counts = queued.map((messages) => messages.length);
        expect(counts.reduce((sum, count) => sum + count)).toBe(300);
        expect(Math.min(...counts)).toBeGreaterThan(0);
        expect(new Set(queued.flatMap(texts)).size).toBe(300);
        expect([other.length, free.length]).toEqual([300, 300]);
      });

      it('carry the reply subject when there is one', async () => {
        const seen = collect(two, `${root}.a`);
        await settle();
        one.publish(`${root}.a`, bytes('x'));
        one.publish(`${root}.a`, bytes('y'), `${root}.reply`);
        await settle();
        expect(seen.map(({ reply }) => reply)).toEqual([undefined, `${root}.reply`]);
      });

      it('may be empty', async () => {
        const seen = collect(two, `${root}.a`);
        await settle();
        one.publish(`${root}.a`, new Uint8Array(0));
        await settle();
        expect(seen.map(({ data }) => data.length)).toEqual([0]);
      });

      it('stop at once when unsubscribed, and unsubscribing twice is harmless', async () => {
        const seen: string[] = [];
        const subscription = two.subscribe(`${root}.a`, () => {
          seen.push('x');
          subscription.unsubscribe();
        });
        await settle();
        for (let index = 0; index < 10; index++) one.publish(`${root}.a`, bytes('x'));
        await settle();
        subscription.unsubscribe();
        expect(seen).toEqual(['x']);
      });

      it('refuse subjects that cannot be published or subscribed to', () => {
        for (const subject of ['', 'a..b', '.a', 'a.', 'a b', 'a\r\nPUB x 0', 'a.*', 'a.>']) {
          expect(() => one.publish(subject, bytes('x'))).toThrow(
            expect.objectContaining({ code: 'broker-invalid-subject' }),
          );
        }
        for (const subject of ['', 'a..b', 'a b', 'a.>.b', 'a\n']) {
          expect(() => one.subscribe(subject, () => undefined)).toThrow(
            expect.objectContaining({ code: 'broker-invalid-subject' }),
          );
        }
      });

      it('are dropped and reported when they are more bytes than the broker takes, and the connection lives on', async () => {
        const seen = collect(two, `${root}.a`);
        await settle();
        const tooMuch = new Uint8Array(2_000_000);
        const refusal = { code: 'broker-payload-too-large' };
        const statuses: BrokerStatus[] = [];
        one.onStatus((status) => statuses.push(status));
        one.publish(`${root}.a`, tooMuch);
        one.publish(`${root}.a`, tooMuch);
        expect(one.counters.publishedDropped).toBe(2);
        expect(statuses).toEqual([{ type: 'error', error: expect.objectContaining(refusal) }]);
        await expect(one.request(`${root}.a`, tooMuch, { timeoutMs: 500 })).rejects.toMatchObject(refusal);
        one.publish(`${root}.a`, bytes('small'));
        await settle();
        expect(texts(seen)).toEqual(['small']);
      });
    });

    describe('handlers', () => {
      it.each(['throws', 'rejects'])('that %s are counted and reported, and get the next message', async (how) => {
        const statuses: BrokerStatus[] = [];
        two.onStatus((status) => statuses.push(status));
        const seen: (string | undefined)[] = [];
        two.subscribe(`${root}.a`, (message) => {
          seen.push(textOf(message.data));
          if (how === 'throws') throw new Error('handler failed');
          return Promise.reject(new Error('handler failed')) as unknown as void;
        });
        const neighbour = collect(two, `${root}.a`);
        await settle();
        for (const text of ['1', '2', '3']) one.publish(`${root}.a`, bytes(text));
        await settle();
        expect(seen).toEqual(['1', '2', '3']);
        expect(texts(neighbour)).toEqual(['1', '2', '3']);
        expect(two.counters.handlersFailed).toBe(3);
        expect(two.counters.delivered).toBe(6);
        // One report a second is enough for a log.
        expect(statuses).toEqual([
          { type: 'handler-failed', subject: `${root}.a`, error: new Error('handler failed') },
        ]);
      });

      it('that never finish are bounded: what is too much is dropped and reported', async () => {
        const statuses: BrokerStatus[] = [];
        two.onStatus((status) => statuses.push(status));
        let calls = 0;
        two.subscribe(`${root}.a`, () => {
          calls++;
          return new Promise<void>(() => undefined) as unknown as void;
        });
        await settle();
        for (let index = 0; index < 5_000; index++) one.publish(`${root}.a`, bytes('x'));
        await settle();
        expect(calls).toBe(4_096);
        expect(two.counters.deliveredDropped).toBe(5_000 - 4_096);
        expect(statuses).toEqual([{ type: 'slow-consumer', subject: `${root}.a` }]);
      });
    });

    describe('requests', () => {
      const serve = (broker: Broker, subject: string, queue?: string): void => {
        broker.subscribe(
          subject,
          ({ data, reply }) => {
            if (reply) broker.publish(reply, bytes(`re: ${textOf(data)}`));
          },
          { queue },
        );
      };

      it('get the answer', async () => {
        serve(two, `${root}.q`);
        await settle();
        const answers = await Promise.all(
          ['a', 'b'].map((text) => one.request(`${root}.q`, bytes(text), { timeoutMs: WAIT_MS })),
        );
        expect(answers.map(textOf)).toEqual(['re: a', 're: b']);
      });

      it('fail at once when nobody listens', async () => {
        const startMs = Date.now();
        await expect(one.request(`${root}.q`, bytes('x'), { timeoutMs: WAIT_MS })).rejects.toMatchObject({
          code: 'broker-no-responders',
          retryable: true,
        });
        expect(Date.now() - startMs).toBeLessThan(WAIT_MS / 2);
      });

      it('fail when the answer takes too long', async () => {
        two.subscribe(`${root}.q`, () => undefined);
        await settle();
        await expect(one.request(`${root}.q`, bytes('x'), { timeoutMs: 50 })).rejects.toMatchObject({
          code: 'broker-timeout',
        });
      });

      it('to many collect what comes in time', async () => {
        serve(one, `${root}.q`);
        serve(two, `${root}.q`);
        await settle();
        const answers = await one.requestMany(`${root}.q`, bytes('x'), { timeoutMs: 500, repliesMax: 10 });
        expect(answers.map(textOf)).toEqual(['re: x', 're: x']);
      });

      it('to many stop waiting when they have enough', async () => {
        serve(one, `${root}.q`);
        serve(two, `${root}.q`);
        await settle();
        const startMs = Date.now();
        const answers = await one.requestMany(`${root}.q`, bytes('x'), { timeoutMs: WAIT_MS, repliesMax: 2 });
        expect(answers).toHaveLength(2);
        expect(Date.now() - startMs).toBeLessThan(WAIT_MS / 2);
      });

      it('to many get an empty list when nobody listens', async () => {
        const startMs = Date.now();
        expect(await one.requestMany(`${root}.q`, bytes('x'), { timeoutMs: WAIT_MS, repliesMax: 2 })).toEqual([]);
        expect(Date.now() - startMs).toBeLessThan(WAIT_MS / 2);
      });
    });

    describe('ending', () => {
      it('drains: takes nothing new, lets handlers finish and sends their answers', async () => {
        const served: string[] = [];
        two.subscribe(`${root}.q`, (async (message: BrokerMessage) => {
          const text = textOf(message.data) ?? '';
          const { reply } = message;
          await new Promise((resolve) => setTimeout(resolve, 50));
          served.push(text);
          if (reply) two.publish(reply, bytes(`re: ${text}`));
        }) as (message: BrokerMessage) => void);
        await settle();
        const answer = one.request(`${root}.q`, bytes('x'), { timeoutMs: WAIT_MS });
        await settle();
        await two.drain();
        expect(textOf(await answer)).toBe('re: x');
        expect(served).toEqual(['x']);
        await expect(one.request(`${root}.q`, bytes('y'), { timeoutMs: WAIT_MS })).rejects.toMatchObject({
          code: 'broker-no-responders',
        });
      });

      it('drains although a subscription was ended just before', async () => {
        const finished: string[] = [];
        const ended = two.subscribe(`${root}.b`, () => undefined);
        two.subscribe(`${root}.a`, (async () => {
          await new Promise((resolve) => setTimeout(resolve, 50));
          finished.push('x');
        }) as () => void);
        await settle();
        one.publish(`${root}.a`, bytes('x'));
        await settle();
        ended.unsubscribe();
        await two.drain();
        expect(finished).toEqual(['x']);
      });

      it('drains what was published just before', async () => {
        const seen = collect(two, `${root}.a`);
        await settle();
        for (let index = 0; index < 100; index++) one.publish(`${root}.a`, bytes(String(index)));
        await one.drain();
        await two.flush();
        expect(seen).toHaveLength(100);
      });

      it('drains once: a second call returns the same promise', async () => {
        const first = one.drain();
        expect(one.drain()).toBe(first);
        await first;
        expect(one.isConnected).toBe(false);
        await one.drain();
        await one.close();
      });

      it('closes at once, also while draining, and closing twice is harmless', async () => {
        one.subscribe(`${root}.a`, () => new Promise<void>(() => undefined) as unknown as void);
        await settle();
        two.publish(`${root}.a`, bytes('x'));
        await settle();
        const drained = one.drain();
        await one.close();
        await drained;
        await one.close();
        expect(one.isConnected).toBe(false);
      });

      it('fails what waits when it closes, and what comes after', async () => {
        two.subscribe(`${root}.q`, () => undefined);
        await settle();
        const waiting = one.request(`${root}.q`, bytes('x'), { timeoutMs: WAIT_MS });
        const failed = expect(waiting).rejects.toMatchObject({ code: 'broker-disconnected' });
        await one.close();
        await failed;
        const gone = { code: 'broker-disconnected' };
        await expect(one.request(`${root}.q`, bytes('x'), { timeoutMs: 100 })).rejects.toMatchObject(gone);
        await expect(one.requestMany(`${root}.q`, bytes('x'), { timeoutMs: 100, repliesMax: 1 })).rejects.toMatchObject(
          gone,
        );
        await expect(one.flush()).rejects.toMatchObject(gone);
        await expect(one.keyValue(`${root}-b`)).rejects.toMatchObject(gone);
        expect(() => one.subscribe(`${root}.a`, () => undefined)).toThrow(expect.objectContaining(gone));
        one.publish(`${root}.a`, bytes('x'));
        expect(one.counters.publishedDropped).toBe(1);
      });

      it('tells that it closed, once', async () => {
        const statuses: BrokerStatus[] = [];
        one.onStatus((status) => statuses.push(status));
        const deaf = one.onStatus(() => statuses.push({ type: 'connected' }));
        deaf.unsubscribe();
        one.onStatus(() => {
          throw new Error('a listener that fails');
        });
        await one.close();
        await one.close();
        await eventually('closed is told', () => statuses.length > 0);
        expect(statuses).toEqual([{ type: 'closed' }]);
      });
    });

    describe('key values', () => {
      let kv: KeyValue;
      let rival: KeyValue;
      beforeEach(async () => {
        [kv, rival] = await Promise.all([one.keyValue(`${root}-bucket`), two.keyValue(`${root}-bucket`)]);
      });

      it('are read by everybody once they are written', async () => {
        expect(await kv.get('a.b')).toBeUndefined();
        const revision = await kv.put('a.b', bytes('1'));
        const entry = await rival.get('a.b');
        expect([entry?.key, textOf(entry?.value), entry?.revision]).toEqual(['a.b', '1', revision]);
        expect(await rival.put('a.b', bytes('2'))).toBeGreaterThan(revision);
        expect(textOf((await kv.get('a.b'))?.value)).toBe('2');
      });

      it('are created by exactly one of many rivals', async () => {
        const attempts = await Promise.allSettled(
          Array.from({ length: 10 }, (_, index) => (index % 2 ? kv : rival).create('owner', bytes(String(index)))),
        );
        const lost = attempts.filter((attempt) => attempt.status === 'rejected');
        expect(lost).toHaveLength(9);
        for (const { reason } of lost) expect(reason).toMatchObject({ code: 'broker-key-exists', retryable: false });
      });

      it('are updated only from the revision that was seen', async () => {
        const revision = await kv.create('a', bytes('1'));
        const next = await rival.update('a', bytes('2'), revision);
        await expect(kv.update('a', bytes('3'), revision)).rejects.toMatchObject({ code: 'broker-revision-conflict' });
        await expect(kv.update('absent', bytes('3'), 1)).rejects.toMatchObject({ code: 'broker-revision-conflict' });
        await expect(kv.update('a', bytes('3'), 0)).rejects.toMatchObject({ code: 'broker-revision-conflict' });
        await kv.update('a', bytes('3'), next);
        expect(textOf((await rival.get('a'))?.value)).toBe('3');
      });

      it('can be created again after they were deleted, but not updated', async () => {
        const revision = await kv.create('a', bytes('1'));
        await rival.delete('a');
        expect(await kv.get('a')).toBeUndefined();
        await expect(kv.update('a', bytes('2'), revision)).rejects.toMatchObject({ code: 'broker-revision-conflict' });
        expect(await kv.create('a', bytes('2'))).toBeGreaterThan(revision);
        await kv.delete('never-there');
      });

      it('vanish when they get old', async () => {
        const shortLived = await one.keyValue(`${root}-ttl`, { ttlMs: 1_000 });
        await shortLived.put('a', bytes('1'));
        expect(await shortLived.get('a')).toBeDefined();
        await eventually('the value is gone', async () => (await shortLived.get('a')) === undefined);
        await shortLived.create('a', bytes('2'));
      });

      it('are watched: first what is there, then every change', async () => {
        const seen: unknown[] = [];
        await kv.put('a', bytes('1'));
        await kv.put('b', bytes('1'));
        await kv.put('a', bytes('2'));
        await kv.put('gone', bytes('1'));
        await kv.delete('gone');
        const watch = await rival.watch(({ key, value }) => seen.push(`${key}=${textOf(value)}`));
        expect([...seen].sort()).toEqual(['a=2', 'b=1']);
        seen.length = 0;
        await kv.put('c', bytes('1'));
        await kv.delete('a');
        await kv.put('a', bytes('3'));
        await eventually('changes are told', () => seen.length >= 3);
        expect(seen).toEqual(['c=1', 'a=undefined', 'a=3']);
        watch.unsubscribe();
        watch.unsubscribe();
        await kv.put('d', bytes('1'));
        await settle();
        expect(seen).toHaveLength(3);
      });

      it('are watched from the start when there is nothing, whatever listeners do', async () => {
        const seen: unknown[] = [];
        await rival.watch(() => {
          throw new Error('a listener that fails');
        });
        await rival.watch(({ key, revision }) => seen.push([key, revision]));
        const first = await kv.put('a', bytes('1'));
        const second = await kv.put('b', bytes('1'));
        await eventually('changes are told', () => seen.length >= 2);
        expect(seen).toEqual([
          ['a', first],
          ['b', second],
        ]);
      });

      it('refuse keys that cannot be', async () => {
        for (const key of ['', 'a b', '.a', 'a.', 'a..b', 'a.*', 'ä']) {
          await expect(kv.put(key, bytes('x'))).rejects.toMatchObject({ code: 'broker-invalid-subject' });
          await expect(kv.get(key)).rejects.toMatchObject({ code: 'broker-invalid-subject' });
        }
        await expect(one.keyValue('no good')).rejects.toMatchObject({ code: 'broker-invalid-subject' });
      });

      it('share a bucket that many open in the same moment', async () => {
        const opened = await Promise.all(
          Array.from({ length: 8 }, (_, index) =>
            (index % 2 ? one : two).keyValue(`${root}-rush`, index < 4 ? {} : { historyCount: 5 }),
          ),
        );
        await opened[0].put('a', bytes('1'));
        for (const bucket of opened) expect(textOf((await bucket.get('a'))?.value)).toBe('1');
      });
    });

    describe('streams', () => {
      let stream: Stream;
      const options = (): { name: string; subjects: string[] } => ({
        name: root.toUpperCase(),
        subjects: [`${root}.log.*`],
      });
      beforeEach(async () => {
        stream = await one.stream(options());
      });

      it('keep what was appended, in order', async () => {
        const a = await stream.append(`${root}.log.a`, bytes('1'));
        const b = await stream.append(`${root}.log.b`, bytes('2'));
        const c = await stream.append(`${root}.log.a`, bytes('3'));
        expect([a, b, c]).toEqual([1, 2, 3].map((sequence) => ({ sequence, isDuplicate: false })));
        const reader = await two.stream(options());
        const all = await reader.read(`${root}.log.*`, 1, 100);
        expect(all.map(({ subject, sequence }) => [subject, sequence])).toEqual([
          [`${root}.log.a`, 1],
          [`${root}.log.b`, 2],
          [`${root}.log.a`, 3],
        ]);
        expect(texts(all)).toEqual(['1', '2', '3']);
        for (const { storedAtMs } of all) expect(Math.abs(storedAtMs - Date.now())).toBeLessThan(60_000);
      });

      it('read from a sequence on, at most as many as asked', async () => {
        for (let index = 1; index <= 20; index++) await stream.append(`${root}.log.a`, bytes(String(index)));
        expect(texts(await stream.read(`${root}.log.a`, 18, 100))).toEqual(['18', '19', '20']);
        expect(texts(await stream.read(`${root}.log.a`, 5, 2))).toEqual(['5', '6']);
        expect(await stream.read(`${root}.log.a`, 21, 10)).toEqual([]);
        expect(await stream.read(`${root}.log.b`, 1, 10)).toEqual([]);
        expect(await stream.read(`${root}.log.a`, 1, 0)).toEqual([]);
      });

      it('give the last messages of a subject, oldest first, however far back they are', async () => {
        const appends = [stream.append(`${root}.log.rare`, bytes('first'))];
        for (let index = 0; index < 300; index++) {
          appends.push(stream.append(`${root}.log.${index % 100 === 50 ? 'rare' : 'busy'}`, bytes(String(index))));
        }
        await Promise.all(appends);
        expect(texts(await stream.last(`${root}.log.rare`, 2))).toEqual(['150', '250']);
        expect(texts(await stream.last(`${root}.log.rare`, 100))).toEqual(['first', '50', '150', '250']);
        expect(texts(await stream.last(`${root}.log.busy`, 3))).toEqual(['297', '298', '299']);
        const [newest] = await stream.last(`${root}.log.rare`, 1);
        expect(newest).toEqual((await stream.last(`${root}.log.rare`, 2))[1]);
        expect(texts([newest])).toEqual(['250']);
        for (const count of [1, 3]) expect(await stream.last(`${root}.log.absent`, count)).toEqual([]);
        expect(await stream.last(`${root}.log.rare`, 0)).toEqual([]);
      });

      it('refuse a writer that does not know the last sequence of the subject', async () => {
        const subject = `${root}.log.a`;
        const first = await stream.append(subject, bytes('1'), { expectedLastSubjectSequence: 0 });
        await stream.append(`${root}.log.b`, bytes('other'), { expectedLastSubjectSequence: 0 });
        const rival = await two.stream(options());
        await rival.append(subject, bytes('2'), { expectedLastSubjectSequence: first.sequence });
        for (const expected of [0, first.sequence, 1_000]) {
          await expect(
            stream.append(subject, bytes('late'), { expectedLastSubjectSequence: expected }),
          ).rejects.toMatchObject({ code: 'broker-sequence-conflict', retryable: false });
        }
        expect(texts(await stream.last(subject, 10))).toEqual(['1', '2']);
      });

      it('store a repeated message id once and give the answer of the first', async () => {
        const subject = `${root}.log.a`;
        const append = (text: string, messageId: string): ReturnType<Stream['append']> =>
          stream.append(subject, bytes(text), { messageId });
        const first = await append('1', 'id-1');
        await append('2', 'id-2');
        expect(await append('1', 'id-1')).toEqual({ sequence: first.sequence, isDuplicate: true });
        // A repetition is one also for a writer that names the sequence it expected at first.
        expect(await stream.append(subject, bytes('1'), { messageId: 'id-1', expectedLastSubjectSequence: 0 })).toEqual(
          { sequence: first.sequence, isDuplicate: true },
        );
        expect(texts(await stream.last(subject, 10))).toEqual(['1', '2']);
      });

      it('republish what was stored, once and in order, and not what was refused or repeated', async () => {
        const log = await one.stream({
          name: `${root.toUpperCase()}-OUT`,
          subjects: [`${root}.*.chat.log.*`],
          republish: { from: `${root}.*.chat.log.*`, to: `${root}.*.chat.out.*` },
        });
        const seen = collect(two, `${root}.*.chat.out.*`);
        await settle();
        const subject = `${root}.main.chat.log.a`;
        await log.append(subject, bytes('1'), { messageId: 'id-1' });
        await log.append(subject, bytes('1'), { messageId: 'id-1' });
        await log.append(subject, bytes('x'), { expectedLastSubjectSequence: 9 }).catch(() => undefined);
        await log.append(`${root}.main.chat.log.b`, bytes('2'));
        await log.append(subject, bytes('3'), { expectedLastSubjectSequence: 1 });
        await eventually('events arrive', () => seen.length >= 3);
        await settle();
        expect(
          seen.map((message) => [
            message.subject.slice(root.length),
            textOf(message.data),
            message.reply,
            message.sequence,
            message.previousSequence,
          ]),
        ).toEqual([
          ['.main.chat.out.a', '1', undefined, 1, 0],
          ['.main.chat.out.b', '2', undefined, 2, 0],
          ['.main.chat.out.a', '3', undefined, 3, 1],
        ]);
        expect(texts(await log.last(subject, 10))).toEqual(['1', '3']);
      });

      it('let nobody answer an append: subscribers of the subject see an event', async () => {
        const seen = collect(two, `${root}.log.>`);
        two.subscribe(`${root}.log.>`, ({ reply }) => {
          if (reply) two.publish(reply, bytes('not an acknowledgement'));
        });
        await settle();
        for (let index = 0; index < 20; index++) await stream.append(`${root}.log.a`, bytes('x'));
        await settle();
        expect(seen.map(({ reply }) => reply)).toEqual(Array.from({ length: 20 }, () => undefined));
      });

      it('store what is only published on their subjects, too', async () => {
        one.publish(`${root}.log.a`, bytes('event'));
        await settle();
        await eventually('it is stored', async () => (await stream.last(`${root}.log.a`, 1)).length === 1);
      });

      it('keep at most so many bytes in all', async () => {
        const small = await one.stream({ ...options(), bytesMax: 10_000 });
        for (let index = 1; index <= 30; index++)
          await small.append(`${root}.log.a`, new Uint8Array(1_000).fill(index));
        const kept = await small.read(`${root}.log.a`, 1, 100);
        expect(kept.length).toBeGreaterThan(2);
        expect(kept.length).toBeLessThanOrEqual(10);
        expect(kept[kept.length - 1].data[0]).toBe(30);
      });

      it('keep at most so many messages of a subject', async () => {
        const short = await one.stream({ ...options(), messagesPerSubjectMax: 3 });
        for (let index = 1; index <= 5; index++) await short.append(`${root}.log.a`, bytes(String(index)));
        await short.append(`${root}.log.b`, bytes('b'));
        expect(texts(await short.last(`${root}.log.a`, 10))).toEqual(['3', '4', '5']);
        expect(texts(await short.read(`${root}.log.*`, 1, 10))).toEqual(['3', '4', '5', 'b']);
      });

      it('forget messages that get old', async () => {
        const subjects = [`${root}.short.*`];
        const short = await one.stream({ name: `${root.toUpperCase()}-AGE`, subjects, ageMsMax: 1_000 });
        await short.append(`${root}.short.a`, bytes('1'));
        expect(await short.last(`${root}.short.a`, 1)).toHaveLength(1);
        await eventually('the message is gone', async () => (await short.last(`${root}.short.a`, 1)).length === 0);
      });

      it('are opened by many in the same moment', async () => {
        const opened = await Promise.all(
          Array.from({ length: 8 }, (_, index) =>
            (index % 2 ? one : two).stream({
              name: `${root.toUpperCase()}-RUSH`,
              subjects: [`${root}.rush.*`],
              messagesPerSubjectMax: index < 4 ? 10 : 20,
            }),
          ),
        );
        const appended = await Promise.all(opened.map((each) => each.append(`${root}.rush.a`, bytes('x'))));
        expect(new Set(appended.map(({ sequence }) => sequence)).size).toBe(8);
      });

      it('refuse what can never be', async () => {
        const refusal = { code: 'broker-invalid-subject' };
        await expect(one.stream({ name: 'lower', subjects: ['a.b'] })).rejects.toMatchObject(refusal);
        await expect(one.stream({ name: 'UPPER', subjects: ['a b'] })).rejects.toMatchObject(refusal);
        const republish = { from: 'a.*', to: 'b.*.*' };
        await expect(one.stream({ name: 'UPPER', subjects: ['a.*'], republish })).rejects.toMatchObject(refusal);
        await expect(stream.append(`${root}.log.*`, bytes('x'))).rejects.toMatchObject(refusal);
      });
    });

    describe('a connection that breaks', () => {
      it('drops what is published meanwhile and never delivers it late', async () => {
        const seen = collect(two, `${root}.a`);
        await settle();
        await context.sever();
        await eventually('the break is noticed', () => !one.isConnected && !two.isConnected);
        const before = one.counters.publishedDropped;
        for (let index = 0; index < 10; index++) one.publish(`${root}.a`, bytes('late'));
        expect(one.counters.publishedDropped - before).toBe(10);
        await context.restore();
        await eventually('everybody is back', () => one.isConnected && two.isConnected);
        one.publish(`${root}.a`, bytes('after'));
        await settle();
        expect(texts(seen)).toEqual(['after']);
        expect([one.counters.reconnected, two.counters.reconnected]).toEqual([1, 1]);
      });

      it('delivers nothing afterwards that was published before it came back', async () => {
        const seen: number[] = [];
        two.subscribe(`${root}.a`, ({ data }) => seen.push(Number(textOf(data))));
        await settle();
        let sent = 0;
        // Goes on through the moments in which the break and the return are noticed.
        const publishing = setInterval(() => one.publish(`${root}.a`, bytes(String(sent++))), 1);
        try {
          await eventually('events arrive', () => seen.length > 10);
          await context.sever();
          await eventually('the break is noticed', () => !one.isConnected && !two.isConnected);
          await new Promise((resolve) => setTimeout(resolve, 100));
          const newestBefore = sent - 1;
          await context.restore();
          await eventually('everybody is back', () => one.isConnected && two.isConnected);
          const arrivedBefore = seen.length;
          await eventually('events arrive again', () => seen.length > arrivedBefore + 10);
          const after = seen.filter((_, index) => index >= arrivedBefore);
          expect(Math.min(...after)).toBeGreaterThan(newestBefore);
          expect(seen).toEqual([...seen].sort((a, b) => a - b));
          expect(new Set(seen).size).toBe(seen.length);
        } finally {
          clearInterval(publishing);
        }
      });

      it('fails requests, those that wait and new ones', async () => {
        two.subscribe(`${root}.q`, () => undefined);
        const kv = await one.keyValue(`${root}-bucket`);
        const stream = await one.stream({ name: root.toUpperCase(), subjects: [`${root}.log.*`] });
        await settle();
        const gone = { code: 'broker-disconnected', retryable: true };
        const waiting = expect(one.request(`${root}.q`, bytes('x'), { timeoutMs: 60_000 })).rejects.toMatchObject(gone);
        await settle();
        await context.sever();
        await waiting;
        await eventually('the break is noticed', () => !one.isConnected);
        await expect(one.request(`${root}.q`, bytes('x'), { timeoutMs: 60_000 })).rejects.toMatchObject(gone);
        await expect(
          one.requestMany(`${root}.q`, bytes('x'), { timeoutMs: 60_000, repliesMax: 1 }),
        ).rejects.toMatchObject(gone);
        await expect(one.flush()).rejects.toMatchObject(gone);
        await expect(kv.get('a')).rejects.toMatchObject(gone);
        await expect(kv.put('a', bytes('x'))).rejects.toMatchObject(gone);
        await expect(stream.append(`${root}.log.a`, bytes('x'))).rejects.toMatchObject(gone);
        await expect(stream.last(`${root}.log.a`, 1)).rejects.toMatchObject(gone);
        await context.restore();
      });

      it('tells when it went and when it came back', async () => {
        const statuses: string[] = [];
        one.onStatus(({ type }) => statuses.push(type));
        await context.sever();
        await eventually('disconnected is told', () => statuses.length >= 1);
        await context.restore();
        await eventually('connected is told', () => statuses.length >= 2);
        expect(statuses).toEqual(['disconnected', 'connected']);
        expect(one.isConnected).toBe(true);
      });

      it('keeps subscriptions, and those made meanwhile; not those ended meanwhile', async () => {
        const before = collect(two, `${root}.a`);
        const queued = collect(two, `${root}.a`, 'q');
        const ended = collect(two, `${root}.none`);
        const subscription = two.subscribe(`${root}.a`, (message) => ended.push(message));
        await settle();
        await context.sever();
        await eventually('the break is noticed', () => !two.isConnected);
        subscription.unsubscribe();
        const during = collect(two, `${root}.a`);
        await context.restore();
        await eventually('everybody is back', () => one.isConnected && two.isConnected);
        await settle();
        one.publish(`${root}.a`, bytes('after'));
        await settle();
        expect([before, queued, during].map(texts)).toEqual([['after'], ['after'], ['after']]);
        expect(ended).toEqual([]);
      });

      it('keeps buckets and streams, and tells watchers what changed since', async () => {
        const kv = await one.keyValue(`${root}-bucket`);
        const stream = await one.stream({ name: root.toUpperCase(), subjects: [`${root}.log.*`] });
        const revision = await kv.put('a', bytes('1'));
        await stream.append(`${root}.log.a`, bytes('1'));
        const seen: unknown[] = [];
        await (await two.keyValue(`${root}-bucket`)).watch(({ key, value }) => seen.push(`${key}=${textOf(value)}`));
        await context.sever();
        await eventually('the break is noticed', () => !one.isConnected && !two.isConnected);
        await context.restore();
        await eventually('everybody is back', () => one.isConnected && two.isConnected);
        await eventually('storage answers', () =>
          kv.update('a', bytes('2'), revision).then(
            () => true,
            (error: { code: string }) => {
              if (error.code === 'broker-revision-conflict') throw error;
              return false;
            },
          ),
        );
        expect(await stream.append(`${root}.log.a`, bytes('2'), { expectedLastSubjectSequence: 1 })).toEqual({
          sequence: 2,
          isDuplicate: false,
        });
        expect(texts(await stream.last(`${root}.log.a`, 10))).toEqual(['1', '2']);
        await kv.put('b', bytes('1'));
        await eventually('the watcher is told', () => seen.length >= 3);
        expect(seen).toEqual(['a=1', 'a=2', 'b=1']);
      });

      it('can be drained and closed while it is down', async () => {
        await context.sever();
        await eventually('the break is noticed', () => !one.isConnected && !two.isConnected);
        await one.drain();
        await two.close();
        await context.restore();
        expect([one.isConnected, two.isConnected]).toEqual([false, false]);
      });
    });
  });
}
