import { describe, expect, it } from '@jest/globals';
import { MEGAPHONES_MAX } from '@app/world';
import type { AudioZone } from './audio-zone.js';
import { addListenerAt, ClickMeter, createEngine, leftOf, levelDb, placeSource, rightOf } from './hearing.contract.js';
import { addSourceAt, placeListener, writeTone } from './hearing.contract.js';
import type { SceneEngine } from './scene-engine.js';

function addThingAt(engine: SceneEngine, x: number, y: number, z: number): number {
  const source = engine.addSource('thing');
  placeSource(engine, source, x, y, z);
  return source;
}

function play(engine: SceneEngine, sources: readonly number[], begin = 0, blocks = 3): number {
  for (let block = begin; block < begin + blocks; block++) {
    for (const source of sources) writeTone(engine, source, block, 300, 0.1);
    engine.render();
  }
  return begin + blocks;
}

/** Whether a source's filters run in one more block, as those of near sources do: its second plane lies behind the first. */
function isFiltered(engine: SceneEngine, source: number): boolean {
  const input = engine.input(source);
  const second = new Float32Array(input.buffer, input.byteOffset + input.byteLength, input.length);
  second.fill(0);
  engine.render();
  return second.some((sample) => sample !== 0);
}

describe('SceneEngine, things', () => {
  it('lets a thing sound alike on all sides, as loud as a voice on average', () => {
    const levelAt = (yaw: number): number => {
      const engine = createEngine({ directivity: 0.5 });
      const listener = addListenerAt(engine, 0, 0, 0);
      const thing = addThingAt(engine, 0, 0, -3);
      placeSource(engine, thing, 0, 0, -3, yaw);
      play(engine, [thing]);
      return levelDb(engine.mix(listener));
    };
    const omni = createEngine({ directivity: 0 });
    const listener = addListenerAt(omni, 0, 0, 0);
    play(omni, [addSourceAt(omni, 0, 0, -3)]);
    const expected = levelDb(omni.mix(listener)) + 20 * Math.log10(0.75);
    for (const yaw of [0, 1, 2, 3]) expect(levelAt(yaw)).toBeCloseTo(expected, 2);
  });

  it('leaves near places to voices that are not far', () => {
    const engine = createEngine({ nearSourcesMax: 1 });
    addListenerAt(engine, 0, 0, 0);
    const thing = addThingAt(engine, 0, 0, -2);
    const voice = addSourceAt(engine, 0, 0, 5);
    play(engine, [thing, voice]);
    expect(engine.counts).toMatchObject({ nearPairs: 1, farSignals: 1 });
    expect(isFiltered(engine, voice)).toBe(true);
    placeSource(engine, voice, 0, 0, 50);
    play(engine, [thing, voice], 3, 8);
    expect(isFiltered(engine, voice)).toBe(false);
    expect(isFiltered(engine, thing)).toBe(true);
  });

  it('plays one ambience in the middle of every head, and takes no megaphone for it', () => {
    const engine = createEngine();
    const listener = addListenerAt(engine, 0, 0, 0, 1);
    const ambience = engine.addSource('thing');
    engine.setSourceReach(ambience, 'ambience');
    placeSource(engine, ambience, 500, 0, 0);
    play(engine, [ambience]);
    const left = leftOf(engine.mix(listener));
    expect(rightOf(engine.mix(listener))).toEqual(left);
    expect(levelDb(left)).toBeCloseTo(20 * Math.log10(0.1 / Math.SQRT2), 1);
    engine.setSounding(ambience, false);
    const people = Array.from({ length: MEGAPHONES_MAX }, () => addSourceAt(engine, 500, 0, 0));
    for (const person of people) engine.setSourceReach(person, 'megaphone');
    let block = play(engine, people, 3);
    expect(rightOf(engine.mix(listener))).toEqual(leftOf(engine.mix(listener)));
    const second = addThingAt(engine, 3, 0, 0);
    engine.setSourceReach(second, 'ambience');
    for (const person of people) engine.setSounding(person, false);
    block = play(engine, [ambience, second], block);
    expect(rightOf(engine.mix(listener))).not.toEqual(leftOf(engine.mix(listener)));
    engine.removeSource(ambience);
    engine.setSourceReach(second, 'local');
    engine.setSourceReach(second, 'ambience');
    play(engine, [second], block, 4);
    expect(rightOf(engine.mix(listener))).toEqual(leftOf(engine.mix(listener)));
  });
});

describe('SceneEngine, zones that change', () => {
  const box = { y: 0, sizeX: 6, sizeY: 6, sizeZ: 6, yawRad: 0 };
  const here: AudioZone = { ...box, name: 'here', x: 0, z: 0 };
  const there: AudioZone = { ...box, name: 'there', x: 0, z: -10 };
  const wall = [{ from: 'there', to: 'here', attenuation: 1 }];

  it('hears as an engine that was built with the new zones', () => {
    const stage: AudioZone = { ...there, isStage: true };
    const lists = [[], [here], [there, here], [here, stage], [stage], [here, there]];
    const engine = createEngine({ nearSourcesMax: 1 });
    const listener = addListenerAt(engine, 0, 0, 0);
    const sources = [addSourceAt(engine, 0, 0, -10), addSourceAt(engine, 1, 0, -11), addSourceAt(engine, 0, 0, 30)];
    let block = play(engine, sources);
    for (const zones of lists) {
      engine.setZones(zones, wall);
      block = play(engine, sources, block, 30);
      const fresh = createEngine({ nearSourcesMax: 1, zones, zonePairs: wall });
      const other = addListenerAt(fresh, 0, 0, 0);
      for (const [x, z] of [
        [0, -10],
        [1, -11],
        [0, 30],
      ])
        addSourceAt(fresh, x, 0, z);
      play(fresh, sources, block - 30, 30);
      expect(levelDb(engine.mix(listener))).toBeCloseTo(levelDb(fresh.mix(other)), 1);
    }
  });

  it('begins to reverberate, and stops, without a click', () => {
    const engine = createEngine();
    const listener = addListenerAt(engine, 0, 0, 0);
    const source = addSourceAt(engine, 0, 0, -2);
    const meter = new ClickMeter();
    const hall: AudioZone = { ...here, reverb: { decayS: 1, wetDb: 0 } };
    for (let block = 0; block < 160; block++) {
      if (block === 20) engine.setZones([hall], []);
      if (block === 60) engine.setZones([{ ...there, z: -100 }, hall], []);
      if (block === 100) engine.setZones([], []);
      writeTone(engine, source, block, 150, 0.2);
      placeListener(engine, listener, 0, 0, 0, block / 100);
      engine.render();
      meter.listen(engine.mix(listener), block, block > 2);
      if (block === 99) expect(levelDb(engine.mix(listener))).toBeGreaterThan(-40);
    }
    expect(meter.worst).toBeLessThan(0.002);
  });
});
