import { setImmediate } from 'node:timers/promises';
import { SimClock } from '@app/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { amplitudeOf, type Guest } from '../../test/mix-scene.js';
import { bendOf, loudnessOf, SoundScene } from '../../test/sound-scene.js';
import { toneOf, waveFile } from '../../test/sounds/wave-file.js';
import { SOUND_LEAD_MS } from './sound-source.js';

/** Bends of a tone of 200 Hz at half of full scale, in one ear. */
const SMOOTH = 0.5 * 1.3 * (2 * Math.PI * (200 / 48_000)) ** 2;

describe('a mixer that is told of sounds in the world', () => {
  let scene: SoundScene;
  let ada: Guest;
  let tone: string;

  beforeEach(async () => {
    scene = new SoundScene();
    ada = scene.mix.add();
    tone = await scene.upload(waveFile(24_000, toneOf(200)));
  });

  afterEach(() => scene.close());

  const loudness = (blocks = 5, listener = 0): number => loudnessOf(scene.listen(blocks, listener).left);

  it('plays them where they are: louder nearby, to the left on the left, not at all far away', async () => {
    scene.tell({ sounds: [scene.sound(tone, { position: { x: -2, y: 0, z: 0 } })] });
    await scene.settle();
    expect(scene.outcomes).toEqual(['loaded']);
    const { left, right } = scene.listen(5);
    expect(loudnessOf(left)).toBeGreaterThan(1.2 * loudnessOf(right));
    const near = Math.hypot(loudnessOf(left), loudnessOf(right));
    scene.tell({ sounds: [scene.sound(tone, { position: { x: -4, y: 0, z: 0 } })] });
    await scene.settle();
    const farther = scene.listen(5);
    expect(Math.hypot(loudnessOf(farther.left), loudnessOf(farther.right)) / near).toBeCloseTo(0.5, 1);
    scene.tell({ sounds: [scene.sound(tone, { position: { x: 400, y: 0, z: 0 } })] });
    await scene.settle();
    expect(loudness()).toBe(0);
    expect(scene.mix.log.get('sounds', 'heard')).toBe(0);
    expect(scene.mix.log.get('sounds', 'known')).toBe(1);
  });

  it('has the level of the file at one metre, times its volume', async () => {
    scene.tell({ sounds: [scene.sound(tone, { position: { x: 0, y: 0, z: -1 } })] });
    await scene.settle();
    const once = loudness(25);
    expect(once).toBeCloseTo(0.5 / Math.SQRT2, 1);
    scene.tell({ sounds: [scene.sound(tone, { position: { x: 0, y: 0, z: -1 }, volume: 0.25 })] });
    await scene.settle();
    expect(loudness(25) / once).toBeCloseTo(0.25, 2);
  });

  it('repeats them without a click, also when the file does not end where it begins', async () => {
    scene.tell({ sounds: [scene.sound(tone, { position: { x: 0, y: 0, z: -1 } })] });
    await scene.settle();
    expect(bendOf(scene.listen(60).left)).toBeLessThan(SMOOTH);
    const crooked = await scene.upload(waveFile(12_060, toneOf(200)));
    scene.tell({ sounds: [scene.sound(crooked, { position: { x: 0, y: 0, z: -1 } })] });
    await scene.settle();
    // What is left is a corner in the wave, where there was a step of half of full scale.
    expect(bendOf(scene.listen(60).left)).toBeLessThan(0.02);
  });

  it('begins, ends, becomes louder and goes on elsewhere without a click', async () => {
    const position = { x: 0, y: 0, z: -1 };
    let worst = 0;
    const listen = async (): Promise<void> => {
      for (let round = 0; round < 12; round++) {
        worst = Math.max(worst, bendOf(scene.listen(2).left));
        await setImmediate();
      }
    };
    const startedAtMs = scene.clock.wallMs() - 3_456;
    for (const fields of [{}, { volume: 0.3 }, { startedAtMs }, { loop: false }, { volume: 0.7, startedAtMs }]) {
      scene.tell({ sounds: [scene.sound(tone, { position, ...fields })] });
      await listen();
    }
    scene.tell({ sounds: [] });
    await listen();
    expect(worst).toBeLessThan(4 * SMOOTH);
    expect(loudness()).toBe(0);
  });

  it('is silent when they are erased, and forgets them', async () => {
    scene.tell({ sounds: [scene.sound(tone, { position: { x: 0, y: 0, z: -1 } })] });
    await scene.settle();
    expect(loudness()).toBeGreaterThan(0.1);
    scene.tell({ sounds: [] });
    scene.listen(3);
    expect(loudness(3)).toBe(0);
    await scene.settle();
    // The slots are free again.
    expect(Array.from({ length: 13 }, () => scene.engine.addSource()).every((slot) => slot >= 0)).toBe(true);
  });

  it('plays ambient ones to everybody alike, wherever they are', async () => {
    scene.mix.add({ x: 3_000 });
    scene.tell({ sounds: [scene.sound(tone, { isAmbient: true })] });
    await scene.settle();
    const { left, right } = scene.listen(5, 1);
    expect(left).toEqual(right);
    expect(loudnessOf(left)).toBeCloseTo(0.5 / Math.SQRT2, 2);
  });

  it('goes on when no table comes any more, and takes none that is older', async () => {
    scene.tell({ sequence: 9, sounds: [scene.sound(tone, { position: { x: 0, y: 0, z: -1 } })] });
    await scene.settle();
    scene.tell({ sequence: 8, sounds: [] });
    scene.listen(600);
    expect(loudness()).toBeGreaterThan(0.1);
    expect(scene.mix.log.get('dropped', 'sound-table-stale')).toBe(1);
    // The world has begun anew.
    scene.tell({ sequence: 1, sounds: [] });
    await scene.settle();
    expect(loudness()).toBe(0);
  });

  it('follows what moves between two tables', async () => {
    scene.tell({ sounds: [scene.sound(tone, { position: { x: 0, y: 0, z: -30 } })] });
    await scene.settle();
    const still = loudness();
    scene.tell({ sounds: [scene.sound(tone, { position: { x: 0, y: 0, z: -30 }, velocity: { x: 0, y: 0, z: 10 } })] });
    scene.listen(75);
    expect(loudness() / still).toBeGreaterThan(1.7);
    expect(loudness() / still).toBeLessThan(2.3);
  });

  it('plays a sound once from its beginning to its end, and then never again', async () => {
    scene.tell({ sounds: [scene.sound(tone, { isAmbient: true, loop: true })] });
    await scene.settle();
    const startedAtMs = scene.clock.wallMs();
    scene.tell({ sounds: [scene.sound(tone, { isAmbient: true, loop: false, startedAtMs })] });
    scene.listen(2);
    const { left } = scene.listen(60);
    const heard = left.findLastIndex((sample) => sample !== 0) - left.findIndex((sample) => Math.abs(sample) > 1e-3);
    expect(Math.abs(heard - 24_000)).toBeLessThan(1_200);
    expect(loudness(50)).toBe(0);
  });

  it('takes no place of a voice, whatever number of sounds there is', async () => {
    const sounds = Array.from({ length: 40 }, (_, index) =>
      scene.sound(tone, {
        id: new Uint8Array(16).fill(index + 1),
        position: { x: 0, y: 0, z: index + 1 },
        isAmbient: index > 30,
      }),
    );
    scene.tell({ sounds });
    await scene.settle();
    expect(scene.mix.log.get('sounds', 'heard')).toBe(4 + 9);
    for (let index = 0; index < 8; index++) scene.mix.add({ hz: 500 + 100 * index, isListener: false });
    scene.mix.run(600);
    expect(scene.mix.log.get('sources')).toBe(8);
    for (let index = 0; index < 8; index++) expect(amplitudeOf(ada.heard, 500 + 100 * index, 5)).toBeGreaterThan(0.002);
  });

  it('plays of too many ambient ones those that the table names first, whatever their ids and whoever was first', async () => {
    const ambient = (id: number, hz: number) =>
      scene
        .upload(waveFile(24_000, toneOf(hz)))
        .then((url) => scene.sound(url, { id: new Uint8Array(16).fill(id), isAmbient: true, volume: 0.1 }));
    const many = await Promise.all(Array.from({ length: 20 }, (_, index) => ambient(index + 1, 300)));
    scene.tell({ sounds: many });
    await scene.settle();
    const late = await ambient(99, 1_000);
    scene.tell({ sounds: [many[0], late, ...many.slice(1)] });
    await scene.settle();
    ada.heard.length = 0;
    scene.listen(10);
    expect(amplitudeOf(ada.heard, 1_000, 5)).toBeGreaterThan(0.02);
  });

  it('goes on without a sound whose memory was needed, and its slot is free', async () => {
    scene.close();
    scene = new SoundScene({ memoryBytes: 60_000 });
    ada = scene.mix.add();
    const position = { x: 0, y: 0, z: -1 };
    const long = scene.sound(await scene.upload(waveFile(28_000, toneOf(200))), { position });
    scene.tell({ sounds: [long] });
    await scene.settle();
    expect(loudness()).toBeGreaterThan(0.1);
    const short = await scene.upload(waveFile(4_800, toneOf(200)));
    scene.tell({ sounds: [long, scene.sound(short, { position, id: new Uint8Array(16).fill(2) })] });
    await scene.settle();
    expect(scene.outcomes).toEqual(['loaded', 'sound-memory-full', 'loaded']);
    expect(loudness()).toBeGreaterThan(0.1);
    scene.tell({ sounds: [long] });
    await scene.settle();
    expect(loudness()).toBe(0);
    expect(Array.from({ length: 13 }, () => scene.engine.addSource()).every((slot) => slot >= 0)).toBe(true);
  });

  it('brings zones to life that stand in the world, and takes them away', async () => {
    const dry = scene.sound(tone, { position: { x: 0, y: 0, z: -2 }, volume: 0.2 });
    const zone = { name: 'hall', dimensions: { x: 9, y: 9, z: 9 }, reverbDecayS: 3, reverbWetDb: 0 };
    const ends = (): number => {
      scene.tell({ sounds: [], zones: [zone] });
      scene.listen(8);
      return loudness(3);
    };
    scene.tell({ sounds: [dry], zones: [zone] });
    await scene.settle();
    expect(ends()).toBeGreaterThan(1e-4);
    zone.reverbDecayS = 0;
    scene.tell({ sounds: [dry], zones: [] });
    await scene.settle();
    expect(ends()).toBe(0);
  });

  it('says why something is not heard, and tries again later', async () => {
    scene.tell({ sounds: [scene.sound(`/assets/${'0'.repeat(64)}`, { isAmbient: true })] });
    await scene.settle();
    expect(scene.outcomes).toEqual(['sound-not-found']);
    scene.clock.advance(6_000);
    await scene.settle();
    expect(scene.outcomes).toEqual(['sound-not-found', 'sound-not-found']);
  });
});

