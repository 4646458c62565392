import { SeededRandom } from '@app/testing';
import { describe, expect, it } from '@jest/globals';
import { burstyJitter, opusCodec, pcmPacket, uniformJitter, VoiceScene, type Weather } from '../test/voice-scene.js';

const TWO_MINUTES_MS = 120_000;
/** Samples at 48 kHz of a packet. */
const FRAMES = 480;
const REST = Uint8Array.of(0xf0);

interface Case {
  name: string;
  weather: Weather;
  delayMsMax: number;
}

const CASES: Case[] = [
  { name: 'a calm network', weather: {}, delayMsMax: 20 },
  { name: '5 % loss', weather: { loss: 0.05 }, delayMsMax: 25 },
  { name: '60 ms of uniform jitter', weather: { jitterMs: uniformJitter(60) }, delayMsMax: 100 },
  { name: 'bursts of 60 ms', weather: { jitterMs: burstyJitter(60) }, delayMsMax: 115 },
  {
    name: 'loss, jitter and a fast clock',
    weather: { loss: 0.05, jitterMs: uniformJitter(40), ppm: 200 },
    delayMsMax: 90,
  },
  { name: 'a clock 200 ppm slow', weather: { ppm: -200 }, delayMsMax: 35 },
];

const newScene = () => new VoiceScene(-56, opusCodec, 'pcm');
const peak = (block: Float32Array) => block.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

describe.each(CASES)('two minutes of samples through $name', ({ weather, delayMsMax }) => {
  it('have no audible gap, and do not come later and later', () => {
    const { gaps, delaysMs, statistics } = newScene().play(weather, TWO_MINUTES_MS);
    expect(gaps.longestMs).toBeLessThan(40);
    expect(gaps.totalMs).toBeLessThan(TWO_MINUTES_MS / 1_000);
    expect(Math.max(...delaysMs.subarray(750))).toBeLessThan(delayMsMax);
    expect(statistics.broken + statistics.duplicate + statistics.restarts).toBe(0);
    expect(statistics.concealedFrames / 48 / TWO_MINUTES_MS).toBeLessThan(1.3 * (weather.loss ?? 0) + 0.04);
  }, 60_000);
});

describe('A voice of samples', () => {
  it('has no click where packets were lost', () => {
    const scene = newScene();
    const random = new SeededRandom(5);
    let last = 0;
    let steepest = 0;
    const tone = (index: number): Uint8Array =>
      new Uint8Array(
        Int16Array.from(
          { length: FRAMES / 2 },
          (_, n) => 6_000 * Math.sin((2 * Math.PI * 220 * (index * 240 + n)) / 24_000),
        ).buffer,
      );
    for (let index = 0; index < 2_000; index++) {
      if (random.next() > 0.1) scene.push(index, index * FRAMES, tone(index));
      if (index % 2 === 0) continue;
      scene.tick();
      for (const sample of scene.block) {
        steepest = Math.max(steepest, Math.abs(sample - last));
        last = sample;
      }
    }
    // The tone's own steepest step is 0.0053.
    expect(steepest).toBeLessThan(0.011);
    expect(scene.statistics().lost).toBeGreaterThan(100);
  });

  it('rests when it is told, and begins again with the next packet', () => {
    const scene = newScene();
    let index = 0;
    for (; index < 100; index++) {
      scene.push(index, index * FRAMES, pcmPacket(index));
      if (index % 2 === 1) scene.tick();
    }
    scene.push(index, index * FRAMES, REST);
    for (let tick = 0; tick < 4; tick++) scene.tick();
    expect(scene.tick()).toBe(false);
    expect(peak(scene.block)).toBe(0);
    expect(scene.statistics().lost).toBe(0);
    for (let later = 0; later < 40; later++) {
      scene.push(index + 1 + later, (index + 500 + later) * FRAMES, pcmPacket(later));
      if (later % 2 === 1) scene.tick();
    }
    expect(peak(scene.block)).toBeGreaterThan(0.01);
    expect(scene.statistics().concealedFrames).toBeLessThan(FRAMES);
  });

  it('takes sizes that are none for broken, and is itself again afterwards', () => {
    const scene = newScene();
    const random = new SeededRandom(11);
    for (let index = 0; index < 3_000; index++) {
      const isBroken = index > 200 && index < 1_000 && random.next() < 0.05;
      const size = random.nextInteger(3, 1_400);
      const noise = Uint8Array.from({ length: size === 480 || size === 960 ? 479 : size }, () =>
        random.nextInteger(0, 255),
      );
      scene.push(index, index * FRAMES, isBroken ? noise : pcmPacket(index));
      if (index % 2 === 1) scene.tick();
      for (const sample of scene.block) if (!(Math.abs(sample) <= 1)) throw new Error(`sample ${sample} at ${index}`);
    }
    expect(scene.statistics().broken).toBeGreaterThan(20);
    expect(peak(scene.block)).toBeGreaterThan(0.005);
  });
});
