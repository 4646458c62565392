import { BLOCK_FRAMES, SAMPLE_RATE_HZ } from '@app/world';
import { describe, expect, it } from '@jest/globals';
import { energyOf } from '../audio-block.js';
import { HEAD_RADIUS_M, SPEED_OF_SOUND_M_S } from '../hrtf/head-sphere.js';
import { addListenerAt, addSourceAt, createEngine, seededRandom, writeTone } from './hearing.contract.js';
import type { SceneEngine } from './scene-engine.js';

/** A whole number of periods in a block, low enough that ears tell directions by time. */
const TONE_HZ = 300;
const SETTLE_BLOCKS = 4;

interface Place {
  x: number;
  y: number;
  z: number;
}

/** What a listener hears of one source: energy of both ears, and the lateral angle that the time between them says. */
interface Hearing {
  energy: number;
  lateralRad: number;
}

/** Phase of the tone in one ear. */
function phaseOf(ear: Float32Array): number {
  let [re, im] = [0, 0];
  for (let n = 0; n < BLOCK_FRAMES; n++) {
    const angle = (2 * Math.PI * TONE_HZ * n) / SAMPLE_RATE_HZ;
    re += ear[n] * Math.cos(angle);
    im += ear[n] * Math.sin(angle);
  }
  return Math.atan2(re, im);
}

function hearingOf(mix: Float32Array): Hearing {
  const turn = phaseOf(mix.subarray(BLOCK_FRAMES)) - phaseOf(mix.subarray(0, BLOCK_FRAMES));
  const wrapped = Math.atan2(Math.sin(turn), Math.cos(turn));
  return { energy: energyOf(mix), lateralRad: lateralOf(wrapped / (2 * Math.PI * TONE_HZ)) };
}

/** The angle from the middle whose time between the ears this is (Woodworth), found by halving. */
function lateralOf(seconds: number): number {
  const wanted = Math.abs(seconds) * (SPEED_OF_SOUND_M_S / HEAD_RADIUS_M);
  let [low, high] = [0, Math.PI / 2];
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2;
    if (middle + Math.sin(middle) < wanted) low = middle;
    else high = middle;
  }
  return Math.sign(seconds) * low;
}

const settled = new WeakMap<SceneEngine, number>();

/** What is heard of one of many sources who all sound, but the others say nothing. */
function probe(engine: SceneEngine, listener: number, sources: readonly number[], speaker: number): Hearing {
  let block = settled.get(engine) ?? 0;
  for (const source of sources) {
    engine.input(source).fill(0);
    engine.setSounding(source, true);
  }
  for (let count = 0; count < SETTLE_BLOCKS; count++) {
    writeTone(engine, speaker, block++, TONE_HZ, 0.2);
    engine.render();
  }
  settled.set(engine, block);
  return hearingOf(engine.mix(listener));
}

/** The same source alone, one by one. */
function probeAlone(place: Place, ear: Place, yaw: number): Hearing {
  const engine = createEngine({ nearSourcesMax: 1 });
  const listener = addListenerAt(engine, ear.x, ear.y, ear.z, yaw);
  const source = addSourceAt(engine, place.x, place.y, place.z);
  return probe(engine, listener, [source], source);
}

const dB = (ratio: number): number => 10 * Math.log10(ratio);
const degrees = (rad: number): number => (rad / Math.PI) * 180;

/** Largest errors of what was compared. */
class Errors {
  levelDb = 0;
  angleDegrees = 0;

  add(heard: Hearing, exact: Hearing): void {
    this.levelDb = Math.max(this.levelDb, Math.abs(dB(heard.energy / exact.energy)));
    this.angleDegrees = Math.max(this.angleDegrees, Math.abs(degrees(heard.lateralRad - exact.lateralRad)));
  }
}

/** Many voices as one: their energy, and the middle of where they come from. */
function together(hearings: readonly Hearing[]): Hearing {
  const energy = hearings.reduce((sum, hearing) => sum + hearing.energy, 0);
  const lateralRad = hearings.reduce((sum, hearing) => sum + hearing.energy * hearing.lateralRad, 0) / energy;
  return { energy, lateralRad };
}

