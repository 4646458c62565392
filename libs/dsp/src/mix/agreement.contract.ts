import { SeededRandom } from '@app/testing';
import { BLOCK_FRAMES } from '@app/world';
import { expect, it } from '@jest/globals';
import { type MixMemory, STATUS } from './mix-memory.js';
import type { TickOrders } from './plan-orders.contract.js';
import { RandomScene } from './random-scene.contract.js';
import { ReferencePlanRenderer } from './reference-plan-renderer.js';
import { reverbParameters } from './reverb-parameters.js';
import { onlyPlane, type RendererMaker, Stage, steady } from './stage.contract.js';

/** Enough for the shortest lines of the reverb to come round four times. */
const BLOCKS = 8;
/** -90 dB. */
const DIFFERENCE_MAX = 10 ** (-90 / 20);

/** Sums over a scene, for one listener. */
interface Comparison {
  signal: number;
  difference: number;
  largest: number;
}

function compare(mix: Float32Array, exact: Float64Array, comparison: Comparison): void {
  for (let index = 0; index < 2 * BLOCK_FRAMES; index++) {
    const difference = mix[index] - exact[index];
    comparison.signal += exact[index] * exact[index];
    comparison.difference += difference * difference;
    // A comparison would overlook what is no number.
    if (!(Math.abs(difference) <= comparison.largest)) comparison.largest = Math.abs(difference);
  }
}

function compareStatus(memory: MixMemory, exact: MixMemory, listener: number): void {
  for (const name of ['peak', 'tailPeak', 'limiterGain'] as const) {
    const word = listener * STATUS.words + STATUS[name];
    const difference = Math.abs(memory.status[word] - exact.status[word]);
    // Tails are there before the limiter, so they may be larger than 1.
    const differenceMax = DIFFERENCE_MAX * Math.max(1, exact.status[word]);
    if (!(difference < differenceMax)) throw new Error(`${name}: ${memory.status[word]}, not ${exact.status[word]}`);
  }
}

/** What a scene has to offer: orders of the next block, with its inputs written into both memories. */
type Scene = (...memories: MixMemory[]) => TickOrders;

/** Plays one scene on the renderer and on the reference at once. */
function compareWithReference(make: RendererMaker, scene: Scene, blocks: number): Comparison[] {
  const stage = new Stage(make);
  const exact = new Stage((memory) => new ReferencePlanRenderer(memory));
  const reference = exact.renderer as ReferencePlanRenderer;
  const comparisons = new Map<number, Comparison>();
  for (let block = 0; block < blocks; block++) {
    const orders = scene(stage.memory, exact.memory);
    stage.orders.carryOut(orders);
    exact.orders.carryOut(orders);
    for (const { listener } of orders.listeners) {
      const comparison = comparisons.get(listener) ?? { signal: 0, difference: 0, largest: 0 };
      compare(stage.memory.mix(listener), reference.exactMix(listener), comparison);
      comparisons.set(listener, comparison);
      compareStatus(stage.memory, exact.memory, listener);
    }
  }
  return [...comparisons.values()];
}

function expectAgreement(comparisons: Comparison[]): void {
  for (const { signal, difference, largest } of comparisons) {
    expect(signal).toBeGreaterThan(0);
    expect(largest).toBeLessThan(DIFFERENCE_MAX);
    expect(Math.sqrt(difference / signal)).toBeLessThan(DIFFERENCE_MAX);
  }
}

/** Noise from one near source, as loud as `level` says for each block, with a reverb. */
function noise(seed: number, level: (block: number) => number, wet: number): Scene {
  const random = new SeededRandom(seed);
  let block = 0;
  return (...memories) => {
    const samples = Float32Array.from({ length: BLOCK_FRAMES }, () => level(block) * (random.next() * 2 - 1));
    for (const memory of memories) {
      memory.input(0).set(samples);
      memory.reverbParameters.set(reverbParameters(1.5));
    }
    const ear = { delay: steady(4.5), gains: onlyPlane(0, steady(1)) };
    const near = [{ source: 0, left: ear, right: ear }];
    const isFresh = block++ === 0;
    const reverb = wet > 0 ? 0 : -1;
    const listeners = [{ listener: 0, isFresh, near, reverb, wet: steady(wet) }];
    return { filters: [{ source: 0, isFresh }], beds: [], listeners };
  };
}

/** How close a renderer comes to exact arithmetic, in so many random scenes. */
export function describeAgreement(make: RendererMaker, scenes: number): void {
  it.each(Array.from({ length: scenes }, (_, index) => index + 1))(
    'is within -90 dB of exact arithmetic in a random scene, and tells the same of it (seed %d)',
    (seed) => {
      const scene = new RandomScene(seed);
      expectAgreement(compareWithReference(make, (...memories) => scene.next(...memories), BLOCKS));
    },
  );

  it('stays within -90 dB while the limiter lets go, to the last step', () => {
    const blocks = 130;
    expectAgreement(
      compareWithReference(
        make,
        noise(3, (block) => (block < 3 ? 8 : 0.8), 0),
        blocks,
      ),
    );
  });

  it('stays within -90 dB in a reverb that builds up and dies away', () => {
    expectAgreement(
      compareWithReference(
        make,
        noise(4, (block) => (block < 40 ? 0.2 : 0), 0.7),
        120,
      ),
    );
  });
}
