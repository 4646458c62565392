import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';

/** What runs a role. */
export interface RoleSpec {
  role: string;
  /** Its name in the domain. */
  name: string;
  args: readonly string[];
  /** Where its log goes, under its name. */
  logDir: string;
}

/** One role in a process of its own, which nobody looks after but the test. */
export class RoleChild {
  readonly startedMs = performance.now();
  private readonly child: ChildProcess;
  private readonly gone: Promise<void>;
  private paused = false;

  constructor(readonly spec: RoleSpec) {
    const { role, name, args, logDir } = spec;
    const log = openSync(join(logDir, `${name}.log`), 'a');
    const program = `dist/apps/${role}/src/main.js`;
    // Through the channel a role learns that the test has died, and goes too.
    this.child = spawn(process.execPath, [program, '--instance-id', name, '--log-level', 'info', ...args], {
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    this.gone = new Promise((resolve) => this.child.once('exit', () => resolve()));
    this.child.on('error', () => undefined);
  }

  get name(): string {
    return this.spec.name;
  }

  get isGone(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Whether it is there and not frozen. */
  get isRunning(): boolean {
    return !this.isGone && !this.paused;
  }

  /** Without a last word. */
  async kill9(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.gone;
  }

  /** Freezes it: sockets stay open, nothing is answered, no time passes for it. */
  pause(): void {
    this.paused = true;
    this.child.kill('SIGSTOP');
  }

  /** It goes on in the belief that nothing has happened. */
  resume(): void {
    this.child.kill('SIGCONT');
    this.paused = false;
  }

  /** As an operator stops it; killed when it takes longer than it may. */
  async stop(patienceMs = 10_000): Promise<void> {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), patienceMs);
    this.child.kill('SIGTERM');
    await this.gone;
    clearTimeout(timer);
  }
}
