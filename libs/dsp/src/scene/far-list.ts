/** The far signals that one listener heard in one block: in which bins, how loud. */
export class FarList {
  count = 0;
  readonly signals: Int32Array;
  /** Lower bin on the horizon; plus NADIR_FLAG when the vertical bin is the nadir. */
  readonly bins: Uint8Array;
  /** Three for each: lower bin, next bin, vertical bin. */
  readonly gains: Float32Array;

  constructor(capacity: number) {
    this.signals = new Int32Array(capacity);
    this.bins = new Uint8Array(capacity);
    this.gains = new Float32Array(3 * capacity);
  }

  /** Forgets one signal, so that it does not even fade. Returns whether it was there. */
  drop(signal: number): boolean {
    const index = this.signals.subarray(0, this.count).indexOf(signal);
    if (index < 0) return false;
    this.gains.fill(0, 3 * index, 3 * index + 3);
    return true;
  }

  /** Forgets all signals from a number on. Returns whether there were any. */
  dropFrom(signal: number): boolean {
    let isFound = false;
    for (let index = 0; index < this.count; index++) {
      if (this.signals[index] < signal) continue;
      isFound = true;
      this.gains.fill(0, 3 * index, 3 * index + 3);
    }
    return isFound;
  }
}
