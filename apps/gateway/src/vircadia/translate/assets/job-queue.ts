import { TokenBucket } from '../../../rate-limit.js';

/** Jobs of one client that begin per second in the long run, and at once. */
const JOBS_PER_SECOND = 100;
const JOBS_BURST = 100;

interface Job {
  readonly run: () => Promise<void>;
  readonly bytes: number;
}

/** Work that takes its time: some at once, and not too much in a second; the rest waits. */
export class JobQueue {
  private readonly waiting: Job[] = [];
  private readonly pace = new TokenBucket(JOBS_PER_SECOND, JOBS_BURST);
  private runningCount = 0;
  private bytes = 0;

  /** @param bytesMax  of what jobs keep, those that wait and those that run */
  constructor(
    private readonly runningMax: number,
    private readonly waitingMax: number,
    private readonly bytesMax = Infinity,
  ) {}

  /** @param run  never rejects. @param bytes  that it keeps. @returns  false when too many wait, or keep too much */
  add(run: () => Promise<void>, nowMs: number, bytes = 0): boolean {
    if (this.waiting.length >= this.waitingMax || this.bytes + bytes > this.bytesMax) return false;
    this.bytes += bytes;
    this.waiting.push({ run, bytes });
    this.begin(nowMs);
    return true;
  }

  /** Begins what may begin. */
  begin(nowMs: number): void {
    while (this.waiting.length > 0 && this.runningCount < this.runningMax && this.pace.take(nowMs)) {
      const { run, bytes } = this.waiting.shift() as Job;
      this.runningCount++;
      void run().finally(() => {
        this.runningCount--;
        this.bytes -= bytes;
      });
    }
  }

  /** Forgets what waits. */
  clear(): void {
    for (const { bytes } of this.waiting) this.bytes -= bytes;
    this.waiting.length = 0;
  }
}
