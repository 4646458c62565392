import { beforeEach, describe, expect, it } from '@jest/globals';
import { assetStoreSettings, type BlobStore, openBlobStore, sourceOfBytes } from '@app/assets';
import { MemoryBroker, MemoryBus } from '@app/broker';
import { SystemClock } from '@app/clock';
import { loadSettings } from '@app/settings';
import { createHash } from 'node:crypto';
import { AssetRecords } from '../../../apps/asset-server/src/files/asset-records.js';
import { AssetMap } from '../../../apps/asset-server/src/paths/asset-map.js';
import { AssetShelf } from './asset-shelf.js';

const clock = new SystemClock();
const DATA = Buffer.from('glTF and so on');
const HASH = createHash('sha256').update(DATA).digest('hex');
const OTHER = Buffer.from('another');
const OTHER_HASH = createHash('sha256').update(OTHER).digest('hex');

describe('the shelf of assets', () => {
  let broker: MemoryBroker;
  let blobs: BlobStore;
  let shelf: AssetShelf;
  beforeEach(async () => {
    broker = new MemoryBroker(new MemoryBus({ clock }));
    blobs = await openBlobStore(loadSettings(assetStoreSettings, { flags: [], variables: {} }), broker);
    shelf = new AssetShelf(broker, blobs, clock);
  });

  it('is the one that the asset-server has', async () => {
    await shelf.put(HASH, DATA, 'chair.glb');
    expect(await shelf.lead('/models/a chair.glb', HASH)).toBe(true);
    const records = new AssetRecords(broker, clock);
    await records.start();
    expect(await records.get(HASH)).toMatchObject({ extension: 'glb', sizeBytes: DATA.length, name: 'chair.glb' });
    const map = new AssetMap(broker, clock, { pathsMax: 10, versionsMax: 10 });
    await map.start();
    expect((await map.get('models/a chair.glb'))?.versions).toMatchObject([
      { version: 1, hash: HASH, form: 'original' },
    ]);
    expect(await blobs.has(HASH)).toBe(true);
    records.stop();
    map.stop();
  });

  it('has what the asset-server stores', async () => {
    await blobs.put(HASH, sourceOfBytes(DATA));
    const map = new AssetMap(broker, clock, { pathsMax: 10, versionsMax: 10 });
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
    const map = new AssetMap(broker, clock, { pathsMax: 10, versionsMax: 10 });
    await map.start();
    expect((await map.get('a.glb'))?.versions.map(({ hash, version }) => [version, hash])).toEqual([
      [1, HASH],
      [2, OTHER_HASH],
    ]);
    map.stop();
  });

  it('gives nothing that is not what its hash says', async () => {
    await expect(shelf.put(HASH, OTHER, 'lie.glb')).rejects.toMatchObject({ code: 'asset-hash-mismatch' });
    await (await broker.objectStore('VW_ASSETS')).put(HASH, OTHER);
    await expect(shelf.read(HASH)).rejects.toMatchObject({ code: 'asset-missing' });
    await expect(shelf.read(OTHER_HASH)).rejects.toMatchObject({ code: 'asset-missing' });
  });
});
