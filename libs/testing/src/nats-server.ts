import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pause, SystemClock } from '@app/clock';

export interface NatsServerOptions {
  /** Default: one that the system finds free. */
  port?: number;
  /** Where JetStream keeps its files. Default: a fresh directory that goes with the server. */
  storeDir?: string;
  /** Whether it stores anything. Default true. */
  jetStream?: boolean;
  /** More lines for the configuration file. */
  config?: string;
}

/** A real nats-server with JetStream on 127.0.0.1, for one test file. */
export interface NatsServer {
  readonly url: string;
  readonly port: number;
  /** Of the running process; undefined while it is killed. */
  readonly pid: number | undefined;
  /** The process is gone without a last word when this resolves. Its files stay. */
  kill9(): Promise<void>;
  /** Starts again on the same port and files; kills first if it runs. */
  restart(): Promise<void>;
  /** Freezes the process: sockets stay open, nothing is answered. */
  pause(): void;
  resume(): void;
  /** Ends the process and removes its files. A second call is harmless. */
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 10_000;
const READY_POLL_MS = 10;
const ATTEMPTS_MAX = 5;

const clock = new SystemClock();

/**
 * Waits until its standard input ends, which it does when the test process dies in whatever way, then ends the server. It
 * runs in a group of its own, so that Ctrl-C does not take it away too early.
 */
export const GUARD = 'cat > /dev/null; kill -9 "$0" 2> /dev/null';

export async function startNatsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  const binary = findNatsServer();
  for (let attempt = 1; ; attempt++) {
    const server = new RunningNatsServer(binary, options.port ?? (await findFreePort()), options);
    try {
      await server.start();
      return server;
    } catch (error) {
      await server.stop();
      // Somebody else may have taken the free port between finding and using it.
      if (options.port !== undefined || attempt === ATTEMPTS_MAX) throw error;
    }
  }
}

/**
 * A port that is free now, below those that the system gives to outgoing connections: a client that tries again and again
 * to reach a broker that is down would otherwise be given the broker's own port one day, and connect to itself.
 */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = 10_000 + Math.floor(Math.random() * 10_000);
    if (await canListen(port)) return port;
  }
  throw new Error('no free port');
}

function canListen(port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** NATS_SERVER_BIN, else PATH, else where Debian puts it (/usr/sbin is not on everybody's PATH). */
export function findNatsServer(): string {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const candidates = [
    ...(process.env.NATS_SERVER_BIN ? [process.env.NATS_SERVER_BIN] : []),
    ...folders.map((folder) => join(folder, 'nats-server')),
    '/usr/sbin/nats-server',
  ];
  const found = candidates.find((candidate) => {
    try {
      accessSync(candidate, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (!found) throw new Error('nats-server was not found: set NATS_SERVER_BIN, or run `npm test`, which fetches it');
  return found;
}

class RunningNatsServer implements NatsServer {
  readonly url: string;
  private readonly folder: string;
  private readonly storeDir: string;
  private child: ChildProcess | undefined;
  private output = '';

  constructor(
    private readonly binary: string,
    readonly port: number,
    private readonly options: NatsServerOptions,
  ) {
    this.url = `nats://127.0.0.1:${port}`;
    this.folder = mkdtempSync(join(tmpdir(), 'vicinity-nats-'));
    this.storeDir = options.storeDir ?? join(this.folder, 'store');
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  async start(): Promise<void> {
    const configFile = join(this.folder, 'nats.conf');
    writeFileSync(
      configFile,
      [
        `listen: "127.0.0.1:${this.port}"`,
        ...(this.options.jetStream === false
          ? []
          : [`jetstream { store_dir: ${JSON.stringify(this.storeDir)}, max_mem: 256MB, max_file: 4GB }`]),
        this.options.config ?? '',
      ].join('\n'),
    );
    this.output = '';
    const child = spawn(this.binary, ['-c', configFile], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.child = child;
    this.watchOver(child);
    child.stderr?.on('data', (chunk: Buffer) => {
      this.output = (this.output + chunk.toString()).slice(-8_192);
    });
    const failed = new Promise<never>((_, reject) => child.once('error', reject));
    await Promise.race([failed, this.waitUntilReady(child)]);
    // The process must not keep a finished test run alive.
    child.unref();
    (child.stderr as { unref?: () => void } | null)?.unref?.();
  }

  async kill9(): Promise<void> {
    const { child } = this;
    if (!child) return;
    this.child = undefined;
    await end(child, 'SIGKILL');
  }

  async restart(): Promise<void> {
    await this.kill9();
    await this.start();
  }

  pause(): void {
    this.child?.kill('SIGSTOP');
  }

  resume(): void {
    this.child?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill9();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private watchOver(child: ChildProcess): void {
    if (child.pid === undefined) return;
    const guard = spawn('/bin/sh', ['-c', GUARD, String(child.pid)], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    guard.unref();
    (guard.stdin as { unref?: () => void } | null)?.unref?.();
    // A guard that cannot start or is gone already changes nothing for the tests.
    guard.on('error', () => undefined);
    guard.stdin?.on('error', () => undefined);
    child.once('exit', () => {
      // Before anything else may get the server's process number.
      guard.kill('SIGKILL');
      if (this.child === child) this.child = undefined;
    });
  }

  private async waitUntilReady(child: ChildProcess): Promise<void> {
    const deadlineMs = clock.nowMs() + READY_TIMEOUT_MS;
    while (clock.nowMs() < deadlineMs) {
      if (child.exitCode !== null || child.signalCode !== null) break;
      // "Server is ready" comes after JetStream has recovered its files, so answers of JetStream can be expected.
      if (this.output.includes('Server is ready') && (await greets(this.port))) return;
      await pause(clock, READY_POLL_MS);
    }
    throw new Error(`nats-server did not start on port ${this.port}:\n${this.output}`);
  }
}

/** Whether something on the port says INFO, as every nats-server does first. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const done = (isReady: boolean): void => {
      socket.destroy();
      resolve(isReady);
    };
    socket.setTimeout(1_000, () => done(false));
    socket.once('error', () => done(false));
    socket.once('data', (chunk) => done(chunk.toString('latin1').startsWith('INFO ')));
  });
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    child.ref();
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}
