import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { CliError } from '../cli.errors.js';
import type { CrowdShare } from './bot-crowd.js';
import type { BotHabits } from './bots.settings.js';
import type { CrowdReading } from './crowd-tally.js';

/** What a crowd's process is told; it answers each with one CrowdAnswer. */
export type CrowdOrder =
  | { readonly kind: 'start'; readonly habits: BotHabits; readonly share: CrowdShare }
  | { readonly kind: 'count' }
  | { readonly kind: 'measure' }
  | { readonly kind: 'read' }
  | { readonly kind: 'leave' };

export interface CrowdAnswer {
  /** How many are in. */
  readonly joined: number;
  readonly reading?: CrowdReading;
  /** Why it could not be done. */
  readonly problem?: string;
}

/** A process with a part of the bots. Orders are answered in the order in which they were given. */
export class CrowdProcess {
  private readonly child: ChildProcess;
  private readonly waiting: Array<(answer: CrowdAnswer) => void> = [];
  private ending: string | undefined;

  constructor(readonly share: CrowdShare) {
    // With a channel the child ends when this process does, however that happens.
    this.child = fork(fileURLToPath(new URL('./crowd-worker.js', import.meta.url)), [], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // JSON knows no Infinity.
      serialization: 'advanced',
    });
    this.child.on('message', (answer: CrowdAnswer) => this.waiting.shift()?.(answer));
    this.child.once('exit', (code, signal) => {
      this.ending = `A process with ${share.count} bots has ended (${signal ?? code}).`;
      for (const resolve of this.waiting.splice(0)) resolve({ joined: 0, problem: this.ending });
    });
  }

  /** Fails with `cli-bots-failed`. */
  async ask(order: CrowdOrder): Promise<CrowdAnswer> {
    const answer = await new Promise<CrowdAnswer>((resolve) => {
      if (this.ending) return resolve({ joined: 0, problem: this.ending });
      this.waiting.push(resolve);
      this.child.send(order);
    });
    if (answer.problem !== undefined) throw new CliError('cli-bots-failed', answer.problem);
    return answer;
  }

  end(): void {
    if (this.ending === undefined) this.child.kill('SIGKILL');
  }
}
