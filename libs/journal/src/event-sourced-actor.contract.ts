import { afterEach, describe, expect, it } from '@jest/globals';
import type { Broker, Stream } from '@app/broker';
import type { EventSourcedActor } from './event-sourced-actor.js';
import type { JournalError } from './journal.errors.js';
import { LogFollower } from './log-follower.js';
import { type AppendFault, clock, eventually, faulty, type JournalRun } from './run.contract.js';
import { PlayedLease, Tally, tallyActor } from './tally.fixture.js';

interface Owner {
  tally: Tally;
  lease: PlayedLease;
  actor: EventSourcedActor<string, string>;
}

/** Group commit under a lease. */
export function describeActor(run: JournalRun): void {
  describe('EventSourcedActor', () => {
    const followers: LogFollower[] = [];
    afterEach(() => followers.splice(0).forEach((follower) => follower.stop()));

    const own = async (
      broker: Broker,
      epoch: number,
      options: { submissionsMax?: number; wrap?: (stream: Stream) => Stream } = {},
    ): Promise<Owner> => {
      const stream = await run.streamOf(broker);
      const follower = new LogFollower(broker, stream, run.subjects, clock);
      followers.push(follower);
      const tally = new Tally();
      const lease = new PlayedLease(epoch);
      const { submissionsMax, wrap } = options;
      const actor = tallyActor({
        tally,
        stream: wrap ? wrap(stream) : stream,
        subject: `${run.root}.log.0`,
        follower,
        lease,
        clock,
        submissionsMax,
      });
      await follower.start(1, (entry) => tally.apply(entry));
      return { tally, lease, actor };
    };
    const words = (count: number, prefix = 'w'): string[] =>
      Array.from({ length: count }, (_, index) => `${prefix}${index}`);

    it('answers each author with the outcome of the log, many in one record', async () => {
      const { actor, tally } = await own(run.one, 1);
      await actor.open();
      const outcomes = await Promise.all([...words(250), 'w7'].map((word) => actor.submit(word)));
      expect(outcomes).toEqual([...words(250).map((word) => `${word}: new`), 'w7: known']);
      expect(tally.words).toEqual(words(250));
      // The fence, then what has waited.
      expect(tally.recordSizes).toEqual([0, 100, 100, 51]);
      expect(actor.pendingCount).toBe(0);
    });

    it('does not ask the log about what is decided already', async () => {
      const { actor, tally } = await own(run.one, 1);
      await actor.open();
      expect(await Promise.all(['!a', '!b'].map((word) => actor.submit(word)))).toEqual(['!a: refused', '!b: refused']);
      expect(await Promise.all(['c', '!d', 'e'].map((word) => actor.submit(word)))).toEqual([
        'c: new',
        '!d: refused',
        'e: new',
      ]);
      expect(tally.recordSizes).toEqual([0, 2]);
    });

    it('goes on where the owner before it has stopped', async () => {
      const first = await own(run.one, 1);
      await first.actor.open();
      await Promise.all(words(30).map((word) => first.actor.submit(word)));
      await first.actor.drain();
      const second = await own(run.two, 2);
      await second.actor.open();
      expect(second.tally.words).toEqual(words(30));
      expect(await second.actor.submit('w29')).toBe('w29: known');
      await expect(first.actor.submit('late')).rejects.toMatchObject({ code: 'journal-closed', retryable: true });
    });

    it('is harmless when it does not know that another one has taken over', async () => {
      const first = await own(run.one, 1);
      await first.actor.open();
      await first.actor.submit('a');
      const told: (JournalError | undefined)[] = [];
      first.actor.onSteppedDown((error) => told.push(error));
      const second = await own(run.two, 2);
      await second.actor.open();
      const late = await Promise.allSettled(['b', 'c'].map((word) => first.actor.submit(word)));
      for (const { status, reason } of late as PromiseRejectedResult[]) {
        expect([status, (reason as JournalError).code, (reason as JournalError).retryable]).toEqual([
          'rejected',
          'journal-fenced',
          true,
        ]);
      }
      expect(first.actor.isOpen).toBe(false);
      expect(told.map((error) => error?.code)).toEqual(['journal-fenced']);
      expect(await second.actor.submit('b')).toBe('b: new');
      expect(second.tally.words).toEqual(['a', 'b']);
      await eventually('the old owner sees it, too', () => first.tally.words.length === 2);
    });

    it('steps down when the lease is lost, and fails what waits', async () => {
      const { actor, lease } = await own(run.one, 1);
      await actor.open();
      const told: (string | undefined)[] = [];
      actor.onSteppedDown((error) => told.push(error?.code));
      const waiting = Promise.allSettled(words(300).map((word) => actor.submit(word)));
      lease.lose();
      for (const settled of await waiting) {
        expect(settled).toMatchObject({ status: 'rejected', reason: { code: 'journal-fenced', retryable: true } });
      }
      expect(told).toEqual(['journal-fenced']);
      await expect(actor.submit('late')).rejects.toMatchObject({ code: 'journal-fenced' });
      const fresh = await own(run.two, 1);
      fresh.lease.lose();
      await expect(fresh.actor.open()).rejects.toMatchObject({ code: 'journal-fenced' });
    });

    it('leaves no listener with a lease that outlives it', async () => {
      const { actor, lease } = await own(run.one, 1);
      await actor.open();
      expect(lease.listeners.size).toBe(1);
      await actor.drain();
      expect([lease.isHeld, lease.listeners.size]).toEqual([true, 0]);
    });

    it('lets only so many wait', async () => {
      const { actor } = await own(run.one, 1, { submissionsMax: 10 });
      await expect(actor.submit('early')).rejects.toMatchObject({ code: 'journal-closed' });
      await actor.open();
      const settled = await Promise.allSettled(words(12).map((word) => actor.submit(word)));
      const busy = settled.filter(({ status }) => status === 'rejected');
      expect(busy).toHaveLength(2);
      expect(busy[0]).toMatchObject({ reason: { code: 'journal-busy', retryable: true } });
      expect(await actor.submit('later')).toBe('later: new');
    });

    it('answers everything before it is drained', async () => {
      const { actor } = await own(run.one, 1);
      await actor.open();
      const answers = Promise.all(words(250).map((word) => actor.submit(word)));
      const draining = actor.drain();
      await expect(actor.submit('late')).rejects.toMatchObject({ code: 'journal-closed' });
      await draining;
      expect(await answers).toHaveLength(250);
    });

    it('fails only what does not fit into a record', async () => {
      const { actor } = await own(run.one, 1);
      await actor.open();
      await expect(actor.submit('x'.repeat(20_000))).rejects.toMatchObject({ code: 'journal-record-too-large' });
      expect(await actor.submit('a')).toBe('a: new');
    });

    it('steps down when what it is made of is broken', async () => {
      const { actor } = await own(run.one, 1);
      await actor.open();
      await expect(actor.submit('broken')).rejects.toMatchObject({
        code: 'journal-unavailable',
        cause: expect.any(Error),
      });
      expect(actor.isOpen).toBe(false);
    });

    it('does everything once while appends get lost or their answers do', async () => {
      const faults: AppendFault[] = ['lost', undefined, 'unheard', 'lost', 'unheard', 'unheard', undefined, 'lost'];
      const { actor, tally } = await own(run.one, 1, { wrap: (stream) => faulty(stream, faults) });
      await actor.open();
      const outcomes = await Promise.all(words(400).map((word) => actor.submit(word)));
      expect(outcomes).toEqual(words(400).map((word) => `${word}: new`));
      expect(tally.words).toEqual(words(400));
      expect(faults).toEqual([]);
    });

    it('loses nothing that was answered when the broker dies in the middle of it, and writes nothing twice', async () => {
      const { actor, tally } = await own(run.one, 1);
      await actor.open();
      const answered: string[] = [];
      const submitting = (async () => {
        for (let round = 0; round < 60; round++) {
          await Promise.all(
            words(20, `r${round}-`).map((word) => actor.submit(word).then(() => void answered.push(word))),
          );
        }
      })();
      await eventually('it writes', () => answered.length > 100);
      await run.context.sever();
      await eventually('the break is noticed', () => !run.one.isConnected);
      await run.context.restore();
      await submitting;
      expect(answered).toHaveLength(1_200);
      const other = await own(run.two, 2);
      expect(other.tally.words).toEqual(tally.words);
      expect([...other.tally.words].sort()).toEqual([...answered].sort());
      expect(other.tally.recordSizes.reduce((sum, size) => sum + size, 0)).toBe(1_200);
    });
  });
}
