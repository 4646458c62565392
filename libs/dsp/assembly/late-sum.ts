import { BLOCK_BYTES, FRAMES, TAIL_BYTES } from './layout';
import { framesOfWhole, rampBefore, slopeOf } from './ramp';

// Blocks that an ear hears later. Where a delay stays, a bus reads padded blocks (scratch.ts) from an earlier place:
// between two samples, by the share of the one before.

/** Adds two padded blocks to a bus and its tail, each with a delay that stays. */
export function addTwoLate(bus: usize, block0: usize, block1: usize, delay0: f32, delay1: f32): void {
  const share0 = f32x4.splat(delay0 - floor(delay0));
  const share1 = f32x4.splat(delay1 - floor(delay1));
  block0 -= <usize>((<i32>delay0) << 2) + 4;
  block1 -= <usize>((<i32>delay1) << 2) + 4;
  const end = bus + BLOCK_BYTES + TAIL_BYTES;
  do {
    let now = v128.load(block0, 4);
    let sum = f32x4.add(v128.load(bus), f32x4.add(now, f32x4.mul(share0, f32x4.sub(v128.load(block0), now))));
    now = v128.load(block1, 4);
    sum = f32x4.add(sum, f32x4.add(now, f32x4.mul(share1, f32x4.sub(v128.load(block1), now))));
    v128.store(bus, sum);
    now = v128.load(block0, 20);
    sum = f32x4.add(v128.load(bus, 16), f32x4.add(now, f32x4.mul(share0, f32x4.sub(v128.load(block0, 16), now))));
    now = v128.load(block1, 20);
    sum = f32x4.add(sum, f32x4.add(now, f32x4.mul(share1, f32x4.sub(v128.load(block1, 16), now))));
    v128.store(bus, sum, 16);
    block0 += 32;
    block1 += 32;
    bus += 32;
  } while (bus < end);
}

/**
 * Adds a block to a bus with a delay that moves. Goes on in stretches in which the delay keeps its whole number; what
 * falls into the next sample is moved by one lane, and the last lane waits for the next vector.
 */
export function addMovingLate(bus: usize, block: usize, from: f32, to: f32): void {
  const slope = slopeOf(from, to);
  const step = f32x4.splat(4 * slope);
  let frame = 0;
  do {
    const delay = from + slope * <f32>frame;
    const frames = framesOfWhole(from, slope, frame);
    let at = bus + ((frame + <i32>delay) << 2);
    let share = rampBefore(delay - floor(delay), slope);
    let carry = f32x4.splat(0);
    const end = block + (frames << 2);
    do {
      share = f32x4.add(share, step);
      const value = v128.load(block);
      const next = f32x4.mul(share, value);
      const moved = v128.shuffle<f32>(carry, next, 3, 4, 5, 6);
      v128.store(at, f32x4.add(f32x4.add(v128.load(at), moved), f32x4.sub(value, next)));
      carry = next;
      block += 16;
      at += 16;
    } while (block < end);
    store<f32>(at, load<f32>(at) + f32x4.extract_lane(carry, 3));
    frame += frames;
  } while (frame < FRAMES);
}
