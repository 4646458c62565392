/** Work that takes its time: some at once, some waiting, no more. */
export class JobQueue {
  private readonly waiting: (() => Promise<void>)[] = [];
  private runningCount = 0;

  constructor(
    private readonly runningMax: number,
    private readonly waitingMax: number,
  ) {}

  /** @param job  never rejects. @returns  false when too many wait */
  add(job: () => Promise<void>): boolean {
    if (this.runningCount < this.runningMax) {
      void this.run(job);
      return true;
    }
    if (this.waiting.length >= this.waitingMax) return false;
    this.waiting.push(job);
    return true;
  }

  /** Forgets what waits. */
  clear(): void {
    this.waiting.length = 0;
  }

  private async run(first: () => Promise<void>): Promise<void> {
    this.runningCount++;
    for (let job: (() => Promise<void>) | undefined = first; job; job = this.waiting.shift()) await job();
    this.runningCount--;
  }
}
