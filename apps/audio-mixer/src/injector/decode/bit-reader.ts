import { SoundProblem } from './sound-problem.js';

/** Bits that can be read at once. */
const BITS_MAX = 25;

/** Reads bits of a file, the highest of each byte first. Throws `sound-broken` where the file ends. */
export class BitReader {
  /** In bits, from the beginning of the file. */
  private position: number;
  private readonly end: number;

  /** @param at  byte at which to begin */
  constructor(
    private readonly bytes: Uint8Array,
    at: number,
  ) {
    this.position = 8 * at;
    this.end = 8 * bytes.length;
  }

  /** Byte of the next bit. */
  get at(): number {
    return this.position >>> 3;
  }

  /** @param count  0 to BITS_MAX */
  unsigned(count: number): number {
    if (count === 0) return 0;
    const value = this.peek() >>> (32 - count);
    this.skip(count);
    return value;
  }

  /** The same in two's complement. */
  signed(count: number): number {
    if (count === 0) return 0;
    const value = this.peek() >> (32 - count);
    this.skip(count);
    return value;
  }

  /** Zeros before the next one, which is read, too. */
  zeros(): number {
    let count = 0;
    for (;;) {
      const ahead = this.peek() >>> (32 - BITS_MAX);
      if (ahead !== 0) {
        const zeros = Math.clz32(ahead) - (32 - BITS_MAX);
        this.skip(zeros + 1);
        return count + zeros;
      }
      this.skip(BITS_MAX);
      count += BITS_MAX;
    }
  }

  /** Goes on with the next whole byte. */
  align(): void {
    this.position = (this.position + 7) & ~7;
  }

  skip(count: number): void {
    this.position += count;
    if (this.position > this.end) throw new SoundProblem('sound-broken', 'The file ends too early.');
  }

  /** The next BITS_MAX bits, and rubbish or zeros behind them. */
  private peek(): number {
    const { bytes, position } = this;
    const at = position >>> 3;
    const word = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    return word << (position & 7);
  }
}
