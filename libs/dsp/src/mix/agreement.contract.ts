import { BLOCK_FRAMES } from '@app/world';
import { expect, it } from '@jest/globals';
import { RandomScene, SCENE_OPTIONS } from './random-scene.contract.js';
import { ReferencePlanRenderer } from './reference-plan-renderer.js';
import { type RendererMaker, Stage } from './stage.contract.js';

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

/** Plays one scene on the renderer and on the reference at once. */
export function compareWithReference(make: RendererMaker, seed: number, blocks: number): Comparison[] {
  const scene = new RandomScene(seed);
  const stage = new Stage(make);
  const exact = new Stage((memory) => new ReferencePlanRenderer(memory));
  const comparisons = Array.from({ length: SCENE_OPTIONS.listenersMax }, () => ({
    signal: 0,
    difference: 0,
    largest: 0,
  }));
  for (let block = 0; block < blocks; block++) {
    const orders = scene.next(stage.memory, exact.memory);
    stage.orders.carryOut(orders);
    exact.orders.carryOut(orders);
    comparisons.forEach((comparison, listener) => {
      const exactMix = (exact.renderer as ReferencePlanRenderer).exactMix(listener);
      compare(stage.memory.mix(listener), exactMix, comparison);
    });
  }
  return comparisons;
}

/** How close a renderer comes to exact arithmetic, in so many random scenes. */
export function describeAgreement(make: RendererMaker, scenes: number): void {
  it.each(Array.from({ length: scenes }, (_, index) => index + 1))(
    'is within -90 dB of exact arithmetic in a random scene (seed %d)',
    (seed) => {
      for (const { signal, difference, largest } of compareWithReference(make, seed, BLOCKS)) {
        expect(signal).toBeGreaterThan(0);
        expect(largest).toBeLessThan(DIFFERENCE_MAX);
        expect(Math.sqrt(difference / signal)).toBeLessThan(DIFFERENCE_MAX);
      }
    },
  );
}
