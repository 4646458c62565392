import { BLOCK_BYTES, ENTRY_BYTES, FRAME_SHARE } from './layout';

/** Bytes of the stretch that is summed in registers: 32 frames. */
const STRETCH_BYTES: usize = 128;

/**
 * Replaces a block by the sum of `count` entries; each gain moves in a line from its first to its second value.
 *
 * Sums stay in registers for 32 frames, so that memory is read once for each entry and written once in all.
 */
export function sumEntries(target: usize, entries: usize, count: i32): void {
  const end = entries + count * ENTRY_BYTES;
  for (let offset: usize = 0; offset < BLOCK_BYTES; offset += STRETCH_BYTES) {
    const frame = <f32>(offset >> 2);
    let sum0 = f32x4.splat(0);
    let sum1 = sum0;
    let sum2 = sum0;
    let sum3 = sum0;
    let sum4 = sum0;
    let sum5 = sum0;
    let sum6 = sum0;
    let sum7 = sum0;
    for (let entry = entries; entry < end; entry += ENTRY_BYTES) {
      const from = load<f32>(entry, 4);
      const to = load<f32>(entry, 8);
      const source = <usize>load<u32>(entry) + offset;
      let gain = f32x4.splat(from);
      if (from === to) {
        sum0 = f32x4.add(sum0, f32x4.mul(gain, v128.load(source)));
        sum1 = f32x4.add(sum1, f32x4.mul(gain, v128.load(source, 16)));
        sum2 = f32x4.add(sum2, f32x4.mul(gain, v128.load(source, 32)));
        sum3 = f32x4.add(sum3, f32x4.mul(gain, v128.load(source, 48)));
        sum4 = f32x4.add(sum4, f32x4.mul(gain, v128.load(source, 64)));
        sum5 = f32x4.add(sum5, f32x4.mul(gain, v128.load(source, 80)));
        sum6 = f32x4.add(sum6, f32x4.mul(gain, v128.load(source, 96)));
        sum7 = f32x4.add(sum7, f32x4.mul(gain, v128.load(source, 112)));
      } else {
        const slope = (to - from) * FRAME_SHARE;
        const step = f32x4.splat(4 * slope);
        gain = f32x4.add(f32x4.splat(from + slope * frame), f32x4.mul(f32x4.splat(slope), f32x4(0, 1, 2, 3)));
        sum0 = f32x4.add(sum0, f32x4.mul(gain, v128.load(source)));
        gain = f32x4.add(gain, step);
        sum1 = f32x4.add(sum1, f32x4.mul(gain, v128.load(source, 16)));
        gain = f32x4.add(gain, step);
        sum2 = f32x4.add(sum2, f32x4.mul(gain, v128.load(source, 32)));
        gain = f32x4.add(gain, step);
        sum3 = f32x4.add(sum3, f32x4.mul(gain, v128.load(source, 48)));
        gain = f32x4.add(gain, step);
        sum4 = f32x4.add(sum4, f32x4.mul(gain, v128.load(source, 64)));
        gain = f32x4.add(gain, step);
        sum5 = f32x4.add(sum5, f32x4.mul(gain, v128.load(source, 80)));
        gain = f32x4.add(gain, step);
        sum6 = f32x4.add(sum6, f32x4.mul(gain, v128.load(source, 96)));
        gain = f32x4.add(gain, step);
        sum7 = f32x4.add(sum7, f32x4.mul(gain, v128.load(source, 112)));
      }
    }
    const out = target + offset;
    v128.store(out, sum0);
    v128.store(out, sum1, 16);
    v128.store(out, sum2, 32);
    v128.store(out, sum3, 48);
    v128.store(out, sum4, 64);
    v128.store(out, sum5, 80);
    v128.store(out, sum6, 96);
    v128.store(out, sum7, 112);
  }
}
