import { crossFade } from './gain-ramp.js';
import { SILENCE_PEAK } from './audio-block.js';
import type { SampleQueue } from './sample-queue.js';

/** Shortest and longest piece that is taken out or repeated, in samples: 2.5 ms to 15 ms, the periods of voices. */
export const STRETCH_FRAMES_MIN = 120;
export const STRETCH_FRAMES_MAX = 720;
/** Samples that are compared on both sides of a seam: 5 ms. */
export const STRETCH_LOOK_FRAMES = 240;
/** Length of the fade that hides the seam: 2.5 ms. Not longer than the shortest piece, or it would read what it wrote. */
const FADE_FRAMES = STRETCH_FRAMES_MIN;
/** Likeness (-1 to 1) of both sides of a seam below which one had better wait for a better place. */
const LIKENESS_MIN = 0.6;
/** The search looks at every fourth lag and every fourth sample first, and then closely around the best. */
const COARSE = 4;

/**
 * Makes the waiting samples shorter by one period of the voice, which nobody hears. Needs
 * STRETCH_FRAMES_MAX + STRETCH_LOOK_FRAMES samples to look at; with fewer, or if the signal does not repeat itself,
 * nothing happens.
 *
 * @param framesMax  at most this many samples go
 * @param isUrgent   take the best seam, even if it is a bad one
 * @returns samples removed
 */
export function shorten(queue: SampleQueue, framesMax: number, isUrgent: boolean): number {
  const lag = findLag(queue, framesMax, isUrgent);
  if (lag === 0) return 0;
  const { samples, begin } = queue;
  // The fade ends where the later copy goes on, so nothing behind it has to move.
  crossFade(samples, begin + lag, samples, begin, samples, begin + lag, FADE_FRAMES);
  queue.drop(lag);
  return lag;
}

/** Makes the waiting samples longer by repeating one period of the voice; else as `shorten`. Returns samples added. */
export function lengthen(queue: SampleQueue, framesMax: number, isUrgent: boolean): number {
  const lag = findLag(queue, framesMax, isUrgent);
  if (lag === 0 || queue.reserve(lag) === undefined) return 0;
  const { samples, begin, count } = queue;
  samples.copyWithin(begin + lag, begin, begin + count);
  // [0, lag) is the original; behind it, where the original would go on at `lag`, its beginning is faded in again.
  const onward = begin + 2 * lag;
  crossFade(samples, begin + lag, samples, onward, samples, begin + lag, FADE_FRAMES);
  queue.count += lag;
  return lag;
}

/** The lag at which the signal resembles itself most, or 0. */
function findLag(queue: SampleQueue, framesMax: number, isUrgent: boolean): number {
  const lagMax = Math.min(framesMax, STRETCH_FRAMES_MAX);
  if (lagMax < STRETCH_FRAMES_MIN || queue.count < lagMax + STRETCH_LOOK_FRAMES) return 0;
  if (isQuiet(queue, lagMax + STRETCH_LOOK_FRAMES)) return lagMax;
  let best = 0;
  let likeness = -Infinity;
  for (let lag = STRETCH_FRAMES_MIN; lag <= lagMax; lag += COARSE) {
    const value = likenessAt(queue, lag, COARSE);
    if (value > likeness) {
      likeness = value;
      best = lag;
    }
  }
  const centre = best;
  likeness = -Infinity;
  for (let lag = centre - COARSE + 1; lag < centre + COARSE; lag++) {
    if (lag < STRETCH_FRAMES_MIN || lag > lagMax) continue;
    const value = likenessAt(queue, lag, 1);
    if (value > likeness) {
      likeness = value;
      best = lag;
    }
  }
  return likeness >= LIKENESS_MIN || isUrgent ? best : 0;
}

function isQuiet(queue: SampleQueue, frames: number): boolean {
  for (let index = queue.begin; index < queue.begin + frames; index++) {
    if (Math.abs(queue.samples[index]) > SILENCE_PEAK * 10) return false;
  }
  return true;
}

/** Normalised correlation of the first samples with those `lag` later, in [-1, 1]. */
function likenessAt(queue: SampleQueue, lag: number, stride: number): number {
  const { samples, begin } = queue;
  let product = 0;
  let energyHere = 1e-12;
  let energyThere = 1e-12;
  for (let index = begin; index < begin + STRETCH_LOOK_FRAMES; index += stride) {
    const here = samples[index];
    const there = samples[index + lag];
    product += here * there;
    energyHere += here * here;
    energyThere += there * there;
  }
  return product / Math.sqrt(energyHere * energyThere);
}
