import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultDataDir, openDataFolder } from './data-folder.js';

describe('The data folder', () => {
  let path: string;
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'vicinity-data-'));
  });
  afterEach(() => rmSync(path, { recursive: true }));

  it('has a place of its own for each port base', () => {
    expect(defaultDataDir(40_100, 40_100, '/home/ada')).toBe('/home/ada/.local/share/vicinity');
    expect(defaultDataDir(41_000, 40_100, '/home/ada')).toBe('/home/ada/.local/share/vicinity-41000');
    expect(defaultDataDir(40_100, 40_100, '/home/ada', '/data')).toBe('/data/vicinity');
  });

  it('belongs to one supervisor at a time', () => {
    const folder = openDataFolder(path);
    expect(() => openDataFolder(path)).toThrow(`is used by another vicinity (process ${process.pid})`);
    folder.release();
    folder.release();
    expect(openDataFolder(path).wasAbandoned).toBe(false);
  });

  it.each([
    ['of a dead process', '999999999 5\n'],
    ['of a number that was used again', `${process.pid} 1\n`],
    ['that is empty', ''],
  ])('takes over a lock %s', (_, lock) => {
    writeFileSync(join(path, 'supervisor.lock'), lock);
    expect(openDataFolder(path).wasAbandoned).toBe(true);
    expect(existsSync(join(path, `supervisor.lock.${process.pid}`))).toBe(false);
  });

  it('says so in one sentence when it cannot be written', () => {
    writeFileSync(join(path, 'file'), '');
    expect(() => openDataFolder(join(path, 'file/inside'))).toThrow(/cannot be written\.$/);
  });
});