describe('two mixers', () => {
  it('are at the same place of a sound within a block, also one that was started later', async () => {
    const click = waveFile(48_000, (frame) => (frame === 24_000 ? 0.9 : 0));
    const heardAt = async (startMs: number): Promise<number> => {
      // Their own clocks differ, the time of day does not.
      const scene = new SoundScene({}, new SimClock(startMs, Date.UTC(2026, 0, 1) - startMs + startMs));
      scene.mix.add();
      const url = await scene.upload(click);
      scene.tell({ sounds: [scene.sound(url, { isAmbient: true, startedAtMs: Date.UTC(2026, 0, 1) })] });
      await scene.settle();
      const beginMs = scene.clock.nowMs();
      const { left } = scene.listen(50);
      scene.close();
      const atMs = beginMs + left.findIndex((sample) => Math.abs(sample) > 0.5) / 48;
      return (((atMs - SOUND_LEAD_MS) % 1_000) + 1_000) % 1_000;
    };
    const [one, other, third] = [await heardAt(0), await heardAt(12_347), await heardAt(3_600_011)];
    for (const ms of [other, third]) expect(Math.abs(ms - one)).toBeLessThanOrEqual(20);
    expect(Math.abs(one - 500)).toBeLessThanOrEqual(30);
  });
});
