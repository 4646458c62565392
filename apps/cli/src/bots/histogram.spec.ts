import { describe, expect, it } from '@jest/globals';
import { Histogram } from './histogram.js';

describe('Histogram', () => {
  it('knows quantiles to one percent', () => {
    const histogram = new Histogram();
    for (let value = 1; value <= 1_000; value++) histogram.add(value);
    expect(histogram.quantile(0.5) / 500).toBeCloseTo(1, 1);
    expect(histogram.quantile(0.99) / 990).toBeCloseTo(1, 1);
  });

  it('adds up what several processes tell', () => {
    const [one, other, sum] = [new Histogram(), new Histogram(), new Histogram()];
    for (let n = 0; n < 10; n++) one.add(5);
    for (let n = 0; n < 30; n++) other.add(50);
    for (const each of [one, other]) sum.addAll(each.told());
    expect(sum.count).toBe(40);
    expect(sum.quantile(0.2)).toBeCloseTo(5, 0);
    expect(sum.quantile(0.5)).toBeCloseTo(50, 0);
  });

  it('has no quantile of nothing', () => {
    expect(new Histogram().quantile(0.5)).toBeNaN();
  });
});
