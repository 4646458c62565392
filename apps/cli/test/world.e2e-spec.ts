import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { openWorldJournal, SNAPSHOTS_BUCKET } from '@app/entities';
import { assetStoreSettings, openBlobStore } from '@app/assets';
import type { Broker } from '@app/broker';
import { AssetShelf } from '@app/keeper';
import { loadSettings } from '@app/settings';
import { SystemClock } from '@app/clock';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { deflateRawSync, gunzipSync, gzipSync } from 'node:zlib';
import { openZip, writeZip } from '@app/vircadia';
import { runCommandLine } from '../src/command-line.js';
import { ADA, add, BOB, change, erase, idOf, WorldDomain } from './world-domain.js';

const CHAIR = Buffer.from('glTF, as good as real');
const CHAIR_HASH = createHash('sha256').update(CHAIR).digest('hex');

/** A world of the predecessor, with a type and properties that nobody here knows. */
const MODELS = {
  DataVersion: 7,
  Entities: [
    { id: `{${idOf(1)}}`, type: 'Box', position: { x: 1, y: 2, z: 3 }, color: { red: 1, green: 2, blue: 3 } },
    { id: `{${idOf(2)}}`, type: 'Wormhole', parentID: `{${idOf(1)}}`, spin: [1, { deep: null }] },
  ],
  Id: '{11111111-1111-4111-8111-111111111111}',
  Version: 133,
};

// Bombs and servers that start take their time on a busy machine.
jest.setTimeout(60_000);

const shelfOf = async (broker: Broker): Promise<AssetShelf> => {
  const blobs = await openBlobStore(loadSettings(assetStoreSettings, { flags: [], variables: {} }), broker);
  return new AssetShelf(broker, blobs, new SystemClock());
};

