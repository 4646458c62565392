import { BLOCK_FRAMES } from '@app/world';
import { describe, expect, it } from '@jest/globals';
import { energyOf, peakOf } from '../audio-block.js';
import {
  addListenerAt,
  addSourceAt,
  createEngine,
  lagOf,
  leftOf,
  levelDb,
  placeListener,
  placeSource,
  RENDERERS,
  type RendererName,
  rightOf,
  writeTone,
} from './hearing.contract.js';
import { NO_SLOT } from './spatial-engine.js';

/** Settles a scene of one source and one listener, and returns both ears of one block. */
function hear(x: number, y: number, z: number, yaw = 0, isFar = false, hz = 500, renderer: RendererName = 'wasm') {
  const engine = createEngine({ nearSourcesMax: isFar ? 1 : 16 }, renderer);
  const source = addSourceAt(engine, x, y, z);
  const listener = addListenerAt(engine, 0, 0, 0, yaw);
  // A silent neighbour occupies the only near place.
  if (isFar) engine.setSounding(addSourceAt(engine, 0, 0, -0.5), true);
  for (let block = 0; block < 3; block++) {
    writeTone(engine, source, block, hz);
    engine.render();
  }
  return { left: leftOf(engine.mix(listener)), right: rightOf(engine.mix(listener)), engine, listener };
}

describe.each(Object.keys(RENDERERS) as RendererName[])('SceneEngine with the %s renderer', (renderer) => {
  it('gives silence for silence, and says so', () => {
    const engine = createEngine({}, renderer);
    const source = engine.addSource();
    const listener = engine.addListener();
    engine.setSounding(source, false);
    engine.input(source).fill(0.5);
    for (let block = 0; block < 3; block++) {
      engine.render();
      expect(engine.isSilent(listener)).toBe(true);
      expect(peakOf(engine.mix(listener))).toBe(0);
    }
    engine.input(source).fill(0);
    engine.setSounding(source, true);
    engine.render();
    expect(engine.isSilent(listener)).toBe(true);
    expect(peakOf(engine.mix(listener))).toBe(0);
  });

  it('never gives anybody their own voice, not even while it is being declared their own', () => {
    const engine = createEngine({}, renderer);
    const source = engine.addSource();
    const listener = engine.addListener();
    writeTone(engine, source, 0);
    engine.render();
    expect(engine.isSilent(listener)).toBe(false);
    engine.setOwnSource(listener, source);
    for (let block = 1; block < 5; block++) {
      writeTone(engine, source, block);
      engine.render();
      expect(peakOf(engine.mix(listener))).toBe(0);
      expect(engine.isSilent(listener)).toBe(true);
    }
  });

  it('lets a source at the right be louder and earlier in the right ear, and the reverse when one turns round', () => {
    const ahead = hear(2, 0, 0, 0, false, 500, renderer);
    expect(levelDb(ahead.right) - levelDb(ahead.left)).toBeGreaterThan(3);
    expect(lagOf(ahead.right, ahead.left)).toBeGreaterThanOrEqual(28);
    const behind = hear(2, 0, 0, Math.PI, false, 500, renderer);
    expect(levelDb(behind.left) - levelDb(behind.right)).toBeGreaterThan(3);
    expect(lagOf(behind.left, behind.right)).toBeGreaterThanOrEqual(28);
    const turnedLeft = hear(0, 0, -2, Math.PI / 2, false, 500, renderer);
    expect(levelDb(turnedLeft.right)).toBeGreaterThan(levelDb(turnedLeft.left));
  });

  it('is the mirror image for a mirrored scene, and the same in both ears straight ahead', () => {
    for (const isFar of [false, true]) {
      const right = hear(3, 1, -2, 0, isFar, 500, renderer);
      const left = hear(-3, 1, -2, 0, isFar, 500, renderer);
      const ahead = hear(0, 0, -2, 0, isFar, 500, renderer);
      for (let n = 0; n < BLOCK_FRAMES; n++) {
        expect(right.left[n]).toBeCloseTo(left.right[n], 5);
        expect(right.right[n]).toBeCloseTo(left.left[n], 5);
        expect(ahead.left[n]).toBeCloseTo(ahead.right[n], 5);
      }
    }
  });

  it('is 18 dB softer at 16 m than at 2 m', () => {
    const near = hear(0, 0, -2, 0, false, 500, renderer);
    const far = hear(0, 0, -16, 0, false, 500, renderer);
    expect(levelDb(near.left) - levelDb(far.left)).toBeCloseTo(18.06, 1);
  });
});

