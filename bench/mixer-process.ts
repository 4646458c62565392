import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { PhaseTimes } from './phase-clock.js';

/** Clock ticks per second of /proc/PID/stat; Linux tells every program 100. */
const CLOCK_TICKS_HZ = 100;

/** What the benchmark says to its mixer; each order is answered. */
export type MixerOrder = { id: number } & ({ kind: 'slow-down'; factor: number } | { kind: 'phases' });

/** What the mixer says to the benchmark. */
export interface MixerAnswer {
  id: number;
  phases: PhaseTimes;
}

/** An order before it has got its number. */
type Order = { kind: 'slow-down'; factor: number } | { kind: 'phases' };

/** A real audio-mixer process, whose clock can be slowed down and whose phases are timed. */
export class MixerProcess {
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, (phases: PhaseTimes) => void>();
  private nextId = 1;

  /**
   * @param settings    flags that differ from the defaults
   * @param profileDir  where to leave a CPU profile when the process ends
   */
  constructor(
    readonly instanceId: string,
    natsUrl: string,
    settings: Record<string, string | number> = {},
    profileDir?: string,
  ) {
    const main = fileURLToPath(new URL('./measured-mixer-main.js', import.meta.url));
    const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const profile = profileDir ? ['--cpu-prof', `--cpu-prof-dir=${profileDir}`] : [];
    this.child = spawn(
      process.execPath,
      [...profile, main, '--nats-url', natsUrl, '--instance-id', instanceId, '--log-level', 'error', ...flags],
      // With a channel, the mixer ends when this process does, however that happens.
      { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    );
    this.child.on('message', ({ id, phases }: MixerAnswer) => {
      this.waiting.get(id)?.(phases);
      this.waiting.delete(id);
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** CPU time that the process has used until now, in seconds, over all its threads. */
  cpuSeconds(): number {
    if (!this.isRunning) throw new Error('The audio mixer has ended; its last words are above.');
    const stat = readFileSync(`/proc/${this.pid}/stat`, 'latin1');
    // The name in brackets may hold spaces; user and system time are the 12th and 13th fields behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_HZ;
  }

  /** Memory in use, in MiB. */
  residentMiB(): number {
    const pages = Number(readFileSync(`/proc/${this.pid}/statm`, 'latin1').split(' ')[1]);
    return (pages * 4_096) / 2 ** 20;
  }

  /** From now on the mixer's time passes `factor` times slower. */
  async slowDown(factor: number): Promise<void> {
    await this.ask({ kind: 'slow-down', factor });
  }

  /** Milliseconds in each phase since the start, on the machine's clock. */
  phases(): Promise<PhaseTimes> {
    return this.ask({ kind: 'phases' });
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return;
    const ended = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
    this.child.kill('SIGTERM');
    await ended;
  }

  private ask(order: Order): Promise<PhaseTimes> {
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, resolve);
      this.child.send({ ...order, id }, (error) => error && reject(error));
    });
  }
}
