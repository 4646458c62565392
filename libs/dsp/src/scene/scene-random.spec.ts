import { BLOCK_FRAMES } from '@app/world';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { energyOf } from '../audio-block.js';
import {
  addListenerAt,
  addSourceAt,
  createEngine,
  lagOf,
  leftOf,
  levelDb,
  placeListener,
  placeSource,
  type RendererName,
  rightOf,
  seededRandom,
  writeTone,
} from './hearing.contract.js';
import type { SceneEngine } from './scene-engine.js';
import { NO_SLOT, type SpatialEngine, type SpatialEngineOptions } from './spatial-engine.js';

const ZONES: Partial<SpatialEngineOptions> = {
  zones: [
    { name: 'hall', x: 0, y: 0, z: 0, sizeX: 12, sizeY: 8, sizeZ: 12, yawRad: 0.4, reverb: { decayS: 0.8, wetDb: -9 } },
    { name: 'nook', x: 2, y: 0, z: 2, sizeX: 3, sizeY: 4, sizeZ: 3, yawRad: 0 },
    { name: 'stage', x: -9, y: 0, z: 0, sizeX: 4, sizeY: 4, sizeZ: 4, yawRad: 0, isStage: true },
  ],
  zonePairs: [
    { from: 'nook', to: 'hall', attenuation: 0.8 },
    { from: '*', to: 'nook', attenuation: 1 },
  ],
};

/** A scene in which everything happens that may happen, the same for the same seed. */
function createRandomScene(renderer: RendererName, seed: number) {
  const random = seededRandom(seed);
  const engine = createEngine({ ...ZONES, nearSourcesMax: 4, directivity: 0.5 }, renderer);
  const at = (): number => random() * 20 - 10;
  const sources = Array.from({ length: 25 }, () => addSourceAt(engine, at(), random(), at(), random() * 6));
  const listeners = [0, 1, 2].map(() => addListenerAt(engine, at(), 0, at(), random() * 6));
  engine.setOwnSource(listeners[0], sources[0]);
  const some = (): number => sources[Math.floor(random() * sources.length)];
  const step = (block: number): void => {
    for (const source of sources) {
      if (random() < 0.3) placeSource(engine, source, at(), random(), at(), random() * 6);
      writeTone(engine, source, block, 150 + 70 * source, 0.1);
      engine.setSounding(source, random() < 0.9);
    }
    for (const listener of listeners) {
      if (random() < 0.4) placeListener(engine, listener, at(), 0, at(), random() * 6);
      if (random() < 0.3) engine.setPairGain(listener, some(), [0, 0.5, 1, 2][Math.floor(random() * 4)]);
    }
    if (random() < 0.3) engine.setSourceReach(some(), (['local', 'stage', 'megaphone'] as const)[block % 3]);
    if (random() < 0.2) engine.setSourceSpace(some(), random() * 2);
    engine.render();
  };
  return { engine, listeners, step };
}

describe('SceneEngine with WebAssembly and with the 64-bit reference', () => {
  it.each([1, 2, 3, 4])('differ by less than -90 dB in random scenes (seed %i)', (seed) => {
    const fast = createRandomScene('wasm', seed);
    const exact = createRandomScene('reference', seed);
    for (let block = 0; block < 12; block++) {
      fast.step(block);
      exact.step(block);
      for (const listener of fast.listeners) {
        const a = fast.engine.mix(listener);
        const b = exact.engine.mix(listener);
        const difference = a.map((sample, n) => sample - b[n]);
        expect(energyOf(difference)).toBeLessThan(1e-9 * Math.max(energyOf(b), 1e-6));
        expect(fast.engine.isSilent(listener)).toBe(exact.engine.isSilent(listener));
      }
    }
  });
});

describe('SceneEngine, a source around the head', () => {
  it.each([
    ['near', 16],
    ['far', 1],
  ])('has levels and times that go round smoothly and are the same on both sides (%s)', (_, nearSourcesMax) => {
    const engine = createEngine({ nearSourcesMax });
    const listener = addListenerAt(engine, 0, 0, 0);
    if (nearSourcesMax === 1) engine.setSounding(addSourceAt(engine, 0, 0, 0.5), true);
    const source = engine.addSource();
    const steps = 72;
    const levels: number[] = [];
    const lags: number[] = [];
    for (let turn = 0; turn <= steps; turn++) {
      const angle = (turn / steps) * 2 * Math.PI;
      placeSource(engine, source, 3 * Math.sin(angle), 0, -3 * Math.cos(angle));
      for (let block = 0; block < 3; block++) {
        // Whole periods in a block.
        writeTone(engine, source, block, 450, 0.5);
        engine.render();
      }
      const mix = engine.mix(listener);
      levels.push(levelDb(rightOf(mix)) - levelDb(leftOf(mix)));
      lags.push(lagOf(rightOf(mix), leftOf(mix)));
    }
    for (let turn = 0; turn < steps; turn++) {
      expect(Math.abs(levels[turn + 1] - levels[turn])).toBeLessThan(2);
      expect(Math.abs(lags[turn + 1] - lags[turn])).toBeLessThanOrEqual(5);
      expect(levels[turn] + levels[steps - turn]).toBeCloseTo(0, 2);
      expect(Math.abs(lags[turn] + lags[steps - turn])).toBeLessThanOrEqual(1);
    }
    expect(levels[steps / 4]).toBeGreaterThan(2);
    expect(lags[steps / 4]).toBeGreaterThan(20);
  });
});

