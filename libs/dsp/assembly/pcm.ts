import { BLOCK_BYTES, STATUS_HASH, STATUS_PEAK } from './layout';
import { largest } from './lanes';

/** Adding this moves a float's whole part to its lowest bits, rounded: 1.5 * 2^23. */
const ROUND: f32 = 12_582_912;
const HASH_START: u32 = 0x811c9dc5;
const HASH_PRIME: u32 = 0x01000193;

/** Makes interleaved 16-bit samples of a mix within [-1, 1]. Tells its peak and its hash. */
export function writePcm(mix: usize, pcm: usize, status: usize): void {
  const scale = f32x4.splat(32_767);
  const round = f32x4.splat(ROUND);
  const low = i32x4.splat(0xffff);
  const prime = i32x4.splat(HASH_PRIME);
  let hash = i32x4.splat(HASH_START);
  let peaks = f32x4.splat(0);
  const end = mix + BLOCK_BYTES;
  do {
    const left = v128.load(mix);
    const right = v128.load(mix, BLOCK_BYTES);
    peaks = f32x4.pmax(f32x4.pmax(peaks, f32x4.abs(left)), f32x4.abs(right));
    const wholeLeft = f32x4.add(f32x4.mul(left, scale), round);
    const wholeRight = f32x4.add(f32x4.mul(right, scale), round);
    const words = v128.or(v128.and(wholeLeft, low), i32x4.shl(wholeRight, 16));
    v128.store(pcm, words);
    hash = i32x4.mul(v128.xor(hash, words), prime);
    mix += 16;
    pcm += 16;
  } while (mix < end);
  store<f32>(status, largest(peaks), STATUS_PEAK);
  store<u32>(status, combine(hash), STATUS_HASH);
}

function combine(hash: v128): u32 {
  let all = HASH_START;
  all = (all ^ i32x4.extract_lane(hash, 0)) * HASH_PRIME;
  all = (all ^ i32x4.extract_lane(hash, 1)) * HASH_PRIME;
  all = (all ^ i32x4.extract_lane(hash, 2)) * HASH_PRIME;
  return (all ^ i32x4.extract_lane(hash, 3)) * HASH_PRIME;
}
