import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from './cli.errors.js';
import { isRunning, startMarkOf } from './running-process.js';

/** Everything of one domain that is on disk. */
export interface DataFolder {
  readonly path: string;
  readonly logs: string;
  /** JetStream's files. */
  readonly store: string;
  readonly natsConfigFile: string;
  readonly natsPidFile: string;
  /** Which process is in which place, for tests and operators. */
  readonly processesFile: string;
  /** The supervisor before this one was killed: its processes may need a moment to notice. */
  readonly wasAbandoned: boolean;
  /** Lets the next supervisor in. A second call is harmless. */
  release(): void;
}

/**
 * The folder for a domain without --data-dir: one per user and port base, so that two domains do not meet.
 *
 * @param home      the user's home folder
 * @param dataHome  XDG_DATA_HOME, if it is set
 */
export function defaultDataDir(portBase: number, portBaseDefault: number, home: string, dataHome?: string): string {
  const folder = portBase === portBaseDefault ? 'vicinity' : `vicinity-${portBase}`;
  return join(dataHome ? dataHome : join(home, '.local/share'), folder);
}

/** Makes the folder if need be and takes its lock; fails with `cli-data-dir-in-use` while another supervisor has it. */
export function openDataFolder(path: string): DataFolder {
  const logs = join(path, 'logs');
  const store = join(path, 'jetstream');
  try {
    mkdirSync(logs, { recursive: true, mode: 0o700 });
    mkdirSync(store, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new CliError('cli-data-dir-unusable', `The data folder ${path} cannot be written.`, { cause });
  }
  const lockFile = join(path, 'supervisor.lock');
  const wasAbandoned = takeLock(lockFile, path);
  let isHeld = true;
  return {
    path,
    logs,
    store,
    natsConfigFile: join(path, 'nats-server.conf'),
    natsPidFile: join(path, 'nats-server.pid'),
    processesFile: join(path, 'processes.json'),
    wasAbandoned,
    release: () => {
      if (!isHeld) return;
      isHeld = false;
      rmSync(join(path, 'processes.json'), { force: true });
      rmSync(lockFile, { force: true });
    },
  };
}

/** Returns whether a dead supervisor's lock was in the way. */
function takeLock(lockFile: string, path: string): boolean {
  const mine = `${process.pid} ${startMarkOf(process.pid)}\n`;
  let wasAbandoned = false;
  for (let attempt = 0; attempt < 10; attempt++) {
    try {
      writeFileSync(lockFile, mine, { flag: 'wx', mode: 0o600 });
      return wasAbandoned;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new CliError('cli-data-dir-unusable', `The data folder ${path} cannot be written.`, { cause });
      }
    }
    const theirs = readLock(lockFile);
    if (theirs === undefined) continue;
    const [pid, startMark] = theirs.trim().split(' ');
    if (isRunning(Number(pid), startMark)) throw inUse(path, pid);
    wasAbandoned = true;
    removeAbandoned(lockFile, theirs);
  }
  throw inUse(path, 'unknown');
}

/**
 * Two starts may find the same dead lock. Moving it aside shows what it is by then: if the other start has already put
 * its own there, that one goes back.
 */
function removeAbandoned(lockFile: string, expected: string): void {
  const aside = `${lockFile}.${process.pid}`;
  try {
    renameSync(lockFile, aside);
    if (readLock(aside) !== expected) linkSync(aside, lockFile);
  } catch {
    // Somebody else was faster; the next attempt sees what they have left.
  } finally {
    rmSync(aside, { force: true });
  }
}

function readLock(lockFile: string): string | undefined {
  try {
    return readFileSync(lockFile, 'utf8');
  } catch {
    return undefined;
  }
}

function inUse(path: string, pid: string): CliError {
  return new CliError(
    'cli-data-dir-in-use',
    `The data folder ${path} is used by another vicinity (process ${pid}); stop that one or choose another with --data-dir.`,
  );
}
