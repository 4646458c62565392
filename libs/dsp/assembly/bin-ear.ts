import {
  BIN_DELAY_FROM,
  BIN_DELAY_TO,
  BIN_DIRECT_FROM,
  BIN_DIRECT_TO,
  BIN_LOW_FROM,
  BIN_LOW_TO,
  BLOCK_BYTES,
  BUS_BYTES,
  FRAMES,
  TAIL_BYTES,
} from './layout';
import { framesOfWhole, loadDelay, rampBefore, slopeOf } from './ramp';
import { paddedBlock } from './scratch';

// How one ear hears bins: later, and with two gains, as they are and for the ear's lowpass. `bus` takes what it hears as
// it is; the bus of its lowpass lies behind it.

/** The four padded blocks, without delay, with gains that stay. */
export function hearFourNow(bus: usize, ear0: usize, ear1: usize, ear2: usize, ear3: usize): void {
  const direct0 = v128.load32_splat(ear0, BIN_DIRECT_FROM);
  const direct1 = v128.load32_splat(ear1, BIN_DIRECT_FROM);
  const direct2 = v128.load32_splat(ear2, BIN_DIRECT_FROM);
  const direct3 = v128.load32_splat(ear3, BIN_DIRECT_FROM);
  const low0 = v128.load32_splat(ear0, BIN_LOW_FROM);
  const low1 = v128.load32_splat(ear1, BIN_LOW_FROM);
  const low2 = v128.load32_splat(ear2, BIN_LOW_FROM);
  const low3 = v128.load32_splat(ear3, BIN_LOW_FROM);
  let block0 = paddedBlock(0);
  let block1 = paddedBlock(1);
  let block2 = paddedBlock(2);
  let block3 = paddedBlock(3);
  const end = bus + BLOCK_BYTES;
  do {
    let value = v128.load(block0);
    let direct = f32x4.add(v128.load(bus), f32x4.mul(direct0, value));
    let low = f32x4.add(v128.load(bus, BUS_BYTES), f32x4.mul(low0, value));
    value = v128.load(block1);
    direct = f32x4.add(direct, f32x4.mul(direct1, value));
    low = f32x4.add(low, f32x4.mul(low1, value));
    value = v128.load(block2);
    direct = f32x4.add(direct, f32x4.mul(direct2, value));
    low = f32x4.add(low, f32x4.mul(low2, value));
    value = v128.load(block3);
    v128.store(bus, f32x4.add(direct, f32x4.mul(direct3, value)));
    v128.store(bus, f32x4.add(low, f32x4.mul(low3, value)), BUS_BYTES);
    block0 += 16;
    block1 += 16;
    block2 += 16;
    block3 += 16;
    bus += 16;
  } while (bus < end);
}

/**
 * Two padded blocks, `first` and the next one, with delays and gains that stay: each is read from an earlier place,
 * between two samples. `ear1` is 0 when there is no second bin.
 */
export function hearTwoLate(bus: usize, first: i32, ear0: usize, ear1: usize): void {
  const delay0 = loadDelay(ear0 + BIN_DELAY_FROM);
  const delay1 = ear1 ? loadDelay(ear1 + BIN_DELAY_FROM) : delay0;
  const share0 = f32x4.splat(delay0 - floor(delay0));
  const share1 = f32x4.splat(delay1 - floor(delay1));
  const direct0 = v128.load32_splat(ear0, BIN_DIRECT_FROM);
  const low0 = v128.load32_splat(ear0, BIN_LOW_FROM);
  const direct1 = f32x4.splat(ear1 ? load<f32>(ear1, BIN_DIRECT_FROM) : 0);
  const low1 = f32x4.splat(ear1 ? load<f32>(ear1, BIN_LOW_FROM) : 0);
  let block0 = paddedBlock(first) - (<usize>((<i32>delay0) << 2) + 4);
  let block1 = paddedBlock(ear1 ? first + 1 : first) - (<usize>((<i32>delay1) << 2) + 4);
  const end = bus + BLOCK_BYTES + TAIL_BYTES;
  do {
    let now = v128.load(block0, 4);
    const value0 = f32x4.add(now, f32x4.mul(share0, f32x4.sub(v128.load(block0), now)));
    now = v128.load(block1, 4);
    const value1 = f32x4.add(now, f32x4.mul(share1, f32x4.sub(v128.load(block1), now)));
    const direct = f32x4.add(v128.load(bus), f32x4.mul(direct0, value0));
    const low = f32x4.add(v128.load(bus, BUS_BYTES), f32x4.mul(low0, value0));
    v128.store(bus, f32x4.add(direct, f32x4.mul(direct1, value1)));
    v128.store(bus, f32x4.add(low, f32x4.mul(low1, value1)), BUS_BYTES);
    block0 += 16;
    block1 += 16;
    bus += 16;
  } while (bus < end);
}

