import { renameSync, writeFileSync } from 'node:fs';
import type { Clock } from '@app/clock';
import { SupervisedProcess, type ProcessEvents } from './supervised-process.js';
import type { ProcessSpec } from './process-plan.js';

/** How long the processes of one stop order may drain before they are killed, in ms. */
export const DRAIN_TIMEOUT_MS = 8_000;

export interface SupervisorOptions {
  clock: Clock;
  /** Gives six hexadecimal digits that nobody else has. */
  randomHex: () => string;
  environment: NodeJS.ProcessEnv;
  /** Where it is written down which process is where. */
  processesFile: string;
  drainTimeoutMs?: number;
  handleLine: (slot: string, role: string, line: string) => void;
  /** One plain sentence for the operator. */
  warn: (sentence: string) => void;
  /** A role refuses its settings: the domain cannot run. */
  handleRefusal: (role: string, sentence: string) => void;
}

/** All processes of one domain on this machine. */
export class ProcessSupervisor {
  private readonly places: SupervisedProcess[] = [];
  private stopping: Promise<void> | undefined;

  constructor(private readonly options: SupervisorOptions) {}

  /** Starts all at once; the order matters only where processor cores are scarce. */
  start(specs: readonly ProcessSpec[]): void {
    const { clock, randomHex, environment } = this.options;
    for (const spec of specs) {
      const name = (): string => `${spec.role}-${randomHex()}`;
      const place = new SupervisedProcess(spec, clock, this.events(), name, environment);
      this.places.push(place);
      place.start();
    }
  }

  /** Drains in stop order, each group at once, with a deadline. A second call returns the same promise. */
  stop(): Promise<void> {
    this.stopping ??= this.drain();
    return this.stopping;
  }

  /** Ends everything without asking. */
  kill(): void {
    for (const place of this.places) place.kill();
  }

  private async drain(): Promise<void> {
    const orders = [...new Set(this.places.map((place) => place.spec.stopOrder))].sort((a, b) => a - b);
    const timeoutMs = this.options.drainTimeoutMs ?? DRAIN_TIMEOUT_MS;
    for (const order of orders) {
      const group = this.places.filter((place) => place.spec.stopOrder === order);
      await Promise.all(group.map((place) => place.stop(timeoutMs)));
    }
  }

  private events(): ProcessEvents {
    const { options } = this;
    return {
      started: () => this.writeProcesses(),
      line: ({ spec }, line) => options.handleLine(spec.slot, spec.role, line),
      crashed: ({ instanceId }, reason, delayMs) => {
        this.writeProcesses();
        const when = delayMs === 0 ? 'at once' : `in ${delayMs} ms`;
        options.warn(`${instanceId} ended (${reason}); starting it again ${when}.`);
      },
      refused: ({ spec }, sentence) => options.handleRefusal(spec.role, sentence),
    };
  }

  private writeProcesses(): void {
    const rows = this.places.map(({ spec, instanceId, pid, startedAtMs }) => ({
      slot: spec.slot,
      role: spec.role,
      instance: instanceId,
      pid,
      startedAt: new Date(startedAtMs).toISOString(),
    }));
    const draft = `${this.options.processesFile}.draft`;
    try {
      writeFileSync(draft, `${JSON.stringify(rows, null, 2)}\n`, { mode: 0o600 });
      renameSync(draft, this.options.processesFile);
    } catch (error) {
      // A full disk must not end the domain.
      this.options.warn(`The list of processes cannot be written: ${String(error)}`);
    }
  }
}
