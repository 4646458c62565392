import { SeededRandom } from '@app/testing';
import { BLOCK_FRAMES, SAMPLE_RATE_HZ } from '@app/world';
import { energyOf } from '../audio-block.js';
import { ReferencePlanRenderer } from '../mix/reference-plan-renderer.js';
import { WasmPlanRenderer } from '../mix/wasm-plan-renderer.js';
import { SceneEngine } from './scene-engine.js';
import type { SpatialEngineOptions } from './spatial-engine.js';

/** What a scene's specs need again and again: an engine, tones that go on from block to block, and ears. */
export const RENDERERS = { wasm: WasmPlanRenderer, reference: ReferencePlanRenderer } as const;
export type RendererName = keyof typeof RENDERERS;

export function createEngine(
  options: Partial<SpatialEngineOptions> = {},
  renderer: RendererName = 'wasm',
): SceneEngine {
  return new SceneEngine(
    {
      sourcesMax: 64,
      listenersMax: 8,
      nearSourcesMax: 16,
      attenuationCoefficient: 0.5,
      audibleDistanceM: 100,
      directivity: 0,
      zones: [],
      zonePairs: [],
      ...options,
    },
    (memory) => new RENDERERS[renderer](memory),
  );
}

/** Block `block` of an endless tone, which sounds from now on. */
export function writeTone(engine: SceneEngine, source: number, block: number, hz = 500, amplitude = 0.5): void {
  const input = engine.input(source);
  for (let n = 0; n < BLOCK_FRAMES; n++) {
    input[n] = amplitude * Math.sin((2 * Math.PI * hz * (block * BLOCK_FRAMES + n)) / SAMPLE_RATE_HZ);
  }
  engine.setSounding(source, true);
}

/** A source at a place, looking towards the origin of a listener at (0, 0, 0) unless told otherwise. */
export function addSourceAt(engine: SceneEngine, x: number, y: number, z: number, yaw = 0): number {
  const source = engine.addSource();
  placeSource(engine, source, x, y, z, yaw);
  return source;
}

export function placeSource(engine: SceneEngine, source: number, x: number, y: number, z: number, yaw = 0): void {
  engine.setSourcePose(source, x, y, z, 0, Math.sin(yaw / 2), 0, Math.cos(yaw / 2));
}

export function addListenerAt(engine: SceneEngine, x: number, y: number, z: number, yaw = 0): number {
  const listener = engine.addListener();
  placeListener(engine, listener, x, y, z, yaw);
  return listener;
}

export function placeListener(engine: SceneEngine, listener: number, x: number, y: number, z: number, yaw = 0): void {
  engine.setListenerPose(listener, x, y, z, 0, Math.sin(yaw / 2), 0, Math.cos(yaw / 2));
}

export const leftOf = (mix: Float32Array): Float32Array => mix.slice(0, BLOCK_FRAMES);
export const rightOf = (mix: Float32Array): Float32Array => mix.slice(BLOCK_FRAMES);

/** Mean level of a block, in dB relative to full scale. */
export const levelDb = (block: Float32Array): number => 10 * Math.log10(energyOf(block) / block.length + 1e-20);

/** How much later `b` hears the same thing than `a`, in samples, by correlation. */
export function lagOf(a: Float32Array, b: Float32Array): number {
  let best = 0;
  let bestValue = -Infinity;
  for (let lag = -45; lag <= 45; lag++) {
    let sum = 0;
    for (let n = 100; n < BLOCK_FRAMES - 100; n++) sum += a[n] * b[n + lag];
    if (sum > bestValue) {
      bestValue = sum;
      best = lag;
    }
  }
  return best;
}

/**
 * Watches a listener's mix for clicks: the largest bend from one sample to the next, which for slow tones is as large as a
 * step in the signal, while the tone's own slope does not count.
 */
export class ClickMeter {
  worst = 0;
  worstBlock = -1;
  private readonly last = [0, 0, 0, 0];

  /** Listens to one more block; `counts` is false for those that are only to be known as the past. */
  listen(mix: Float32Array, block: number, counts = true): void {
    for (let ear = 0; ear < 2; ear++) {
      let before = this.last[2 * ear];
      let last = this.last[2 * ear + 1];
      for (let n = ear * BLOCK_FRAMES; n < (ear + 1) * BLOCK_FRAMES; n++) {
        const bend = Math.abs(mix[n] - 2 * last + before);
        if (counts && bend > this.worst) {
          this.worst = bend;
          this.worstBlock = block;
        }
        before = last;
        last = mix[n];
      }
      this.last[2 * ear] = before;
      this.last[2 * ear + 1] = last;
    }
  }
}

/** Numbers in [0, 1) that are the same for the same seed. */
export function seededRandom(seed: number): () => number {
  const random = new SeededRandom(seed);
  return () => random.next();
}
