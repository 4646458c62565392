import { describe, expect, it } from '@jest/globals';
import { processCpuMs, SystemClock, SystemRandom } from './system-clock.js';

describe('SystemClock', () => {
  it('calls back repeatedly until cancelled', async () => {
    const clock = new SystemClock();
    let count = 0;
    await new Promise<void>((resolve) => {
      const timer = clock.every(2, () => {
        if (++count === 5) {
          timer.cancel();
          resolve();
        }
      });
    });
    await new Promise<void>((resolve) => clock.after(10, resolve));
    expect(count).toBe(5);
  });

  it('does not call back after a cancel', async () => {
    const clock = new SystemClock();
    let isCalled = false;
    const timer = clock.after(1, () => (isCalled = true));
    timer.cancel();
    timer.cancel();
    await new Promise<void>((resolve) => clock.after(10, resolve));
    expect(isCalled).toBe(false);
  });
});

describe('SystemRandom', () => {
  it('stays in its ranges', () => {
    const random = new SystemRandom();
    for (let i = 0; i < 1_000; i++) {
      expect(random.next()).toBeGreaterThanOrEqual(0);
      expect(random.next()).toBeLessThan(1);
      expect(Number.isInteger(random.nextUint32())).toBe(true);
    }
  });
});

describe('processCpuMs', () => {
  it('grows with work', () => {
    const before = processCpuMs();
    let sum = 0;
    while (processCpuMs() < before + 5 && sum < 1e9) for (let n = 0; n < 1e5; n++) sum += Math.sqrt(n) > 0 ? 1 : 0;
    const used = processCpuMs() - before;
    expect(used).toBeGreaterThanOrEqual(5);
    expect(used).toBeLessThan(5_000);
  });
});
