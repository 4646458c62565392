import { BLOCK_FRAMES, SAMPLE_RATE_HZ } from '@app/world';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { energyOf, peakOf } from './audio-block.js';
import { NO_SLOT } from './spatial-engine.js';
import { TypescriptSpatialEngine } from './typescript-spatial-engine.js';

function createEngine(nearSourcesMax = 16, sourcesMax = 64): TypescriptSpatialEngine {
  return new TypescriptSpatialEngine({
    sourcesMax,
    listenersMax: 8,
    nearSourcesMax,
    attenuationCoefficient: 0.5,
    audibleDistanceM: 100,
  });
}

/** Block `block` of an endless tone. */
function writeTone(engine: TypescriptSpatialEngine, source: number, block: number, hz = 500, amplitude = 0.5): void {
  const input = engine.input(source);
  for (let n = 0; n < BLOCK_FRAMES; n++) {
    input[n] = amplitude * Math.sin((2 * Math.PI * hz * (block * BLOCK_FRAMES + n)) / SAMPLE_RATE_HZ);
  }
  engine.setSounding(source, true);
}

const leftOf = (output: Float32Array) => output.slice(0, BLOCK_FRAMES);
const rightOf = (output: Float32Array) => output.slice(BLOCK_FRAMES);
const levelDb = (block: Float32Array) => 10 * Math.log10(energyOf(block) / block.length + 1e-12);

/** Settles a scene of one source and one listener, and returns both ears of one block. */
function hear(x: number, y: number, z: number, yaw = 0, nearSourcesMax = 16, hz = 500) {
  const engine = createEngine(nearSourcesMax);
  const source = engine.addSource();
  const listener = engine.addListener();
  const decoys = nearSourcesMax === 1 ? addDecoy(engine, listener) : NO_SLOT;
  engine.setSourcePosition(source, x, y, z);
  engine.setListenerPose(listener, 0, 0, 0, 0, Math.sin(yaw / 2), 0, Math.cos(yaw / 2));
  for (let block = 0; block < 3; block++) {
    writeTone(engine, source, block, hz);
    if (decoys !== NO_SLOT) engine.setSounding(decoys, true);
    engine.render();
  }
  return { left: leftOf(engine.output(listener)), right: rightOf(engine.output(listener)), engine, listener };
}

/** A silent neighbour that occupies the only near place. */
function addDecoy(engine: TypescriptSpatialEngine, listener: number): number {
  const decoy = engine.addSource();
  engine.setSourcePosition(decoy, 0, 0, -0.5);
  engine.setListenerPose(listener, 0, 0, 0, 0, 0, 0, 1);
  return decoy;
}

