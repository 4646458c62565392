/**
 * Keeps the `countMax` smallest of a row of scores, sorted. Built once, used for one listener after the other.
 *
 * Insertion into a short sorted list beats a heap here: after the first few candidates nearly all are refused by one
 * comparison with the worst one kept.
 */
export class NearestSelection {
  readonly keys: Int32Array;
  private readonly scores: Float64Array;
  private limit = 0;
  count = 0;

  /** @param capacity  largest `countMax` ever asked for */
  constructor(private readonly capacity: number) {
    this.keys = new Int32Array(capacity);
    this.scores = new Float64Array(capacity);
  }

  /** Empties the selection. */
  begin(countMax: number): void {
    this.limit = Math.min(countMax, this.capacity);
    this.count = 0;
  }

  /** Score from which on candidates are refused; infinite as long as there is room. */
  get worst(): number {
    return this.count < this.limit ? Infinity : this.count === 0 ? 0 : this.scores[this.count - 1];
  }

  /** Offers one candidate; of equal scores the earlier one wins. */
  offer(key: number, score: number): void {
    const { keys, scores } = this;
    let place = this.count;
    if (place === this.limit) {
      if (place === 0 || score >= scores[place - 1]) return;
      place--;
    } else {
      this.count++;
    }
    while (place > 0 && scores[place - 1] > score) {
      scores[place] = scores[place - 1];
      keys[place] = keys[place - 1];
      place--;
    }
    scores[place] = score;
    keys[place] = key;
  }
}