describe('SceneEngine', () => {
  it('keeps the level within 1 dB when a source is panned instead of rendered one by one', () => {
    for (let degrees = -180; degrees < 180; degrees += 7.5) {
      const angle = (degrees / 180) * Math.PI;
      const at = [4 * Math.sin(angle), 0, -4 * Math.cos(angle)] as const;
      const near = hear(...at, 0, false, 500);
      const far = hear(...at, 0, true, 500);
      const total = (ears: { left: Float32Array; right: Float32Array }): number =>
        10 * Math.log10(energyOf(ears.left) + energyOf(ears.right));
      expect(Math.abs(total(near) - total(far))).toBeLessThan(1);
    }
  });

  it('finishes what is on its way to the farther ear, and only then is silent', () => {
    const engine = createEngine();
    const source = addSourceAt(engine, 2, 0, 0);
    const listener = engine.addListener();
    const input = engine.input(source);
    input.fill(0);
    input[BLOCK_FRAMES - 1] = 0.5;
    engine.setSounding(source, true);
    engine.render();
    expect(peakOf(leftOf(engine.mix(listener)))).toBe(0);
    engine.setSounding(source, false);
    engine.render();
    expect(engine.isSilent(listener)).toBe(false);
    expect(peakOf(leftOf(engine.mix(listener)))).toBeGreaterThan(0.01);
    for (let block = 0; block < 3; block++) engine.render();
    expect(engine.isSilent(listener)).toBe(true);
    expect(peakOf(engine.mix(listener))).toBe(0);
  });

  it('never steps while a source walks through the head, far away, and back, and the head turns', () => {
    const engine = createEngine({ nearSourcesMax: 1 });
    const listener = engine.addListener();
    const walker = engine.addSource();
    const standing = addSourceAt(engine, 3, 0, 0);
    let last = [0, 0];
    let steepest = 0;
    for (let block = 0; block < 400; block++) {
      placeSource(engine, walker, -12 + block * 0.06, 0, -0.2);
      placeListener(engine, listener, 0, 0, 0, block * 0.02);
      writeTone(engine, walker, block, 150, 0.25);
      writeTone(engine, standing, block, 150, 0.25);
      engine.render();
      const mix = engine.mix(listener);
      for (let n = 0; n < BLOCK_FRAMES; n++) {
        const now = [mix[n], mix[n + BLOCK_FRAMES]];
        if (block > 0) steepest = Math.max(steepest, Math.abs(now[0] - last[0]), Math.abs(now[1] - last[1]));
        last = now;
      }
    }
    // Both tones together rise by at most 0.01 per sample at 1 m; -40 dBFS more would be a click.
    expect(steepest).toBeLessThan(0.01 + 0.01);
  });

  it('renders the nearest sources one by one and pans the others', () => {
    const engine = createEngine({ nearSourcesMax: 4 });
    const listener = engine.addListener();
    // In a circle, too far apart for beds.
    for (let count = 0; count < 10; count++) {
      const angle = (count / 10) * 2 * Math.PI;
      const distance = 5 + count;
      writeTone(engine, addSourceAt(engine, distance * Math.sin(angle), 0, distance * Math.cos(angle)), 0);
    }
    engine.render();
    expect(engine.counts.nearPairs).toBe(4);
    expect(engine.counts.farSignals).toBe(6);
    engine.setQuality({ nearSourcesMax: 2, farSignalsMax: 1, bedAngleRad: 0.3 });
    engine.render();
    engine.render();
    expect(engine.counts.nearPairs).toBe(2);
    expect(engine.counts.farSignals).toBeLessThanOrEqual(1);
    expect(engine.isSilent(listener)).toBe(false);
  });

  it('gives slots back, clean', () => {
    const engine = createEngine({ nearSourcesMax: 4, sourcesMax: 2 });
    const listener = engine.addListener();
    const first = engine.addSource();
    expect(engine.addSource()).not.toBe(NO_SLOT);
    expect(engine.addSource()).toBe(NO_SLOT);
    writeTone(engine, first, 0);
    engine.render();
    engine.removeSource(first);
    expect(engine.addSource()).toBe(first);
    engine.render();
    engine.render();
    expect(engine.isSilent(listener)).toBe(true);
  });
});
