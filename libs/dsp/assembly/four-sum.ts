import { BLOCK_BYTES } from './layout';
import { rampBefore, slopeOf } from './ramp';

// Sums of four blocks with a gain each: the work that most of the time goes into. Four, because so many gains with their
// steps fit into a processor's registers.
//
// Two things that compilers do not do for us: loops take 16 frames at once, because counting costs as much as sounding;
// and they end with their condition and change a gain before they use it, or constants would be made anew in each turn.

/** Replaces a block by four others with gains that stay. */
export function setFourSteady(
  target: usize,
  source0: usize,
  source1: usize,
  source2: usize,
  source3: usize,
  level0: f32,
  level1: f32,
  level2: f32,
  level3: f32,
): void {
  const gain0 = f32x4.splat(level0);
  const gain1 = f32x4.splat(level1);
  const gain2 = f32x4.splat(level2);
  const gain3 = f32x4.splat(level3);
  const end = target + BLOCK_BYTES;
  do {
    let sum = f32x4.mul(gain0, v128.load(source0));
    sum = f32x4.add(sum, f32x4.mul(gain1, v128.load(source1)));
    sum = f32x4.add(sum, f32x4.mul(gain2, v128.load(source2)));
    v128.store(target, f32x4.add(sum, f32x4.mul(gain3, v128.load(source3))));
    sum = f32x4.mul(gain0, v128.load(source0, 16));
    sum = f32x4.add(sum, f32x4.mul(gain1, v128.load(source1, 16)));
    sum = f32x4.add(sum, f32x4.mul(gain2, v128.load(source2, 16)));
    v128.store(target, f32x4.add(sum, f32x4.mul(gain3, v128.load(source3, 16))), 16);
    sum = f32x4.mul(gain0, v128.load(source0, 32));
    sum = f32x4.add(sum, f32x4.mul(gain1, v128.load(source1, 32)));
    sum = f32x4.add(sum, f32x4.mul(gain2, v128.load(source2, 32)));
    v128.store(target, f32x4.add(sum, f32x4.mul(gain3, v128.load(source3, 32))), 32);
    sum = f32x4.mul(gain0, v128.load(source0, 48));
    sum = f32x4.add(sum, f32x4.mul(gain1, v128.load(source1, 48)));
    sum = f32x4.add(sum, f32x4.mul(gain2, v128.load(source2, 48)));
    v128.store(target, f32x4.add(sum, f32x4.mul(gain3, v128.load(source3, 48))), 48);
    source0 += 64;
    source1 += 64;
    source2 += 64;
    source3 += 64;
    target += 64;
  } while (target < end);
}

/** Adds four blocks to another one, with gains that stay. */
export function addFourSteady(
  target: usize,
  source0: usize,
  source1: usize,
  source2: usize,
  source3: usize,
  level0: f32,
  level1: f32,
  level2: f32,
  level3: f32,
): void {
  const gain0 = f32x4.splat(level0);
  const gain1 = f32x4.splat(level1);
  const gain2 = f32x4.splat(level2);
  const gain3 = f32x4.splat(level3);
  const end = target + BLOCK_BYTES;
  do {
    let sum = f32x4.add(v128.load(target), f32x4.mul(gain0, v128.load(source0)));
    sum = f32x4.add(sum, f32x4.mul(gain1, v128.load(source1)));
    sum = f32x4.add(sum, f32x4.mul(gain2, v128.load(source2)));
    v128.store(target, f32x4.add(sum, f32x4.mul(gain3, v128.load(source3))));
    sum = f32x4.add(v128.load(target, 16), f32x4.mul(gain0, v128.load(source0, 16)));
    sum = f32x4.add(sum, f32x4.mul(gain1, v128.load(source1, 16)));
    sum = f32x4.add(sum, f32x4.mul(gain2, v128.load(source2, 16)));
    v128.store(target, f32x4.add(sum, f32x4.mul(gain3, v128.load(source3, 16))), 16);
    sum = f32x4.add(v128.load(target, 32), f32x4.mul(gain0, v128.load(source0, 32)));
    sum = f32x4.add(sum, f32x4.mul(gain1, v128.load(source1, 32)));
    sum = f32x4.add(sum, f32x4.mul(gain2, v128.load(source2, 32)));
    v128.store(target, f32x4.add(sum, f32x4.mul(gain3, v128.load(source3, 32))), 32);
    sum = f32x4.add(v128.load(target, 48), f32x4.mul(gain0, v128.load(source0, 48)));
    sum = f32x4.add(sum, f32x4.mul(gain1, v128.load(source1, 48)));
    sum = f32x4.add(sum, f32x4.mul(gain2, v128.load(source2, 48)));
    v128.store(target, f32x4.add(sum, f32x4.mul(gain3, v128.load(source3, 48))), 48);
    source0 += 64;
    source1 += 64;
    source2 += 64;
    source3 += 64;
    target += 64;
  } while (target < end);
}

