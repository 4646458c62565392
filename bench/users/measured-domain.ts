import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processTree } from './process-cpu.js';

/** Compiled, beside dist/bench/users. */
const CLI = fileURLToPath(new URL('../../apps/cli/src/main.js', import.meta.url));
const SLOW_TIME = new URL('./slow-time.js', import.meta.url).href;
const START_MS_MAX = 60_000;
const STOP_MS_MAX = 30_000;
/** Ports counted from the base: web pages, clients of Vicinity, media, files, the broker twice, gateways twice. */
const PORTS = [0, 2, 3, 4, 10, 11, 20, 22];
const FIRST_BASE = 24_000;
const BASES = 70;

/** What differs from run to run. */
export interface DomainConditions {
  /** Time passes so many times slower; 1 for real time. */
  readonly factor: number;
  /** Where to leave processor profiles. */
  readonly profileDir: string | undefined;
}

/** Processor time by role, in seconds. */
export type CpuByRole = ReadonlyMap<string, number>;

/** The whole server in processes of its own: broker, all roles, media workers, supervisor. */
export class MeasuredDomain {
  private constructor(
    private readonly child: ChildProcess,
    readonly portBase: number,
    private readonly dataDir: string,
    readonly url: string,
  ) {}

  static async start({ factor, profileDir }: DomainConditions): Promise<MeasuredDomain> {
    const dataDir = mkdtempSync(join(tmpdir(), 'vicinity-bench-'));
    const portBase = await freePortBase();
    const flags = ['--port-base', `${portBase}`, '--data-dir', dataDir, '--loopback-only'];
    const child = spawn(process.execPath, [CLI, 'up', ...flags], {
      // With a channel it ends when this process does, however that happens.
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: slowEnvironment(factor, profileDir),
    });
    try {
      return new MeasuredDomain(child, portBase, dataDir, await untilUrl(child));
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  /** Where bots go. */
  get vircadiaAddress(): string {
    return `127.0.0.1:${this.portBase + 2}`;
  }

  /** Processor time of everything that belongs to the server, by role. */
  cpuByRole(): CpuByRole {
    const roles = this.roles();
    const cpu = new Map<string, number>();
    for (const { pid, name, cpuSeconds } of processTree(this.child.pid ?? 0)) {
      const role = roles.get(pid) ?? roleOfProgram(name);
      cpu.set(role, (cpu.get(role) ?? 0) + cpuSeconds);
    }
    return cpu;
  }

  /** Sum of a counter over all processes; 0 when there is none. */
  async metric(name: string): Promise<number> {
    const response = await fetch(new URL('/metrics', this.url), { signal: AbortSignal.timeout(10_000) });
    const rows = (await response.text()).matchAll(new RegExp(`^vicinity_${name}(?:\\{[^}]*\\})? ([0-9.e+-]+)$`, 'gm'));
    return [...rows].reduce((sum, [, value]) => sum + Number(value), 0);
  }

  /** Begins processor profiles of all roles, or ends them and writes them. */
  toggleProfiles(): void {
    for (const [pid, role] of this.roles()) if (role !== 'nats-server') process.kill(pid, 'SIGUSR2');
  }

  async stop(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
    const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS_MAX);
    if (this.child.exitCode === null) {
      this.child.kill('SIGTERM');
      await ended;
    }
    clearTimeout(timer);
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  private roles(): Map<number, string> {
    const rows = JSON.parse(readFileSync(join(this.dataDir, 'processes.json'), 'utf8')) as {
      role: string;
      pid: number;
    }[];
    return new Map(rows.map(({ pid, role }) => [pid, role]));
  }
}

/** The environment in which a program's time passes slower. */
export function slowEnvironment(factor: number, profileDir?: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import ${SLOW_TIME}`,
    VICINITY_BENCH_SLOW_FACTOR: `${factor}`,
    VICINITY_BENCH_WALL_START_MS: `${WALL_START_MS}`,
    ...(profileDir ? { VICINITY_BENCH_PROFILE_DIR: profileDir } : {}),
  };
}

const WALL_START_MS = Date.now();

function roleOfProgram(name: string): string {
  if (name.startsWith('mediasoup')) return 'media-worker';
  return name.startsWith('nats-server') ? 'nats-server' : 'supervisor';
}

function untilUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => reject(new Error(`The domain does not start:\n${output}`)), START_MS_MAX);
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const url = /(http:\/\/[^\s]+)/.exec(output);
      if (!url) return;
      clearTimeout(timer);
      resolve(url[1]);
    });
    child.once('exit', (code) => reject(new Error(`The domain ended with ${code}:\n${output}`)));
  });
}

async function freePortBase(): Promise<number> {
  for (let attempt = 0; attempt < BASES; attempt++) {
    const base = FIRST_BASE + ((process.pid + 7 * attempt + 31 * basesTried++) % BASES) * 100;
    const isFree = await Promise.all(PORTS.map((offset) => canListen(base + offset)));
    if (isFree.every(Boolean)) return base;
  }
  throw new Error('No free ports');
}

let basesTried = 0;

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
