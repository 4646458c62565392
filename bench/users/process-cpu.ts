import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks per second of /proc/PID/stat; Linux tells every program 100. */
const CLOCK_TICKS_HZ = 100;

/** A running process, as Linux tells it. */
export interface RunningProcess {
  readonly pid: number;
  /** Of the program, at most 15 characters. */
  readonly name: string;
  /** User and system time of all its threads, in seconds. */
  readonly cpuSeconds: number;
}

/** A process and all below it. */
export function processTree(pid: number): RunningProcess[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)));
  const found: RunningProcess[] = [];
  const visit = (parent: number): void => {
    for (const process of all) if (process.parent === parent) visit(process.pid);
    found.push(...all.filter((process) => process.pid === parent));
  };
  visit(pid);
  return found;
}

function readProcess(pid: number): (RunningProcess & { parent: number })[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in brackets may hold spaces; behind it: state, parent, and as 12th and 13th user and system time.
    const end = stat.lastIndexOf(')');
    const fields = stat.slice(end + 2).split(' ');
    const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_HZ;
    return [{ pid, parent: Number(fields[1]), name: stat.slice(stat.indexOf('(') + 1, end), cpuSeconds }];
  } catch {
    return [];
  }
}
