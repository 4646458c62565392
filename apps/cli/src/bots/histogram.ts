/** What one process tells another: counts by place. */
export interface HistogramCounts {
  readonly places: readonly number[];
  readonly counts: readonly number[];
}

/**
 * Counts values of any number in constant memory, and adds up with those of other processes. Values are kept to 1 % or to
 * `step`, whichever is coarser.
 */
export class Histogram {
  private readonly counts = new Map<number, number>();
  private total = 0;

  /** @param step  of values near 0, in their own unit */
  constructor(private readonly step = 0.1) {}

  get count(): number {
    return this.total;
  }

  add(value: number): void {
    this.addAt(Math.round(Math.asinh(value / (100 * this.step)) * 100), 1);
  }

  addAll({ places, counts }: HistogramCounts): void {
    places.forEach((place, index) => this.addAt(place, counts[index]));
  }

  /** The value below which a share of all lies; NaN when there are none. */
  quantile(share: number): number {
    const places = [...this.counts.keys()].sort((a, b) => a - b);
    let below = 0;
    for (const place of places) {
      below += this.counts.get(place) ?? 0;
      if (below >= share * this.total) return Math.sinh(place / 100) * 100 * this.step;
    }
    return NaN;
  }

  /** Forgets everything. */
  clear(): void {
    this.counts.clear();
    this.total = 0;
  }

  told(): HistogramCounts {
    return { places: [...this.counts.keys()], counts: [...this.counts.values()] };
  }

  private addAt(place: number, count: number): void {
    this.counts.set(place, (this.counts.get(place) ?? 0) + count);
    this.total += count;
  }
}
