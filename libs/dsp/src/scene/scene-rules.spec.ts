import { describe, expect, it } from '@jest/globals';
import { energyOf, peakOf } from '../audio-block.js';
import {
  addListenerAt,
  addSourceAt,
  createEngine,
  levelDb,
  placeListener,
  placeSource,
  seededRandom,
  writeTone,
} from './hearing.contract.js';
import type { SceneEngine } from './scene-engine.js';
import { NO_SLOT, type SpatialEngineOptions } from './spatial-engine.js';

/** Renders a few blocks of tones from these sources. */
function talk(engine: SceneEngine, sources: readonly number[], begin: number, blocks = 3): number {
  for (let block = begin; block < begin + blocks; block++) {
    for (const source of sources) writeTone(engine, source, block, 300, 0.1);
    engine.render();
  }
  return begin + blocks;
}

/** Level of one source at (x, 0, z) for a listener at the origin, in dB; far away means through the panner. */
function levelAt(x: number, z: number, yaw: number, options: Partial<SpatialEngineOptions>, isFar = false): number {
  const engine = createEngine({ ...options, nearSourcesMax: isFar ? 1 : 16 });
  const listener = addListenerAt(engine, 0, 0, 0);
  if (isFar) engine.setSounding(addSourceAt(engine, 0, 0, 0.5), true);
  talk(engine, [addSourceAt(engine, x, 0, z, yaw)], 0);
  return levelDb(engine.mix(listener));
}

