/** Bytes that MD5 takes in at a time, and 32-bit words of them. */
export const MD5_BLOCK_BYTES = 64;
export const MD5_BLOCK_WORDS = 16;

/** The state in which every MD5 begins (RFC 1321, 3.3). */
export const MD5_BEGIN: readonly number[] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];

const SINES = Int32Array.from({ length: 64 }, (_, step) => Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32));

/**
 * Takes one block into a state (RFC 1321, 3.4). Node's own hashes cannot be begun in the middle, and cost more than all
 * of a small packet's blocks before they do anything.
 *
 * @param state  four words; changed
 * @param words  in the order of this machine, which has to be little-endian
 * @param at     the block's first word
 */
export function md5Block(state: Int32Array, words: Int32Array, at: number): void {
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  for (let i = 0; i < 16; i += 4) {
    a = turned(a + (d ^ (b & (c ^ d))) + words[at + i] + SINES[i], 7, b);
    d = turned(d + (c ^ (a & (b ^ c))) + words[at + i + 1] + SINES[i + 1], 12, a);
    c = turned(c + (b ^ (d & (a ^ b))) + words[at + i + 2] + SINES[i + 2], 17, d);
    b = turned(b + (a ^ (c & (d ^ a))) + words[at + i + 3] + SINES[i + 3], 22, c);
  }
  for (let i = 16; i < 32; i += 4) {
    a = turned(a + (c ^ (d & (b ^ c))) + words[at + ((5 * i + 1) & 15)] + SINES[i], 5, b);
    d = turned(d + (b ^ (c & (a ^ b))) + words[at + ((5 * i + 6) & 15)] + SINES[i + 1], 9, a);
    c = turned(c + (a ^ (b & (d ^ a))) + words[at + ((5 * i + 11) & 15)] + SINES[i + 2], 14, d);
    b = turned(b + (d ^ (a & (c ^ d))) + words[at + ((5 * i) & 15)] + SINES[i + 3], 20, c);
  }
  for (let i = 32; i < 48; i += 4) {
    a = turned(a + (b ^ c ^ d) + words[at + ((3 * i + 5) & 15)] + SINES[i], 4, b);
    d = turned(d + (a ^ b ^ c) + words[at + ((3 * i + 8) & 15)] + SINES[i + 1], 11, a);
    c = turned(c + (d ^ a ^ b) + words[at + ((3 * i + 11) & 15)] + SINES[i + 2], 16, d);
    b = turned(b + (c ^ d ^ a) + words[at + ((3 * i + 14) & 15)] + SINES[i + 3], 23, c);
  }
  for (let i = 48; i < 64; i += 4) {
    a = turned(a + (c ^ (b | ~d)) + words[at + ((7 * i) & 15)] + SINES[i], 6, b);
    d = turned(d + (b ^ (a | ~c)) + words[at + ((7 * i + 7) & 15)] + SINES[i + 1], 10, a);
    c = turned(c + (a ^ (d | ~b)) + words[at + ((7 * i + 14) & 15)] + SINES[i + 2], 15, d);
    b = turned(b + (d ^ (c | ~a)) + words[at + ((7 * i + 5) & 15)] + SINES[i + 3], 21, c);
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
}

function turned(sum: number, bits: number, added: number): number {
  return (((sum << bits) | (sum >>> (32 - bits))) + added) | 0;
}
