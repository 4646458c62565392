import { describe, expect, it } from '@jest/globals';
import { usableCores } from './usable-cores.js';

const coresWith = (files: Record<string, string>, parallelism = 8): number =>
  usableCores(parallelism, (path) => files[path]);

describe('usableCores', () => {
  it('are those that the process may run on where nothing else is said', () => {
    expect(coresWith({})).toBe(8);
    expect(coresWith({ '/proc/self/cgroup': '0::/\n' })).toBe(8);
    expect(coresWith({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': 'max 100000\n' })).toBe(8);
  });

  it('are no more than the quota of a container', () => {
    expect(coresWith({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '400000 100000\n' })).toBe(4);
    expect(coresWith({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '1200000 100000\n' })).toBe(8);
  });

  it('are whole ones, and at least one', () => {
    expect(coresWith({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '250000 100000\n' })).toBe(2);
    expect(coresWith({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '50000 100000\n' })).toBe(1);
  });

  it('obey the smallest limit of all groups that the process is in', () => {
    const files = {
      '/proc/self/cgroup': '0::/system.slice/domain.service\n',
      '/sys/fs/cgroup/system.slice/cpu.max': '300000 100000',
      '/sys/fs/cgroup/system.slice/domain.service/cpu.max': '600000 100000',
    };
    expect(coresWith(files)).toBe(3);
  });

  it('understand the older kind of groups', () => {
    const files = {
      '/proc/self/cgroup': '5:memory:/docker/3f\n4:cpu,cpuacct:/docker/3f\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '200000\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    };
    expect(coresWith(files)).toBe(2);
    expect(coresWith({ ...files, '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n' })).toBe(8);
  });

  it('does not fall for files that hold something else', () => {
    expect(coresWith({ '/proc/self/cgroup': 'nonsense', '/sys/fs/cgroup/cpu.max': 'x' })).toBe(8);
    expect(coresWith({ '/proc/self/cgroup': '0::/', '/sys/fs/cgroup/cpu.max': '-5 0' })).toBe(8);
  });
});
