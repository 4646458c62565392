import { AUDIO_FRAME_MS } from '@app/vircadia';
import { OPUS_FRAME_SAMPLES, breath } from './voice-bank.js';

const OPUS_RATE_HZ = 48_000;
/** Samples are compared at this rate: fine enough for a tenth of a millisecond, and cheap. */
export const MARKER_RATE_HZ = 12_000;
export const MARKER_FRAME_SAMPLES = (MARKER_RATE_HZ * AUDIO_FRAME_MS) / 1_000;
/** Frames from one marker to the next: half a second. */
export const MARKER_PERIOD_FRAMES = 50;
const MARKER_MS = 40;
const LOW_HZ = 400;
const HIGH_HZ = 4_200;
const AMPLITUDE = 16_000;
/** How far the best place must stand out of all others: chance alone reaches 4 to 5. */
const SHARPNESS_MIN = 7;

/**
 * A chirp at the beginning of each half second, which a listener finds again among a hundred voices: where it fits, all its
 * 40 ms add up, and what others say does not.
 *
 * @param periods  how many
 */
export function markerSamples(periods: number): Int16Array {
  const samples = new Int16Array(periods * MARKER_PERIOD_FRAMES * OPUS_FRAME_SAMPLES);
  const chirp = chirpAt(OPUS_RATE_HZ);
  for (let period = 0; period < periods; period++) {
    const start = period * MARKER_PERIOD_FRAMES * OPUS_FRAME_SAMPLES;
    chirp.forEach((value, n) => (samples[start + n] = AMPLITUDE * value));
  }
  return breath(samples);
}

/** Where in the sound the chirp begins, in samples at MARKER_RATE_HZ; undefined when it is not there. */
export function findMarker(sound: Float32Array): number | undefined {
  const places = sound.length - TEMPLATE.length + 1;
  let best = 0;
  let bestAt = 0;
  let energy = 0;
  for (let at = 0; at < places; at++) {
    let sum = 0;
    for (let n = 0; n < TEMPLATE.length; n++) sum += TEMPLATE[n] * sound[at + n];
    const likeness = sum * sum;
    energy += likeness;
    if (likeness <= best) continue;
    best = likeness;
    bestAt = at;
  }
  const isThere = places > 0 && best > 0 && best / (energy / places) > SHARPNESS_MIN * SHARPNESS_MIN;
  return isThere ? bestAt : undefined;
}

const TEMPLATE = chirpAt(MARKER_RATE_HZ);

/** From low to high, with soft ends. In [-1, 1]. */
function chirpAt(rateHz: number): Float32Array {
  const samples = (rateHz * MARKER_MS) / 1_000;
  const seconds = MARKER_MS / 1_000;
  return Float32Array.from({ length: samples }, (_, n) => {
    const t = (n + 0.5) / rateHz;
    const turns = LOW_HZ * t + ((HIGH_HZ - LOW_HZ) * t * t) / (2 * seconds);
    return Math.sin(2 * Math.PI * turns) * Math.sin((Math.PI * t) / seconds);
  });
}
