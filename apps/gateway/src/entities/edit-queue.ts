import { ENTITY_EDITS_WAITING_BYTES_MAX, ENTITY_EDITS_WAITING_MAX } from '@app/world';
import type { ByteBudget } from './byte-budget.js';
import type { EditOutcome } from './entity-client.js';

/** One transaction of a client. */
export interface EditTask {
  request: number;
  sizeBytes: number;
  /** Never fails: a failure is an outcome. */
  send(): Promise<EditOutcome>;
}

/**
 * The transactions of one session, one after the other, so that none overtakes another one that has to be tried twice: each
 * attempt may go to another entity-server, so no front can keep their order (AuthorOrder is for those who do not wait). A
 * number that is repeated while it waits is done once; later, the world itself knows that it has been done.
 */
export class EditQueue {
  private readonly waiting: EditTask[] = [];
  private readonly unanswered = new Set<number>();
  private bytes = 0;
  private isBusy = false;

  constructor(
    private readonly budget: ByteBudget,
    private readonly answer: (request: number, outcome: EditOutcome) => void,
  ) {}

  /** Queues a transaction; returns false when too much waits. */
  add(task: EditTask): boolean {
    if (this.unanswered.has(task.request)) return true;
    if (this.waiting.length >= ENTITY_EDITS_WAITING_MAX) return false;
    if (this.bytes + task.sizeBytes > ENTITY_EDITS_WAITING_BYTES_MAX || !this.budget.take(task.sizeBytes)) return false;
    this.bytes += task.sizeBytes;
    this.unanswered.add(task.request);
    this.waiting.push(task);
    void this.work();
    return true;
  }

  /** The session is gone: what it has asked for is done, but nobody is told. What waits is dropped. */
  close(): void {
    for (const task of this.waiting.splice(0)) this.release(task);
  }

  private async work(): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    for (let task = this.waiting.shift(); task; task = this.waiting.shift()) {
      const outcome = await task.send();
      this.release(task);
      this.answer(task.request, outcome);
    }
    this.isBusy = false;
  }

  private release(task: EditTask): void {
    this.unanswered.delete(task.request);
    this.bytes -= task.sizeBytes;
    this.budget.giveBack(task.sizeBytes);
  }
}
