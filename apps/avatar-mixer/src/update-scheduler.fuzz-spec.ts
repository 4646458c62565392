import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ListenerSchedule, starvationTicksOf, UpdateScheduler } from './update-scheduler.js';

const TICK_MS = 33;
const OPTIONS = { tickMs: TICK_MS, keepAliveMs: 1_000, starvationMs: 2_000, starvationShare: 0.75 };

interface Outcome {
  /** The longest time between two updates of one avatar, in ticks, newcomers' first wait included. */
  waitTicksMax: number;
  bytesMax: number;
  /** Avatars that were told twice in one tick. */
  repetitions: number;
}

/** Runs one listener for some seconds; `relevanceOf` and `isMoving` may be as nasty as they like. */
function simulate(options: {
  avatarCount: number;
  datagramBytes: number;
  datagramsPerTick: number;
  bytesOf: (slot: number) => number;
  relevanceOf: (slot: number) => number;
  isMoving: (slot: number, tick: number) => boolean;
  ticks: number;
}): Outcome {
  const { avatarCount, datagramBytes, datagramsPerTick } = options;
  const scheduler = new UpdateScheduler({ ...OPTIONS, datagramBytes, datagramsPerTick });
  const listener = new ListenerSchedule();
  listener.grow(avatarCount);
  const serial = new Int32Array(avatarCount).fill(1);
  const lastTold = new Int32Array(avatarCount);
  for (let slot = 0; slot < avatarCount; slot++) {
    listener.restart(slot, 0);
    listener.relevance[slot] = options.relevanceOf(slot);
  }
  let waitTicksMax = 0;
  let bytesMax = 0;
  let repetitions = 0;
  for (let tick = 1; tick <= options.ticks; tick++) {
    for (let slot = 0; slot < avatarCount; slot++) if (options.isMoving(slot, tick)) serial[slot]++;
    scheduler.plan(listener, { slotsEnd: avatarCount, serial }, -1, tick, options.bytesOf);
    const bytes = new Array<number>(datagramsPerTick).fill(0);
    for (let i = 0; i < scheduler.chosenCount; i++) {
      const slot = scheduler.chosen[i];
      if (lastTold[slot] === tick) repetitions++;
      bytes[scheduler.datagramOf[i]] += options.bytesOf(slot);
      waitTicksMax = Math.max(waitTicksMax, tick - lastTold[slot]);
      lastTold[slot] = tick;
    }
    bytesMax = Math.max(bytesMax, ...bytes);
  }
  for (const last of lastTold) waitTicksMax = Math.max(waitTicksMax, options.ticks - last);
  return { waitTicksMax, bytesMax, repetitions };
}

describe('UpdateScheduler, any crowd', () => {
  it('keeps the budget and the bound on waiting, whoever is relevant and whoever moves', () => {
    fc.assert(
      fc.property(
        fc.record({
          avatarCount: fc.integer({ min: 1, max: 2_500 }),
          datagramsPerTick: fc.integer({ min: 1, max: 4 }),
          bytesMin: fc.integer({ min: 25, max: 60 }),
          bytesSpread: fc.integer({ min: 0, max: 40 }),
          movingShare: fc.double({ min: 0, max: 1, noNaN: true }),
          seed: fc.nat(),
        }),
        ({ avatarCount, datagramsPerTick, bytesMin, bytesSpread, movingShare, seed }) => {
          const datagramBytes = 1_147;
          const hash = (value: number): number => ((Math.imul(value + seed, 2_654_435_761) >>> 0) % 10_007) / 10_007;
          const { waitTicksMax, bytesMax, repetitions } = simulate({
            avatarCount,
            datagramBytes,
            datagramsPerTick,
            bytesOf: (slot) => bytesMin + Math.floor(hash(slot) * bytesSpread),
            relevanceOf: (slot) => 0.01 + 2 * hash(slot * 7) ** 8,
            isMoving: (slot, tick) => hash(slot * 31 + tick) < movingShare,
            ticks: 250,
          });
          expect(repetitions).toBe(0);
          expect(bytesMax).toBeLessThanOrEqual(datagramBytes);
          const perTick = Math.floor((0.75 * datagramBytes * datagramsPerTick) / (bytesMin + bytesSpread));
          const rounds = Math.ceil(avatarCount / perTick);
          // All are newcomers at tick 0, so their number counts once more.
          expect(waitTicksMax).toBeLessThanOrEqual(Math.max(starvationTicksOf(OPTIONS), rounds) + rounds);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('tells everybody at least every 2 s as long as N updates fit into the starvation share of 2 s', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_200 }), fc.nat(), (avatarCount, seed) => {
        const bytes = 40;
        const hash = (value: number): number => ((Math.imul(value + seed, 2_654_435_761) >>> 0) % 997) / 997;
        const lastTold = new Map<number, number>();
        let worst = 0;
        const scheduler = new UpdateScheduler({ ...OPTIONS, datagramBytes: 1_147, datagramsPerTick: 1 });
        const listener = new ListenerSchedule();
        listener.grow(avatarCount);
        const serial = new Int32Array(avatarCount).fill(1);
        for (let slot = 0; slot < avatarCount; slot++) {
          listener.restart(slot, 0);
          listener.relevance[slot] = slot < 30 ? 2 : 0.01 + 0.01 * hash(slot);
        }
        for (let tick = 1; tick <= 400; tick++) {
          // Everybody moves all the time, and thirty of them are a hundred times as relevant.
          for (let slot = 0; slot < avatarCount; slot++) serial[slot]++;
          scheduler.plan(listener, { slotsEnd: avatarCount, serial }, -1, tick, () => bytes);
          for (let i = 0; i < scheduler.chosenCount; i++) {
            const slot = scheduler.chosen[i];
            // After the first round, in which all are newcomers.
            if (tick > 130) worst = Math.max(worst, tick - (lastTold.get(slot) ?? 0));
            lastTold.set(slot, tick);
          }
        }
        expect(worst * TICK_MS).toBeLessThanOrEqual(2_000);
        expect(lastTold.size).toBe(avatarCount);
      }),
      { numRuns: 25 },
    );
  });
});
