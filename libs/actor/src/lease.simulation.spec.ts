import { describe, expect, it } from '@jest/globals';
import { type MemoryBroker, MemoryBus } from '@app/broker';
import { SeededRandom, SimClock } from '@app/testing';
import { type LeaseProcess, startLeaseProcess } from './lease.contract.js';

const KEYS = ['entity/plaza/0', 'entity/plaza/1', 'entity/harbour/0'];
const STEPS = 400;

interface Actor extends LeaseProcess {
  name: string;
  epochMs: number;
}

/** Everybody claims, releases, sleeps, is cut off and dies as chance has it. Returns who got which epoch of which key. */
async function simulate(seed: number): Promise<{ claims: Map<string, string>; holders: Set<string>[]; all: Actor[] }> {
  const random = new SeededRandom(seed);
  const clock = new SimClock();
  const bus = new MemoryBus({ clock, delayMs: 2 });
  const start = async (name: string, epochMs: number): Promise<Actor> => {
    const starting = startLeaseProcess({ clock, connect: async () => bus.connect() }, { instance: name, epochMs });
    await clock.advanceAsync(50);
    return { ...(await starting), name, epochMs };
  };
  const all = [await start('a', 1), await start('b', 1), await start('c', 1)];
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random.next() * list.length)];
  const claims = new Map<string, string>();
  const claim = (actor: Actor, key: string): void => {
    const before = actor.keeper.get(key);
    void actor.keeper.claim(key).then((lease) => {
      if (!lease || lease === before) return;
      const place = `${key} ${lease.epoch}`;
      const owner = `${actor.name} ${actor.epochMs}`;
      if ((claims.get(place) ?? owner) !== owner) throw new Error(`${place} has two owners (seed ${seed})`);
      claims.set(place, owner);
    });
  };
  for (let step = 0; step < STEPS; step++) {
    const actor = pick(all);
    const broker = actor.broker as MemoryBroker;
    const key = pick(KEYS);
    const chance = random.next();
    if (chance < 0.6) claim(actor, key);
    else if (chance < 0.75) {
      const lease = actor.keeper.get(key);
      if (lease) void actor.keeper.release(lease);
    } else if (chance < 0.8) actor.pause();
    else if (chance < 0.85) actor.resume();
    else if (chance < 0.9) bus.partition(broker);
    else if (chance < 0.96) bus.heal(broker);
    else {
      await broker.close();
      all[all.indexOf(actor)] = await start(actor.name, actor.epochMs + 1);
    }
    await clock.advanceAsync(random.next() * 150);
  }
  for (const actor of all) {
    actor.resume();
    bus.heal(actor.broker as MemoryBroker);
  }
  await clock.advanceAsync(3_000);
  for (const actor of all) for (const key of KEYS) claim(actor, key);
  await clock.advanceAsync(1_000);
  const holders = KEYS.map(
    (key) => new Set(all.filter(({ keeper }) => keeper.get(key)).map(({ name, epochMs }) => `${name} ${epochMs}`)),
  );
  return { claims, holders, all };
}

describe('leases: processes that sleep, are cut off, die and return', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'every epoch has one owner, and in the end every key has one (seed %i)',
    async (seed) => {
      const { claims, holders, all } = await simulate(seed);
      expect(claims.size).toBeGreaterThan(KEYS.length);
      expect(holders.map(({ size }) => size)).toEqual(KEYS.map(() => 1));
      for (const [index, key] of KEYS.entries()) {
        const epochs = [...claims.keys()]
          .filter((place) => place.startsWith(`${key} `))
          .map((place) => Number(place.split(' ')[1]));
        // The holder is the one with the highest epoch that anybody got, and everybody knows it.
        const newest = Math.max(...epochs);
        expect(claims.get(`${key} ${newest}`)).toBe([...holders[index]][0]);
        for (const { keeper } of all) expect(keeper.holderOf(key)?.epoch).toBe(newest);
      }
      for (const { keeper, broker } of all) {
        void keeper.stop();
        await broker.close();
      }
    },
  );
});
