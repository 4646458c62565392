import { describe, expect, it } from '@jest/globals';
import { openZip, writeZip } from '@app/vircadia';
import { CodedError, type EntityId } from '@app/world';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { type ArchiveContent, type PlannedEntity, planTransition, readArchive, writeArchive } from './index.js';
import { anyRecords, IDS } from './naive-world.fixture.js';
import { add, contentsOf, WorldKit, worldOf } from './world-kit.fixture.js';

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const ASSETS = ['chair', 'table'].map((text) => Buffer.from(text));
const [CHAIR, TABLE] = ['chair', 'table'].map(hashOf);

const CONTENT: ArchiveContent = {
  name: 'plaza',
  shards: 2,
  entities: [
    ...worldOf([
      add(IDS[0], { position: { z: 3, y: 2, x: 1 }, mine: { b: [1, null], a: { ä: true } } }),
      add(IDS[1], { parentID: IDS[0], name: 'cup' }, 'Model'),
    ]).world.entities(),
  ],
  assetPaths: new Map([
    ['/models/chair.glb', CHAIR],
    ['/models/again/chair.txt', CHAIR],
    ['/table', TABLE],
  ]),
  readAsset: (hash) => Promise.resolve(hash === CHAIR ? ASSETS[0] : ASSETS[1]),
  settings: { 'messaging.rate': 5, 'audio.zones': [{ name: 'stage' }] },
};

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Uint8Array.from(Buffer.concat(all));
}

/** The archive with some files others; undefined for none. */
async function changed(files: Record<string, string | undefined>): Promise<Uint8Array> {
  const contents = new Map<string, Uint8Array>();
  for (const [name, entry] of await openZip(await bytesOf(writeArchive(CONTENT))))
    contents.set(name, await entry.read());
  for (const [name, text] of Object.entries(files)) {
    if (text === undefined) contents.delete(name);
    else contents.set(name, Buffer.from(text));
  }
  return bytesOf(writeZip([...contents].map(([name, data]) => ({ name, data }))));
}

async function refusal(archive: Promise<Uint8Array> | Uint8Array): Promise<string> {
  return readArchive(await archive).then(
    () => 'fine',
    (error: unknown) => (error instanceof CodedError ? `${error.code}: ${error.message}` : String(error)),
  );
}