describe('vicinity world', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vicinity-world-'));
  const file = (name: string): string => join(folder, name);
  let domain: WorldDomain;
  let shelf: AssetShelf;

  beforeAll(async () => {
    domain = await WorldDomain.start();
    shelf = await shelfOf(domain.broker);
    await domain.do('create', 'plaza', '--shards', '2');
  });

  afterAll(async () => {
    await domain.stop();
    rmSync(folder, { recursive: true });
  });

  const hashNow = async (world: string): Promise<string> => {
    const output = await domain.do('at', world, 'now');
    return /hash +([0-9a-f]{64})/.exec(output)?.[1] ?? '';
  };
  const bytesOf = async (world: string): Promise<Buffer> => {
    await domain.do('export', world, file('now.json'));
    return readFileSync(file('now.json'));
  };

  it('makes worlds, and says so when there is one already', async () => {
    expect(await domain.run('create', 'plaza')).toMatchObject({
      code: 1,
      output: 'There is a world called plaza already.',
    });
    expect(await domain.run('create', 'No Name')).toMatchObject({ code: 2 });
    expect(await domain.run('log', 'nowhere')).toMatchObject({ code: 1, output: 'There is no world called nowhere.' });
    expect(await domain.do('list')).toMatch(/^plaza +0 +\d+ +2 /m);
  });

  it('says in one sentence that no domain is running', async () => {
    const command = runCommandLine(['world', 'list', '--nats-url', 'nats://127.0.0.1:9'], () => undefined);
    await expect(command).rejects.toMatchObject({ code: 'cli-domain-unreachable', exitCode: 1 });
  });

  it('shows what has happened, and the world as it was', async () => {
    await domain.edit(
      'plaza',
      ADA,
      add(1, { name: 'lamp', position: { x: 1, y: 0, z: 0 } }),
      add(2, { parentID: idOf(1) }),
    );
    const second = await domain.edit('plaza', BOB, change(1, { name: 'big lamp' }));
    await domain.edit('plaza', BOB, add(3, { modelURL: 'atp:/models/chair.glb' }, 'Model'), erase(2));
    const log = await domain.do('log', 'plaza');
    expect(log).toMatch(/Ada \(00000007\) {2}added Box "lamp"/);
    expect(log).toMatch(/Bob \(00000008\) {2}changed Box "big lamp" \S+: name = "big lamp"/);
    expect((await domain.do('log', 'plaza', '--entity', idOf(2))).split('\n')).toHaveLength(2);
    const nonsense = await domain.run('log', 'plaza', '--entity', 'nonsense');
    expect(nonsense).toEqual({ code: 2, output: '"nonsense" is no id of an entity, as `log` prints it.' });
    expect(await domain.do('log', 'plaza', '--author', 'ada')).toBe(
      'Nobody named ada has changed anything in that time; these have: Ada, Bob.',
    );
    expect(await domain.do('log', 'plaza', '--author', 'ada', '--json')).toBe('');
    expect(await domain.do('log', 'plaza', '--from', 'now')).toBe('Nothing happened in that time.');
    expect(await domain.do('log', 'plaza', '--entity', idOf(99))).toContain(`happened to ${idOf(99)}`);
    expect(
      (await domain.do('log', 'plaza', '--author', 'Bob', '--json')).split('\n').map((line) => JSON.parse(line)),
    ).toMatchObject([
      { author: 'Bob', session: '00000008', sequence: second, outcome: 'done' },
      { author: 'Bob', edits: [{ kind: 'add' }, { kind: 'erase' }] },
    ]);
    const before = await domain.do('at', 'plaza', `${second - 1}`);
    expect(before).toContain('entities  2');
    expect(await domain.run('at', 'plaza', '9999')).toMatchObject({ code: 1, output: expect.stringContaining('9999') });
  });

  it('restores a world to a snapshot without losing what came after it', async () => {
    const made = await domain.do('snapshot', 'plaza', '--label', 'before the party');
    expect(made).toContain('2 entities');
    expect(await domain.run('snapshot', 'plaza', '--label', 'again')).toMatchObject({ code: 1 });
    const wanted = await bytesOf('plaza');
    await domain.edit('plaza', ADA, erase(1), add(4, { name: 'mess' }), change(3, { name: 'broken' }));
    const mess = await hashNow('plaza');
    const dry = await domain.do('restore', 'plaza', '--to', 'label:before the party', '--dry-run');
    expect(dry).toMatch(/all +1 +1 +1/);
    expect(dry).toContain("  vicinity world restore plaza --to 'label:before the party' --nats-url nats:");
    const now = await domain.do('restore', 'plaza', '--to', '-1s', '--dry-run');
    expect(now).toMatch(/ {2}vicinity world restore plaza --to 2\S+Z --nats-url/);
    expect(await hashNow('plaza')).toBe(mess);
    const messAt = /sequence +(\d+)/.exec(await domain.do('at', 'plaza', 'now'))?.[1] ?? '';
    await domain.do('restore', 'plaza', '--to', 'label:before the party');
    expect(await bytesOf('plaza')).toEqual(wanted);
    expect(await domain.do('restore', 'plaza', '--to', 'label:before the party')).toContain(
      'Nothing is to be changed.',
    );
    await domain.do('restore', 'plaza', '--to', messAt);
    expect(await domain.do('at', 'plaza', messAt)).toContain(mess);
    expect(await domain.do('log', 'plaza', '--author', 'operator')).toContain('mess');
    await domain.do('restore', 'plaza', '--to', 'label:before the party');
    expect(await bytesOf('plaza')).toEqual(wanted);
  });

  it('restores a world while people go on building', async () => {
    let isOver = false;
    const building = (async () => {
      for (let i = 0; i < 1_000 && !isOver; i++) await domain.edit('plaza', BOB, add(1_000 + i));
    })();
    await pause(50);
    const { code, output } = await domain.run('restore', 'plaza', '--to', 'label:before the party');
    isOver = true;
    await building;
    // Either it is done, or it says that there was no end to it.
    expect([0, 1]).toContain(code);
    if (code === 1) expect(output).toContain('faster');
    await domain.do('restore', 'plaza', '--to', 'label:before the party');
  });

  it("undoes one author's edits, and leaves everybody else's alone", async () => {
    const before = await bytesOf('plaza');
    const from = new Date().toISOString();
    await pause(5);
    await domain.edit('plaza', ADA, add(10, { name: 'graffiti' }), change(1, { name: 'ugly', locked: false }));
    await domain.edit('plaza', ADA, add(11, { name: 'bench' }));
    await domain.edit('plaza', BOB, change(11, { name: 'nice bench' }), add(12));
    const range = ['--author', 'Ada', '--from', from, '--to', 'now'];
    const hash = await hashNow('plaza');
    const dry = await domain.do('undo', 'plaza', ...range, '--dry-run');
    expect(dry).toContain(`${idOf(11)}: others have changed it since`);
    expect(dry).toMatch(
      new RegExp(`vicinity world undo plaza --author Ada --from ${from} --to 2\\S+Z --nats-url nats:`),
    );
    expect(await hashNow('plaza')).toBe(hash);
    const nobody = await domain.do('undo', 'plaza', '--author', 'ada', '--from', from, '--to', 'now');
    expect(nobody).toBe('Nobody named ada has changed anything in that time; these have: Ada, Bob.');
    const done = await domain.do('undo', 'plaza', ...range);
    expect(done).toContain(`${idOf(11)}: others have changed it since`);
    await domain.edit('plaza', BOB, erase(11), erase(12));
    expect(await bytesOf('plaza')).toEqual(before);
    expect(await domain.run('undo', 'plaza', '--from', '-1h', '--to', 'now')).toMatchObject({ code: 2 });
  });

  it('forks a world as it is, and as it was', async () => {
    await domain.do('fork', 'plaza', 'copy');
    expect(await bytesOf('copy')).toEqual(await bytesOf('plaza'));
    expect(await domain.run('fork', 'plaza', 'copy')).toMatchObject({ code: 1 });
    await domain.do('create', 'empty');
    const refused = await domain.run('fork', 'plaza', 'empty');
    expect(refused).toEqual({ code: 1, output: 'There is a world called empty already.' });
    expect(await domain.do('at', 'empty', 'now')).toContain('entities  0');
    await domain.do('fork', 'plaza', 'first', '--at', 'label:before the party');
    expect(await domain.do('at', 'first', 'now')).toContain('entities  2');
    expect(await domain.do('list')).toMatch(/^copy +\d+ +\d+ +2 /m);
  });

  it('moves a world with its assets into an empty domain, byte by byte', async () => {
    await shelf.put(CHAIR_HASH, CHAIR, 'chair.glb');
    await shelf.lead('/models/chair.glb', CHAIR_HASH);
    await shelf.lead('/nobody/needs.this', CHAIR_HASH);
    expect(await domain.do('export', 'plaza', file('one.zip'))).toContain('1 asset');
    const other = await WorldDomain.start();
    try {
      const dry = await other.do('import', file('one.zip'), 'plaza', '--dry-run');
      expect(dry).toMatch(/all +2 +0 +0/);
      expect(await other.run('at', 'plaza', 'now')).toMatchObject({ code: 1 });
      await other.do('import', file('one.zip'), 'plaza');
      await other.do('export', 'plaza', file('two.zip'));
      expect(readFileSync(file('two.zip')).equals(readFileSync(file('one.zip')))).toBe(true);
      const again = await other.do('import', file('one.zip'), 'plaza', '--replace');
      expect(again).toContain('Nothing is to be changed.');
      expect(await other.do('list')).toMatch(/^plaza +2 +\d+ +2 /m);
      expect(await (await shelfOf(other.broker)).read(CHAIR_HASH)).toEqual(CHAIR);
    } finally {
      await other.stop();
    }
  });

  it('finds and leaves assets in the store that the asset-servers use', async () => {
    const store = ['--asset-store', 'folder', '--asset-store-dir', file('files')];
    expect(await domain.do('export', 'plaza', file('none.zip'), ...store)).toContain('cannot be found');
    await domain.do('import', file('one.zip'), 'plaza', ...store);
    expect(readFileSync(join(file('files'), CHAIR_HASH.slice(0, 2), CHAIR_HASH))).toEqual(CHAIR);
    await domain.do('export', 'plaza', file('three.zip'), ...store);
    expect(readFileSync(file('three.zip')).equals(readFileSync(file('one.zip')))).toBe(true);
    expect(await domain.run('export', 'plaza', file('no.zip'), '--asset-store', 'folder')).toMatchObject({ code: 1 });
  });

  it('imports and exports models.json.gz without loss', async () => {
    writeFileSync(file('old.json.gz'), gzipSync(JSON.stringify(MODELS)));
    const output = await domain.do('import', file('old.json.gz'), 'old');
    expect(output).toContain('1 Wormhole');
    await domain.do('export', 'old', file('new.json.gz'));
    expect(JSON.parse(gunzipSync(readFileSync(file('new.json.gz'))).toString())).toEqual(MODELS);
    await domain.do('export', 'old', file('content.zip'), '--format', 'content');
    await domain.do('import', file('content.zip'), 'older');
    expect(await bytesOf('older')).toEqual(await bytesOf('old'));
  });

  it('takes assets that have no path along in every archive, and says which are missing', async () => {
    const picture = Buffer.from('a picture, as good as real');
    const hash = createHash('sha256').update(picture).digest('hex');
    const gone = '0'.repeat(64);
    await shelf.put(hash, picture, 'picture.png');
    await domain.do('create', 'gallery');
    const entities = [
      add(1, { imageURL: `/assets/${hash}.png` }, 'Image'),
      add(2, { imageURL: `/assets/${gone}.png` }, 'Image'),
    ];
    await domain.edit('gallery', ADA, ...entities);
    const verified = await domain.do('verify', 'gallery');
    expect(verified).toContain(`  /assets/${gone}.png`);
    expect(verified).toContain('All else is right; 1 asset that the world names cannot be found.');
    const exported = await domain.do('export', 'gallery', file('gallery.zip'), '--format', 'content');
    expect(exported).toMatch(/2 entities at \d+, 1 asset,/);
    expect(exported).toContain(`  /assets/${gone}.png`);
    const other = await WorldDomain.start();
    try {
      const imported = await other.do('import', file('gallery.zip'), 'gallery');
      expect(imported).toContain(`Assets that are missing:\n  /assets/${gone}.png`);
      expect(await (await shelfOf(other.broker)).read(hash)).toEqual(picture);
      expect(await (await shelfOf(other.broker)).paths()).toEqual(new Map([[`/imported/${hash}.png`, hash]]));
      await other.do('export', 'gallery', file('back.zip'));
      const contents = (await openZip(readFileSync(file('back.zip')))).get('entities.ndjson');
      expect(Buffer.from((await contents?.read()) ?? []).toString()).toContain(`"atp:/imported/${hash}.png"`);
      await other.do('export', 'gallery', file('again.zip'), '--format', 'content');
      expect(readFileSync(file('again.zip')).equals(readFileSync(file('gallery.zip')))).toBe(true);
    } finally {
      await other.stop();
    }
  });

  it('merges a file into a world, or replaces the world by it', async () => {
    await domain.edit('old', ADA, add(50), change(1, { position: { x: 9, y: 9, z: 9 } }));
    const merged = await domain.do('import', file('old.json.gz'), 'old');
    expect(merged).toMatch(/all +0 +1 +0/);
    expect(await domain.do('at', 'old', 'now')).toContain('entities  3');
    expect(await domain.do('import', file('old.json.gz'), 'old', '--replace')).toMatch(/all +0 +0 +1/);
    expect(await bytesOf('old')).toEqual(await bytesOf('older'));
  });

  it('changes nothing when a file is broken, lies, leads out or is a bomb', async () => {
    const hash = await hashNow('plaza');
    const broken = structuredClone(MODELS) as { Entities: object[] };
    broken.Entities.push(
      { id: `{${idOf(9)}}`, type: 'Box', position: { x: 'far', y: 0, z: 0 } },
      { id: 'nonsense', type: 'Box' },
    );
    writeFileSync(file('broken.json'), JSON.stringify(broken));
    const refused = await domain.run('import', file('broken.json'), 'plaza', '--replace');
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('2 of 4 entities cannot be taken') });
    expect(refused.output).toContain(idOf(9));
    expect(refused.output).toContain('nonsense');
    for (const [name, bytes] of await hostileArchives(readFileSync(file('one.zip')))) {
      writeFileSync(file(name), bytes);
      const { code, output } = await domain.run('import', file(name), 'plaza', '--replace');
      expect([name, code]).toEqual([name, 1]);
      expect(output).not.toContain('    at ');
    }
    const missing = await domain.run('import', file('missing.zip'), 'plaza');
    expect(missing).toEqual({ code: 1, output: `There is no file ${file('missing.zip')}.` });
    writeFileSync(file('picture.zip'), Buffer.from('\x89PNG\r\n'));
    const picture = await domain.run('import', file('picture.zip'), 'plaza');
    expect(picture).toEqual({ code: 1, output: 'picture.zip is no archive.' });
    const swapped = await domain.run('import', 'plaza', 'main.zip');
    expect(swapped).toMatchObject({ code: 2, output: expect.stringContaining('vicinity world import FILE NAME') });
    expect(await hashNow('plaza')).toBe(hash);
    await domain.run('import', file('broken.json'), 'fresh');
    expect(await domain.run('at', 'fresh', 'now')).toMatchObject({ code: 1 });
  });

  it('leaves no half of a file behind', async () => {
    expect(await domain.run('export', 'plaza', join(folder, 'none', 'x.zip'))).toMatchObject({ code: 1 });
    expect(await domain.run('export', 'plaza', file('x.txt'))).toMatchObject({ code: 2 });
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('finds a snapshot that somebody has tampered with', async () => {
    await domain.startEntityServer('es-2');
    await domain.do('snapshot', 'copy', '--label', 'one');
    const right = await domain.do('verify', 'copy');
    expect(right).toMatch(/es-1 at \d+: right/);
    expect(right).toMatch(/es-2 at \d+: right/);
    expect(right).toContain('Everything is right.');
    const { snapshots } = await openWorldJournal(domain.broker, 'copy');
    const [info] = await snapshots.list();
    const { snapshots: others } = await openWorldJournal(domain.broker, 'first');
    await domain.do('snapshot', 'first');
    const forged: Uint8Array[] = [];
    for await (const chunk of others.open((await others.list())[0])) forged.push(chunk.slice());
    await snapshots.put(info.sequence, forged, info);
    const { code, output } = await domain.run('verify', 'copy');
    expect(code).toBe(1);
    expect(output).toContain(`snapshot at ${info.sequence}: `);
    expect(output).toContain('1 fault found.');
    const bucket = await domain.broker.objectStore(SNAPSHOTS_BUCKET);
    await bucket.put(`copy/${String(info.sequence).padStart(16, '0')}`, Buffer.from('nothing'), {});
    expect((await domain.run('verify', 'first')).code).toBe(0);
  });

  it('says that nobody runs whose memory could be compared with the log', async () => {
    await domain.stopEntityServers();
    const { code, output } = await domain.run('verify', 'first');
    expect(code).toBe(0);
    expect(output).toContain('No entity-server runs that could be compared with the log.');
  });
});

