import { beforeEach, describe, expect, it } from '@jest/globals';
import { Ears } from './ears.js';
import { Histogram } from './histogram.js';

describe('Ears', () => {
  let ears: Ears;

  beforeEach(() => {
    ears = new Ears(new Histogram());
  });

  /** Frames with these numbers, each when it is due. */
  const hear = (...sequences: number[]): number[] =>
    sequences.map((sequence) => ears.take(sequence & 0xffff, false, 1_000 + 10 * sequence));

  it('finds nothing wrong with a stream that wraps', () => {
    expect(hear(65_534, 65_535, 65_536, 65_537)).toEqual([65_534, 65_535, 65_536, 65_537]);
    expect(ears.counts).toEqual({ mixes: 4, silences: 0, missing: 0, late: 0, duplicates: 0 });
  });

  it('counts each frame that never comes as one gap', () => {
    hear(0, 1, 4, 5, 7);
    expect(ears.counts.missing).toBe(3);
  });

  it('takes a gap back when what was missing comes after all, and counts a copy as one', () => {
    hear(0, 1, 3, 2, 4, 4);
    expect(ears.counts.missing).toBe(0);
    expect(ears.counts.duplicates).toBe(1);
  });

  it('counts frames that come 100 ms later than the others as late', () => {
    hear(0, 1, 2);
    ears.take(3, false, 1_000 + 30 + 150);
    expect(ears.counts.late).toBe(1);
  });

  it('takes a far jump for a new stream, not for thousands of gaps', () => {
    hear(100, 101);
    ears.take(30_000, true, 1_100);
    expect(ears.counts.missing).toBe(0);
    expect(ears.counts.silences).toBe(1);
  });
});
