import { describe, expect, it } from '@jest/globals';
import { HEALTHY_AFTER_MS, RestartPolicy } from './restart-policy.js';

describe('RestartPolicy', () => {
  it('restarts at once the first time, then with pauses that double up to 5 s', () => {
    const policy = new RestartPolicy();
    const delays = Array.from({ length: 10 }, () => policy.nextDelayMs(50));
    expect(delays).toEqual([0, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000]);
  });

  it('forgets crashes once the process was healthy', () => {
    const policy = new RestartPolicy();
    for (let crash = 0; crash < 5; crash++) policy.nextDelayMs(50);
    expect(policy.nextDelayMs(HEALTHY_AFTER_MS)).toBe(0);
    expect(policy.nextDelayMs(50)).toBe(100);
  });
});