describe('an archive of a world', () => {
  it('gives back what was put in', async () => {
    const archive = await readArchive(await bytesOf(writeArchive(CONTENT)));
    expect(archive).toMatchObject({ name: 'plaza', shards: 2, settings: CONTENT.settings, ignored: [] });
    expect(contentsOf(archive.entities)).toEqual(contentsOf(CONTENT.entities));
    expect(new Map(archive.assetPaths)).toEqual(CONTENT.assetPaths);
    expect(Buffer.from((await archive.assets.get(TABLE)?.read()) ?? []).toString()).toBe('table');
  });

  it('has the same bytes for the same world, in whatever order it is told', async () => {
    const first = await bytesOf(writeArchive(CONTENT));
    const entities = [...CONTENT.entities].reverse().map(({ id, type, properties }) => ({
      id,
      type,
      properties: Object.fromEntries(Object.entries(properties).reverse()),
    }));
    const assetPaths = new Map([...CONTENT.assetPaths].reverse());
    expect(await bytesOf(writeArchive({ ...CONTENT, entities, assetPaths }))).toEqual(first);
  });

  it('imported into an empty world and exported again is identical', async () => {
    await fc.assert(
      fc.asyncProperty(anyRecords, async (records) => {
        const kit = new WorldKit();
        for (const { transactions } of records) kit.append(transactions);
        // As the server would keep them: ids of nothing are null there.
        const clean = new WorldKit();
        clean.follow(planTransition(clean.world, kit.world.entities()));
        const write = (entities: Iterable<PlannedEntity>) => bytesOf(writeArchive({ ...CONTENT, entities }));
        const first = await write(clean.world.entities());
        const other = new WorldKit();
        other.follow(planTransition(other.world, (await readArchive(first)).entities));
        expect(Buffer.compare(await write(other.world.entities()), first)).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it('is refused when files are missing or are others, and says which', async () => {
    expect(await refusal(changed({ 'world.json': undefined }))).toBe('archive-invalid: world.json: It is missing.');
    expect(await refusal(changed({ 'world.json': '{}' }))).toContain('This is no archive of a world.');
    const head = '{"format":"vicinity-world","version":1,"name":"plaza","shards":1,"entities":2}';
    expect(await refusal(changed({ 'world.json': head }))).toBe('fine');
    expect(await refusal(changed({ 'world.json': head.replace('1', '2') }))).toContain('version 1');
    expect(await refusal(changed({ 'world.json': head.replace('plaza', '../plaza') }))).toContain('The name is');
    expect(await refusal(changed({ 'world.json': head.replace('"shards":1', '"shards":99') }))).toContain('shards');
    expect(await refusal(changed({ 'world.json': head.replace(':2}', ':3}') }))).toContain('number of entities');
    expect(await refusal(changed({ 'settings.json': '[]' }))).toContain('settings.json: It is no JSON object.');
    expect(await refusal(changed({ 'settings.json': '{' }))).toContain('settings.json: It is no JSON.');
    expect(await refusal(Buffer.from('no zip'))).toContain('archive-invalid');
    expect((await readArchive(await changed({ 'notes.txt': 'x' }))).ignored).toEqual(['notes.txt']);
  });

  it('is refused when its entities are no world, and says which', async () => {
    const lines = (...entities: unknown[]) =>
      changed({ 'entities.ndjson': entities.map((e) => `${JSON.stringify(e)}\n`).join('') });
    const box = (id: EntityId, properties: unknown = {}) => ({ id, type: 'Box', properties });
    expect(await refusal(lines(box(IDS[0]), box(IDS[1])))).toBe('fine');
    expect(await refusal(lines(box(IDS[0]), box(IDS[0])))).toContain(
      `import-invalid: The entity ${IDS[0]} is there twice`,
    );
    expect(await refusal(lines(box(IDS[0]), box(IDS[1], { parentID: IDS[5] })))).toContain(IDS[1]);
    expect(await refusal(lines(box(IDS[0]), { ...box(IDS[1]), more: 1 }))).toContain(
      'entities.ndjson: Line 2 is no entity.',
    );
    expect(await refusal(lines(box(IDS[0]), box(IDS[1], { alpha: 'x' })))).toContain('import-invalid');
    expect(await refusal(changed({ 'entities.ndjson': '{"id":' }))).toContain('The last line has no end.');
    expect(await refusal(changed({ 'entities.ndjson': '{"id":\n' }))).toContain(
      'entities.ndjson, line 1: It is no JSON.',
    );
  });

  it('is refused when assets are missing, or paths lead out', async () => {
    const paths = (object: object) => changed({ 'asset-paths.json': JSON.stringify(object) });
    expect(await refusal(paths({ '/a': CHAIR }))).toBe('fine');
    expect(await refusal(paths({ '/a': hashOf('other') }))).toContain('The asset of /a is missing.');
    expect(await refusal(paths({ '/a/../../b': CHAIR }))).toContain('leads out');
    expect(await refusal(paths({ a: CHAIR }))).toContain('slash');
    expect(await refusal(paths({ '/a': 7 }))).toContain('missing');
  });

  it('gives no asset whose bytes are not those of its hash', async () => {
    const archive = await readArchive(await changed({ [`assets/${TABLE}`]: 'another table' }));
    await expect(archive.assets.get(TABLE)?.read()).rejects.toMatchObject({ code: 'archive-invalid' });
    const readAsset = () => Promise.resolve(ASSETS[0]);
    await expect(bytesOf(writeArchive({ ...CONTENT, readAsset }))).rejects.toMatchObject({ code: 'archive-invalid' });
  });
});
