import { readFileSync } from 'node:fs';

/**
 * Whether a process of that number runs. With `startMark` it must also be the one that had this mark, because numbers
 * are used again.
 */
export function isRunning(pid: number, startMark?: string): boolean {
  // 0 and negative numbers stand for groups of processes.
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, under another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return startMark === undefined || startMark === '' || startMarkOf(pid) === startMark;
}

/** When a process started, in a form that only serves for comparison; empty where the system does not tell. */
export function startMarkOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Field 22, counted from the end of the name, which may itself contain spaces and parentheses.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/** The command line of a process; empty where the system does not tell or the process is gone. */
export function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
