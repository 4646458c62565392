import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MemoryBus, type MemoryBroker, NatsBroker } from '@app/broker';
import { SystemClock } from '@app/clock';
import { type NatsServer, outagesOfBus, outagesOfServer, SimClock, startNatsServer } from '@app/testing';
import { describeLeases, startLeaseProcess } from './lease.contract.js';
import type { HeldLease } from './lease.js';

let server: NatsServer;
beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(async () => {
  await server.stop();
});

describeLeases('Leases on MemoryBroker', async () => {
  const clock = new SimClock();
  const outages = outagesOfBus(new MemoryBus({ clock }));
  return { clock, elapse: (durationMs) => clock.advanceAsync(durationMs), ...outages };
});

describeLeases('Leases on NatsBroker', async () => ({
  clock: new SystemClock(),
  connect: () => NatsBroker.connect({ url: server.url, name: 'leases' }),
  elapse: (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs)),
  ...outagesOfServer(server),
}));

describe('Leases in a simulation', () => {
  const KEY = 'entity/plaza/0';

  it('a holder that was cut off is replaced, and learns it when it comes back', async () => {
    const clock = new SimClock();
    const bus = new MemoryBus({ clock });
    const connect = async (): Promise<MemoryBroker> => bus.connect();
    const a = await startLeaseProcess({ clock, connect }, { instance: 'a', epochMs: 1 });
    const b = await startLeaseProcess({ clock, connect }, { instance: 'b', epochMs: 1 });
    const lease = await a.keeper.claim(KEY);
    await clock.advanceAsync(200);
    bus.partition(a.broker as MemoryBroker);
    await clock.advanceAsync(700);
    expect(await b.keeper.claim(KEY)).toMatchObject({ epoch: 2 });
    // Nobody can tell it before it is back; until then the log is what keeps it from doing harm.
    expect(lease!.isHeld).toBe(true);
    bus.heal(a.broker as MemoryBroker);
    await clock.advanceAsync(1);
    expect(lease!.isHeld).toBe(false);
    expect(await a.keeper.claim(KEY)).toBeUndefined();
  });

  it('takes a lease whose claim was done but never answered, with a new epoch', async () => {
    const clock = new SimClock();
    const bus = new MemoryBus({ clock, delayMs: 5 });
    const connect = async (): Promise<MemoryBroker> => bus.connect();
    const starting = startLeaseProcess({ clock, connect }, { instance: 'a', epochMs: 1 });
    await clock.advanceAsync(100);
    const a = await starting;
    const claiming = a.keeper.claim(KEY);
    await clock.advanceAsync(7);
    bus.partition(a.broker as MemoryBroker);
    expect(await claiming).toBeUndefined();
    bus.heal(a.broker as MemoryBroker);
    await clock.advanceAsync(100);
    expect(a.keeper.holderOf(KEY)).toMatchObject({ instance: 'a', epoch: 1 });
    expect(a.keeper.get(KEY)).toBeUndefined();
    const again = a.keeper.claim(KEY);
    await clock.advanceAsync(100);
    expect(await again).toMatchObject({ epoch: 2, isHeld: true });
  });

  it('a holder that comes back to the broker a little later than its rival keeps its lease', async () => {
    const clock = new SimClock();
    const bus = new MemoryBus({ clock });
    const connect = async (): Promise<MemoryBroker> => bus.connect();
    const a = await startLeaseProcess({ clock, connect }, { instance: 'a', epochMs: 1 });
    const b = await startLeaseProcess({ clock, connect }, { instance: 'b', epochMs: 1 });
    const lease = await a.keeper.claim(KEY);
    await clock.advanceAsync(200);
    for (const { broker } of [a, b]) bus.partition(broker as MemoryBroker);
    await clock.advanceAsync(3_000);
    bus.heal(b.broker as MemoryBroker);
    await clock.advanceAsync(900);
    expect(b.keeper.isTakeable(KEY)).toBe(false);
    bus.heal(a.broker as MemoryBroker);
    await clock.advanceAsync(2_000);
    expect(b.keeper.isTakeable(KEY)).toBe(false);
    expect(lease!.isHeld).toBe(true);
  });

  it('a process that slept does not take its own sleep for the silence of others', async () => {
    const clock = new SimClock();
    const bus = new MemoryBus({ clock });
    const connect = async (): Promise<MemoryBroker> => bus.connect();
    const a = await startLeaseProcess({ clock, connect }, { instance: 'a', epochMs: 1 });
    const b = await startLeaseProcess({ clock, connect }, { instance: 'b', epochMs: 1 });
    await a.keeper.claim(KEY);
    await clock.advanceAsync(200);
    // Nothing is heard either: what arrived meanwhile would be read after the first tick.
    for (const process of [a, b]) process.pause();
    await clock.advanceAsync(10_000);
    b.resume();
    await clock.advanceAsync(150);
    expect(b.keeper.isTakeable(KEY)).toBe(false);
    await clock.advanceAsync(700);
    expect(b.keeper.isTakeable(KEY)).toBe(true);
  });

  it('gives no lease that was taken over before the answer to its claim arrived', async () => {
    const clock = new SimClock();
    const bus = new MemoryBus({ clock });
    const broker = bus.connect();
    let answer!: () => void;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const slow = Object.assign(Object.create(broker) as MemoryBroker, {
      keyValue: async (bucket: string) => {
        const kv = await broker.keyValue(bucket);
        const create = async (key: string, value: Uint8Array): Promise<number> => {
          const revision = await kv.create(key, value);
          await answered;
          return revision;
        };
        return Object.assign(Object.create(kv) as typeof kv, { create });
      },
    });
    const a = await startLeaseProcess({ clock, connect: async () => slow }, { instance: 'a', epochMs: 1 });
    const b = await startLeaseProcess({ clock, connect: async () => bus.connect() }, { instance: 'b', epochMs: 1 });
    const claiming = a.keeper.claim(KEY);
    await clock.advanceAsync(1_000);
    expect(await b.keeper.claim(KEY)).toMatchObject({ epoch: 2 });
    await clock.advanceAsync(1);
    answer();
    expect(await claiming).toBeUndefined();
    expect(a.keeper.get(KEY)).toBeUndefined();
  });
});

describe('The end of a lease', () => {
  const leaseOf = async (): Promise<{ lease: HeldLease; release: () => Promise<void> }> => {
    const clock = new SimClock();
    const bus = new MemoryBus({ clock });
    const setup = { clock, connect: async () => bus.connect() };
    const { keeper } = await startLeaseProcess(setup, { instance: 'a', epochMs: 1 });
    const lease = (await keeper.claim('entity/plaza/0')) as HeldLease;
    return { lease, release: () => keeper.release(lease) };
  };

  it('is told once to each who wants to know, and at once to those who come later', async () => {
    const { lease, release } = await leaseOf();
    const told: string[] = [];
    lease.onEnded(() => told.push('first'));
    lease.onEnded(() => told.push('gone')).unsubscribe();
    await release();
    await release();
    expect(told).toEqual(['first']);
    lease.onEnded(() => told.push('late'));
    expect(told).toEqual(['first', 'late']);
  });

  it('leaves no listener behind', async () => {
    const { lease, release } = await leaseOf();
    const subscriptions = [1, 2, 3].map(() => lease.onEnded(() => undefined));
    expect(lease.listenerCount).toBe(3);
    subscriptions[0].unsubscribe();
    expect(lease.listenerCount).toBe(2);
    await release();
    lease.onEnded(() => undefined);
    expect(lease.listenerCount).toBe(0);
  });
});
