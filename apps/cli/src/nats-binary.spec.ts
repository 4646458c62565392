import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultCacheDir, findNatsBinary } from './nats-binary.js';

describe('the nats-server to run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vicinity-nats-'));
  const [path, cache] = [join(folder, 'bin'), join(folder, 'cache')];
  for (const each of [path, cache]) mkdirSync(each);
  afterAll(() => rmSync(folder, { recursive: true }));
  const fetched = join(cache, `nats-server-${process.platform}-${process.arch}-debian12`);
  const installed = join(path, 'nats-server');

  it('is one that was fetched, unless one is installed or given', () => {
    // What a fetch that goes on has there is no program, and nor is one of another system.
    mkdirSync(`${fetched}.Ab12`);
    writeFileSync(`${fetched}.lock`, '');
    writeFileSync(join(cache, 'nats-server-plan9-mips-x'), '', { mode: 0o755 });
    writeFileSync(join(cache, `nats-server-${process.platform}-${process.arch}-debian13`), '', { mode: 0o755 });
    // The machine that tests may have one in /usr/sbin.
    expect(findNatsBinary(undefined, path, cache)).toMatch(/^\/usr\/\w*\/?s?bin\/nats-server$|-debian13$/);
    writeFileSync(installed, '', { mode: 0o755 });
    expect(findNatsBinary(undefined, path, cache)).toBe(installed);
    expect(findNatsBinary(process.execPath, path, cache)).toBe(process.execPath);
    expect(() => findNatsBinary(join(cache, 'none'), path, cache)).toThrow('not a program');
  });

  it('is looked for where `npm start` puts it', () => {
    expect(defaultCacheDir('/home/ada', {})).toBe('/home/ada/.cache/vicinity');
    expect(defaultCacheDir('/home/ada', { XDG_CACHE_HOME: '/var/cache' })).toBe('/var/cache/vicinity');
    expect(defaultCacheDir('/home/ada', { VICINITY_CACHE_DIR: '/c', XDG_CACHE_HOME: '/d' })).toBe('/c');
  });
});