/** Replaces a block by four others with gains that move in a line. */
export function setFour(
  target: usize,
  source0: usize,
  source1: usize,
  source2: usize,
  source3: usize,
  from0: f32,
  from1: f32,
  from2: f32,
  from3: f32,
  to0: f32,
  to1: f32,
  to2: f32,
  to3: f32,
): void {
  const step0 = stepOf(from0, to0);
  const step1 = stepOf(from1, to1);
  const step2 = stepOf(from2, to2);
  const step3 = stepOf(from3, to3);
  let gain0 = rampBefore(from0, slopeOf(from0, to0));
  let gain1 = rampBefore(from1, slopeOf(from1, to1));
  let gain2 = rampBefore(from2, slopeOf(from2, to2));
  let gain3 = rampBefore(from3, slopeOf(from3, to3));
  const end = target + BLOCK_BYTES;
  do {
    gain0 = f32x4.add(gain0, step0);
    gain1 = f32x4.add(gain1, step1);
    gain2 = f32x4.add(gain2, step2);
    gain3 = f32x4.add(gain3, step3);
    let sum = f32x4.mul(gain0, v128.load(source0));
    sum = f32x4.add(sum, f32x4.mul(gain1, v128.load(source1)));
    sum = f32x4.add(sum, f32x4.mul(gain2, v128.load(source2)));
    v128.store(target, f32x4.add(sum, f32x4.mul(gain3, v128.load(source3))));
    gain0 = f32x4.add(gain0, step0);
    gain1 = f32x4.add(gain1, step1);
    gain2 = f32x4.add(gain2, step2);
    gain3 = f32x4.add(gain3, step3);
    sum = f32x4.mul(gain0, v128.load(source0, 16));
    sum = f32x4.add(sum, f32x4.mul(gain1, v128.load(source1, 16)));
    sum = f32x4.add(sum, f32x4.mul(gain2, v128.load(source2, 16)));
    v128.store(target, f32x4.add(sum, f32x4.mul(gain3, v128.load(source3, 16))), 16);
    gain0 = f32x4.add(gain0, step0);
    gain1 = f32x4.add(gain1, step1);
    gain2 = f32x4.add(gain2, step2);
    gain3 = f32x4.add(gain3, step3);
    sum = f32x4.mul(gain0, v128.load(source0, 32));
    sum = f32x4.add(sum, f32x4.mul(gain1, v128.load(source1, 32)));
    sum = f32x4.add(sum, f32x4.mul(gain2, v128.load(source2, 32)));
    v128.store(target, f32x4.add(sum, f32x4.mul(gain3, v128.load(source3, 32))), 32);
    gain0 = f32x4.add(gain0, step0);
    gain1 = f32x4.add(gain1, step1);
    gain2 = f32x4.add(gain2, step2);
    gain3 = f32x4.add(gain3, step3);
    sum = f32x4.mul(gain0, v128.load(source0, 48));
    sum = f32x4.add(sum, f32x4.mul(gain1, v128.load(source1, 48)));
    sum = f32x4.add(sum, f32x4.mul(gain2, v128.load(source2, 48)));
    v128.store(target, f32x4.add(sum, f32x4.mul(gain3, v128.load(source3, 48))), 48);
    source0 += 64;
    source1 += 64;
    source2 += 64;
    source3 += 64;
    target += 64;
  } while (target < end);
}

