import { TokenBucket } from '../../../rate-limit.js';

/** Jobs of one client that begin per second in the long run, and at once. */
const JOBS_PER_SECOND = 100;
const JOBS_BURST = 100;

/** Work that takes its time: some at once, and not too much in a second; the rest waits. */
export class JobQueue {
  private readonly waiting: (() => Promise<void>)[] = [];
  private readonly pace = new TokenBucket(JOBS_PER_SECOND, JOBS_BURST);
  private runningCount = 0;

  constructor(
    private readonly runningMax: number,
    private readonly waitingMax: number,
  ) {}

  /** @param job  never rejects. @returns  false when too many wait */
  add(job: () => Promise<void>, nowMs: number): boolean {
    if (this.waiting.length >= this.waitingMax) return false;
    this.waiting.push(job);
    this.begin(nowMs);
    return true;
  }

  /** Begins what may begin. */
  begin(nowMs: number): void {
    while (this.waiting.length > 0 && this.runningCount < this.runningMax && this.pace.take(nowMs)) {
      const job = this.waiting.shift() as () => Promise<void>;
      this.runningCount++;
      void job().finally(() => this.runningCount--);
    }
  }

  /** Forgets what waits. */
  clear(): void {
    this.waiting.length = 0;
  }
}
