/** Steps of the histogram that finds the distance up to which far signals are kept. */
const RANK_STEPS = 64;

/**
 * Far signals that one listener could hear. When there are more than allowed, the most distant ones are left out; those
 * kept need no sorting for that, only a histogram of their distances.
 */
export class FarRanking {
  readonly signals: Int32Array;
  count = 0;
  private readonly squares: Float64Array;
  private readonly ranks: Uint8Array;
  private readonly rankCounts = new Int32Array(RANK_STEPS);

  constructor(private readonly capacity: number) {
    this.signals = new Int32Array(capacity);
    this.squares = new Float64Array(capacity);
    this.ranks = new Uint8Array(capacity);
  }

  clear(): void {
    this.count = 0;
  }

  /**
   * Adds a signal with its squared distance in square metres, which is told by array and index (see BinEntries.add); 0 for
   * those who are never left out before all others.
   */
  add(signal: number, squares: Float64Array, index: number): void {
    if (this.count === this.capacity) return;
    this.signals[this.count] = signal;
    this.squares[this.count++] = squares[index];
  }

  /** Leaves out the most distant signals until at most `countMax` are left. Returns how many those were. */
  shed(countMax: number): number {
    const surplus = this.count - countMax;
    if (surplus <= 0) return 0;
    const { ranks, signals } = this;
    const last = this.lastRank(countMax);
    let kept = 0;
    for (let rank = 0; rank < last; rank++) kept += this.rankCounts[rank];
    // Of those on the edge the first ones stay, so that they are the same in each block.
    let edge = countMax - kept;
    kept = 0;
    for (let index = 0; index < this.count; index++) {
      if (ranks[index] > last || (ranks[index] === last && edge-- <= 0)) continue;
      signals[kept++] = signals[index];
    }
    this.count = kept;
    return surplus;
  }

  /** The rank in which the limit is reached. */
  private lastRank(countMax: number): number {
    const { rankCounts, ranks } = this;
    rankCounts.fill(0);
    for (let index = 0; index < this.count; index++) {
      ranks[index] = rankOf(this.squares[index]);
      rankCounts[ranks[index]]++;
    }
    let seen = 0;
    let rank = 0;
    while (rank < RANK_STEPS - 1 && seen + rankCounts[rank] <= countMax) seen += rankCounts[rank++];
    return rank;
  }
}

/** Distances are ranked in steps of an eighth of a doubling, from 1 m on. */
function rankOf(squared: number): number {
  if (squared <= 1) return 0;
  const rank = Math.floor(4 * Math.log2(squared));
  return rank < RANK_STEPS ? rank : RANK_STEPS - 1;
}