/** A block whose gains may move, without delay. */
function hearNow(block: usize, ear: usize, bus: usize): void {
  const directSlope = slopeOf(load<f32>(ear, BIN_DIRECT_FROM), load<f32>(ear, BIN_DIRECT_TO));
  const lowSlope = slopeOf(load<f32>(ear, BIN_LOW_FROM), load<f32>(ear, BIN_LOW_TO));
  const directStep = f32x4.splat(4 * directSlope);
  const lowStep = f32x4.splat(4 * lowSlope);
  let direct = rampBefore(load<f32>(ear, BIN_DIRECT_FROM), directSlope);
  let low = rampBefore(load<f32>(ear, BIN_LOW_FROM), lowSlope);
  const end = block + BLOCK_BYTES;
  do {
    direct = f32x4.add(direct, directStep);
    low = f32x4.add(low, lowStep);
    let value = v128.load(block);
    v128.store(bus, f32x4.add(v128.load(bus), f32x4.mul(direct, value)));
    v128.store(bus, f32x4.add(v128.load(bus, BUS_BYTES), f32x4.mul(low, value)), BUS_BYTES);
    direct = f32x4.add(direct, directStep);
    low = f32x4.add(low, lowStep);
    value = v128.load(block, 16);
    v128.store(bus, f32x4.add(v128.load(bus, 16), f32x4.mul(direct, value)), 16);
    v128.store(bus, f32x4.add(v128.load(bus, BUS_BYTES + 16), f32x4.mul(low, value)), BUS_BYTES + 16);
    block += 32;
    bus += 32;
  } while (block < end);
}

/** A block with gains and a delay that may move. */
export function hearMovingBin(block: usize, ear: usize, bus: usize): void {
  const delays = loadDelay(ear + BIN_DELAY_FROM) + loadDelay(ear + BIN_DELAY_TO);
  if (delays === 0) hearNow(block, ear, bus);
  else hearMovingLate(block, ear, bus);
}

/**
 * A block with gains and a delay that move. Goes on in stretches in which the delay keeps its whole number; what falls
 * into the next sample is moved by one lane, and the last lane waits for the next vector.
 */
function hearMovingLate(block: usize, ear: usize, bus: usize): void {
  const directSlope = slopeOf(load<f32>(ear, BIN_DIRECT_FROM), load<f32>(ear, BIN_DIRECT_TO));
  const lowSlope = slopeOf(load<f32>(ear, BIN_LOW_FROM), load<f32>(ear, BIN_LOW_TO));
  const delayFrom = loadDelay(ear + BIN_DELAY_FROM);
  const delaySlope = slopeOf(delayFrom, loadDelay(ear + BIN_DELAY_TO));
  const directStep = f32x4.splat(4 * directSlope);
  const lowStep = f32x4.splat(4 * lowSlope);
  const shareStep = f32x4.splat(4 * delaySlope);
  let direct = rampBefore(load<f32>(ear, BIN_DIRECT_FROM), directSlope);
  let low = rampBefore(load<f32>(ear, BIN_LOW_FROM), lowSlope);
  let frame = 0;
  do {
    const delay = delayFrom + delaySlope * <f32>frame;
    const frames = framesOfWhole(delayFrom, delaySlope, frame);
    let share = rampBefore(delay - floor(delay), delaySlope);
    let at = bus + ((frame + <i32>delay) << 2);
    let directCarry = f32x4.splat(0);
    let lowCarry = f32x4.splat(0);
    const end = block + (frames << 2);
    do {
      share = f32x4.add(share, shareStep);
      direct = f32x4.add(direct, directStep);
      low = f32x4.add(low, lowStep);
      const value = v128.load(block);
      const next = f32x4.mul(share, value);
      const now = f32x4.sub(value, next);
      const directNext = f32x4.mul(direct, next);
      const directMoved = v128.shuffle<f32>(directCarry, directNext, 3, 4, 5, 6);
      const directSum = f32x4.add(f32x4.mul(direct, now), directMoved);
      v128.store(at, f32x4.add(v128.load(at), directSum));
      directCarry = directNext;
      const lowNext = f32x4.mul(low, next);
      const lowMoved = v128.shuffle<f32>(lowCarry, lowNext, 3, 4, 5, 6);
      const lowSum = f32x4.add(f32x4.mul(low, now), lowMoved);
      v128.store(at, f32x4.add(v128.load(at, BUS_BYTES), lowSum), BUS_BYTES);
      lowCarry = lowNext;
      block += 16;
      at += 16;
    } while (block < end);
    store<f32>(at, load<f32>(at) + f32x4.extract_lane(directCarry, 3));
    store<f32>(at, load<f32>(at, BUS_BYTES) + f32x4.extract_lane(lowCarry, 3), BUS_BYTES);
    frame += frames;
  } while (frame < FRAMES);
}
