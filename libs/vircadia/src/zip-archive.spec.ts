import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { openZip, VircadiaError, writeZip, type ZipContent, type ZipLimits } from './index.js';

const text = (characters: string) => new TextEncoder().encode(characters);

async function zipOf(contents: ZipContent[]): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of writeZip(contents)) pieces.push(piece);
  return new Uint8Array(Buffer.concat(pieces));
}

async function refusalOf(bytes: Uint8Array, limits?: Partial<ZipLimits>): Promise<string> {
  try {
    for (const entry of (await openZip(bytes, limits)).values()) await entry.read();
  } catch (error) {
    expect(error).toBeInstanceOf(VircadiaError);
    return (error as VircadiaError).message;
  }
  throw new Error('It was taken.');
}

/** Replaces all places where `from` stands, for headers that no writer would write. */
function patched(bytes: Uint8Array, from: string, to: string): Uint8Array {
  return new Uint8Array(Buffer.from(Buffer.from(bytes).toString('latin1').replaceAll(from, to), 'latin1'));
}

/** Changes a number in the record of the first file in the list of files. */
function withRecord(bytes: Uint8Array, at: number, value: number, length: 2 | 4): Uint8Array {
  const copy = Buffer.from(bytes);
  const record = copy.indexOf(Buffer.from('504b0102', 'hex'));
  copy.writeUIntLE(value, record + at, length);
  return new Uint8Array(copy);
}

const path = fc
  .array(fc.stringMatching(/^[a-zäß0-9_-]{1,8}$/), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join('/'));

describe('zip archives', () => {
  it('give back what was put in', async () => {
    const content = fc.record({ name: path, data: fc.uint8Array({ maxLength: 200 }) });
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(content, { selector: ({ name }) => name }), async (contents) => {
        const entries = await openZip(await zipOf(contents));
        expect([...entries.keys()]).toEqual(contents.map(({ name }) => name));
        for (const { name, data } of contents) expect(await entries.get(name)?.read()).toEqual(data);
      }),
    );
  });

  it('are the same bytes when the files are the same', async () => {
    const contents = [{ name: 'models.json', data: text('{"Entities": []}'.repeat(100)) }];
    expect(await zipOf(contents)).toEqual(await zipOf(contents));
  });

  it('of other programs are read, with folders left out', async () => {
    const bytes = zipSync(
      { assets: { 'map.json': text('{}'), 'empty.txt': new Uint8Array(0) } },
      { mtime: '2024-01-01' },
    );
    const entries = await openZip(bytes);
    expect([...entries.keys()].sort()).toEqual(['assets/empty.txt', 'assets/map.json']);
    expect(await entries.get('assets/empty.txt')?.read()).toHaveLength(0);
  });

  it('that we write can be read again, however well their files compress', async () => {
    const entries = await openZip(await zipOf([{ name: 'zeros.bin', data: new Uint8Array(3_000_000) }]));
    expect((await entries.get('zeros.bin')?.read())?.length).toBe(3_000_000);
  });

  it.each(['../up', 'a/../../up', '/etc/passwd', 'C:/windows', 'a\\..\\b', 'a//b', './a', 'a\nb', ''])(
    'are refused when a file is called %j, by reader and writer',
    async (name) => {
      const placeholder = 'n'.repeat(new TextEncoder().encode(name).length);
      await expect(zipOf([{ name, data: text('x') }])).rejects.toThrow(VircadiaError);
      if (name) {
        const bytes = patched(await zipOf([{ name: placeholder, data: text('x') }]), placeholder, name);
        expect(await refusalOf(bytes)).toContain('The name');
      }
    },
  );

  it('are refused when a name is there twice', async () => {
    const bytes = await zipOf([
      { name: 'aaa', data: text('1') },
      { name: 'bbb', data: text('2') },
    ]);
    expect(await refusalOf(patched(bytes, 'bbb', 'aaa'))).toBe('"aaa" is there twice.');
    const twice = { name: 'a', data: text('1') };
    await expect(zipOf([twice, twice])).rejects.toThrow('"a" is there twice.');
  });

  it('are refused when there is a link, a device or something encrypted in them', async () => {
    const bytes = await zipOf([{ name: 'link', data: text('/etc/passwd') }]);
    expect(await refusalOf(withRecord(bytes, 38, 0o120777 * 65_536, 4))).toContain('no plain file');
    expect(await refusalOf(withRecord(bytes, 38, 0o060666 * 65_536, 4))).toContain('no plain file');
    expect(await refusalOf(withRecord(bytes, 8, 1, 2))).toContain('encrypted');
    expect(await refusalOf(withRecord(bytes, 10, 99, 2))).toContain('not known here');
  });

  it('are refused before anything is uncompressed when they would become too large', async () => {
    const many = Array.from({ length: 5 }, (_, i) => ({ name: `${i}`, data: new Uint8Array(1_000) }));
    const bytes = await zipOf(many);
    expect(await refusalOf(bytes, { entriesMax: 4 })).toContain('more than 4 files');
    expect(await refusalOf(bytes, { inflatedBytesMax: 4_999 })).toContain('more than 4999 bytes');
    expect(await refusalOf(bytes, { entryBytesMax: 999 })).toContain('more than 999 bytes');
    expect(await refusalOf(bytes, { archiveBytesMax: 10 })).toContain('more than 10 bytes');
    const bomb = zipSync({ 'bomb.bin': new Uint8Array(2_000_000) });
    expect(await refusalOf(bomb)).toContain('more than 200 times');
  });

  it('are refused when a file is larger than it says', async () => {
    const bytes = await zipOf([{ name: 'a', data: text('x'.repeat(10_000)) }]);
    expect(await refusalOf(withRecord(bytes, 24, 100, 4))).toContain('cannot be uncompressed');
    expect(await refusalOf(withRecord(bytes, 24, 10_001, 4))).toContain('damaged');
    expect(await refusalOf(withRecord(bytes, 16, 1, 4))).toContain('damaged');
  });

  it('are refused when files lie inside each other', async () => {
    const bytes = await zipOf([
      { name: 'a', data: text('1') },
      { name: 'b', data: text('2') },
    ]);
    const copy = Buffer.from(bytes);
    const second = copy.lastIndexOf(Buffer.from('504b0102', 'hex'));
    copy.writeUInt32LE(0, second + 42);
    expect(await refusalOf(new Uint8Array(copy))).toContain('overlaps');
  });

  it('are refused when the list and the files disagree about a name', async () => {
    const bytes = Buffer.from(await zipOf([{ name: 'good', data: text('1') }]));
    bytes.write('evil', 30, 'latin1');
    expect(await refusalOf(new Uint8Array(bytes))).toContain('called otherwise');
  });

  it('are refused when they are cut, empty, or none at all', async () => {
    const bytes = await zipOf([{ name: 'a', data: text('1') }]);
    expect(await refusalOf(bytes.subarray(0, bytes.length - 1))).toContain('no zip archive');
    expect(await refusalOf(bytes.subarray(1))).toContain('not inside the archive');
    expect(await refusalOf(new Uint8Array(0))).toContain('no zip archive');
    expect(await refusalOf(text('{"Entities": []}'))).toContain('no zip archive');
  });
});
