/** Slots for each entry, so that searches stay short. */
const SPACE = 2;

/** Finds what was added under a 32-bit hash since the last `clear`. Bounded, and without allocation once it is built. */
export class HashTable<Value> {
  private readonly values: (Value | undefined)[];
  private readonly hashes: Int32Array;
  private readonly rounds: Int32Array;
  private readonly mask: number;
  private round = 1;
  private count = 0;

  /** @param countMax  entries; what is added beyond is not kept */
  constructor(private readonly countMax: number) {
    const size = 2 ** Math.ceil(Math.log2(SPACE * Math.max(1, countMax)));
    this.values = new Array<Value | undefined>(size).fill(undefined);
    this.hashes = new Int32Array(size);
    this.rounds = new Int32Array(size);
    this.mask = size - 1;
  }

  clear(): void {
    // What is older than this round counts as empty.
    this.round = (this.round + 1) | 0;
    this.count = 0;
  }

  /** The first value that was added under this hash; adds `value` if there is none. */
  findOrAdd(hash: number, value: Value): Value {
    const key = hash | 0;
    let at = Math.imul(key ^ (key >>> 15), 0x9e37_79b1) >>> 0;
    for (at &= this.mask; this.rounds[at] === this.round; at = (at + 1) & this.mask) {
      if (this.hashes[at] === key) return this.values[at] as Value;
    }
    if (this.count < this.countMax) {
      this.count++;
      this.rounds[at] = this.round;
      this.hashes[at] = key;
      this.values[at] = value;
    }
    return value;
  }
}
