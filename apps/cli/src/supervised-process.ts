import { spawn, type ChildProcess } from 'node:child_process';
import type { Clock, Timer } from '@app/clock';
import { LineSplitter } from './line-splitter.js';
import { RestartPolicy } from './restart-policy.js';
import type { ProcessSpec } from './process-plan.js';

/** Exit code of a role whose settings cannot be used: starting it again is useless. */
export const EXIT_CODE_SETTINGS = 78;
/** The last line that a process wrote to stderr is kept up to this length, in characters. */
const LAST_WORDS_MAX = 1_000;

/** How long to wait for the last line of a process that is gone, in ms. */
const LAST_WORDS_MS = 50;

/** What happens in one place of the domain. */
export interface ProcessEvents {
  /** A process has been started. */
  started: (place: SupervisedProcess) => void;
  line: (place: SupervisedProcess, line: string) => void;
  /** It ended without being told to, and starts again after `delayMs`. */
  crashed: (place: SupervisedProcess, reason: string, delayMs: number) => void;
  /** It refuses its settings; `sentence` is what it said. It is not started again. */
  refused: (place: SupervisedProcess, sentence: string) => void;
}

/**
 * One place of the domain: a child process that is started again when it crashes, with the same arguments and a new
 * instance name.
 *
 * Children have a session of their own, so that the Ctrl-C of a terminal reaches the supervisor only, and an IPC channel
 * that carries nothing: its end tells them that the supervisor is gone.
 */
export class SupervisedProcess {
  /** Name of the process that is in this place now. */
  instanceId = '';
  startedAtMs = 0;
  private child: ChildProcess | undefined;
  private restart: Timer | undefined;
  private isStopping = false;
  private lastWords = '';
  private readonly policy = new RestartPolicy();

  constructor(
    readonly spec: ProcessSpec,
    private readonly clock: Clock,
    private readonly events: ProcessEvents,
    private readonly makeInstanceId: () => string,
    private readonly environment: NodeJS.ProcessEnv,
  ) {}

  /** Of the process that runs now; undefined between a crash and the next start. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  start(): void {
    this.restart = undefined;
    this.instanceId = this.makeInstanceId();
    this.startedAtMs = this.clock.wallMs();
    this.lastWords = '';
    const named = this.spec.isGuard ? [] : ['--instance-id', this.instanceId];
    const { nodeFlags = [], file, args } = this.spec;
    const child = spawn(process.execPath, [...nodeFlags, file, ...args, ...named], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
      env: this.environment,
    });
    this.child = child;
    const startedMs = this.clock.nowMs();
    this.readLines(child);
    child.once('error', (error) => this.events.line(this, error.message));
    whenEnded(child, this.clock, (code, signal) => this.handleEnd(child, code, signal, this.clock.nowMs() - startedMs));
    this.events.started(this);
  }

  /** Asks the process to drain; kills it after the deadline. Resolves when it is gone. */
  async stop(timeoutMs: number): Promise<void> {
    this.isStopping = true;
    this.restart?.cancel();
    const { child } = this;
    if (!child) return;
    const ended = new Promise<void>((resolve) => whenEnded(child, this.clock, () => resolve()));
    child.kill('SIGTERM');
    const timer = this.clock.after(timeoutMs, () => this.end(child));
    await ended;
    timer.cancel();
  }

  /** Ends the process without asking. */
  kill(): void {
    this.isStopping = true;
    this.restart?.cancel();
    if (this.child) this.end(this.child);
  }

  private end(child: ChildProcess): void {
    if (!this.spec.isGuard) child.kill('SIGKILL');
    else if (child.connected) child.disconnect();
  }

  private readLines(child: ChildProcess): void {
    const output = new LineSplitter((line) => this.events.line(this, line));
    const errors = new LineSplitter((line) => {
      this.lastWords = line.slice(0, LAST_WORDS_MAX);
      this.events.line(this, line);
    });
    for (const [stream, splitter] of [
      [child.stdout, output],
      [child.stderr, errors],
    ] as const) {
      stream?.setEncoding('utf8');
      stream?.on('data', (chunk: string) => splitter.add(chunk));
      stream?.once('end', () => splitter.end());
    }
  }

  private handleEnd(child: ChildProcess, code: number | null, signal: NodeJS.Signals | null, ranForMs: number): void {
    if (this.child !== child) return;
    this.child = undefined;
    if (this.isStopping) return;
    if (code === EXIT_CODE_SETTINGS) {
      this.events.refused(this, this.lastWords);
      return;
    }
    const delayMs = this.policy.nextDelayMs(ranForMs);
    this.restart = this.clock.after(delayMs, () => this.start());
    this.events.crashed(this, signal ? `killed by ${signal}` : `exit code ${code}`, delayMs);
  }
}

/**
 * Calls back once when the process is gone and its last line has been read. A process that it left behind may hold its
 * output open, so that is not waited for long.
 */
function whenEnded(
  child: ChildProcess,
  clock: Clock,
  callback: (code: number | null, signal: NodeJS.Signals | null) => void,
): void {
  let isTold = false;
  const tell = (): void => {
    if (isTold) return;
    isTold = true;
    callback(child.exitCode, child.signalCode);
  };
  child.once('close', tell);
  const tellSoon = (): void => void clock.after(LAST_WORDS_MS, tell);
  // Its exit may have been told already, while its last line is still being waited for.
  if (child.exitCode !== null || child.signalCode !== null) tellSoon();
  else child.once('exit', tellSoon);
  // A program that could not be started at all has no exit.
  child.once('error', () => {
    if (child.pid === undefined) tell();
  });
}
