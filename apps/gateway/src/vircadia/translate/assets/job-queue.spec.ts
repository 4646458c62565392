import { describe, expect, it } from '@jest/globals';
import { JobQueue } from './job-queue.js';

describe('Work for one client that takes its time', () => {
  it('is refused when what waits and what runs keeps too many bytes', async () => {
    const queue = new JobQueue(1, 100, 1_000);
    const ends: (() => void)[] = [];
    const add = (bytes: number): boolean => queue.add(() => new Promise<void>((end) => ends.push(end)), 0, bytes);
    expect([add(600), add(400), add(1), add(0)]).toEqual([true, true, false, true]);
    ends[0]();
    await new Promise((resolve) => setImmediate(resolve));
    expect([add(601), add(600)]).toEqual([false, true]);
    queue.clear();
    // The second one runs still.
    expect([add(601), add(600)]).toEqual([false, true]);
  });
});
