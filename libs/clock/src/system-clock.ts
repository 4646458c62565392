import { webcrypto } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Clock, Random, Timer } from './clock.js';

/** The machine's time. */
export class SystemClock implements Clock {
  nowMs(): number {
    return performance.now();
  }

  wallMs(): number {
    return Date.now();
  }

  after(delayMs: number, callback: () => void): Timer {
    const handle = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(handle) };
  }

  every(intervalMs: number, callback: () => void): Timer {
    // Each deadline is computed from the first one, because adding up real delays would drift.
    const start = this.nowMs();
    let count = 0;
    let handle: NodeJS.Timeout | undefined;
    let isCancelled = false;
    const schedule = (): void => {
      count = Math.max(count + 1, Math.floor((this.nowMs() - start) / intervalMs));
      handle = setTimeout(run, Math.max(0, start + count * intervalMs - this.nowMs()));
    };
    const run = (): void => {
      callback();
      if (!isCancelled) schedule();
    };
    schedule();
    return {
      cancel: () => {
        isCancelled = true;
        clearTimeout(handle);
      },
    };
  }
}

/** Unpredictable numbers, for session numbers and everything else that must not be guessed. */
export class SystemRandom implements Random {
  private readonly buffer = new Uint32Array(1);

  next(): number {
    return this.nextUint32() / 0x1_0000_0000;
  }

  nextUint32(): number {
    webcrypto.getRandomValues(this.buffer);
    return this.buffer[0];
  }
}

/**
 * Processor time that this process has used since its start, over all its threads, in ms. Unlike a clock it stands still
 * while the machine runs somebody else.
 */
export function processCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
