import { describe, expect, it } from '@jest/globals';
import { decodeMessage, encodeMessage } from '@app/wire';
import fc from 'fast-check';
import { gunzipSync } from 'node:zlib';
import { applyLogEntry, decodeSnapshot, encodeSnapshot, EntityError, EntityWorld } from './index.js';
import { ADA, anyRecords, IDS } from './naive-world.fixture.js';
import { add, WorldKit, worldOf, START_MS } from './world-kit.fixture.js';

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

/** Bytes in chunks of any size. */
async function* cut(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function failure(chunks: AsyncIterable<Uint8Array>): Promise<unknown> {
  return decodeSnapshot(chunks).then(
    () => 'fine',
    (error: unknown) => (error instanceof EntityError ? error.code : error),
  );
}

/** Everything that a world is, also what its hash does not cover. */
const everythingOf = (world: EntityWorld) => [...world.encodeParts()].map((part) => Buffer.from(part).toString('hex'));

describe('a snapshot', () => {
  it('and the rest of the log lead to the same world as the whole log, from any place', async () => {
    await fc.assert(
      fc.asyncProperty(anyRecords, fc.nat(25), fc.integer({ min: 1, max: 500 }), async (records, at, chunkBytes) => {
        const kit = new WorldKit();
        let snapshot = await bytesOf(encodeSnapshot(kit.world));
        for (const { transactions, writtenAtMs } of records) {
          kit.atMs = writtenAtMs - 1_785_000_000_000;
          kit.append(transactions);
          if (kit.world.lastSequence === at) snapshot = await bytesOf(encodeSnapshot(kit.world));
        }
        const world = await decodeSnapshot(cut(snapshot, chunkBytes), chunkBytes % 2 === 0);
        const hash = world.hash();
        for (const entry of kit.log) applyLogEntry(world, entry);
        expect(world.hash()).toEqual(kit.world.hash());
        expect(everythingOf(world)).toEqual(everythingOf(kit.world));
        const replayed = new EntityWorld();
        for (const entry of kit.log) if (entry.sequence <= at) applyLogEntry(replayed, entry);
        if (at <= records.length) expect(hash).toEqual(replayed.hash());
      }),
      { numRuns: 100 },
    );
  });

  it('is of the world as it was when it was asked for', async () => {
    const kit = worldOf([add(IDS[0])]);
    const chunks = encodeSnapshot(kit.world);
    kit.do(ADA, add(IDS[1]));
    expect((await decodeSnapshot(chunks)).size).toBe(1);
  });

  it('remembers what has been done, so that repetitions are recognised', async () => {
    const kit = new WorldKit();
    kit.append([{ editId: 'edit-1', author: ADA, edits: [add(IDS[0])] }]);
    kit.append([{ editId: 'edit-2', author: ADA, edits: [add(IDS[0])] }]);
    const world = await decodeSnapshot(encodeSnapshot(kit.world));
    expect(world.outcomeOf('edit-1')).toEqual({ sequence: 1, atMs: START_MS, results: [{ id: IDS[0], revision: 1 }] });
    expect(world.outcomeOf('edit-2')).toEqual({ sequence: 2, atMs: START_MS, code: 'entity-exists', results: [] });
  });

  it('can be read without having been zipped', async () => {
    const kit = worldOf([add(IDS[0])]);
    const plain = gunzipSync(await bytesOf(encodeSnapshot(kit.world)));
    expect((await decodeSnapshot(cut(plain, 7))).hash()).toEqual(kit.world.hash());
  });

  it('is refused when it is cut, or one bit of it is another', async () => {
    const kit = worldOf([add(IDS[0], { name: 'a' }), add(IDS[1], { parentID: IDS[0] })]);
    const zipped = await bytesOf(encodeSnapshot(kit.world));
    const plain = gunzipSync(zipped);
    for (let cutAt = 0; cutAt < zipped.length; cutAt++) {
      expect(await failure(cut(zipped.subarray(0, cutAt), 64))).toBe('snapshot-corrupt');
    }
    let survived = 0;
    for (let bit = 0; bit < plain.length * 8; bit += 3) {
      const flipped = Uint8Array.from(plain);
      flipped[bit >> 3] ^= 1 << (bit & 7);
      const result = await failure(cut(flipped, 1_000));
      // Only what is no part of the hash (times, remembered outcomes) can be changed unnoticed here: the store sees it.
      if (result === 'fine') survived++;
      else expect(result).toBe('snapshot-corrupt');
    }
    expect(survived).toBeLessThan(plain.length);
  });

  it('is refused when its entities are no world', () => {
    const kit = worldOf([add(IDS[0]), add(IDS[1], { parentID: IDS[0] })]);
    const [entities, , end] = [...kit.world.encodeParts()];
    const orphan = decodeMessage('SnapshotPart', entities).entities[1];
    const part = encodeMessage('SnapshotPart', { entities: [orphan] });
    const lone = new EntityWorld();
    expect(() => EntityWorld.decode([part, end])).toThrow(EntityError);
    expect(() => EntityWorld.decode([entities, entities, end])).toThrow(EntityError);
    expect(() => EntityWorld.decode([entities])).toThrow(EntityError);
    expect(() => EntityWorld.decode([entities, end, end])).toThrow(EntityError);
    expect(() => EntityWorld.decode([...lone.encodeParts()])).not.toThrow();
  });

  it('passes on what its source fails with', async () => {
    const broken = async function* (): AsyncIterable<Uint8Array> {
      yield Uint8Array.of(0x1f, 0x8b);
      throw new RangeError('away');
    };
    expect(await failure(broken())).toEqual(new RangeError('away'));
  });
});