/** Adds four blocks to another one, with gains that move in a line. */
export function addFour(
  target: usize,
  source0: usize,
  source1: usize,
  source2: usize,
  source3: usize,
  from0: f32,
  from1: f32,
  from2: f32,
  from3: f32,
  to0: f32,
  to1: f32,
  to2: f32,
  to3: f32,
): void {
  const step0 = stepOf(from0, to0);
  const step1 = stepOf(from1, to1);
  const step2 = stepOf(from2, to2);
  const step3 = stepOf(from3, to3);
  let gain0 = rampBefore(from0, slopeOf(from0, to0));
  let gain1 = rampBefore(from1, slopeOf(from1, to1));
  let gain2 = rampBefore(from2, slopeOf(from2, to2));
  let gain3 = rampBefore(from3, slopeOf(from3, to3));
  const end = target + BLOCK_BYTES;
  do {
    gain0 = f32x4.add(gain0, step0);
    gain1 = f32x4.add(gain1, step1);
    gain2 = f32x4.add(gain2, step2);
    gain3 = f32x4.add(gain3, step3);
    let sum = f32x4.add(v128.load(target), f32x4.mul(gain0, v128.load(source0)));
    sum = f32x4.add(sum, f32x4.mul(gain1, v128.load(source1)));
    sum = f32x4.add(sum, f32x4.mul(gain2, v128.load(source2)));
    v128.store(target, f32x4.add(sum, f32x4.mul(gain3, v128.load(source3))));
    gain0 = f32x4.add(gain0, step0);
    gain1 = f32x4.add(gain1, step1);
    gain2 = f32x4.add(gain2, step2);
    gain3 = f32x4.add(gain3, step3);
    sum = f32x4.add(v128.load(target, 16), f32x4.mul(gain0, v128.load(source0, 16)));
    sum = f32x4.add(sum, f32x4.mul(gain1, v128.load(source1, 16)));
    sum = f32x4.add(sum, f32x4.mul(gain2, v128.load(source2, 16)));
    v128.store(target, f32x4.add(sum, f32x4.mul(gain3, v128.load(source3, 16))), 16);
    gain0 = f32x4.add(gain0, step0);
    gain1 = f32x4.add(gain1, step1);
    gain2 = f32x4.add(gain2, step2);
    gain3 = f32x4.add(gain3, step3);
    sum = f32x4.add(v128.load(target, 32), f32x4.mul(gain0, v128.load(source0, 32)));
    sum = f32x4.add(sum, f32x4.mul(gain1, v128.load(source1, 32)));
    sum = f32x4.add(sum, f32x4.mul(gain2, v128.load(source2, 32)));
    v128.store(target, f32x4.add(sum, f32x4.mul(gain3, v128.load(source3, 32))), 32);
    gain0 = f32x4.add(gain0, step0);
    gain1 = f32x4.add(gain1, step1);
    gain2 = f32x4.add(gain2, step2);
    gain3 = f32x4.add(gain3, step3);
    sum = f32x4.add(v128.load(target, 48), f32x4.mul(gain0, v128.load(source0, 48)));
    sum = f32x4.add(sum, f32x4.mul(gain1, v128.load(source1, 48)));
    sum = f32x4.add(sum, f32x4.mul(gain2, v128.load(source2, 48)));
    v128.store(target, f32x4.add(sum, f32x4.mul(gain3, v128.load(source3, 48))), 48);
    source0 += 64;
    source1 += 64;
    source2 += 64;
    source3 += 64;
    target += 64;
  } while (target < end);
}

/** Adds two blocks to another one, with gains that move in a line. */
export function addTwo(
  target: usize,
  source0: usize,
  source1: usize,
  from0: f32,
  from1: f32,
  to0: f32,
  to1: f32,
): void {
  const step0 = stepOf(from0, to0);
  const step1 = stepOf(from1, to1);
  let gain0 = rampBefore(from0, slopeOf(from0, to0));
  let gain1 = rampBefore(from1, slopeOf(from1, to1));
  const end = target + BLOCK_BYTES;
  do {
    gain0 = f32x4.add(gain0, step0);
    gain1 = f32x4.add(gain1, step1);
    let sum = f32x4.add(v128.load(target), f32x4.mul(gain0, v128.load(source0)));
    v128.store(target, f32x4.add(sum, f32x4.mul(gain1, v128.load(source1))));
    gain0 = f32x4.add(gain0, step0);
    gain1 = f32x4.add(gain1, step1);
    sum = f32x4.add(v128.load(target, 16), f32x4.mul(gain0, v128.load(source0, 16)));
    v128.store(target, f32x4.add(sum, f32x4.mul(gain1, v128.load(source1, 16))), 16);
    source0 += 32;
    source1 += 32;
    target += 32;
  } while (target < end);
}

/** What a gain changes by within four frames. */
function stepOf(from: f32, to: f32): v128 {
  return f32x4.splat(4 * slopeOf(from, to));
}