describe('SceneEngine, wishes about people', () => {
  it('multiplies by the gain of a person, and goes back to 1', () => {
    const engine = createEngine();
    const listener = addListenerAt(engine, 0, 0, 0);
    const source = addSourceAt(engine, 0, 0, -2);
    let block = talk(engine, [source], 0);
    const plain = levelDb(engine.mix(listener));
    engine.setPairGain(listener, source, 2);
    block = talk(engine, [source], block);
    expect(levelDb(engine.mix(listener)) - plain).toBeCloseTo(6.02, 2);
    engine.setPairGain(listener, source, 99);
    block = talk(engine, [source], block);
    expect(levelDb(engine.mix(listener)) - plain).toBeCloseTo(12.04, 1);
    for (const nonsense of [NaN, Infinity, -Infinity]) engine.setPairGain(listener, source, nonsense);
    engine.setPairGain(listener, source, 1);
    talk(engine, [source], block);
    expect(levelDb(engine.mix(listener))).toBeCloseTo(plain, 3);
  });

  /**
   * A restless crowd that sounds but says nothing, with one person in it who talks. Whatever is heard is that person.
   * Returns an engine, a listener, that person, and what to call in each block.
   */
  function createRestlessCrowd(seed: number) {
    const engine = createEngine({ nearSourcesMax: 4 });
    const random = seededRandom(seed);
    const listener = addListenerAt(engine, 0, 0, 0);
    const talker = engine.addSource();
    const crowd = Array.from({ length: 50 }, () => addSourceAt(engine, random() * 30, 0, random() * 30));
    const place = (): number => random() * 24 - 8;
    let [x, z] = [place(), place()];
    const step = (block: number): void => {
      for (const source of crowd) {
        if (random() < 0.1) engine.setSounding(source, random() < 0.8);
        if (random() < 0.2) placeSource(engine, source, place(), 0, place());
      }
      if (random() < 0.15) [x, z] = [place(), place()];
      x += random() - 0.5;
      z += random() - 0.5;
      placeSource(engine, talker, x, 0, z);
      if (random() < 0.3) placeListener(engine, listener, random() * 9, 0, random() * 9, random() * 6);
      writeTone(engine, talker, block, 300, 0.5);
      engine.setSounding(talker, random() < 0.8);
    };
    return { engine, listener, talker, step };
  }

  it('never lets the own voice through, whatever cells and beds it goes through', () => {
    for (const seed of [1, 2, 3]) {
      const { engine, listener, talker, step } = createRestlessCrowd(seed);
      engine.setOwnSource(listener, talker);
      for (let block = 0; block < 150; block++) {
        step(block);
        engine.render();
        expect(peakOf(engine.mix(listener))).toBe(0);
      }
    }
  });

  it('cuts what becomes the own voice out of near places, far ones and beds at once', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const { engine, listener, talker, step } = createRestlessCrowd(seed);
      for (let block = 0; block < 30; block++) {
        if (block === 20) engine.setOwnSource(listener, talker);
        step(block);
        engine.render();
        if (block >= 20) expect(peakOf(engine.mix(listener))).toBe(0);
      }
    }
  });

  it('lets nothing of an ignored person through once it has faded', () => {
    for (const seed of [4, 5, 6, 7, 8]) {
      const { engine, listener, talker, step } = createRestlessCrowd(seed);
      let heard = 0;
      for (let block = 0; block < 120; block++) {
        // The next block fades, the one after that holds what was on its way to the farther ear.
        if (block === 20) engine.setPairGain(listener, talker, 0);
        if (block === 80) engine.setPairGain(listener, talker, 1);
        step(block);
        engine.render();
        const isIgnored = block >= 22 && block < 80;
        if (isIgnored) expect(peakOf(engine.mix(listener))).toBe(0);
        else heard += energyOf(engine.mix(listener));
      }
      expect(heard).toBeGreaterThan(0);
    }
  });

  it('is silent in both directions when both ignore each other', () => {
    const engine = createEngine();
    const [a, b] = [addListenerAt(engine, 0, 0, 0), addListenerAt(engine, 2, 0, 0)];
    const [voiceA, voiceB] = [addSourceAt(engine, 0, 0, 0), addSourceAt(engine, 2, 0, 0)];
    engine.setOwnSource(a, voiceA);
    engine.setOwnSource(b, voiceB);
    const block = talk(engine, [voiceA, voiceB], 0);
    expect(engine.isSilent(a) || engine.isSilent(b)).toBe(false);
    engine.setPairGain(a, voiceB, 0);
    engine.setPairGain(b, voiceA, 0);
    talk(engine, [voiceA, voiceB], block);
    expect(engine.isSilent(a) && engine.isSilent(b)).toBe(true);
  });

  it('hears only the soloists in solo mode, and nobody when there are none', () => {
    const engine = createEngine({ nearSourcesMax: 2 });
    const listener = addListenerAt(engine, 0, 0, 0);
    const sources = [2, 5, 8, 30].map((x) => addSourceAt(engine, x, 0, 0));
    const alone = [2, 30].map((x) => levelAt(x, 0, 0, {}));
    let block = talk(engine, sources, 0);
    engine.setSoloMode(listener, true);
    block = talk(engine, sources, block);
    expect(engine.isSilent(listener)).toBe(true);
    for (const [index, source] of [sources[0], sources[3]].entries()) {
      engine.setSolo(listener, source, true);
      block = talk(engine, sources, block);
      expect(Math.abs(levelDb(engine.mix(listener)) - alone[index])).toBeLessThan(1);
      engine.setSolo(listener, source, false);
    }
    engine.setSoloMode(listener, false);
    talk(engine, sources, block);
    expect(levelDb(engine.mix(listener))).toBeGreaterThan(alone[0]);
  });

  it('keeps a personal space free of others, on both sides, near and far', () => {
    for (const isFar of [false, true]) {
      for (const whose of ['source', 'listener'] as const) {
        const engine = createEngine({ nearSourcesMax: isFar ? 1 : 16 });
        const listener = addListenerAt(engine, 0, 0, 0);
        if (isFar) engine.setSounding(addSourceAt(engine, 0.1, 0, 0), true);
        const group = [6, 6.2, 6.4].map((x) => addSourceAt(engine, x, 0, 0));
        let block = talk(engine, group, 0);
        expect(engine.isSilent(listener)).toBe(false);
        if (whose === 'listener') engine.setListenerSpace(listener, 7);
        else for (const source of group) engine.setSourceSpace(source, 7);
        block = talk(engine, group, block, 5);
        expect(engine.isSilent(listener)).toBe(true);
        placeListener(engine, listener, -5, 0, 0);
        talk(engine, group, block);
        expect(engine.isSilent(listener)).toBe(false);
      }
    }
  });

  it('forgets wishes about those who went, and of those who went', () => {
    const engine = createEngine({ sourcesMax: 1, listenersMax: 1 });
    let listener = engine.addListener();
    let source = engine.addSource();
    engine.setPairGain(listener, source, 0);
    engine.setSoloMode(listener, true);
    engine.removeSource(source);
    source = engine.addSource();
    engine.setSoloMode(listener, false);
    const block = talk(engine, [source], 0);
    expect(engine.isSilent(listener)).toBe(false);
    engine.setPairGain(listener, source, 0);
    engine.removeListener(listener);
    listener = engine.addListener();
    expect(listener).not.toBe(NO_SLOT);
    talk(engine, [source], block);
    expect(engine.isSilent(listener)).toBe(false);
  });
});

