import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { LogFile } from './log-file.js';

/** Waits until a file has so many bytes: a busy machine takes its time. A wrong number is for the test to tell. */
async function untilWritten(path: string, sizeBytes: number): Promise<void> {
  for (let turn = 0; turn < 500 && statSync(path).size !== sizeBytes; turn++) await pause(10);
}

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
    const text = `${lines.join('\n')}\n`;
    await untilWritten(join(folder, 'a.log'), text.length);
    expect(readFileSync(join(folder, 'a.log'), 'utf8')).toBe(text);
    file.close();
  });

  it('appends to what was there before', async () => {
    for (const [index, line] of ['a', 'b'].entries()) {
      const file = new LogFile(join(folder, 'a.log'));
      file.append(line);
      await untilWritten(join(folder, 'a.log'), 2 * (index + 1));
      file.close();
    }
    expect(readFileSync(join(folder, 'a.log'), 'utf8')).toBe('a\nb\n');
  });

  it('never takes much more than twice its size', async () => {
    const file = new LogFile(join(folder, 'a.log'), 1_000);
    for (let index = 0; index < 12; index++) {
      file.append('x'.repeat(499));
      // Three lines each: a file that is larger than it may be when the next one comes makes room.
      await untilWritten(join(folder, 'a.log'), 500 * ((index % 3) + 1));
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
