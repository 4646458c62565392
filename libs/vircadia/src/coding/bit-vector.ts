/** Bytes of that many bits (specification 0.2: bit i is bit i mod 8, least significant first, of byte i div 8). */
export function bitVectorBytes(count: number): number {
  return (count + 7) >> 3;
}

export function bitAt(bits: Uint8Array, index: number): boolean {
  return (bits[index >> 3] & (1 << (index & 7))) !== 0;
}

/** How many of the first `count` bits are set. */
export function countBits(bits: Uint8Array, count: number): number {
  let set = 0;
  for (let i = 0; i < count; i++) set += (bits[i >> 3] >> (i & 7)) & 1;
  return set;
}

export function packBits(values: readonly boolean[]): Uint8Array {
  const bits = new Uint8Array(bitVectorBytes(values.length));
  values.forEach((value, index) => {
    if (value) bits[index >> 3] |= 1 << (index & 7);
  });
  return bits;
}

export function unpackBits(bits: Uint8Array, count: number): boolean[] {
  return Array.from({ length: count }, (_, index) => bitAt(bits, index));
}
