import { describe, expect, it } from '@jest/globals';
import { JitterEstimate } from './jitter-estimate.js';

describe('JitterEstimate', () => {
  it('says the shortest delay for a network without jitter, whatever the offset of the clocks', () => {
    const estimate = new JitterEstimate();
    for (let n = 0; n < 500; n++) estimate.add(1e6 + n * 20, n * 20);
    expect(estimate.jitterMs).toBe(1);
  });

  it('covers nearly all packets, and does not follow the rarest', () => {
    const estimate = new JitterEstimate();
    for (let n = 0; n < 2_000; n++) estimate.add(n * 20 + (n % 10) * 4 + (n % 100 === 50 ? 200 : 0), n * 20);
    expect(estimate.jitterMs).toBeGreaterThan(30);
    expect(estimate.jitterMs).toBeLessThan(45);
  });

  it('forgets', () => {
    const estimate = new JitterEstimate();
    for (let n = 0; n < 10_000; n++) estimate.add(n * 20 + (n < 9_000 ? (n % 7) * 10 : 0), n * 20);
    expect(estimate.jitterMs).toBeLessThan(5);
  });

  it('does not blame the network when the receiver was asleep', () => {
    const estimate = new JitterEstimate();
    for (let n = 0; n < 500; n++) {
      const isAsleep = n % 50 > 40;
      estimate.add(n * 20 + (isAsleep ? 150 : 0), n * 20, !isAsleep);
    }
    expect(estimate.jitterMs).toBe(1);
  });

  it('tells how late a packet is compared with the fastest', () => {
    const estimate = new JitterEstimate();
    estimate.add(105, 100);
    expect(estimate.add(130, 120)).toBe(5);
    expect(estimate.add(143, 140)).toBe(0);
    estimate.restartClock();
    expect(estimate.add(9_000, 160)).toBe(0);
  });
});
