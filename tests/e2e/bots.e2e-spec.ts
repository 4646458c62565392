import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Domain } from './support/domain.js';

interface BotsReport {
  remarks: string[];
  figures: { name: string; value: number | null; unit: string }[];
}

/** What is measured depends on the machine; that everybody is served, and what the figures are called, does not. */
describe('vicinity bots in a real domain', () => {
  let domain: Domain;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vicinity-bots-'));
    domain = await Domain.start();
  }, 60_000);

  afterAll(async () => {
    await domain?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  async function bots(...flags: string[]): Promise<{ table: string; report: BotsReport }> {
    return start(...flags).ended;
  }

  interface BotsRun {
    /** Until everybody is in. */
    readonly areIn: Promise<void>;
    readonly ended: Promise<{ table: string; report: BotsReport }>;
  }

  function start(...flags: string[]): BotsRun {
    const file = join(folder, 'bots.json');
    const address = `127.0.0.1:${domain.portBase + 2}`;
    const args = ['dist/apps/cli/src/main.js', 'bots', '--domain', address, '--seed', '5', '--json', file, ...flags];
    const run = promisify(execFile)(process.execPath, args, { timeout: 45_000 });
    const areIn = new Promise<void>((resolve) => {
      run.child.stderr?.on('data', (line: Buffer) => line.includes('bots are in.') && resolve());
    });
    const ended = run.then(({ stdout }) => ({
      table: stdout,
      report: JSON.parse(readFileSync(file, 'utf8')) as BotsReport,
    }));
    return { areIn, ended };
  }

  const valueOf = ({ figures }: BotsReport, name: string): number =>
    figures.find((figure) => figure.name === `bots.${name}`)?.value ?? NaN;

  it('come in, hear everybody without a gap, see everybody, read everybody, and find the delay', async () => {
    const { report, table } = await bots('--count', '8', '--seconds', '4', '--settle', '2', '--chat', '30');
    expect(report.remarks).toEqual([]);
    expect(valueOf(report, 'count')).toBe(8);
    expect(valueOf(report, 'joins')).toBe(8);
    expect(valueOf(report, 'lost')).toBe(0);
    expect(valueOf(report, 'faults')).toBe(0);
    expect(valueOf(report, 'join_ms.p99')).toBeLessThan(5_000);

    expect(valueOf(report, 'gaps')).toBe(0);
    expect(valueOf(report, 'deaf')).toBe(0);
    expect(valueOf(report, 'mixes_per_second_min')).toBeGreaterThan(90);
    expect(valueOf(report, 'markers_heard')).toBeGreaterThan(0);
    expect(valueOf(report, 'added_delay_ms.p50')).toBeGreaterThan(10);
    expect(valueOf(report, 'added_delay_ms.p50')).toBeLessThan(400);

    expect(valueOf(report, 'avatars_seen')).toBe(7);
    expect(valueOf(report, 'avatar_joints_hz')).toBeGreaterThan(5);
    expect(valueOf(report, 'avatar_age_ms.p50')).toBeLessThan(500);
    expect(valueOf(report, 'chat_heard')).toBeGreaterThan(valueOf(report, 'chat_sent'));
    expect(table).toContain('bots.mixes_per_second');
  }, 40_000);

  it('are served over a network that loses one datagram in twenty and lets them overtake each other', async () => {
    const flags = ['--count', '4', '--seconds', '3', '--settle', '1', '--loss', '5%', '--jitter', '30ms'];
    const { report } = await bots(...flags, '--codec', 'pcm', '--listen', '0');
    expect(valueOf(report, 'joins')).toBe(4);
    expect(valueOf(report, 'deaf')).toBe(0);
    expect(valueOf(report, 'datagrams_lost')).toBeGreaterThan(20);
    // What is lost on the way down is missing, and no more.
    const share = valueOf(report, 'gaps') / (4 * 3 * 100);
    expect(share).toBeGreaterThan(0.01);
    expect(share).toBeLessThan(0.12);
    expect(valueOf(report, 'avatars_seen')).toBe(3);
  }, 40_000);

  it('come back when the gateway is killed, and hear each other again when the audio mixer is killed as well', async () => {
    const { areIn, ended } = start('--count', '4', '--settle', '11', '--seconds', '2', '--listen', '0');
    await areIn;
    const gateway = await domain.kill9('gateway');
    const giveUpAt = Date.now() + 12_000;
    let sessions = 0;
    while (sessions < 4 && Date.now() < giveUpAt) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const gateways = await domain.members('gateway').catch(() => []);
      sessions = gateways.find(({ pid }) => pid !== gateway.pid)?.sessions ?? 0;
    }
    expect(sessions).toBe(4);
    await domain.kill9('audio-mixer');
    const { report } = await ended;
    expect(valueOf(report, 'lost')).toBe(4);
    expect(valueOf(report, 'joins')).toBe(8);
    expect(valueOf(report, 'deaf')).toBe(0);
    expect(valueOf(report, 'silent_share')).toBeLessThan(0.1);
  }, 40_000);

  it('say in one sentence that nobody is there', async () => {
    const args = [
      'dist/apps/cli/src/main.js',
      'bots',
      '--domain',
      '127.0.0.1:9',
      '--count',
      '1',
      '--join-seconds',
      '1',
    ];
    const failed = await promisify(execFile)(process.execPath, args).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('No bot got into the domain') });
  }, 20_000);
});
