import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, setPriority, totalmem } from 'node:os';
import { findNatsServer } from '@app/testing';

/** One measured number. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** What the project wants to reach, where it has said so. */
  target?: number;
}

/** What every benchmark gives back. */
export interface BenchReport {
  bench: string;
  machine: { cpu: string; cores: number; memoryGiB: number; kernel: string; load1: number };
  versions: Record<string, string>;
  /** What somebody else needs to know to measure the same. */
  conditions: Record<string, string | number>;
  figures: Figure[];
}

/** The machine, and how busy it was before the benchmark. */
export function describeMachine(): BenchReport['machine'] {
  const processors = cpus();
  return {
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    load1: Math.round(loadavg()[0] * 100) / 100,
  };
}

/** Versions of everything that the figures depend on. */
export function describeVersions(): Record<string, string> {
  const versionOf = (file: string): string =>
    (JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as { version: string }).version;
  return {
    vicinity: versionOf('../package.json'),
    node: process.versions.node,
    v8: process.versions.v8,
    'nats-server': natsServerVersion(),
    '@evan/opus': versionOf('../../node_modules/@evan/opus/package.json'),
  };
}

function natsServerVersion(): string {
  try {
    return execFileSync(findNatsServer(), ['--version'], { encoding: 'utf8' }).trim();
  } catch {
    return 'none found';
  }
}

/** The value below which a share of the sorted values lies. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

/**
 * Lets processes go before others, so that a busy machine disturbs the measurement less. Returns whether that is allowed;
 * it usually takes root.
 */
export function preferProcesses(...pids: number[]): boolean {
  try {
    for (const pid of pids) setPriority(pid, -15);
    return true;
  } catch {
    return false;
  }
}