/** Archives that must be refused. */
async function hostileArchives(good: Uint8Array): Promise<Array<[string, Uint8Array]>> {
  const entries = await openZip(good);
  const contents = await Promise.all([...entries].map(async ([name, entry]) => ({ name, data: await entry.read() })));
  const zip = async (...changed: Array<{ name: string; data: Uint8Array }>): Promise<Buffer> => {
    const pieces: Uint8Array[] = [];
    const names = new Set(changed.map(({ name }) => name));
    for await (const piece of writeZip([...contents.filter(({ name }) => !names.has(name)), ...changed]))
      pieces.push(piece);
    return Buffer.concat(pieces);
  };
  const asset = contents.find(({ name }) => name.startsWith('assets/'))?.name ?? '';
  const bomb = Buffer.from(await zip({ name: 'zeros.txt', data: Buffer.from('AAAA') }));
  return [
    ['cut.zip', good.subarray(0, good.length - 100)],
    ['lie.zip', await zip({ name: asset, data: Buffer.from('something else') })],
    ['cycle.zip', await zip({ name: 'entities.ndjson', data: Buffer.from(cycle()) })],
    ['outside.zip', Buffer.from(bomb.toString('latin1').replaceAll('zeros.txt', '../x/y.tx'), 'latin1')],
    ['bomb.zip', bombOf()],
    ['garbage.json', Buffer.from('{"Entities": 7}')],
    ['empty.zip', Buffer.alloc(0)],
    ['bomb.json.gz', gzipSync(Buffer.alloc(300_000_000, 0x20))],
  ];
}

function cycle(): string {
  const line = (id: number, parent: number): string =>
    `${JSON.stringify({ id: idOf(id), type: 'Box', properties: { parentID: idOf(parent) } })}\n`;
  return line(1, 2) + line(2, 1);
}

/** One file of fifty megabytes of zeros that is a thousandth as long. */
function bombOf(): Uint8Array {
  const name = Buffer.from('world.json');
  const data = deflateRawSync(Buffer.alloc(50_000_000));
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(8, 4);
  fields.writeUInt32LE(data.length, 14);
  fields.writeUInt32LE(50_000_000, 18);
  fields.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, name, data]);
  const tail = Buffer.alloc(14);
  const directory = Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), fields, tail, name]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, directory, Buffer.from('PK\x05\x06'), end]);
}
