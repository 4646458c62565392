import { describe, expect, it } from '@jest/globals';
import { zipSync } from 'fflate';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import {
  openContentArchive,
  parseAssetMapping,
  renderModelsJson,
  VircadiaError,
  writeContentArchive,
} from './index.js';

const text = (characters: string) => new TextEncoder().encode(characters);
const hashOf = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');
const TREE = text('tree');
const ENTITIES = [{ id: '0a112233-4455-6677-8899-aabbccddeeff', type: 'Box', properties: { name: 'box' } }];

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return new Uint8Array(Buffer.concat(all));
}

describe('content archives of the predecessor', () => {
  it('come back with world, assets and settings', async () => {
    const parts = {
      models: renderModelsJson({ entities: ENTITIES }, { isGzipped: true }),
      mapping: new Map([['/models/tree.glb', hashOf(TREE)]]),
      assets: [{ hash: hashOf(TREE), data: TREE }],
      settings: text('{"paths": {}}'),
    };
    const bytes = await collect(writeContentArchive(parts));
    expect(await collect(writeContentArchive(parts))).toEqual(bytes);
    const archive = await openContentArchive(bytes);
    expect((await archive.readModels()).entities).toEqual(ENTITIES);
    expect(archive.mapping).toEqual(parts.mapping);
    expect(await archive.assets.get(hashOf(TREE))?.read()).toEqual(TREE);
    expect(archive.settings).toEqual(parts.settings);
    expect([archive.missing, archive.unknown]).toEqual([[], []]);
  });

  it('are found in the folders of a server, too', async () => {
    const archive = await openContentArchive(
      zipSync({
        entities: { 'models.json.gz': gzipSync(renderModelsJson({ entities: ENTITIES })) },
        assets: {
          'map.json': text(JSON.stringify({ '/tree': hashOf(TREE), '/gone': '0'.repeat(64) })),
          files: { [hashOf(TREE)]: TREE },
        },
        'notes.txt': text('hello'),
      }),
    );
    expect((await archive.readModels()).entities).toHaveLength(1);
    expect(archive.assets.size).toBe(1);
    expect(archive.missing).toEqual(['/gone']);
    expect(archive.unknown).toEqual(['notes.txt']);
    expect(archive.settings).toBeUndefined();
  });

  it('are refused when a file is not what its name says', async () => {
    const { assets } = await openContentArchive(zipSync({ files: { [hashOf(TREE)]: text('bush') } }));
    await expect(assets.get(hashOf(TREE))?.read()).rejects.toThrow('does not have the content');
  });

  it('say so when there is no world in them', async () => {
    const archive = await openContentArchive(zipSync({ 'notes.txt': text('hello') }));
    expect(archive.hasModels).toBe(false);
    await expect(archive.readModels()).rejects.toThrow('There is no models.json');
  });

  it.each([
    '{"tree": "HASH"}',
    '{"/": "HASH"}',
    '{"/a/../b": "HASH"}',
    '{"/a//b": "HASH"}',
    '{"/a": "7"}',
    '{"/a": 7}',
    '["/a"]',
    'nothing',
  ])('are refused when the mapping is %s', (mapping) => {
    expect(() => parseAssetMapping(text(mapping.replace('HASH', hashOf(TREE))))).toThrow(VircadiaError);
  });
});
