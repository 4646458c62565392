import { readFileSync, rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { commandLineOf, isRunning } from './running-process.js';

const ASK_MS = 2_000;
const POLL_MS = 20;

/**
 * Stops a nats-server that was left behind on this data folder, because two of them on one store would destroy it. Its
 * pid file says who it was; its command line, where the system tells it, that it still is.
 */
export async function stopStaleBroker(pidFile: string, configFile: string): Promise<void> {
  const pid = readPid(pidFile);
  if (pid === undefined) return;
  if (isRunning(pid) && isBrokerOf(pid, configFile)) {
    signal(pid, 'SIGTERM');
    for (let waitedMs = 0; waitedMs < ASK_MS && isRunning(pid); waitedMs += POLL_MS) await pause(POLL_MS);
    if (isRunning(pid)) signal(pid, 'SIGKILL');
    while (isRunning(pid) && isBrokerOf(pid, configFile)) await pause(POLL_MS);
  }
  rmSync(pidFile, { force: true });
}

function isBrokerOf(pid: number, configFile: string): boolean {
  const commandLine = commandLineOf(pid);
  // A zombie has no command line any more; and where nothing is told, the pid file has to be believed.
  if (commandLine === '') return process.platform !== 'linux';
  return commandLine.includes(configFile);
}

function readPid(pidFile: string): number | undefined {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8').trim());
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone in the meantime.
  }
}