describe('SceneEngine, from one way of rendering to another', () => {
  /** Levels of both ears together, in dB, in each block of what `change` does to a source 5 m away that does not move. */
  function levelsDuring(change: (engine: SceneEngine, block: number) => void, x: number, z: number): number[] {
    const engine = createEngine({ nearSourcesMax: 2 });
    const listener = addListenerAt(engine, 0, 0, 0);
    const source = addSourceAt(engine, x, 0, z);
    // Quiet companions, who say nothing: two to be nearer, two to share a bed with.
    for (const [dx, dz] of [
      [0.2, 0],
      [0, 0.2],
    ])
      addSourceAt(engine, x + dx, 0, z + dz);
    addSourceAt(engine, 0.6, 0, 0.6);
    addSourceAt(engine, -0.6, 0, 0.6);
    const levels: number[] = [];
    for (let block = 0; block < 30; block++) {
      writeTone(engine, source, block, 450, 0.2);
      change(engine, block);
      engine.render();
      if (block > 5) levels.push(10 * Math.log10(energyOf(engine.mix(listener))));
    }
    return levels;
  }

  it('keeps the energy within 1 dB from near to far, from single to bed, and back', () => {
    for (const angle of [0, 0.3, 1, 1.6, 2.5, 3.5, 5]) {
      const at = [6 * Math.sin(angle), -6 * Math.cos(angle)] as const;
      const companions = levelsDuring(
        (engine, block) => {
          // A bed while they sound.
          engine.setSounding(1, block % 16 > 8);
          engine.setSounding(2, block % 16 > 8);
          // Far while these sound.
          engine.setSounding(3, block % 10 > 4);
          engine.setSounding(4, block % 10 > 4);
        },
        ...at,
      );
      expect(Math.max(...companions) - Math.min(...companions)).toBeLessThan(1);
    }
  });
});

