import type { Random } from '@app/clock';

const { imul } = Math;

/**
 * Chance that repeats: the same seed gives the same numbers on every machine.
 *
 * The generator is sfc32 (Chris Doty-Humphrey's small fast counter): 128 bits of state, of which one word counts, so
 * that no seed falls into a short cycle. The state is filled by splitmix32, so that neighbouring seeds have nothing in
 * common.
 */
export class SeededRandom implements Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(readonly seed: number) {
    let state = seed | 0;
    const word = (): number => {
      state = (state + 0x9e3779b9) | 0;
      let z = state ^ (state >>> 16);
      z = imul(z, 0x21f0aaad);
      z ^= z >>> 15;
      z = imul(z, 0x735a2d97);
      return z ^ (z >>> 15);
    };
    this.a = word();
    this.b = word();
    this.c = word();
    for (let round = 0; round < 12; round++) this.nextUint32();
  }

  nextUint32(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    this.c |= 0;
    return sum >>> 0;
  }

  next(): number {
    return this.nextUint32() / 0x1_0000_0000;
  }

  /** Uniform whole number in [min, max]. */
  nextInteger(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }
}
