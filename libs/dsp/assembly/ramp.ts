import { DELAY_MAX, FRAME_SHARE, FRAMES } from './layout';

/** A value for each of four frames: `from` at the first one and `slope` more at each further one. */
export function ramp(from: f32, slope: f32): v128 {
  return f32x4.add(f32x4.splat(from), f32x4.mul(f32x4.splat(slope), f32x4(0, 1, 2, 3)));
}

/** Values for the four frames before those of `ramp`. */
export function rampBefore(from: f32, slope: f32): v128 {
  return ramp(from - 4 * slope, slope);
}

/** Change per frame of what has one value at a block's beginning and another one at its end. */
export function slopeOf(from: f32, to: f32): f32 {
  return (to - from) * FRAME_SHARE;
}

/** A delay out of an order, in samples; never one that leaves a bus. */
export function loadDelay(order: usize): f32 {
  return min(max(load<f32>(order), 0), DELAY_MAX);
}

/** Frames, in groups of four, for which a delay keeps its whole number; not beyond the block's end. */
export function framesOfWhole(from: f32, slope: f32, frame: i32): i32 {
  const left = FRAMES - frame;
  if (slope === 0) return left;
  const delay = from + slope * <f32>frame;
  const whole = floor(delay);
  const way = slope > 0 ? whole + 1 - delay : whole - delay;
  let frames = min(max((<i32>(way / slope)) & ~3, 4), left);
  // Division may miss the group that decides: what counts is what each group's first frame says.
  while (frames > 4 && floor(from + slope * <f32>(frame + frames - 4)) !== whole) frames -= 4;
  while (frames < left && floor(from + slope * <f32>(frame + frames)) === whole) frames += 4;
  return frames;
}
