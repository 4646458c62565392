import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogFile } from './log-file.js';

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

describe('LogFile', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vicinity-log-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('keeps lines in order, also those that come while it writes', async () => {
    const file = new LogFile(join(folder, 'a.log'));
    const lines = Array.from({ length: 500 }, (_, index) => `line ${index}`);
    for (const line of lines) file.append(line);
    await settle();
    expect(readFileSync(join(folder, 'a.log'), 'utf8')).toBe(`${lines.join('\n')}\n`);
    file.close();
  });

  it('appends to what was there before', async () => {
    for (const line of ['a', 'b']) {
      const file = new LogFile(join(folder, 'a.log'));
      file.append(line);
      await settle();
      file.close();
    }
    expect(readFileSync(join(folder, 'a.log'), 'utf8')).toBe('a\nb\n');
  });

  it('never takes much more than twice its size', async () => {
    const file = new LogFile(join(folder, 'a.log'), 1_000);
    for (let index = 0; index < 12; index++) {
      file.append('x'.repeat(499));
      await settle();
    }
    file.close();
    expect(readdirSync(folder).sort()).toEqual(['a.log', 'a.log.1']);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).size).toBeLessThan(3_000);
  });

  it('does not fail where nothing can be written', () => {
    const file = new LogFile('/nowhere/at/all.log');
    expect(() => file.append('x')).not.toThrow();
    file.close();
  });
});