describe('SceneEngine, reach', () => {
  it('lets stages be heard 300 m away from their direction, as loud as nearby', () => {
    const engine = createEngine();
    const listener = addListenerAt(engine, 0, 0, 0);
    const source = addSourceAt(engine, 300, 0, 0);
    let block = talk(engine, [source], 0);
    expect(engine.isSilent(listener)).toBe(true);
    engine.setSourceReach(source, 'stage');
    block = talk(engine, [source], block);
    const mix = engine.mix(listener);
    expect(levelDb(mix.slice(mix.length / 2)) - levelDb(mix.slice(0, mix.length / 2))).toBeGreaterThan(3);
    expect(Math.abs(levelDb(mix) - levelAt(1, 0, 0, {}))).toBeLessThan(1.5);
    engine.setSourceReach(source, 'local');
    talk(engine, [source], block);
    expect(engine.isSilent(listener)).toBe(true);
  });

  it('makes a stage of everybody in a zone that is one', () => {
    const stage = { name: 'stage', x: 200, y: 0, z: 0, sizeX: 10, sizeY: 10, sizeZ: 10, yawRad: 0, isStage: true };
    expect(levelAt(200, 0, 0, { zones: [stage] })).toBeGreaterThan(-30);
    expect(levelAt(190, 0, 0, { zones: [stage] })).toBeLessThan(-100);
  });

  it('gives everybody the same megaphone in the middle of the head, wherever they are', () => {
    const engine = createEngine();
    const speaker = addSourceAt(engine, 0, 0, 0);
    engine.setSourceReach(speaker, 'megaphone');
    const listeners = [0, 1, 2, 3].map((index) => addListenerAt(engine, 300 * index, 0, 5 * index, index));
    const own = engine.addListener();
    engine.setOwnSource(own, speaker);
    talk(engine, [speaker], 0);
    const hashes = listeners.map((listener) => engine.mixHash(listener));
    expect(new Set(hashes).size).toBe(1);
    for (const listener of listeners) expect(engine.pcm(listener)).toEqual(engine.pcm(listeners[0]));
    expect(engine.isSilent(listeners[3])).toBe(false);
    expect(engine.isSilent(own)).toBe(true);
    const mix = engine.mix(listeners[1]);
    expect(mix.slice(0, mix.length / 2)).toEqual(mix.slice(mix.length / 2));
  });
});

describe('SceneEngine, directivity', () => {
  it('is louder before a speaker than behind by the setting, near and far', () => {
    for (const isFar of [false, true]) {
      for (const directivity of [0, 0.25, 0.5, 0.75]) {
        // A voice at -z that looks along +z looks at the listener.
        const ahead = levelAt(0, -4, Math.PI, { directivity }, isFar);
        const behind = levelAt(0, -4, 0, { directivity }, isFar);
        const beside = levelAt(0, -4, Math.PI / 2, { directivity }, isFar);
        expect(ahead - behind).toBeCloseTo(-20 * Math.log10(1 - directivity), 2);
        expect(ahead - beside).toBeCloseTo(-20 * Math.log10(1 - directivity / 2), 2);
      }
    }
  });

  it('is the same through a bed', () => {
    const [ahead, behind] = [Math.PI, 0].map((yaw) => {
      const engine = createEngine({ nearSourcesMax: 1, directivity: 0.5 });
      const listener = addListenerAt(engine, 0, 0, 0);
      engine.setSounding(addSourceAt(engine, 0, 0, 0.5), true);
      const group = [0.1, 0.3, 0.5].map((x) => addSourceAt(engine, x, 0, -9.5, yaw));
      talk(engine, group, 0, 5);
      expect(engine.counts.farSignals).toBe(1);
      return levelDb(engine.mix(listener));
    });
    expect(ahead - behind).toBeCloseTo(6.02, 1);
  });
});

