import { beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BenchReport } from '../../bench/bench-report.js';

const OPTIONS = ['--quick', '--counts=4,8', '--markers=10'];
const PHASES = ['decode', 'select', 'render', 'encode', 'rest', 'total'];

/** What is measured depends on the machine; what it is called must not change. */
describe('npm run bench -- mixer', () => {
  let report: BenchReport;
  let table: string;

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vicinity-bench-'));
    const file = join(folder, 'mixer.json');
    try {
      const args = ['tools/bench.mjs', 'mixer', ...OPTIONS, '--json', file];
      table = (await promisify(execFile)(process.execPath, args)).stdout;
      report = JSON.parse(readFileSync(file, 'utf8')) as BenchReport;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 180_000);

  const value = (name: string): number => report.figures.find((figure) => figure.name === name)?.value ?? NaN;

  it.each(['all_talking.n4', 'all_talking.n8', 'one_in_ten.n4', 'one_in_ten.n8'])(
    'names all figures of %s',
    (crowd) => {
      expect(value(`mixer.listeners_per_core.${crowd}`)).toBeGreaterThan(1);
      for (const phase of PHASES) expect(value(`mixer.us_per_listener.${phase}.${crowd}`)).not.toBeNaN();
      const phases = PHASES.slice(0, -1).map((phase) => value(`mixer.us_per_listener.${phase}.${crowd}`));
      const total = value(`mixer.us_per_listener.total.${crowd}`);
      expect(phases.reduce((sum, us) => sum + us, 0)).toBeCloseTo(total, 3);
    },
  );

  it('finds work in each phase of a mixer whose people all talk, and a mix for everybody in each tick', () => {
    for (const phase of ['decode', 'render', 'encode']) {
      expect(value(`mixer.us_per_listener.${phase}.all_talking.n8`)).toBeGreaterThan(1);
    }
    expect(value('mixer.mixes_missing.all_talking.n8')).toBeLessThanOrEqual(16);
  });

  it('tells how the cost grows, and the delay with its target', () => {
    expect(Number.isFinite(value('mixer.exponent'))).toBe(true);
    expect(value('mixer.added_delay_ms.p99')).toBeGreaterThan(1);
    expect(report.figures.find(({ name }) => name === 'mixer.added_delay_ms.p99')?.target).toBe(40);
  });

  it('says what was measured on which machine, also in the table', () => {
    expect(report).toMatchObject({ bench: 'mixer', machine: { cores: expect.any(Number) } });
    expect(report.conditions.sound).toContain('64 kb/s');
    expect(table).toContain('mixer.listeners_per_core.all_talking.n8');
  });
});
