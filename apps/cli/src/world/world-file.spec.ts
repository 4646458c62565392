import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatOf, writeWhole } from './world-file.js';

async function* chunks(fails = false): AsyncGenerator<Uint8Array> {
  yield Buffer.from('one ');
  if (fails) throw new Error('lost');
  yield Buffer.from('two');
}

describe('the file of an export', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vicinity-file-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is what its name says, or what somebody asks for', () => {
    expect(formatOf('a.ZIP', 'auto')).toEqual({ format: 'archive', isGzipped: false });
    expect(formatOf('a.json', 'auto')).toEqual({ format: 'models', isGzipped: false });
    expect(formatOf('models.json.gz', 'auto')).toEqual({ format: 'models', isGzipped: true });
    expect(formatOf('a.zip', 'content')).toEqual({ format: 'content', isGzipped: false });
    expect(formatOf('backup', 'archive')).toEqual({ format: 'archive', isGzipped: false });
    expect(() => formatOf('backup', 'auto')).toThrow('--format');
    expect(() => formatOf('a.json', 'archive')).toThrow('does not fit');
  });

  it('is there as a whole or not at all', async () => {
    const path = join(folder, 'a.zip');
    expect(await writeWhole(path, chunks())).toBe(7);
    await expect(writeWhole(path, chunks(true))).rejects.toThrow('lost');
    expect(readFileSync(path, 'utf8')).toBe('one two');
    expect(readdirSync(folder)).toEqual(['a.zip']);
    writeFileSync(join(folder, 'plain'), '');
    await expect(writeWhole(join(folder, 'plain', 'x'), chunks())).rejects.toMatchObject({ code: 'cli-file-unusable' });
  });
});
