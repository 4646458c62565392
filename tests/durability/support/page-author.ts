import { setTimeout as pause } from 'node:timers/promises';
import type { EntityEdit } from '@vicinity/sdk';
import type { Visitor } from '../../e2e/support/visitor.js';
import type { EditMix, EditTask } from './edit-mix.js';
import type { EditNote, NotedOutcome } from './edit-notes.js';

/** Codes after which nobody knows whether it was done. */
const UNKNOWN = ['world-unavailable', 'world-busy', 'request-interrupted', 'request-timeout', 'left-world'];

/** Somebody in a browser who edits through real gateways, with the SDK alone. */
export class PageAuthor {
  readonly notes: EditNote[] = [];
  private readonly open = new Map<string, { task: EditTask; beganMs: number }>();

  constructor(
    readonly name: string,
    private readonly visitor: Visitor,
    private readonly mix: EditMix,
    private readonly isOver: () => boolean,
  ) {}

  /** Edits one transaction after the other; resolves when it is over and the last one is answered. */
  async run(): Promise<void> {
    const { page } = this.visitor;
    await page.exposeFunction('nextTask', () => this.next());
    await page.exposeFunction('tellOutcome', (token: string, outcome: NotedOutcome) => this.note(token, outcome));
    await page.evaluate(async (unknown) => {
      const { nextTask, tellOutcome } = window as unknown as {
        nextTask(): Promise<{ token: string; edits: EntityEdit[] } | null>;
        tellOutcome(token: string, outcome: NotedOutcome): Promise<void>;
      };
      const { client } = window.vicinity!;
      for (;;) {
        // Nothing can be asked during an interruption; what was asked before it is asked again by the SDK.
        while (client.state !== 'connected') await pause(20);
        const task = await nextTask();
        if (!task) return;
        const outcome = await client.entities.edit(task.edits, { isUndoable: false }).then(
          ({ sequence, results }): NotedOutcome => ({ kind: 'acked', sequence, results }),
          ({ code }: { code: string }): NotedOutcome => ({
            kind: unknown.includes(code) ? 'unknown' : 'refused',
            code,
          }),
        );
        await tellOutcome(task.token, outcome);
      }
    }, UNKNOWN);
  }

  private next(): EditTask | null {
    if (this.isOver()) return null;
    const task = this.mix.draw(this.name);
    this.open.set(task.token, { task, beganMs: performance.now() });
    return task;
  }

  private note(token: string, outcome: NotedOutcome): void {
    const { task, beganMs } = this.open.get(token)!;
    this.open.delete(token);
    const note = { author: this.name, token, beganMs, endedMs: performance.now(), outcome };
    this.notes.push(note);
    this.mix.learn(task, note);
  }
}
