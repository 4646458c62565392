import { BLOCK_FRAMES } from '@app/world';
import { expect, it } from '@jest/globals';
import { mixHash } from './mix-hash.js';
import { STATUS } from './mix-memory.js';
import type { ListenerOrder, TickOrders } from './plan-orders.contract.js';
import { RandomScene, SCENE_OPTIONS } from './random-scene.contract.js';
import { reverbParameters } from './reverb-parameters.js';
import { onlyPlane, type RendererMaker, Stage, steady } from './stage.contract.js';

const LISTENERS = Array.from({ length: SCENE_OPTIONS.listenersMax }, (_, listener) => listener);
const PCM_MAX = 32_767;

/** Plays a random scene, with a look after each block. */
function play(make: RendererMaker, seed: number, blocks: number, look: (stage: Stage) => void): void {
  const scene = new RandomScene(seed);
  const stage = new Stage(make);
  for (let block = 0; block < blocks; block++) {
    stage.orders.carryOut(scene.next(stage.memory));
    look(stage);
  }
}

function statusOf(stage: Stage, listener: number, word: number): number {
  return stage.memory.status[listener * STATUS.words + word];
}

/** What comes out: mix, 16-bit mix, status. */
export function describeOutput(make: RendererMaker): void {
  it('makes exact silence of silence, whatever the orders are', () => {
    const scene = new RandomScene(5);
    const stage = new Stage(make);
    for (let block = 0; block < 6; block++) {
      const orders = scene.next(stage.memory);
      for (let source = 0; source < SCENE_OPTIONS.sourcesMax; source++) stage.memory.input(source).fill(0);
      stage.orders.carryOut(orders);
      for (const listener of LISTENERS) {
        expect(stage.memory.mix(listener).every((value) => value === 0)).toBe(true);
        expect(stage.memory.pcm(listener).every((value) => value === 0)).toBe(true);
        expect(statusOf(stage, listener, STATUS.peak)).toBe(0);
        expect(statusOf(stage, listener, STATUS.tailPeak)).toBe(0);
        expect(statusOf(stage, listener, STATUS.limiterGain)).toBe(1);
      }
    }
  });

  it.each([1, 2, 3])('rounds the mix to 16 bits, stays within [-1, 1] and tells its peak (seed %d)', (seed) => {
    play(make, seed, 6, ({ memory }) => {
      for (const listener of LISTENERS) {
        const mix = memory.mix(listener);
        const pcm = memory.pcm(listener);
        let peak = 0;
        mix.forEach((value, index) => {
          const place = index < BLOCK_FRAMES ? 2 * index : 2 * (index - BLOCK_FRAMES) + 1;
          // Halves may go either way; a product in 32 bits is off by a 500th of a step at most.
          if (!(Math.abs(pcm[place] - value * PCM_MAX) <= 0.502)) {
            throw new Error(`frame ${index}: ${value * PCM_MAX} became ${pcm[place]}`);
          }
          peak = Math.max(peak, Math.abs(value));
        });
        expect(peak).toBeLessThanOrEqual(1);
        expect(memory.status[listener * STATUS.words + STATUS.peak]).toBe(peak);
      }
    });
  });

  it('tells the hash of the 16-bit mix', () => {
    const hashes = new Set<number>();
    play(make, 7, 6, ({ memory }) => {
      for (const listener of LISTENERS) {
        const pcm = memory.pcm(listener);
        const words = new Int32Array(pcm.buffer, pcm.byteOffset, pcm.length / 2);
        const hash = memory.statusInts[listener * STATUS.words + STATUS.hash];
        expect(hash).toBe(mixHash(words));
        hashes.add(hash);
      }
    });
    // Six blocks of four listeners, some of whom may hear nothing at all.
    expect(hashes.size).toBeGreaterThan(18);
  });

  it('gives those who are ordered the same the same mix and hash, and others another one', () => {
    const scene = new RandomScene(11);
    const stage = new Stage(make);
    for (let block = 0; block < 4; block++) {
      const orders = scene.next(stage.memory);
      const one = { ...orders.listeners[1], isFresh: block === 0 };
      const listeners: ListenerOrder[] = [1, 3].map((listener) => ({ ...one, listener }));
      const ear = { delay: steady(0), gains: onlyPlane(0, steady(0.01)) };
      const near = [...(one.near ?? []), { source: 0, left: ear, right: ear }];
      listeners.push({ ...one, near, listener: 2 });
      stage.orders.carryOut({ ...orders, listeners });
      expect(stage.memory.mix(3)).toEqual(stage.memory.mix(1));
      const [, first, other, second] = LISTENERS.map((listener) => {
        return stage.memory.statusInts[listener * STATUS.words + STATUS.hash];
      });
      expect(second).toBe(first);
      expect(other).not.toBe(first);
    }
  });

  it('tells that nothing is to come only when nothing comes, and falls silent in the end', () => {
    const stage = new Stage(make);
    stage.memory.reverbParameters.set(reverbParameters(0.4));
    const orders: TickOrders = { filters: [{ source: 0, isFresh: true }], beds: [], listeners: [] };
    const ear = { delay: steady(30), gains: onlyPlane(0, steady(0.5)) };
    const near = [{ source: 0, left: ear, right: ear }];
    stage.memory.input(0).fill(0.3);
    stage.orders.carryOut({ ...orders, listeners: [{ listener: 0, isFresh: true, near, reverb: 0, wet: steady(1) }] });
    let tailPeak = statusOf(stage, 0, STATUS.tailPeak);
    let blocks = 0;
    expect(tailPeak).toBeGreaterThan(0.1);
    while (tailPeak > 0 && blocks++ < 100) {
      stage.orders.mix([{ listener: 0, reverb: 0, wet: steady(1) }]);
      // Eight lines, each at most as loud as the peak and weighted by 1 / sqrt(8); and the tail of the ear.
      expect(statusOf(stage, 0, STATUS.peak)).toBeLessThanOrEqual((Math.sqrt(8) + 1) * tailPeak);
      tailPeak = statusOf(stage, 0, STATUS.tailPeak);
    }
    expect(blocks).toBeGreaterThan(20);
    expect(blocks).toBeLessThan(100);
    stage.orders.mix([{ listener: 0, reverb: 0, wet: steady(1) }]);
    expect(statusOf(stage, 0, STATUS.peak)).toBe(0);
  });

  it('turns down what is too loud, and says by how much', () => {
    const stage = new Stage(make);
    stage.memory.input(0).forEach((_, frame, input) => (input[frame] = Math.sin(frame * 0.05)));
    const ear = { delay: steady(0), gains: onlyPlane(0, steady(4)) };
    const near = [{ source: 0, left: ear, right: ear }];
    for (const isFresh of [true, false]) {
      const listeners = [{ listener: 0, isFresh, near }];
      stage.orders.carryOut({ filters: [{ source: 0, isFresh }], beds: [], listeners });
    }
    expect(statusOf(stage, 0, STATUS.peak)).toBeLessThanOrEqual(1);
    expect(statusOf(stage, 0, STATUS.limiterGain)).toBeLessThan(0.3);
    expect(statusOf(stage, 0, STATUS.limiterGain)).toBeGreaterThan(0.2);
  });
}