describe('The far field', () => {
  it('is within 1.5 dB and 15 degrees of exact rendering for single sources in all directions', () => {
    const errors = new Errors();
    for (let turn = 0; turn < 48; turn++) {
      const angle = ((turn + 0.3) / 48) * 2 * Math.PI;
      for (const up of [-3, 0, 1.5, 6]) {
        const engine = createEngine({ nearSourcesMax: 1 });
        const listener = addListenerAt(engine, 0, 0, 0, 0.1);
        const decoy = addSourceAt(engine, 0, 0, 0.5);
        const place = { x: 6 * Math.sin(angle), y: up, z: 6 * Math.cos(angle) };
        const source = addSourceAt(engine, place.x, place.y, place.z);
        const heard = probe(engine, listener, [decoy, source], source);
        errors.add(heard, probeAlone(place, { x: 0, y: 0, z: 0 }, 0.1));
      }
    }
    expect(errors.levelDb).toBeLessThan(1.5);
    expect(errors.angleDegrees).toBeLessThan(15);
  });

  it('is within 1.5 dB and 15 degrees for a cell at its nearest allowed distance', () => {
    const errors = new Errors();
    for (let seed = 1; seed <= 40; seed++) {
      const random = seededRandom(seed);
      const size = 2 ** (seed % 3);
      const count = 2 + Math.floor(random() * 8);
      // One cell of the grid, somewhere.
      const corner = { x: 16, y: 0, z: 16 };
      const members = Array.from({ length: count }, () => ({
        x: corner.x + random() * size,
        y: random() * 0.5,
        z: corner.z + random() * size,
      }));
      const hears = nearestBed(members, random() * 2 * Math.PI, random() * 2 * Math.PI);
      if (hears) errors.add(hears.heard, hears.exact);
    }
    expect(errors.levelDb).toBeLessThan(1.5);
    expect(errors.angleDegrees).toBeLessThan(15);
    // It was measured, not skipped.
    expect(errors.angleDegrees).toBeGreaterThan(0.1);
  });

  it('is within 1.5 dB and 15 degrees for whole crowds', () => {
    const errors = new Errors();
    for (const seed of [1, 2, 3]) {
      const random = seededRandom(seed);
      const places = Array.from({ length: 50 }, () => ({ x: random() * 16, y: random() * 0.4, z: random() * 16 }));
      const ear = { x: random() * 20 - 2, y: 0.2, z: -2 };
      const engine = createEngine({ nearSourcesMax: 4, sourcesMax: 64 });
      const listener = addListenerAt(engine, ear.x, ear.y, ear.z, Math.PI);
      const sources = places.map(({ x, y, z }) => addSourceAt(engine, x, y, z));
      const heard = sources.map((source) => probe(engine, listener, sources, source));
      expect(engine.counts.farSignals).toBeLessThan(30);
      const exact = places.map((place) => probeAlone(place, ear, Math.PI));
      errors.add(together(heard), together(exact));
      for (const [index, hearing] of heard.entries()) {
        expect(Math.abs(degrees(hearing.lateralRad - exact[index].lateralRad))).toBeLessThan(30);
        expect(Math.abs(dB(hearing.energy / exact[index].energy))).toBeLessThan(4);
      }
    }
    expect(errors.levelDb).toBeLessThan(1.5);
    expect(errors.angleDegrees).toBeLessThan(15);
  });
});

/**
 * Comes closer to a group as long as it is heard as one bed, but no closer than `until`. Returns where it got to, and with
 * whom.
 */
function approach(members: readonly Place[], bearing: number, yaw: number, until: number) {
  const engine = createEngine({ nearSourcesMax: 1, sourcesMax: 16, listenersMax: 1 });
  const listener = engine.addListener();
  const decoy = engine.addSource();
  const sources = members.map(({ x, y, z }) => addSourceAt(engine, x, y, z));
  const all = [decoy, ...sources];
  for (const source of all) engine.setSounding(source, true);
  const middleX = members.reduce((sum, { x }) => sum + x, 0) / members.length;
  const middleZ = members.reduce((sum, { z }) => sum + z, 0) / members.length;
  let nearest = Infinity;
  let ear: Place = { x: 0, y: 0, z: 0 };
  for (let distance = 30; distance >= until; distance *= 0.95) {
    const place = { x: middleX + distance * Math.sin(bearing), y: 0.25, z: middleZ + distance * Math.cos(bearing) };
    engine.setListenerPose(listener, place.x, place.y, place.z, 0, Math.sin(yaw / 2), 0, Math.cos(yaw / 2));
    engine.setSourcePose(decoy, place.x, place.y, place.z, 0, 0, 0, 1);
    for (let block = 0; block < 4; block++) engine.render();
    if (engine.counts.farSignals !== 1) break;
    nearest = distance;
    ear = place;
  }
  return { engine, listener, all, sources, nearest, ear };
}

/** What is heard of a group where it is just still a bed, and what is exact there. */
function nearestBed(
  members: readonly Place[],
  bearing: number,
  yaw: number,
): { heard: Hearing; exact: Hearing } | undefined {
  const { nearest } = approach(members, bearing, yaw, 1);
  if (nearest === Infinity) return undefined;
  const { engine, listener, all, sources, ear } = approach(members, bearing, yaw, nearest);
  return {
    heard: together(sources.map((source) => probe(engine, listener, all, source))),
    exact: together(members.map((place) => probeAlone(place, ear, yaw))),
  };
}
