const START = 0x811c9dc5;
const PRIME = 0x01000193;
const LANES = 4;

/**
 * A number (32 bits, signed) that is the same for equal mixes and nearly always another one for different mixes: four
 * hashes after Fowler, Noll and Vo side by side, lane k over the words k, k + 4, ..., then one over the four lanes.
 *
 * @param words  interleaved 16-bit samples, seen as 32-bit words; a multiple of four words
 */
export function mixHash(words: Int32Array): number {
  const lanes = new Int32Array(LANES).fill(START);
  for (let index = 0; index < words.length; index++) {
    lanes[index % LANES] = Math.imul(lanes[index % LANES] ^ words[index], PRIME);
  }
  return lanes.reduce((hash, lane) => Math.imul(hash ^ lane, PRIME), START);
}
