import { inspectOpusPacket } from '@app/opus';
import { SeededRandom } from '@app/testing';
import { describe, expect, it } from '@jest/globals';
import { VoiceScene, voicePacket } from '../test/voice-scene.js';

const FRAMES = 960;
const LOOP = 500;
/** Packets of the good voice before and after each hostile one. */
const BEFORE = 6;
const AFTER = 14;
/** Samples whose level is looked at together: 5 ms. */
const PIECE = 240;
/** Anything this much louder than the voice ever is counts as noise. */
const NOISE = 2.6;

/** Makes a packet that is no part of a stream; `good` would be in its place. */
type Attack = (random: SeededRandom, good: Uint8Array) => Uint8Array;

const ATTACKS: Record<string, Attack> = {
  'short garbage': (random) => garbage(random, random.nextInteger(1, 120)),
  'garbage of any length': (random) => garbage(random, random.nextInteger(1, 1_275)),
  'oversized packets': (random) => garbage(random, random.nextInteger(1_276, 4_000)),
  'truncated packets': (random, good) => good.slice(0, random.nextInteger(0, good.length - 1)),
  'damaged packets': (random, good) => {
    const damaged = good.slice();
    for (let count = random.nextInteger(1, 8); count > 0; count--) {
      damaged[random.nextInteger(0, damaged.length - 1)] = random.nextInteger(0, 255);
    }
    return damaged;
  },
};
const CASES = 10_000 / Object.keys(ATTACKS).length;

function garbage(random: SeededRandom, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.nextInteger(0, 255));
}

function level(block: Float32Array, from: number, frames: number): number {
  let energy = 0;
  for (let n = from; n < from + frames; n++) energy += block[n] * block[n];
  return Math.sqrt(energy / frames);
}

/** The good voice's blocks, and the level of its loudest 5 ms. */
function cleanVoice(): { blocks: Float32Array[]; loudest: number } {
  const scene = new VoiceScene();
  const blocks: Float32Array[] = [];
  let loudest = 0;
  for (let index = 0; index < 2 * LOOP; index++) {
    scene.push(index, index * FRAMES, voicePacket(index));
    scene.tick();
    blocks[index % LOOP] = scene.block.slice();
    for (let at = 0; at < FRAMES; at += PIECE) loudest = Math.max(loudest, level(scene.block, at, PIECE));
  }
  scene.source.close();
  return { blocks, loudest };
}

function isOpus(bytes: Uint8Array): boolean {
  const info = inspectOpusPacket(bytes);
  return info !== undefined && info.frames <= 2_880;
}

const clean = cleanVoice();

/** Plays good packets with a hostile one among them. Returns how long there was noise, in ms. */
function attack(first: number, hostile: Uint8Array): number {
  const scene = new VoiceScene();
  let noiseMs = 0;
  for (let step = 0; step < BEFORE + AFTER; step++) {
    const index = first + step;
    scene.push(index, index * FRAMES, step === BEFORE ? hostile : voicePacket(index));
    scene.tick();
    for (let at = 0; at < FRAMES; at += PIECE) {
      // Not a number is not quiet.
      if (!(level(scene.block, at, PIECE) <= NOISE * clean.loudest)) noiseMs += PIECE / 48;
    }
  }
  expectVoice(scene, first + BEFORE + AFTER);
  scene.source.close();
  return noiseMs;
}

/** By now, the voice is as loud as it ought to be around here. */
function expectVoice(scene: VoiceScene, index: number): void {
  const heard = level(scene.block, 0, FRAMES);
  let most = 0;
  let least = Infinity;
  // A hostile packet of another length has moved the voice a little.
  for (let near = index - 6; near < index + 2; near++) {
    const usual = level(clean.blocks[near % LOOP], 0, FRAMES);
    most = Math.max(most, usual);
    least = Math.min(least, usual);
  }
  expect(heard).toBeGreaterThan(0.5 * least);
  expect(heard).toBeLessThan(1.5 * most);
}

describe.each(Object.keys(ATTACKS))('a voice with %s in it', (name) => {
  it('has at most 20 ms of noise, none if it is no Opus, and is itself again soon', () => {
    const random = new SeededRandom(name.length);
    for (let count = 0; count < CASES; count++) {
      const first = random.nextInteger(0, LOOP - 1);
      const hostile = ATTACKS[name](random, voicePacket(first + BEFORE));
      const noiseMs = attack(first, hostile);
      if (noiseMs > (isOpus(hostile) ? 20 : 0)) throw new Error(`case ${count}: ${noiseMs} ms of noise`);
    }
  }, 120_000);
});

describe('a stream of nothing but garbage', () => {
  it('is not heard any more after its first packet that is no Opus', () => {
    const random = new SeededRandom(3);
    for (let stream = 0; stream < 100; stream++) {
      const scene = new VoiceScene();
      let silentFrom = Infinity;
      for (let step = 0; step < 60; step++) {
        const bytes = garbage(random, random.nextInteger(1, 300));
        scene.push(step, step * FRAMES, bytes);
        // What was decoded before still waits, and packets of 60 ms are longer than the time between them.
        if (!isOpus(bytes)) silentFrom = Math.min(silentFrom, 3 * step + 3);
        scene.tick();
        if (step >= silentFrom && level(scene.block, 0, FRAMES) > 0) throw new Error(`stream ${stream}: tick ${step}`);
      }
      scene.source.close();
    }
  });
});
