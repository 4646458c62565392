import { describe, expect, it } from '@jest/globals';
import { burstyJitter, type Heard, uniformJitter, VoiceScene, type Weather } from '../test/voice-scene.js';

const TEN_MINUTES_MS = 600_000;
const PACKETS = TEN_MINUTES_MS / 20;

interface Case {
  name: string;
  weather: Weather;
  /** Most that any packet may wait after the first seconds, in ms. */
  delayMsMax: number;
}

const FAST_AND_UNIFORM: Weather = { loss: 0.05, jitterMs: uniformJitter(60), ppm: 200 };
const SLOW_AND_BURSTY: Weather = { loss: 0.05, jitterMs: burstyJitter(60), ppm: -200 };
const CASES: Case[] = [
  { name: 'a calm network', weather: {}, delayMsMax: 10 },
  // The copy of a lost packet is in the next one, for which one has to wait.
  { name: '5 % loss', weather: { loss: 0.05 }, delayMsMax: 30 },
  { name: '60 ms of uniform jitter', weather: { jitterMs: uniformJitter(60) }, delayMsMax: 90 },
  { name: 'bursts of 60 ms', weather: { jitterMs: burstyJitter(60) }, delayMsMax: 105 },
  { name: 'a client clock 200 ppm fast', weather: { ppm: 200 }, delayMsMax: 25 },
  { name: 'a client clock 200 ppm slow', weather: { ppm: -200 }, delayMsMax: 25 },
  { name: 'loss, uniform jitter and a fast clock', weather: FAST_AND_UNIFORM, delayMsMax: 115 },
  { name: 'loss, bursts and a slow clock', weather: SLOW_AND_BURSTY, delayMsMax: 125 },
];

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Share of the time in which sound was invented. */
const inventedShare = ({ statistics }: Heard) => statistics.concealedFrames / 48 / TEN_MINUTES_MS;

describe.each(CASES)('ten minutes of a voice through $name', ({ weather, delayMsMax }) => {
  let heard: Heard;

  it('have no audible gap', () => {
    heard = new VoiceScene().play(weather, TEN_MINUTES_MS);
    expect(heard.gaps.longestMs).toBeLessThan(40);
    expect(heard.gaps.totalMs).toBeLessThan(TEN_MINUTES_MS / 1_000);
  }, 120_000);

  it('do not make the delay grow', () => {
    const minute = 3_000;
    expect(Math.max(...heard.delaysMs.subarray(minute / 4))).toBeLessThan(delayMsMax);
    const second = mean(heard.delaysMs.subarray(minute, 2 * minute));
    const last = mean(heard.delaysMs.subarray(-minute));
    expect(last).toBeLessThan(second + 10);
  });

  it('invent hardly more than was lost, and recover most of that', () => {
    const { statistics } = heard;
    const { loss = 0, jitterMs } = weather;
    expect(statistics.broken + statistics.duplicate + statistics.restarts).toBe(0);
    expect(statistics.received + statistics.lost - statistics.late).toBeCloseTo(PACKETS, -2);
    expect(Math.abs((statistics.lost - statistics.late) / PACKETS - loss)).toBeLessThan(0.006);
    // Of the rarest delays, up to 3 % are not waited for.
    expect(inventedShare(heard)).toBeLessThanOrEqual(0.4 * loss + (jitterMs ? 0.03 : 0));
    if (loss > 0) expect(statistics.recovered).toBeGreaterThan(0.7 * statistics.lost);
  });
});
