import { describe, expect, it } from '@jest/globals';
import type { Broker } from '@app/broker';
import type { LogEntry } from './log-entry.js';
import { LogFollower } from './log-follower.js';
import { bytes, clock, eventually, type JournalRun, lossy, textsOf } from './run.contract.js';

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `${from + index}:${from + index}`);
const texts = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index + 1));

/** A whole log, in its order, without gaps. */
export function describeFollower(run: JournalRun): void {
  describe('LogFollower', () => {
    const started: LogFollower[] = [];
    const follow = async (broker: Broker): Promise<LogFollower> => {
      const follower = new LogFollower(broker, await run.streamOf(broker), run.subjects, clock);
      started.push(follower);
      return follower;
    };
    const stopAll = (): void => started.splice(0).forEach((follower) => follower.stop());

    it('gives what is there, then what comes, with the subjects that were appended to', async () => {
      await run.fill(['1', '2']);
      await run.fill(['3'], 'b');
      const seen: LogEntry[] = [];
      const follower = await follow(run.two);
      await follower.start(1, (entry) => void seen.push(entry));
      expect(textsOf(seen)).toEqual(numbers(1, 3));
      expect(follower.lastSequence).toBe(3);
      await run.fill(['4'], 'b');
      await run.fill(['5']);
      await follower.reached(5, 5_000);
      expect(textsOf(seen)).toEqual(numbers(1, 5));
      expect(seen.map(({ subject }) => subject.slice(run.root.length))).toEqual([
        '.log.a',
        '.log.a',
        '.log.b',
        '.log.b',
        '.log.a',
      ]);
      expect(seen[0].storedAtMs).toBeGreaterThan(1.6e12);
      expect(follower.counters).toEqual({ entries: 5, gaps: 0, duplicates: 0, handlersFailed: 0 });
      stopAll();
    });

    it('begins where it is told to, also at the end and in an empty log', async () => {
      const empty = await follow(run.two);
      await empty.start(1, () => undefined);
      await run.fill(texts(5));
      const seen: LogEntry[] = [];
      const late = await follow(run.two);
      await late.start(4, (entry) => void seen.push(entry));
      expect(textsOf(seen)).toEqual(numbers(4, 5));
      const newest = await follow(run.two);
      await newest.start(6, (entry) => void seen.push(entry));
      await run.fill(['6']);
      await Promise.all([empty, late, newest].map((follower) => follower.reached(6, 5_000)));
      expect(textsOf(seen)).toEqual([...numbers(4, 6), '6:6']);
      stopAll();
    });

    it('misses nothing while writers go on during the start', async () => {
      await run.fill(texts(50));
      const seen: LogEntry[] = [];
      const follower = await follow(run.two);
      const writing = (async () => {
        for (let index = 51; index <= 300; index++) await run.fill([String(index)], index % 2 ? 'a' : 'b');
      })();
      await follower.start(1, (entry) => void seen.push(entry));
      await writing;
      await follower.reached(300, 5_000);
      expect(textsOf(seen)).toEqual(numbers(1, 300));
      stopAll();
    });

    it('reads from the log what got lost on the way, also the last entry', async () => {
      const lost = new Set([2, 3, 4, 7, 10]);
      const gaps: string[] = [];
      const seen: LogEntry[] = [];
      const follower = await follow(lossy(run.two, ({ sequence }) => lost.has(sequence ?? 0)));
      follower.onGap((from, to) => gaps.push(`${from}-${to}`));
      await follower.start(1, (entry) => void seen.push(entry));
      await run.fill(texts(10));
      await follower.reached(10, 5_000);
      expect(textsOf(seen)).toEqual(numbers(1, 10));
      expect(follower.counters.gaps).toBe(gaps.length);
      expect(gaps.length).toBeGreaterThanOrEqual(1);
      stopAll();
    });

    it('says when an entry does not come in time', async () => {
      const follower = await follow(run.two);
      await follower.start(1, () => undefined);
      await expect(follower.reached(1, 50)).rejects.toMatchObject({ code: 'journal-timeout', retryable: true });
      stopAll();
      await expect(follower.reached(1, 50)).rejects.toMatchObject({ code: 'journal-closed' });
    });

    it('waits for a slow handler, and gives an entry again to one that fails', async () => {
      const seen: string[] = [];
      let failures = 3;
      const follower = await follow(run.two);
      const starting = follower.start(1, async ({ sequence }) => {
        await new Promise<void>((resolve) => clock.after(2, resolve));
        if (sequence % 4 === 2 && failures-- > 0) throw new Error('not this time');
        seen.push(String(sequence));
      });
      await starting;
      await run.fill(texts(12));
      await follower.reached(12, 5_000);
      expect(seen).toEqual(texts(12));
      expect(follower.counters.handlersFailed).toBe(3);
      stopAll();
    });

    it('drops nothing when far more comes at once than it keeps', async () => {
      const seen: number[] = [];
      let release = (): void => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      const follower = await follow(run.two);
      await follower.start(1, async ({ sequence }) => {
        if (sequence === 1) await held;
        seen.push(sequence);
      });
      const count = 6_000;
      for (let done = 0; done < count; done += 500) {
        await Promise.all(
          Array.from({ length: 500 }, (_, index) => run.stream.append(`${run.root}.log.a`, bytes(`${done + index}`))),
        );
      }
      release();
      await follower.reached(count, 10_000);
      expect(seen).toEqual(Array.from({ length: count }, (_, index) => index + 1));
      expect(follower.counters.gaps).toBeGreaterThanOrEqual(1);
      stopAll();
    });

    it('catches up when the broker was away, and goes on', async () => {
      await run.fill(texts(3));
      const seen: LogEntry[] = [];
      const follower = await follow(run.two);
      await follower.start(1, (entry) => void seen.push(entry));
      await run.context.sever();
      await eventually('the break is noticed', () => !run.one.isConnected && !run.two.isConnected);
      await run.context.restore();
      await eventually('one is back', () => run.one.isConnected);
      for (const text of ['4', '5', '6']) {
        await eventuallyDone(() => run.stream.append(`${run.root}.log.a`, bytes(text), { messageId: text }));
      }
      await follower.reached(6, 8_000);
      await run.fill(['7']);
      await follower.reached(7, 5_000);
      expect(textsOf(seen)).toEqual(numbers(1, 7));
      stopAll();
    });

    it('can be started while the broker is away', async () => {
      await run.fill(texts(3));
      const seen: LogEntry[] = [];
      const follower = await follow(run.two);
      await run.context.sever();
      await eventually('the break is noticed', () => !run.two.isConnected);
      const starting = follower.start(1, (entry) => void seen.push(entry));
      await run.context.restore();
      await starting;
      expect(textsOf(seen)).toEqual(numbers(1, 3));
      stopAll();
    });

    it('ends when the log does not go back far enough', async () => {
      const short = await run.streamOf(run.one, { messagesPerSubjectMax: 5 });
      for (const text of texts(10)) await short.append(`${run.root}.log.a`, bytes(text));
      const follower = new LogFollower(run.two, short, run.subjects, clock);
      const failed: string[] = [];
      follower.onFailed(({ code }) => failed.push(code));
      await expect(follower.start(3, () => undefined)).rejects.toMatchObject({ code: 'journal-gone' });
      await expect(follower.reached(3, 1_000)).rejects.toMatchObject({ code: 'journal-gone' });
      expect(failed).toEqual(['journal-gone']);
      const within = new LogFollower(run.two, short, run.subjects, clock);
      await within.start(6, () => undefined);
      expect(within.lastSequence).toBe(10);
      within.stop();
    });

    it('ends when the log is shorter than what was read of it before', async () => {
      await run.fill(texts(3));
      const follower = await follow(run.two);
      await expect(follower.start(6, () => undefined)).rejects.toMatchObject({ code: 'journal-diverged' });
    });

    it('ends when it comes back to a log that was written anew', async () => {
      await run.fill(texts(3));
      const stream = await run.streamOf(run.two);
      const anew = new Proxy(stream, {
        get: (target, name) => {
          if (name === 'get')
            return () => Promise.resolve({ subject: 'x', data: bytes('other'), sequence: 3, storedAtMs: 0 });
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      });
      const follower = new LogFollower(run.two, anew, run.subjects, clock);
      const failed: string[] = [];
      follower.onFailed(({ code }) => failed.push(code));
      await follower.start(1, () => undefined);
      await run.context.sever();
      await eventually('the break is noticed', () => !run.two.isConnected);
      await run.context.restore();
      await eventually('it is noticed', () => failed.length > 0);
      expect(failed).toEqual(['journal-diverged']);
    });

    it('gives nothing more once it is stopped', async () => {
      const seen: LogEntry[] = [];
      const follower = await follow(run.two);
      await follower.start(1, (entry) => {
        seen.push(entry);
        if (entry.sequence === 2) follower.stop();
      });
      await run.fill(texts(4));
      await run.two.flush();
      expect(textsOf(seen)).toEqual(numbers(1, 2));
    });
  });
}

/** Repeats what fails while the broker comes back. */
async function eventuallyDone(work: () => Promise<unknown>): Promise<void> {
  for (let turn = 0; ; turn++) {
    try {
      await work();
      return;
    } catch (error) {
      if (turn === 50) throw error;
      await new Promise<void>((resolve) => clock.after(50, resolve));
    }
  }
}
