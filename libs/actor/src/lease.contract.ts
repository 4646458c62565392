import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Broker } from '@app/broker';
import type { Clock, Timer } from '@app/clock';
import { LeaseKeeper, type LeaseKeeperOptions } from './lease-keeper.js';
import type { Lease } from './lease.js';

/** What one implementation of the broker gives to the suite. */
export interface LeaseContractSetup {
  clock: Clock;
  /** A new connection to the same broker, as another process would have it. */
  connect(): Promise<Broker>;
  /** Lets time pass. */
  elapse(durationMs: number): Promise<void>;
  /** Takes the broker away from everybody until `restore`. */
  sever(): Promise<void>;
  restore(): Promise<void>;
  teardown(): Promise<void>;
}

/** A process as a test sees it. */
export interface LeaseProcess {
  keeper: LeaseKeeper;
  broker: Broker;
  /** It does nothing more until `resume`, as if the machine did not run it. */
  pause(): void;
  resume(): void;
}

/** Time that stops calling back while its process is paused. */
class PausableClock implements Clock {
  isPaused = false;

  constructor(private readonly clock: Clock) {}

  nowMs(): number {
    return this.clock.nowMs();
  }

  wallMs(): number {
    return this.clock.wallMs();
  }

  after(delayMs: number, callback: () => void): Timer {
    return this.clock.after(delayMs, () => this.isPaused || callback());
  }

  every(intervalMs: number, callback: () => void): Timer {
    return this.clock.every(intervalMs, () => this.isPaused || callback());
  }
}

/** Starts a process that holds leases. */
export async function startLeaseProcess(
  setup: Pick<LeaseContractSetup, 'clock' | 'connect'>,
  options: LeaseKeeperOptions,
): Promise<LeaseProcess> {
  const broker = await setup.connect();
  const clock = new PausableClock(setup.clock);
  const keeper = new LeaseKeeper(broker, clock, options);
  await keeper.start();
  return {
    keeper,
    broker,
    pause: () => void (clock.isPaused = true),
    resume: () => void (clock.isPaused = false),
  };
}

/** Buckets outlive a test. */
let unique = 0;
const KEY = 'entity/plaza/0';

