import { BLOCK_BYTES, NEAR_GAINS_FROM } from './layout';

/**
 * Both ears hear a source whose gains stay, with one reading of its planes: one ear's sum is added to `now`, the other
 * ear's one replaces the block `late`. Orders are those of the two ears.
 */
export function hearBoth(now: usize, late: usize, planes: usize, nowEar: usize, lateEar: usize): void {
  const now0 = v128.load32_splat(nowEar, NEAR_GAINS_FROM);
  const now1 = v128.load32_splat(nowEar, NEAR_GAINS_FROM + 4);
  const now2 = v128.load32_splat(nowEar, NEAR_GAINS_FROM + 8);
  const now3 = v128.load32_splat(nowEar, NEAR_GAINS_FROM + 12);
  const late0 = v128.load32_splat(lateEar, NEAR_GAINS_FROM);
  const late1 = v128.load32_splat(lateEar, NEAR_GAINS_FROM + 4);
  const late2 = v128.load32_splat(lateEar, NEAR_GAINS_FROM + 8);
  const late3 = v128.load32_splat(lateEar, NEAR_GAINS_FROM + 12);
  const end = planes + BLOCK_BYTES;
  do {
    let plane0 = v128.load(planes);
    let plane1 = v128.load(planes, BLOCK_BYTES);
    let plane2 = v128.load(planes, 2 * BLOCK_BYTES);
    let plane3 = v128.load(planes, 3 * BLOCK_BYTES);
    let sum = f32x4.add(f32x4.mul(late0, plane0), f32x4.mul(late1, plane1));
    sum = f32x4.add(sum, f32x4.mul(late2, plane2));
    v128.store(late, f32x4.add(sum, f32x4.mul(late3, plane3)));
    sum = f32x4.add(v128.load(now), f32x4.mul(now0, plane0));
    sum = f32x4.add(sum, f32x4.mul(now1, plane1));
    sum = f32x4.add(sum, f32x4.mul(now2, plane2));
    v128.store(now, f32x4.add(sum, f32x4.mul(now3, plane3)));
    plane0 = v128.load(planes, 16);
    plane1 = v128.load(planes, BLOCK_BYTES + 16);
    plane2 = v128.load(planes, 2 * BLOCK_BYTES + 16);
    plane3 = v128.load(planes, 3 * BLOCK_BYTES + 16);
    sum = f32x4.add(f32x4.mul(late0, plane0), f32x4.mul(late1, plane1));
    sum = f32x4.add(sum, f32x4.mul(late2, plane2));
    v128.store(late, f32x4.add(sum, f32x4.mul(late3, plane3)), 16);
    sum = f32x4.add(v128.load(now, 16), f32x4.mul(now0, plane0));
    sum = f32x4.add(sum, f32x4.mul(now1, plane1));
    sum = f32x4.add(sum, f32x4.mul(now2, plane2));
    v128.store(now, f32x4.add(sum, f32x4.mul(now3, plane3)), 16);
    planes += 32;
    now += 32;
    late += 32;
  } while (planes < end);
}