/** How much later `b` hears the same thing than `a`, in samples, by correlation. */
function lagOf(a: Float32Array, b: Float32Array): number {
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

describe('TypescriptSpatialEngine', () => {
  it('gives silence for silence, and says so', () => {
    const engine = createEngine();
    const source = engine.addSource();
    const listener = engine.addListener();
    engine.setSounding(source, false);
    engine.input(source).fill(0.5);
    engine.render();
    expect(engine.isSilent(listener)).toBe(true);
    expect(peakOf(engine.output(listener))).toBe(0);
  });

  it('never gives anybody their own voice, not even while it is being declared their own', () => {
    const engine = createEngine();
    const source = engine.addSource();
    const listener = engine.addListener();
    writeTone(engine, source, 0);
    engine.render();
    expect(engine.isSilent(listener)).toBe(false);
    engine.setOwnSource(listener, source);
    for (let block = 1; block < 5; block++) {
      writeTone(engine, source, block);
      engine.render();
      expect(peakOf(engine.output(listener))).toBe(0);
    }
  });

  it('lets a source at the right be louder and earlier in the right ear, and the reverse when one turns round', () => {
    const ahead = hear(2, 0, 0);
    expect(levelDb(ahead.right) - levelDb(ahead.left)).toBeGreaterThan(3);
    expect(lagOf(ahead.right, ahead.left)).toBeGreaterThanOrEqual(30);
    const behind = hear(2, 0, 0, Math.PI);
    expect(levelDb(behind.left) - levelDb(behind.right)).toBeGreaterThan(3);
    expect(lagOf(behind.left, behind.right)).toBeGreaterThanOrEqual(30);
    const turnedLeft = hear(0, 0, -2, Math.PI / 2);
    expect(levelDb(turnedLeft.right)).toBeGreaterThan(levelDb(turnedLeft.left));
  });

  it('is the mirror image for a mirrored scene, and the same in both ears straight ahead', () => {
    const right = hear(3, 1, -2);
    const left = hear(-3, 1, -2);
    for (let n = 0; n < BLOCK_FRAMES; n++) {
      expect(right.left[n]).toBeCloseTo(left.right[n], 6);
      expect(right.right[n]).toBeCloseTo(left.left[n], 6);
    }
    const ahead = hear(0, 0, -2);
    for (let n = 0; n < BLOCK_FRAMES; n++) expect(ahead.left[n]).toBeCloseTo(ahead.right[n], 6);
  });

  it('is 18 dB softer at 16 m than at 2 m', () => {
    expect(levelDb(hear(0, 0, -2).left) - levelDb(hear(0, 0, -16).left)).toBeCloseTo(18.06, 1);
  });

  it('keeps the level within 1 dB when a source is panned instead of rendered one by one', () => {
    for (let degrees = -180; degrees < 180; degrees += 30) {
      const angle = (degrees / 180) * Math.PI;
      const at = [4 * Math.sin(angle), 0, -4 * Math.cos(angle)] as const;
      const near = hear(...at, 0, 16, 1_000);
      const far = hear(...at, 0, 1, 1_000);
      const total = (ears: { left: Float32Array; right: Float32Array }) =>
        10 * Math.log10(energyOf(ears.left) + energyOf(ears.right));
      expect(Math.abs(total(near) - total(far))).toBeLessThan(1);
    }
  });

  it('never steps while a source walks through the head, far away, and back', () => {
    const engine = createEngine(1);
    const listener = engine.addListener();
    const walker = engine.addSource();
    const standing = engine.addSource();
    engine.setSourcePosition(standing, 3, 0, 0);
    let last = [0, 0];
    let steepest = 0;
    for (let block = 0; block < 400; block++) {
      // From 12 m on the left to 12 m on the right: it takes the only near place from the other one and loses it again.
      engine.setSourcePosition(walker, -12 + block * 0.06, 0, -0.2);
      const yaw = block * 0.02;
      engine.setListenerPose(listener, 0, 0, 0, 0, Math.sin(yaw / 2), 0, Math.cos(yaw / 2));
      writeTone(engine, walker, block, 200, 0.3);
      writeTone(engine, standing, block, 300, 0.3);
      engine.render();
      const output = engine.output(listener);
      for (let n = 0; n < BLOCK_FRAMES; n++) {
        const now = [output[n], output[n + BLOCK_FRAMES]];
        if (block > 0) steepest = Math.max(steepest, Math.abs(now[0] - last[0]), Math.abs(now[1] - last[1]));
        last = now;
      }
    }
    // Both tones together rise by at most 0.028 per sample at 1 m; -40 dBFS more would be a click.
    expect(steepest).toBeLessThan(0.028 + 0.01);
  });

  it('finishes what is on its way to the farther ear, and only then is silent', () => {
    const engine = createEngine();
    const source = engine.addSource();
    const listener = engine.addListener();
    engine.setSourcePosition(source, 2, 0, 0);
    const input = engine.input(source);
    input.fill(0);
    input[BLOCK_FRAMES - 1] = 0.5;
    engine.setSounding(source, true);
    engine.render();
    expect(peakOf(leftOf(engine.output(listener)))).toBe(0);
    engine.setSounding(source, false);
    engine.render();
    expect(engine.isSilent(listener)).toBe(false);
    expect(peakOf(leftOf(engine.output(listener)))).toBeGreaterThan(0.01);
    engine.render();
    expect(engine.isSilent(listener)).toBe(true);
    expect(peakOf(engine.output(listener))).toBe(0);
  });

  it('renders the nearest sources one by one and pans the others', () => {
    const engine = createEngine(4);
    const listener = engine.addListener();
    for (let count = 0; count < 10; count++) {
      const source = engine.addSource();
      engine.setSourcePosition(source, 0, 0, -2 - count);
      writeTone(engine, source, 0);
    }
    engine.render();
    expect(engine.nearPairs).toBe(4);
    expect(engine.farPairs).toBe(6);
    engine.setQuality({ nearSourcesMax: 2, farSourcesMax: 1 });
    engine.render();
    engine.render();
    expect(engine.nearPairs).toBe(2);
    expect(engine.farPairs).toBeLessThanOrEqual(1);
    expect(engine.isSilent(listener)).toBe(false);
  });

  it('gives slots back, clean', () => {
    const engine = createEngine(4, 2);
    const listener = engine.addListener();
    const first = engine.addSource();
    expect(engine.addSource()).not.toBe(NO_SLOT);
    expect(engine.addSource()).toBe(NO_SLOT);
    writeTone(engine, first, 0);
    engine.render();
    engine.removeSource(first);
    expect(engine.addSource()).toBe(first);
    engine.render();
    expect(engine.isSilent(listener)).toBe(true);
  });

  it('is finite and within full scale for any scene', () => {
    const coordinate = fc.oneof(fc.double({ min: -150, max: 150, noNaN: true }), fc.constantFrom(0, NaN, Infinity));
    const place = fc.tuple(coordinate, coordinate, coordinate);
    fc.assert(
      fc.property(
        fc.array(place, { minLength: 1, maxLength: 30 }),
        fc.array(place, { maxLength: 30 }),
        (first, second) => {
          const engine = createEngine(3);
          const listener = engine.addListener();
          const sources = first.map(() => engine.addSource());
          for (let block = 0; block < 4; block++) {
            const places = block < 2 ? first : second;
            places.forEach(([x, y, z], index) => {
              if (index === 0) engine.setListenerPose(listener, x, y, z, 0, 0.6, 0, 0.8);
              else if (index < sources.length) engine.setSourcePosition(sources[index], x, y, z);
            });
            sources.forEach((source, index) => {
              if ((index + block) % 5 > 0) writeTone(engine, source, block, 100 + 50 * index, 1);
              else engine.setSounding(source, false);
            });
            engine.render();
            expect(peakOf(engine.output(listener))).toBeLessThanOrEqual(1);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
