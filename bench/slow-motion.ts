import { type Clock, SystemClock, type Timer } from '@app/clock';

/** A quantity that grows (time, processor time), told so many times slower than it really is. */
export class SlowMotion {
  private factor = 1;
  private toldBase: number;
  private realBase: number;

  /** @param read  the real quantity */
  constructor(private readonly read: () => number) {
    this.toldBase = this.realBase = read();
  }

  now(): number {
    return this.toldBase + (this.read() - this.realBase) / this.factor;
  }

  /** What has grown until now stays as it was told; from now on it grows `factor` times slower. At least 1. */
  slowDown(factor: number): void {
    this.toldBase = this.now();
    this.realBase = this.read();
    this.factor = factor;
  }

  /** How much the real quantity grows while the told one grows by `told`. */
  really(told: number): number {
    return told * this.factor;
  }
}

/**
 * The machine's time in slow motion, so that a tick of 20 ms may take longer than 20 ms. Timers that are waiting when the
 * factor changes keep their old deadline.
 */
export class SlowClock implements Clock {
  private readonly system = new SystemClock();
  private readonly time = new SlowMotion(() => this.system.nowMs());

  slowDown(factor: number): void {
    this.time.slowDown(factor);
  }

  nowMs(): number {
    return this.time.now();
  }

  wallMs(): number {
    return this.system.wallMs();
  }

  after(delayMs: number, callback: () => void): Timer {
    return this.system.after(this.time.really(delayMs), callback);
  }

  every(intervalMs: number, callback: () => void): Timer {
    return this.system.every(this.time.really(intervalMs), callback);
  }
}
