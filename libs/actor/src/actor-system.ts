import type { Subscription } from '@app/broker';
import type { Clock } from '@app/clock';
import { ACTORS_MAX } from '@app/world';
import { ActorCell, type CellSurroundings, type CrashReport } from './actor-cell.js';
import type { ActorOptions, Spawner } from './actor-context.js';
import { type ActorDump, ActorFamily } from './actor-family.js';
import type { ActorHandle } from './actor-ref.js';
import { ActorError } from './actor.errors.js';
import type { BehaviorFactory } from './behavior.js';
import { DeadLetters } from './dead-letters.js';
import { Listeners } from './listeners.js';

/** The actors of one process. */
export class ActorSystem implements Spawner {
  readonly deadLetters = new DeadLetters();
  private readonly family = new ActorFamily();
  private readonly crashes = new Listeners<CrashReport>();
  private readonly surroundings: CellSurroundings;
  private count = 0;
  private isShuttingDown = false;

  constructor(
    private readonly clock: Clock,
    actorsMax = ACTORS_MAX,
  ) {
    this.surroundings = {
      clock,
      deadLetters: this.deadLetters,
      enter: () => {
        if (this.count >= actorsMax) throw new ActorError('actor-limit', 'There are too many actors.');
        this.count++;
      },
      leave: () => void this.count--,
      reportCrash: (report) => this.crashes.tell(report),
    };
  }

  spawn<Message, Answer = void>(
    name: string,
    factory: BehaviorFactory<Message, Answer>,
    options: ActorOptions = {},
  ): ActorHandle<Message, Answer> {
    if (this.isShuttingDown) throw new ActorError('actor-stopped', 'The actors of this process are stopping.');
    const onStopped = (): void => this.family.remove(name);
    return this.family.add(name, () => new ActorCell(this.surroundings, name, factory, options, onStopped)).ref;
  }

  /** Something threw that must not; for the log. */
  onCrash(listener: (report: CrashReport) => void): Subscription {
    return this.crashes.add(listener);
  }

  /**
   * Stops everybody: mailboxes are emptied first, the youngest actor's before the older ones'. Whoever has not finished
   * when the time is over is told to stop now, and not waited for.
   *
   * @returns what has not stopped by then; empty when all is well
   */
  async shutdown(timeoutMs: number): Promise<ActorDump[]> {
    this.isShuttingDown = true;
    await new Promise<void>((resolve) => {
      const timer = this.clock.after(timeoutMs, resolve);
      void this.family.stopAll('poison').then(() => {
        timer.cancel();
        resolve();
      });
    });
    const left = this.dump();
    this.family.stopNow();
    return left;
  }

  /** Everybody, with children. */
  dump(): ActorDump[] {
    return this.family.dump();
  }
}
