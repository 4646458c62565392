import { spawn, type ChildProcess } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SystemClock } from '@app/clock';
import { findNatsServer } from '@app/testing';
import { writeFakeRoles } from './fake-roles.js';

const CLI = join(dirname(fileURLToPath(import.meta.url)), '../../../dist/apps/cli/src/main.js');
const POLL_MS = 20;
const clock = new SystemClock();

/** One start of a process by the supervisor, as the fake roles write it down. */
export interface Start {
  role: string;
  pid: number;
  atMs: number;
  args: string[];
}

/** Folders for one domain of fake roles, and the supervisors that the test starts on them. */
export class SupervisedDomain {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'vicinity-cli-')));
  readonly appsDir = join(this.folder, 'apps');
  readonly dataDir = join(this.folder, 'data');
  output = '';
  supervisor: ChildProcess | undefined;

  constructor(readonly portBase: number) {
    mkdirSync(this.appsDir);
    writeFakeRoles(this.appsDir);
  }

  /** Runs `vicinity up` and resolves when it has printed its URL, or has ended. */
  async up(...args: string[]): Promise<void> {
    const flags = ['--port-base', `${this.portBase}`, '--data-dir', this.dataDir, '--apps-dir', this.appsDir, ...args];
    const environment = { ...process.env, NATS_URL: undefined, NATS_SERVER_BIN: findNatsServer() };
    const child = spawn(process.execPath, [CLI, 'up', ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment,
    });
    this.supervisor = child;
    this.output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => (this.output += chunk));
    }
    await until(() => this.output.includes('http://') || child.exitCode !== null, 10_000);
  }

  async command(...args: string[]): Promise<{ code: number | null; output: string }> {
    const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, output };
  }

  signal(name: NodeJS.Signals): void {
    this.supervisor?.kill(name);
  }

  /** Exit code of the supervisor, when it has ended. */
  async ended(): Promise<number | null> {
    const { supervisor } = this;
    if (!supervisor) return null;
    if (supervisor.exitCode === null && supervisor.signalCode === null) {
      await new Promise((resolve) => supervisor.once('close', resolve));
    }
    return supervisor.exitCode;
  }

  get starts(): Start[] {
    return readLines(join(this.appsDir, 'starts')).map((line) => JSON.parse(line) as Start);
  }

  get stops(): string[] {
    return readLines(join(this.appsDir, 'stops'));
  }

  startsOf(role: string): Start[] {
    return this.starts.filter((start) => start.role === role);
  }

  /** What a role has said so far. */
  logOf(role: string): string {
    return readLines(join(this.dataDir, 'logs', `${role}.log`)).join('\n');
  }

  misbehave(how: 'crash' | 'refuse' | 'deaf', role: string): void {
    writeFileSync(join(this.appsDir, `${how}-${role}`), '');
  }

  behave(how: 'crash' | 'refuse' | 'deaf', role: string): void {
    rmSync(join(this.appsDir, `${how}-${role}`));
  }

  get brokerPid(): number | undefined {
    const file = join(this.dataDir, 'nats-server.pid');
    return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
  }

  /** Every process with this domain's folder in its command line: supervisor, roles, guard, broker. */
  processes(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => {
        try {
          return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(this.folder);
        } catch {
          return false;
        }
      });
  }

  async remove(): Promise<void> {
    this.supervisor?.kill('SIGKILL');
    for (const pid of this.processes()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Gone by itself.
      }
    }
    await until(() => this.processes().length === 0, 5_000);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Waits until something holds; fails after a while. */
export async function until(holds: () => boolean, timeoutMs: number): Promise<void> {
  const deadlineMs = clock.nowMs() + timeoutMs;
  while (!holds()) {
    if (clock.nowMs() > deadlineMs) throw new Error(`did not come true within ${timeoutMs} ms: ${String(holds)}`);
    await pause(POLL_MS);
  }
}

function readLines(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
}
