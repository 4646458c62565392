import { describe, expect, it } from '@jest/globals';
import { figuresOf, usersPerCore } from '../../bench/users/users-figures.js';
import { readUsersOptions } from '../../bench/users/users-options.js';
import { nameOf, troublesOf, type UsersReading } from '../../bench/users/users-scenario.js';
import { tableOf } from '../../bench/users/users-table.js';

const reading: UsersReading = {
  count: 100,
  talking: 'all_talking',
  codec: 'opus',
  factor: 4,
  cpuByRole: new Map([
    ['gateway', 8],
    ['audio-mixer', 8],
    ['nats-server', 4],
  ]),
  userSeconds: 1_000,
  ticksSkipped: 0,
  run: { figures: new Map([['added_delay_ms.p99', 33]]), remarks: [], cpuSeconds: 10 },
  troubles: [],
};

describe('figures of users-per-core', () => {
  it('divide the time of mixes that were made by what all processes of the server took', () => {
    expect(usersPerCore(reading)).toBe(50);
    const figures = new Map(figuresOf(reading).map((figure) => [figure.name, figure]));
    expect(figures.get('users.per_core.all_talking.n100')).toMatchObject({ value: 50, target: 45 });
    expect(figures.get('users.cpu_ms.total.all_talking.n100')?.value).toBeCloseTo(20);
    expect(figures.get('users.cpu_ms.nats-server.all_talking.n100')?.value).toBeCloseTo(4);
    expect(figures.get('users.bots_cpu_ms.all_talking.n100')?.value).toBeCloseTo(10);
    expect(figures.get('users.added_delay_ms.p99.all_talking.n100')).toMatchObject({ value: 33, target: 40 });
  });

  it('have no target where one in ten talks', () => {
    const figures = figuresOf({ ...reading, talking: 'one_in_ten' });
    expect(figures.find(({ name }) => name === 'users.per_core.one_in_ten.n100')?.target).toBeUndefined();
  });
});

describe('gaps and chirps', () => {
  const served = new Map([
    ['mix_share', 1],
    ['gaps', 0],
    ['with_gaps', 0],
    ['markers_sent', 100],
  ]);
  const hearing = (heard: number): UsersReading['run'] => ({
    ...reading.run,
    figures: new Map([...served, ['markers_heard', heard]]),
  });

  it('may be missing in no crowd of half the size that the delay is wanted for', () => {
    const targetsOf = (count: number): unknown[] =>
      figuresOf({ ...reading, count, run: hearing(99) })
        .filter(({ name }) => /\.(gaps|with_gaps)\./.test(name))
        .map(({ target }) => target);
    expect(targetsOf(50)).toEqual([0, 0]);
    expect(targetsOf(100)).toEqual([undefined, undefined]);
  });

  it('tell of a mixer that was away, for which the gateway sent silence', () => {
    expect(troublesOf(hearing(98), 0, 'one_in_ten')).toEqual([]);
    expect(troublesOf(hearing(97), 0, 'one_in_ten')).toEqual(['3.0 % of the chirps were not heard']);
    const figures = figuresOf({ ...reading, run: hearing(97) });
    expect(figures.find(({ name }) => name === 'users.markers_share.all_talking.n100')?.value).toBe(0.97);
  });

  it('are not asked of a crowd without pairs', () => {
    expect(troublesOf({ ...reading.run, figures: new Map([['mix_share', 1]]) }, 0, 'one_in_ten')).toEqual([]);
  });
});

describe('the table of users-per-core', () => {
  it('has a row for each crowd', () => {
    const machine = { cpu: 'A processor', cores: 2, memoryGiB: 4, kernel: '6.1', load1: 0.1 };
    const versions = { node: '24.1.0', 'nats-server': 'nats-server: v2.10.1' };
    const figures = [...figuresOf(reading), ...figuresOf({ ...reading, codec: 'pcm' })];
    const lines = tableOf({ bench: 'users-per-core', machine, versions, conditions: {}, figures }).split('\n');
    expect(lines[0]).toBe('A processor, 2 cores, 4 GiB, Linux 6.1, load before 0.1; node 24.1.0, nats-server 2.10.1.');
    const costs = '50.0 | 20.00 | 8.00 | 8.00 | – | 4.00 | – | 0.00 | 4';
    expect(lines[4]).toBe(`| 100, all talking | ${costs} | – | – | – | 33.0 | – |`);
    expect(lines[5]).toContain('| 100, all talking, PCM |');
    expect(new Set(lines.slice(2, 6).map((line) => line.split('|').length)).size).toBe(1);
  });
});

describe('options of users-per-core', () => {
  it('measure Opus everywhere, and samples as they are where the Web SDK matters', () => {
    const names = (...args: string[]): string[] => readUsersOptions(args).crowds.map(nameOf);
    expect(names('--counts=25,100')).toEqual([
      'all_talking.n25',
      'all_talking.n100',
      'one_in_ten.n25',
      'one_in_ten.n100',
      'all_talking.n100.pcm',
    ]);
    expect(names('--counts=25', '--talking=all', '--codec=both')).toEqual(['all_talking.n25', 'all_talking.n25.pcm']);
    expect(names('--counts=100', '--talking=all', '--codec=opus')).toEqual(['all_talking.n100']);
  });

  it('may be one word or two', () => {
    const { crowds, profileDir, tableFile } = readUsersOptions(['--counts', '25,50', '--profile=p', '--table', 't.md']);
    expect(new Set(crowds.map(({ count }) => count))).toEqual(new Set([25, 50]));
    expect([profileDir, tableFile]).toEqual(['p', 't.md']);
    expect(readUsersOptions(['--web-counts=0']).webCounts).toEqual([]);
  });

  it('are refused when nobody knows them', () => {
    expect(() => readUsersOptions(['--fast'])).toThrow('--fast');
  });
});
