/** Lets a few things happen at the same time, the others in turn: a world of a thousand models does not ask for all at once. */
export class LoadQueue {
  private running = 0;
  private readonly waiting: Array<() => void> = [];

  constructor(
    private readonly runningMax: number,
    private readonly waitingMax: number,
  ) {}

  /** What has not ended. */
  get count(): number {
    return this.running + this.waiting.length;
  }

  /** Runs `work` when it is its turn; fails at once when too many wait. */
  add<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.waiting.length >= this.waitingMax) return reject(new Error('Too much waits to be loaded.'));
      const run = (): void => {
        this.running++;
        work()
          .then(resolve, reject)
          .finally(() => {
            this.running--;
            this.next();
          });
      };
      this.waiting.push(run);
      this.next();
    });
  }

  private next(): void {
    while (this.running < this.runningMax) {
      const run = this.waiting.shift();
      if (!run) return;
      run();
    }
  }
}
