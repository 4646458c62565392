import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** The text of a file, or undefined when there is none. */
export type ReadText = (path: string) => string | undefined;

const ROOT = '/sys/fs/cgroup';

/**
 * Processor cores that a domain on this machine may fill, at least 1: those that the process may run on (its affinity),
 * and no more than the processor time that its container is given, in whole cores. A quota of 1.5 cores is 1, because
 * what is stopped for the rest of each period comes late.
 */
export function usableCores(parallelism: number = availableParallelism(), readText: ReadText = readFile): number {
  return Math.max(1, Math.min(parallelism, Math.floor(cpuQuota(readText))));
}

/** Cores' worth of processor time that control groups allow; Infinity where nothing is said, as on other systems. */
export function cpuQuota(readText: ReadText): number {
  const groups = readText('/proc/self/cgroup')?.split('\n') ?? [];
  const quotas = groups.flatMap((line) => {
    // For example `0::/kubepods/pod7` (version 2) or `4:cpu,cpuacct:/docker/3f` (version 1).
    const [, controllers, ...path] = line.split(':');
    if (controllers === '') return pathsUp(path.join(':')).map((group) => unifiedQuota(readText, group));
    if (!controllers?.split(',').includes('cpu')) return [];
    return pathsUp(path.join(':')).map((group) => separateQuota(readText, group));
  });
  return Math.min(Infinity, ...quotas);
}

/** A group and all that it is part of: each may have a limit. Inside a container the group itself may be the root. */
function pathsUp(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '..');
  return Array.from({ length: parts.length + 1 }, (_, count) => parts.slice(0, count).join('/'));
}

function unifiedQuota(readText: ReadText, group: string): number {
  const [quota, period] =
    readText(join(ROOT, group, 'cpu.max'))
      ?.trim()
      .split(' ') ?? [];
  return share(Number(quota), Number(period));
}

function separateQuota(readText: ReadText, group: string): number {
  const number = (name: string): number => Number(readText(join(ROOT, 'cpu', group, name)));
  return share(number('cpu.cfs_quota_us'), number('cpu.cfs_period_us'));
}

/** `max`, -1 and what is missing stand for no limit. */
function share(quotaUs: number, periodUs: number): number {
  return quotaUs > 0 && periodUs > 0 ? quotaUs / periodUs : Infinity;
}

function join(...parts: string[]): string {
  return parts.filter((part) => part !== '').join('/');
}

function readFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
