import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { assetStoreSettings, openBlobStore } from '@app/assets';
import { type MemoryBroker, MemoryBus } from '@app/broker';
import { SystemClock } from '@app/clock';
import { EntityWorld } from '@app/entities';
import { AssetShelf, checkImport, importAttachments, importTransition, readWorldFile } from '@app/keeper';
import { loadSettings } from '@app/settings';
import { writeContentArchive } from '@app/vircadia';
import { resolveAssetUrl } from '../../../web/sdk/src/assets/asset-address.js';
import { AssetKit, sha256 } from './asset-kit.js';
import { makeModel } from './model.fixture.js';

const PNG = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(40, 7)]);
const id = (number: number): string => `{00000000-0000-4000-8000-00000000000${number}}`;

/** Addresses as they stand in worlds of the predecessors, each of a file in the archive. */
const addressesOf = (chair: string, picture: string): string[] => [
  'atp:/models/a chair.glb',
  'atp:/models/a%20chair.glb?version=3',
  `atp:${chair}.glb`,
  `atp:/${picture}.png`,
  'atp:/pictures/Bär.png',
];

async function archiveOf(model: Uint8Array): Promise<Uint8Array> {
  const addresses = addressesOf(sha256(model), sha256(PNG));
  const entities = addresses.map((modelURL, index) => ({ id: id(index + 1), type: 'Model', modelURL }));
  const mapping = new Map([
    ['/models/a chair.glb', sha256(model)],
    ['/pictures/Bär.png', sha256(PNG)],
    ['/pictures/what?.png', sha256(PNG)],
  ]);
  const assets = [model, PNG].map((data) => ({ hash: sha256(data), data }));
  const models = Buffer.from(JSON.stringify({ DataVersion: 0, Entities: entities, Id: id(9), Version: 133 }));
  const chunks: Uint8Array[] = [];
  const archive = writeContentArchive({
    models,
    mapping,
    assets: (async function* () {
      yield* assets;
    })(),
  });
  for await (const chunk of archive) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('A world of the predecessor that was imported with its files', () => {
  const bus = new MemoryBus();
  const kit = new AssetKit([], () => Promise.resolve(bus.connect()));
  const clock = new SystemClock();
  let broker: MemoryBroker;
  let model: Uint8Array;

  beforeAll(async () => {
    model = await makeModel({ copies: 3 });
    broker = bus.connect();
    await kit.start();
  });
  afterAll(async () => {
    await kit.end();
    await broker.close();
  });

  it('shows every file, however it is named', async () => {
    const bytes = await archiveOf(model);
    const read = (offset: number, count: number): Promise<Uint8Array> =>
      Promise.resolve(bytes.subarray(offset, offset + count));
    const file = await readWorldFile({ sizeBytes: bytes.length, read });
    const blobs = await openBlobStore(loadSettings(assetStoreSettings, { flags: [], variables: {} }), broker);
    const shelf = new AssetShelf(broker, blobs, clock);
    const report = await checkImport(file, importTransition(file, false), new EntityWorld(), shelf);
    expect(report.missingAssets).toEqual(['/pictures/what?.png']);
    await importAttachments(file, { broker, shelf, world: 'main' });
    const base = `http://127.0.0.1:${kit.port}`;
    for (const { properties } of file.entities) {
      const response = await fetch(resolveAssetUrl(String(properties.modelURL), base));
      const expected = String(properties.modelURL).endsWith('.png') ? PNG : Buffer.from(model);
      const type = expected === PNG ? 'image/png' : 'model/gltf-binary';
      const found = [properties.modelURL, response.status, response.headers.get('content-type')];
      expect(found).toEqual([properties.modelURL, 200, type]);
      expect(Buffer.from(await response.arrayBuffer()).equals(expected)).toBe(true);
    }
  });
});
