import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatOf, usable, writeWhole } from './world-file.js';

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

  it('or its folder is said to be missing', async () => {
    const missing = Object.assign(new Error('no'), { code: 'ENOENT' });
    const refused = (path: string): Promise<void> => usable(path, () => Promise.reject(missing));
    await expect(refused(join(folder, 'a.zip'))).rejects.toThrow(`There is no file ${join(folder, 'a.zip')}.`);
    await expect(refused(join(folder, 'b', 'a.zip'))).rejects.toThrow(`There is no folder ${join(folder, 'b')}.`);
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
