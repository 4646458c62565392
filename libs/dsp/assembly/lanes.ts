/** Filter states below this are cleared, because denormal numbers are slow; it is far below what can be heard. */
const AUDIBLE_MIN: f32 = 1e-15;
/** Filter states above this are cleared, too, as is what is no number: no later input could bring them back. */
const SANE_MAX: f32 = 1e15;

/** Keeps the lanes that hold sound and clears all others. */
export function flush(value: v128): v128 {
  const size = f32x4.abs(value);
  const isAudible = f32x4.ge(size, f32x4.splat(AUDIBLE_MIN));
  return v128.and(value, v128.and(isAudible, f32x4.le(size, f32x4.splat(SANE_MAX))));
}

/** The largest of four lanes. */
export function largest(values: v128): f32 {
  const first = max(f32x4.extract_lane(values, 0), f32x4.extract_lane(values, 1));
  return max(first, max(f32x4.extract_lane(values, 2), f32x4.extract_lane(values, 3)));
}