describe('SceneEngine, zones', () => {
  const room = { y: 0, sizeY: 10, yawRad: 0 };
  const left = { ...room, name: 'left', x: -10, z: 0, sizeX: 20, sizeZ: 20 };
  const nook = { ...room, name: 'nook', x: -5, z: 0, sizeX: 4, sizeZ: 4 };

  it('lets nothing through when a pair is closed, near and far, and the usual law hold elsewhere', () => {
    const zones = [left];
    const usual = levelAt(-5, 0, 0, {});
    for (const isFar of [false, true]) {
      // The listener at the origin stands on the edge, which is inside.
      const closed = { zones: [{ ...left, x: -13 }], zonePairs: [{ from: 'left', to: '*', attenuation: 1 }] };
      expect(levelAt(-5, 0, 0, closed, isFar)).toBeLessThan(-150);
      expect(levelAt(5, 0, 0, closed, isFar)).toBeGreaterThan(-60);
      const other = { zones: [{ ...left, x: -13 }], zonePairs: [{ from: '*', to: 'left', attenuation: 1 }] };
      expect(Math.abs(levelAt(-5, 0, 0, other, isFar) - usual)).toBeLessThan(1);
    }
    expect(levelAt(-5, 0, 0, { zones })).toBeCloseTo(usual, 3);
  });

  it('applies the attenuation of the pair', () => {
    const options = (attenuation: number): Partial<SpatialEngineOptions> => ({
      zones: [{ ...left, x: -13 }],
      zonePairs: [{ from: 'left', to: '*', attenuation }],
    });
    expect(levelAt(-4, 0, 0, options(0.5)) - levelAt(-4, 0, 0, options(0.75))).toBeCloseTo(12.04, 1);
    expect(levelAt(-4, 0, 0, options(0)) - levelAt(-4, 0, 0, options(0.5))).toBeCloseTo(12.04, 1);
  });

  it('counts the smallest of several zones', () => {
    const zones = [{ ...left, x: -13 }, nook];
    const closed = [{ from: 'left', to: '*', attenuation: 1 }];
    expect(levelAt(-5, 0, 0, { zones, zonePairs: closed })).toBeGreaterThan(-60);
    expect(levelAt(-8, 0, 0, { zones, zonePairs: closed })).toBeLessThan(-150);
    expect(levelAt(-5, 0, 0, { zones: [...zones].reverse(), zonePairs: closed })).toBeGreaterThan(-60);
  });

  it('turns zones by their yaw', () => {
    const beam = { ...room, name: 'beam', x: 0, z: 0, sizeX: 40, sizeZ: 1 };
    const closed = [{ from: 'beam', to: 'beam', attenuation: 1 }];
    const at = (x: number, z: number, yawRad: number): number =>
      levelAt(x, z, 0, { zones: [{ ...beam, yawRad }], zonePairs: closed });
    expect(at(5, 0, 0)).toBeLessThan(-150);
    expect(at(5, 0, Math.PI / 2)).toBeGreaterThan(-60);
    expect(at(0, 5, Math.PI / 2)).toBeLessThan(-150);
    // Turned to the left by 45 degrees, seen from above: the end on the right goes ahead.
    expect(at(5, -5, Math.PI / 4)).toBeLessThan(-150);
    expect(at(5, 5, Math.PI / 4)).toBeGreaterThan(-60);
  });

  it('never mixes a bed across a closed border', () => {
    const engine = createEngine({
      nearSourcesMax: 1,
      zones: [{ ...left, x: 10, z: -20 }],
      zonePairs: [{ from: 'left', to: '*', attenuation: 1 }],
    });
    const listener = addListenerAt(engine, 0, 0, 0);
    engine.setSounding(addSourceAt(engine, 0, 0, 0.5), true);
    // The border goes through a group at x = 0: who is beyond it talks, who is before it says nothing.
    const outside = [-0.3, -0.2].map((x) => addSourceAt(engine, x, 0, -20));
    const inside = [0.2, 0.3].map((x) => addSourceAt(engine, x, 0, -20));
    for (const source of outside) engine.setSounding(source, true);
    talk(engine, inside, 0, 6);
    expect(engine.isSilent(listener)).toBe(true);
  });
});
