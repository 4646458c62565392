import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryBroker, MemoryBus } from '@app/broker';
import { SystemClock } from '@app/clock';
import { createHash } from 'node:crypto';
import { AssetRecords } from '../../../apps/asset-server/src/files/asset-records.js';
import { announcedType } from '../../../apps/asset-server/src/files/asset-type.js';
import { AssetMap } from '../../../apps/asset-server/src/paths/asset-map.js';
import { readAssetPath } from '../../../apps/asset-server/src/paths/asset-path.js';
import { ObjectBlobStore } from '../../../apps/asset-server/src/store/object-blob-store.js';
import { sourceOfBytes } from '../../../apps/asset-server/src/store/content-hash.js';
import { fileNote, readPath } from './asset-notes.js';
import { AssetShelf } from './asset-shelf.js';

const clock = new SystemClock();
const DATA = Buffer.from('glTF and so on');
const HASH = createHash('sha256').update(DATA).digest('hex');
const OTHER = Buffer.from('another');
const OTHER_HASH = createHash('sha256').update(OTHER).digest('hex');

describe('the shelf of assets', () => {
  let broker: MemoryBroker;
  let shelf: AssetShelf;
  beforeEach(async () => {
    broker = new MemoryBroker(new MemoryBus({ clock }));
    shelf = await AssetShelf.open(broker, clock);
  });

  it('is the one that the asset-server has', async () => {
    await shelf.put(HASH, DATA, 'chair.glb');
    expect(await shelf.lead('/models/a chair.glb', HASH)).toBe(true);
    const records = new AssetRecords(broker);
    await records.start();
    expect(await records.get(HASH)).toMatchObject({ extension: 'glb', sizeBytes: DATA.length, name: 'chair.glb' });
    const map = new AssetMap(broker, clock, 10);
    await map.start();
    expect((await map.get('models/a chair.glb'))?.versions).toMatchObject([
      { version: 1, hash: HASH, form: 'original' },
    ]);
    const blobs = await ObjectBlobStore.open(broker);
    expect(await blobs.has(HASH)).toBe(true);
    records.stop();
    map.stop();
  });

  it('has what the asset-server stores', async () => {
    const blobs = await ObjectBlobStore.open(broker);
    await blobs.put(HASH, sourceOfBytes(DATA));
    const map = new AssetMap(broker, clock, 10);
    await map.start();
    await map.put('tree.glb', { hash: HASH, form: 'optimised', by: 'person/main/7' }, () => undefined);
    expect(await shelf.paths()).toEqual(new Map([['/tree.glb', HASH]]));
    expect(Buffer.from(await shelf.read(HASH))).toEqual(DATA);
    map.stop();
  });

  it('keeps the earlier versions of a path', async () => {
    await shelf.lead('/a.glb', HASH);
    await shelf.lead('/a.glb', HASH);
    await shelf.lead('/a.glb', OTHER_HASH);
    const map = new AssetMap(broker, clock, 10);
    await map.start();
    expect((await map.get('a.glb'))?.versions.map(({ hash, version }) => [version, hash])).toEqual([
      [1, HASH],
      [2, OTHER_HASH],
    ]);
    map.stop();
  });

  it('gives nothing that is not what its hash says', async () => {
    await shelf.put(HASH, OTHER, 'lie.glb');
    await expect(shelf.read(HASH)).rejects.toMatchObject({ code: 'asset-missing' });
    await expect(shelf.read(OTHER_HASH)).rejects.toMatchObject({ code: 'asset-missing' });
  });

  it('agrees with the asset-server about paths and types', () => {
    for (const path of [
      '/a',
      'b/c.glb',
      '/../x',
      '',
      '/',
      'a//b',
      'a/ /b',
      ' a',
      'x:y',
      'ä/ö',
      'a\u0000',
      '.',
      'a'.repeat(300),
    ]) {
      expect([path, readPath(path)]).toEqual([path, readAssetPath(path)]);
    }
    for (const name of ['a.GLB', 'b.vrm', 'c.jpeg', 'd.opus', 'e.html', 'f.mjs', 'g.ktx2']) {
      const { extension } = JSON.parse(new TextDecoder().decode(fileNote(name, 1, 0))) as { extension: string };
      expect([name, extension]).toEqual([name, announcedType('', name)?.extension]);
    }
  });
});