describe('SceneEngine, whatever happens', () => {
  const coordinate = fc.oneof(
    fc.double({ min: -30, max: 30, noNaN: true }),
    fc.constantFrom(0, NaN, Infinity, -Infinity, 1e30, -1e30, 8_000, -8_000, 1e-300),
  );
  const slot = fc.oneof(fc.nat(7), fc.constantFrom(-1, 99, 1.5, NaN, 1e9));
  const pose = fc.tuple(slot, coordinate, coordinate, coordinate, coordinate, coordinate, coordinate, coordinate);
  type Operation = (engine: SpatialEngine) => void;
  const operation: fc.Arbitrary<Operation> = fc.oneof(
    fc.constant<Operation>((engine) => engine.addSource()),
    fc.constant<Operation>((engine) => engine.addListener()),
    fc.constant<Operation>((engine) => engine.render()),
    slot.map<Operation>((source) => (engine) => engine.removeSource(source)),
    slot.map<Operation>((listener) => (engine) => engine.removeListener(listener)),
    pose.map<Operation>((words) => (engine) => engine.setSourcePose(...words)),
    pose.map<Operation>((words) => (engine) => engine.setListenerPose(...words)),
    fc.tuple(slot, fc.boolean()).map<Operation>(
      ([source, is]) =>
        (engine) =>
          engine.setSounding(source, is),
    ),
    fc.tuple(slot, slot).map<Operation>(
      ([listener, source]) =>
        (engine) =>
          engine.setOwnSource(listener, source),
    ),
    fc.tuple(slot, coordinate).map<Operation>(
      ([source, m]) =>
        (engine) =>
          engine.setSourceSpace(source, m),
    ),
    fc.tuple(slot, coordinate).map<Operation>(
      ([listener, m]) =>
        (engine) =>
          engine.setListenerSpace(listener, m),
    ),
    fc.tuple(slot, slot, coordinate).map<Operation>(
      ([l, s, gain]) =>
        (engine) =>
          engine.setPairGain(l, s, gain),
    ),
    fc.tuple(slot, slot, fc.boolean()).map<Operation>(
      ([l, s, is]) =>
        (engine) =>
          engine.setSolo(l, s, is),
    ),
    fc.tuple(slot, fc.boolean()).map<Operation>(
      ([listener, is]) =>
        (engine) =>
          engine.setSoloMode(listener, is),
    ),
    fc.tuple(slot, fc.constantFrom('local' as const, 'stage' as const, 'megaphone' as const)).map<Operation>(
      ([source, reach]) =>
        (engine) =>
          engine.setSourceReach(source, reach),
    ),
    fc
      .tuple(coordinate, coordinate, coordinate)
      .map<Operation>(([nearSourcesMax, farSignalsMax, bedAngleRad]) => (engine) => {
        engine.setQuality({ nearSourcesMax, farSignalsMax, bedAngleRad });
      }),
  );

  it('never throws, is finite, and stays within full scale', () => {
    fc.assert(
      fc.property(fc.array(operation, { minLength: 200, maxLength: 200, size: 'max' }), (operations) => {
        const engine = createEngine({ ...ZONES, sourcesMax: 8, listenersMax: 4, nearSourcesMax: 2, directivity: 1 });
        for (let source = 0; source < 6; source++) writeTone(engine, engine.addSource(), 0, 200 + source, 1);
        for (let listener = 0; listener < 3; listener++) engine.addListener();
        for (const change of operations) {
          change(engine);
          for (let source = 0; source < 8; source++) expect(engine.input(source).length).toBe(BLOCK_FRAMES);
        }
        engine.render();
        for (let listener = 0; listener < 4; listener++) {
          expect(engine.mix(listener).every((sample) => Math.abs(sample) <= 1)).toBe(true);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('gives all slots back and does not grow while people come and go', () => {
    const engine = createEngine({ ...ZONES, sourcesMax: 40, listenersMax: 40, nearSourcesMax: 4 });
    const random = seededRandom(5);
    const people: { source: number; listener: number }[] = [];
    for (let block = 0; block < 400; block++) {
      while (people.length < 40 && random() < 0.7) {
        const person = { source: engine.addSource(), listener: engine.addListener() };
        expect(person.source).not.toBe(NO_SLOT);
        expect(person.listener).not.toBe(NO_SLOT);
        engine.setOwnSource(person.listener, person.source);
        people.push(person);
      }
      for (const { source, listener } of people) {
        placeSource(engine, source, random() * 20, 0, random() * 20);
        placeListener(engine, listener, random() * 20, 0, random() * 20);
        engine.setSounding(source, random() < 0.5);
        engine.setPairGain(listener, people[0].source, random() * 2);
      }
      engine.render();
      while (people.length > 0 && random() < 0.6) {
        const [{ source, listener }] = people.splice(Math.floor(random() * people.length), 1);
        engine.removeSource(source);
        engine.removeListener(listener);
      }
    }
    for (const { source, listener } of people) {
      engine.removeSource(source);
      engine.removeListener(listener);
    }
    engine.render();
    engine.render();
    expect(engine.counts).toEqual({ nearPairs: 0, farSignals: 0, beds: 0, shedSignals: 0 });
    for (let count = 0; count < 40; count++) {
      expect(engine.addSource()).toBe(count);
      expect(engine.addListener()).toBe(count);
    }
    expect(engine.addSource()).toBe(NO_SLOT);
    expect(engine.addListener()).toBe(NO_SLOT);
  });

  it('takes nonsense for nothing', () => {
    const engine = createEngine();
    const listener = addListenerAt(engine, 0, 0, 0);
    const source = addSourceAt(engine, 2, 0, 0);
    const hear = (): Float32Array => {
      for (let block = 0; block < 3; block++) {
        writeTone(engine, source, 0, 450);
        engine.render();
      }
      return engine.mix(listener).slice();
    };
    const before = hear();
    for (const bad of [NaN, Infinity, -Infinity]) {
      engine.setSourcePose(source, bad, 0, 0, 0, 0, 0, 1);
      engine.setSourcePose(source, 5, 0, 0, 0, bad, 0, 1);
      engine.setSourcePose(source, 5, 0, 0, 0, 0, 0, 0);
      engine.setListenerPose(listener, 5, bad, 0, 0, 0, 0, 1);
      engine.setSourceSpace(source, bad === Infinity ? NaN : bad);
      engine.setPairGain(listener, source, bad);
      engine.setQuality({ nearSourcesMax: bad, farSignalsMax: bad, bedAngleRad: bad });
    }
    expect(hear()).toEqual(before);
    expect(before.length).toBe(2 * BLOCK_FRAMES);
  });
});
