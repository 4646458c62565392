/**
 * Multiplies and adds vectors in registers: as fast as this processor can do it in WebAssembly. Benchmarks compare kernels
 * with it. Twelve chains in each round, because each waits for itself. Returns something, so that no compiler leaves the
 * work out.
 */
export function multiplyAndAdd(rounds: i32): f32 {
  const factor = f32x4.splat(0.5);
  const addend = f32x4(0, 1, 2, 3);
  let sum0 = f32x4.splat(0);
  let sum1 = f32x4.splat(1);
  let sum2 = f32x4.splat(2);
  let sum3 = f32x4.splat(3);
  let sum4 = f32x4.splat(4);
  let sum5 = f32x4.splat(5);
  let sum6 = f32x4.splat(6);
  let sum7 = f32x4.splat(7);
  let sum8 = f32x4.splat(8);
  let sum9 = f32x4.splat(9);
  let sum10 = f32x4.splat(10);
  let sum11 = f32x4.splat(11);
  do {
    sum0 = f32x4.add(addend, f32x4.mul(factor, sum0));
    sum1 = f32x4.add(addend, f32x4.mul(factor, sum1));
    sum2 = f32x4.add(addend, f32x4.mul(factor, sum2));
    sum3 = f32x4.add(addend, f32x4.mul(factor, sum3));
    sum4 = f32x4.add(addend, f32x4.mul(factor, sum4));
    sum5 = f32x4.add(addend, f32x4.mul(factor, sum5));
    sum6 = f32x4.add(addend, f32x4.mul(factor, sum6));
    sum7 = f32x4.add(addend, f32x4.mul(factor, sum7));
    sum8 = f32x4.add(addend, f32x4.mul(factor, sum8));
    sum9 = f32x4.add(addend, f32x4.mul(factor, sum9));
    sum10 = f32x4.add(addend, f32x4.mul(factor, sum10));
    sum11 = f32x4.add(addend, f32x4.mul(factor, sum11));
    rounds--;
  } while (rounds > 0);
  let sum = f32x4.add(sum0, sum1);
  sum = f32x4.add(sum, sum2);
  sum = f32x4.add(sum, sum3);
  sum = f32x4.add(sum, sum4);
  sum = f32x4.add(sum, sum5);
  sum = f32x4.add(sum, sum6);
  sum = f32x4.add(sum, sum7);
  sum = f32x4.add(sum, sum8);
  sum = f32x4.add(sum, sum9);
  sum = f32x4.add(sum, sum10);
  sum = f32x4.add(sum, sum11);
  return f32x4.extract_lane(sum, 0);
}