/** The promises of lease-keeper.ts, on any broker. */
export function describeLeases(name: string, makeSetup: () => Promise<LeaseContractSetup>): void {
  describe(name, () => {
    let setup: LeaseContractSetup;
    let bucket: string;
    const processes: LeaseProcess[] = [];
    const start = async (instance: string, epochMs = 1): Promise<LeaseProcess> => {
      const process = await startLeaseProcess(setup, { bucket, instance, epochMs });
      processes.push(process);
      return process;
    };
    /** Waits in small steps, so that it also tells how long it took. */
    const until = async (what: string, holds: () => boolean, timeoutMs = 5_000): Promise<number> => {
      const startMs = setup.clock.nowMs();
      while (!holds()) {
        if (setup.clock.nowMs() - startMs > timeoutMs) throw new Error(`waited in vain until ${what}`);
        await setup.elapse(10);
      }
      return setup.clock.nowMs() - startMs;
    };
    beforeEach(async () => {
      setup = await makeSetup();
      bucket = `leases-${++unique}`;
    });
    afterEach(async () => {
      for (const { keeper, broker } of processes.splice(0)) {
        await keeper.stop();
        await broker.close();
      }
      await setup.teardown();
    });

    it('gives a key to exactly one of two that race for it', async () => {
      const [a, b] = [await start('a'), await start('b')];
      for (let round = 0; round < 20; round++) {
        const key = `race/${round}`;
        const leases = await Promise.all([a.keeper.claim(key), b.keeper.claim(key), a.keeper.claim(key)]);
        const winners = new Set(leases.filter((lease) => lease !== undefined));
        expect(winners.size).toBe(1);
        expect([...winners][0]).toMatchObject({ key, epoch: 1, isHeld: true });
        await until('both know the holder', () => [a, b].every(({ keeper }) => keeper.holderOf(key) !== undefined));
        expect(a.keeper.holderOf(key)).toEqual(b.keeper.holderOf(key));
        expect([a, b].filter(({ keeper }) => keeper.get(key))).toHaveLength(1);
      }
    });

    it('keeps a key with a holder that lives, for as long as it lives', async () => {
      const [a, b] = [await start('a'), await start('b')];
      const lease = await a.keeper.claim(KEY);
      await until('the other one knows', () => !b.keeper.isTakeable(KEY));
      for (let step = 0; step < 30; step++) {
        await setup.elapse(50);
        expect(b.keeper.isTakeable(KEY)).toBe(false);
        expect(await b.keeper.claim(KEY)).toBeUndefined();
      }
      expect(await a.keeper.claim(KEY)).toBe(lease);
      expect(lease?.isHeld).toBe(true);
    });

    it('can be taken at once when it is released, which is told', async () => {
      const [a, b] = [await start('a'), await start('b')];
      const lease = await a.keeper.claim(KEY);
      await until('the other one knows', () => !b.keeper.isTakeable(KEY));
      const told: string[] = [];
      const ended: string[] = [];
      b.keeper.onTakeable((key) => told.push(key));
      lease!.onEnded(() => ended.push(lease!.key));
      await a.keeper.release(lease!);
      expect(lease!.isHeld).toBe(false);
      expect(await until('the other one is told', () => told.includes(KEY))).toBeLessThan(400);
      expect(await b.keeper.claim(KEY)).toMatchObject({ epoch: 2 });
      expect(ended).toEqual([KEY]);
    });

    it('replaces a holder that was killed within 1 s, and not before 500 ms', async () => {
      const [a, b] = [await start('a'), await start('b')];
      await a.keeper.claim(KEY);
      await setup.elapse(300);
      const told: string[] = [];
      b.keeper.onTakeable((key) => told.push(key));
      await a.broker.close();
      const startMs = setup.clock.nowMs();
      await until('the silence is noticed', () => told.includes(KEY));
      expect(await b.keeper.claim(KEY)).toMatchObject({ epoch: 2 });
      const tookMs = setup.clock.nowMs() - startMs;
      expect(tookMs).toBeGreaterThan(380);
      expect(tookMs).toBeLessThan(1_000);
    });

    it('is free for the next process of the same name at once', async () => {
      const a = await start('a', 1);
      await a.keeper.claim(KEY);
      await a.broker.close();
      const next = await start('a', 2);
      expect(next.keeper.isTakeable(KEY)).toBe(true);
      expect(await next.keeper.claim(KEY)).toMatchObject({ epoch: 2 });
    });

    it('is free for others as soon as another process beats under the name of the holder', async () => {
      const [a, b] = [await start('a', 1), await start('b')];
      await a.keeper.claim(KEY);
      await until('the other one knows', () => !b.keeper.isTakeable(KEY));
      await a.broker.close();
      const next = await start('a', 2);
      await next.keeper.claim('entity/plaza/1');
      expect(await until('the replacement is noticed', () => b.keeper.isTakeable(KEY))).toBeLessThan(350);
    });

    it('tells a holder that slept that it has lost, when it wakes', async () => {
      const [a, b] = [await start('a'), await start('b')];
      const lease = await a.keeper.claim(KEY);
      const lost: unknown[] = [];
      lease!.onEnded(() => lost.push(lease));
      await until('the other one knows', () => !b.keeper.isTakeable(KEY));
      a.pause();
      await until('the silence is noticed', () => b.keeper.isTakeable(KEY));
      expect(await b.keeper.claim(KEY)).toMatchObject({ epoch: 2 });
      a.resume();
      await until('the loss is known', () => lost.length > 0);
      expect(lost).toEqual([lease]);
      expect(lease!.isHeld).toBe(false);
      expect(a.keeper.get(KEY)).toBeUndefined();
      expect(await a.keeper.claim(KEY)).toBeUndefined();
      expect(a.keeper.holderOf(KEY)).toEqual({ instance: 'b', epochMs: 1, epoch: 2 });
    });

    it('lets nobody take anything because it slept itself', async () => {
      const [a, b] = [await start('a'), await start('b')];
      await a.keeper.claim(KEY);
      await until('the other one knows', () => !b.keeper.isTakeable(KEY));
      b.pause();
      await setup.elapse(1_500);
      b.resume();
      await setup.elapse(1);
      expect(b.keeper.isTakeable(KEY)).toBe(false);
      await setup.elapse(700);
      expect(b.keeper.isTakeable(KEY)).toBe(false);
    });

    it('raises the epoch with every holder', async () => {
      const [a, b] = [await start('a'), await start('b')];
      const epochs: number[] = [];
      for (let round = 0; round < 10; round++) {
        const { keeper } = round % 2 ? a : b;
        let lease: Lease | undefined;
        // It may not have seen the newest release yet, and then its first attempt is refused.
        while (!(lease = await keeper.claim(KEY))) await setup.elapse(5);
        epochs.push(lease.epoch);
        await keeper.release(lease);
      }
      expect(epochs).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    });

    it('survives an outage of the broker, and a release meanwhile is told afterwards', async () => {
      const [a, b] = [await start('a'), await start('b')];
      const kept = await a.keeper.claim(KEY);
      const given = await a.keeper.claim('entity/plaza/1');
      await until('the other one knows', () => !b.keeper.isTakeable(KEY) && !b.keeper.isTakeable('entity/plaza/1'));
      await setup.sever();
      await until('the break is noticed', () => !a.broker.isConnected && !b.broker.isConnected);
      await a.keeper.release(given!);
      await setup.elapse(1_200);
      expect(b.keeper.isTakeable(KEY)).toBe(false);
      expect(await b.keeper.claim('entity/plaza/2')).toBeUndefined();
      await setup.restore();
      await until('everybody is back', () => a.broker.isConnected && b.broker.isConnected, 10_000);
      await until('the release is told', () => b.keeper.isTakeable('entity/plaza/1'), 10_000);
      await setup.elapse(1_500);
      expect(b.keeper.isTakeable(KEY)).toBe(false);
      expect(kept!.isHeld).toBe(true);
      expect(await b.keeper.claim('entity/plaza/1')).toMatchObject({ epoch: 2 });
    }, 30_000);

    it('releases everything when its process stops', async () => {
      const [a, b] = [await start('a'), await start('b')];
      await a.keeper.claim(KEY);
      await until('the other one knows', () => !b.keeper.isTakeable(KEY));
      await a.keeper.stop();
      expect(await until('it is free', () => b.keeper.isTakeable(KEY))).toBeLessThan(400);
      expect(await a.keeper.claim(KEY)).toBeUndefined();
    });

    it('is lost when somebody removes or overwrites its key, and its epoch still rises', async () => {
      const a = await start('a');
      const raw = await a.broker.keyValue(bucket);
      const lost: unknown[] = [];
      const claim = async (): Promise<Lease | undefined> => {
        const lease = await a.keeper.claim(KEY);
        lease?.onEnded(() => lost.push(lease));
        return lease;
      };
      await claim();
      await until('the claim is seen', () => a.keeper.holderOf(KEY) !== undefined);
      await raw.delete(KEY);
      await until('the loss is known', () => lost.length === 1);
      expect(await claim()).toMatchObject({ epoch: 2 });
      await raw.put(KEY, new TextEncoder().encode('nonsense'));
      await until('the loss is known', () => lost.length === 2);
      expect(await a.keeper.claim(KEY)).toMatchObject({ epoch: 3 });
    });
  });
}
