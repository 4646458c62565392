import { FRAME_SHARE, FRAMES } from './layout';

/** Adds one signal to a bus later, in groups of four frames; see the contract of delays in src/mix/plan-renderer.ts. */
export function addDelayed(signal: usize, bus: usize, delayFrom: f32, delayTo: f32, gainFrom: f32, gainTo: f32): void {
  if (gainFrom === 0 && gainTo === 0) return;
  const gainSlope = (gainTo - gainFrom) * FRAME_SHARE;
  const delaySlope = (delayTo - delayFrom) * FRAME_SHARE;
  const lanes = f32x4(0, 1, 2, 3);
  let gain = f32x4.add(f32x4.splat(gainFrom), f32x4.mul(f32x4.splat(gainSlope), lanes));
  const gainStep = f32x4.splat(4 * gainSlope);
  for (let frame = 0; frame < FRAMES; frame += 4) {
    const delay = delayFrom + delaySlope * <f32>frame;
    const whole = floor(delay);
    const share = f32x4.add(f32x4.splat(delay - whole), f32x4.mul(f32x4.splat(delaySlope), lanes));
    const value = f32x4.mul(gain, v128.load(signal + (frame << 2)));
    const later = f32x4.mul(share, value);
    const at = bus + ((frame + <i32>whole) << 2);
    v128.store(at, f32x4.add(v128.load(at), f32x4.sub(value, later)));
    v128.store(at, f32x4.add(v128.load(at, 4), later), 4);
    gain = f32x4.add(gain, gainStep);
  }
}
