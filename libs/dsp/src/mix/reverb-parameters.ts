import { assert, REVERB_DECAY_S_MAX, REVERB_DECAY_S_MIN, SAMPLE_RATE_HZ } from '@app/world';
import { REVERB_LINES, REVERB_PARAMETER_WORDS, REVERB_RING_FRAMES } from './mix-memory.js';

/**
 * Lengths of the reverb's delay lines, in frames: primes from 25 ms to 80 ms, each about 1.18 times the next shorter one,
 * so that their echoes meet as seldom as possible. Even lines hear the left ear, odd ones the right; both get long ones.
 *
 * All are longer than a block, so a block of every line can be read before anything of the same block is written.
 */
export const REVERB_DELAYS: readonly number[] = [1_201, 1_423, 1_973, 1_667, 2_339, 2_767, 3_833, 3_251];

/** Places within a reverb's parameters. */
export const REVERB_PARAMETER = {
  /** REVERB_LINES feedback gains, linear, in (0, 1). */
  gains: 0,
  /** Pole of the lowpass in each line, in [0, 1): 0 passes everything. */
  damping: 8,
  /** Gain of what enters the lines, so that the reverb of a steady voice is as loud as the voice. Above 0. */
  level: 9,
} as const;

/** High frequencies decay faster, as in rooms: at this frequency, in this share of the decay time. */
const DAMPED_HZ = 4_000;
const DAMPED_SHARE = 0.7;

assert(REVERB_DELAYS.length === REVERB_LINES, 'every line has a length');
assert(Math.max(...REVERB_DELAYS) < REVERB_RING_FRAMES, 'every line fits its ring');

/**
 * Parameters of a reverb that falls by 60 dB within `decayS` at low frequencies (M. R. Schroeder's RT60): REVERB_PARAMETER
 * says what lies where, in REVERB_PARAMETER_WORDS floats. Times out of range are moved to its end.
 *
 * Gain of line i: 10^(-3 · delay_i / (decayS · SAMPLE_RATE_HZ)), so that every path loses the same per second.
 */
export function reverbParameters(decayS: number): Float32Array {
  const seconds = Math.min(Math.max(decayS, REVERB_DECAY_S_MIN), REVERB_DECAY_S_MAX);
  assert(seconds > 0, 'a decay time is a number');
  const words = new Float32Array(REVERB_PARAMETER_WORDS);
  let power = 0;
  REVERB_DELAYS.forEach((delay, line) => {
    const gain = 10 ** ((-3 * delay) / (seconds * SAMPLE_RATE_HZ));
    words[REVERB_PARAMETER.gains + line] = gain;
    power += (gain * gain) / REVERB_LINES;
  });
  words[REVERB_PARAMETER.damping] = dampingOf(seconds);
  // Each pass keeps the share `power` of what the lines hold, and an ear hears what is kept: level² · power / (1 - power).
  words[REVERB_PARAMETER.level] = Math.sqrt((1 - power) / power);
  return words;
}

/**
 * The pole p of y = y + (1 - p) · (x - y) which takes away, in each pass, what DAMPED_HZ has to lose in addition. The
 * filter's power gain at the angle w is q = (1 - p)² / (1 - 2 · p · cos w + p²); this is solved for p.
 */
function dampingOf(decayS: number): number {
  const meanDelay = REVERB_DELAYS.reduce((sum, delay) => sum + delay, 0) / REVERB_LINES;
  const passes = (decayS * SAMPLE_RATE_HZ) / meanDelay;
  const q = 10 ** ((-6 / passes) * (1 / DAMPED_SHARE - 1));
  const half = 1 - q * Math.cos((2 * Math.PI * DAMPED_HZ) / SAMPLE_RATE_HZ);
  return (half - Math.sqrt(half * half - (1 - q) * (1 - q))) / (1 - q);
}
