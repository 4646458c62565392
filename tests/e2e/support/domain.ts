import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { descendantsOf, isRunning } from './process-tree.js';
import { within } from './within.js';

/** How long the domain-server may take to answer a request, in ms. */
const ANSWER_MS_MAX = 5_000;
/** How long a role may take to be ready, in ms. */
const READY_MS_MAX = 10_000;

/** A role process as /api/status tells it. */
export interface DomainMember {
  role: string;
  instanceId: string;
  pid: number;
  state: string;
  sessions?: number;
}

export interface DomainOptions {
  /** Further arguments of `vicinity up`. */
  args?: string[];
  /** Run a command line in front, for example one that enters a network namespace. */
  prefix?: string[];
  dataDir?: string;
  portBase?: number;
  /** How long to wait for the URL, in ms. */
  startTimeoutMs?: number;
  /** Start through `npm start` as the README says, rather than the built command line. */
  throughNpm?: boolean;
  /** Further variables of the environment: settings of roles. */
  environment?: Record<string, string>;
}

/** A whole running domain: every role in its own process, a real broker, a real media worker. */
export class Domain {
  private output = '';

  private constructor(
    readonly child: ChildProcess,
    readonly portBase: number,
    readonly dataDir: string,
    readonly startedInMs: number,
    public url: string,
    private readonly ownsDataDir: boolean,
  ) {}

  static async start(options: DomainOptions = {}): Promise<Domain> {
    const portBase = options.portBase ?? (await freePortBase());
    const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'vicinity-e2e-'));
    const args = options.args ?? [];
    // Tests may run in a container, where a domain listens to all the world unless it is told otherwise.
    const reach = args.includes('--public') ? [] : ['--loopback-only'];
    const flags = ['--port-base', String(portBase), '--data-dir', dataDir, ...reach, ...args];
    const command = options.throughNpm
      ? ['npm', 'start', '--', ...flags]
      : [process.execPath, 'dist/apps/cli/src/main.js', 'up', ...flags];
    const [file, ...rest] = [...(options.prefix ?? []), ...command];
    const beganAt = Date.now();
    const child = spawn(file, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, ...options.environment },
    });
    let output = '';
    const url = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => {
        // What it started must not keep the test run from ending.
        process.kill(-child.pid!, 'SIGINT');
        reject(new Error(`No URL within ${options.startTimeoutMs ?? 30_000} ms:\n${output}`));
      }, options.startTimeoutMs ?? 30_000);
      const take = (chunk: Buffer): void => {
        output += chunk.toString();
        const match = /(https?:\/\/[^\s]+)/.exec(output);
        if (match && output.includes('\n', match.index)) {
          clearTimeout(timer);
          resolve(match[1]);
        }
      };
      child.stdout!.on('data', take);
      child.stderr!.on('data', take);
      child.once('exit', (code) => {
        clearTimeout(timer);
        reject(new Error(`The domain ended with ${code} before it was ready:\n${output}`));
      });
    });
    const domain = new Domain(child, portBase, dataDir, Date.now() - beganAt, url, options.dataDir === undefined);
    const remember = (chunk: Buffer): void => {
      domain.output = (domain.output + chunk.toString()).slice(-200_000);
    };
    child.stdout!.on('data', remember);
    child.stderr!.on('data', remember);
    return domain;
  }

  /** What the supervisor printed since the URL. */
  get log(): string {
    return this.output;
  }

  /** Asks the domain-server over HTTP; one that does not answer is an error soon. */
  get(path: string): Promise<Response> {
    return fetch(new URL(path, this.url), { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
  }

  async members(role?: string): Promise<DomainMember[]> {
    const { members } = (await (await this.get('/api/status')).json()) as { members: DomainMember[] };
    return role ? members.filter((member) => member.role === role) : members;
  }

  /** Waits until a process of the role, other than `oldPid`, is ready; also through a restart of the domain-server. */
  async untilReady(role: string, oldPid = 0): Promise<DomainMember[]> {
    const giveUpAt = Date.now() + READY_MS_MAX;
    while (Date.now() < giveUpAt) {
      const members = await this.members(role).catch(() => []);
      const ready = members.filter(({ pid, state }) => pid !== oldPid && state === 'ready');
      if (ready.length > 0) return ready;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`No ${role} is ready within ${READY_MS_MAX} ms`);
  }

  /** Kills one process of a role without warning and says which. */
  async kill9(role: string): Promise<DomainMember> {
    const [member] = await this.untilReady(role);
    process.kill(member.pid, 'SIGKILL');
    return member;
  }

  /** Every process that the domain consists of, the broker's and the media workers' included. */
  processes(): number[] {
    return descendantsOf(this.child.pid!);
  }

  /** Ends every process of the domain at once and without warning, the broker's included, as a power cut does. */
  async kill9All(): Promise<void> {
    const pids = [this.child.pid!, ...this.processes()];
    // One that stood still could not start another in between.
    for (const pid of pids) signal(pid, 'SIGSTOP');
    for (const pid of pids) signal(pid, 'SIGKILL');
    const giveUpAt = Date.now() + ANSWER_MS_MAX;
    while (pids.some(isRunning)) {
      if (Date.now() > giveUpAt) throw new Error('Something survives kill -9');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Ctrl-C, or what a service manager sends; resolves with the exit code. */
  async stop(how: 'SIGINT' | 'SIGTERM' = 'SIGINT'): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const ended = new Promise<number | null>((resolve) => this.child.once('exit', (code) => resolve(code)));
    process.kill(how === 'SIGINT' ? -this.child.pid! : this.child.pid!, how);
    const timer = setTimeout(() => process.kill(-this.child.pid!, 'SIGKILL'), 20_000);
    // What it printed last may come out of the pipe after its end; an orphan that keeps the pipe open is not waited for.
    const printed = new Promise<void>((resolve) => this.child.once('close', () => resolve()));
    const code = await ended;
    clearTimeout(timer);
    await within(ANSWER_MS_MAX, 'The domain closes its output', printed).catch(() => undefined);
    if (this.ownsDataDir) rmSync(this.dataDir, { recursive: true, force: true });
    return code;
  }
}

/** To a process that may be gone already. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone.
  }
}

/** Places for domains, each a hundred ports wide. */
const BASE_COUNT = 100;
/** Between the first places that processes with neighbouring numbers try; has no divisor in common with BASE_COUNT. */
const PROCESS_STRIDE = 13;
/** Bases tried already: two domains that start at the same time both find the same ports free. */
let basesTried = 0;

/** A base such that the ports counted from it are free at this moment; another one for each call and process. */
export async function freePortBase(): Promise<number> {
  for (let attempt = 0; attempt < BASE_COUNT; attempt++) {
    // Below the ports that the system gives to outgoing connections, one of which would otherwise sit on ours now and then.
    const base = 22_000 + ((process.pid * PROCESS_STRIDE + basesTried++) % BASE_COUNT) * 100;
    const isFree = await Promise.all([0, 3, 10, 11, 20, 22].map((offset) => canListen(base + offset)));
    if (isFree.every(Boolean)) return base;
  }
  throw new Error('No free ports');
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
