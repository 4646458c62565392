import { describe, expect, it } from '@jest/globals';
import { figuresOf, usersPerCore } from '../../bench/users/users-figures.js';
import { readUsersOptions } from '../../bench/users/users-options.js';
import type { UsersReading } from '../../bench/users/users-scenario.js';

const reading: UsersReading = {
  count: 100,
  talking: 'all_talking',
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

describe('options of users-per-core', () => {
  it('may be one word or two', () => {
    const { counts, profileDir } = readUsersOptions(['--counts', '25,50', '--profile=/tmp/p']);
    expect(counts).toEqual([25, 50]);
    expect(profileDir).toBe('/tmp/p');
    expect(readUsersOptions(['--web-counts=0']).webCounts).toEqual([]);
  });

  it('are refused when nobody knows them', () => {
    expect(() => readUsersOptions(['--fast'])).toThrow('--fast');
  });
});
