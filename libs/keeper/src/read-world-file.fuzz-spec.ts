import { beforeAll, describe, expect, it } from '@jest/globals';
import { writeArchive } from '@app/entities';
import { CodedError } from '@app/world';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { readWorldFile } from './read-world-file.js';

const ASSET = Buffer.from('an asset');
const HASH = createHash('sha256').update(ASSET).digest('hex');
const ID = '00000000-0000-4000-8000-000000000001';

const sourceOf = (bytes: Uint8Array) => ({
  sizeBytes: bytes.length,
  read: (offset: number, lengthBytes: number) => Promise.resolve(bytes.subarray(offset, offset + lengthBytes)),
});

/** Reads everything that is in a file; the code of a refusal. */
async function readAll(bytes: Uint8Array): Promise<string> {
  try {
    const file = await readWorldFile(sourceOf(bytes));
    for (const asset of file.assets.values()) await asset.read();
    return 'read';
  } catch (error) {
    if (error instanceof CodedError) return error.code;
    throw error;
  }
}

describe('the file of a world', () => {
  let good: Uint8Array;
  const models = Buffer.from(JSON.stringify({ Entities: [{ id: `{${ID}}`, type: 'Box' }] }));

  beforeAll(async () => {
    const pieces: Uint8Array[] = [];
    const content = {
      name: 'plaza',
      shards: 1,
      entities: [{ id: ID, type: 'Box', properties: {} }],
      assetPaths: new Map([['/a.bin', HASH]]),
      readAsset: () => Promise.resolve(ASSET),
      settings: {},
    };
    for await (const piece of writeArchive(content)) pieces.push(piece);
    good = Buffer.concat(pieces);
  });

  it('is told by its content', async () => {
    expect((await readWorldFile(sourceOf(good))).format).toBe('archive');
    expect((await readWorldFile(sourceOf(models))).format).toBe('models');
    expect((await readWorldFile(sourceOf(gzipSync(models)))).entities).toHaveLength(1);
  });

  it('is refused with a code, whatever bytes it has', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        expect(['archive-invalid', 'import-invalid']).toContain(await readAll(bytes));
      }),
    );
  });

  it('is refused or read, whatever became of some of its bytes', async () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(damage, fc.constantFrom('zip', 'json', 'gz'), async (changes, kind) => {
        const bytes = Uint8Array.from(kind === 'zip' ? good : kind === 'json' ? models : gzipSync(models));
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        expect(['read', 'archive-invalid', 'import-invalid']).toContain(await readAll(bytes));
      }),
    );
  });
});
