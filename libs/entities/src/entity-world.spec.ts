import { describe, expect, it } from '@jest/globals';
import { ENTITY_DEPTH_MAX, ENTITY_EDITS_MAX, type EntityId } from '@app/world';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import {
  applyLogEntry,
  type Entity,
  type EntityEdit,
  type EntityRecord,
  encodeEntity,
  encodeRecord,
  EntityWorld,
} from './index.js';
import { ADA, anyRecords, anyTransaction, BO, IDS, NaiveWorld } from './naive-world.fixture.js';
import { addHash } from './state-hash.js';

const add = (id: EntityId, properties = {}): EntityEdit => ({ kind: 'add', id, type: 'Box', properties });
const change = (id: EntityId, properties = {}, expectedRevision = 0): EntityEdit => ({
  kind: 'change',
  id,
  properties,
  removed: [],
  expectedRevision,
});
const erase = (id: EntityId): EntityEdit => ({ kind: 'erase', id, expectedRevision: 0 });

/** A world to which transactions are given one a record. */
class Harness {
  readonly world = new EntityWorld();

  do(edits: EntityEdit[], editId: string = randomUUID(), atMs = 1_000) {
    const transactions = [{ editId, author: ADA, edits }];
    return this.world.apply({ epoch: 1, writer: 'w', writtenAtMs: atMs, transactions }, this.world.lastSequence + 1)[0];
  }

  code(edits: EntityEdit[]): string | undefined {
    const outcome = this.do(edits);
    return outcome.kind === 'void' ? outcome.code : undefined;
  }
}

function dump(world: EntityWorld): Entity[] {
  return [...world.entities()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function recomputedHash(world: EntityWorld): Uint8Array {
  const sum = new Uint8Array(32);
  for (const entity of world.entities()) addHash(sum, encodeEntity(entity));
  return sum;
}

function run(records: readonly EntityRecord[], world = new EntityWorld()): EntityWorld {
  records.forEach((record) => world.apply(record, world.lastSequence + 1));
  return world;
}

describe('EntityWorld', () => {
  it('becomes what a naive model becomes, whatever it is asked', () => {
    fc.assert(
      fc.property(anyRecords, (records) => {
        const world = new EntityWorld();
        const naive = new NaiveWorld();
        records.forEach((record, i) => {
          const outcomes = world.apply(record, i + 1);
          const expected = record.transactions.map((transaction) => naive.apply(transaction, i + 1));
          expect(outcomes.map(({ kind }) => kind === 'done')).toEqual(expected);
        });
        expect(world.size).toBe(naive.entities.size);
        for (const [id, { type, properties, revision }] of naive.entities) {
          expect(world.get(id)).toMatchObject({ type, revision });
          const still = Object.keys(properties).filter((name) => name !== 'position' && name !== 'velocity');
          for (const name of still) expect(world.get(id)?.properties[name]).toEqual(properties[name]);
          expect([...world.childrenOf(id)].sort()).toEqual(IDS.filter((child) => naive.parentOf(child) === id));
          expect(world.lockedBelow(id)).toBe(naive.lockedBelow(id));
        }
      }),
      { numRuns: 400 },
    );
  });

  it('has a hash that is kept up to date as if it were computed anew', () => {
    fc.assert(
      fc.property(anyRecords, fc.nat(5), (records, every) => {
        const world = new EntityWorld();
        records.forEach((record, i) => {
          world.apply(record, i + 1);
          if (every > 0 && i % every === 0) expect(world.hash()).toEqual(recomputedHash(world));
          world.settleHash(1);
        });
        expect(world.hash()).toEqual(recomputedHash(world));
      }),
    );
  });

  it('comes to the same state, but for revisions and times, however transactions are put into records', () => {
    const still = anyRecords.map((records) => records.map((record) => ({ ...record, writtenAtMs: 5_000 })));
    fc.assert(
      fc.property(still, (records) => {
        const transactions = records
          .flatMap((record) => record.transactions)
          .map((transaction) => ({
            ...transaction,
            edits: transaction.edits.map((edit) => (edit.kind === 'add' ? edit : { ...edit, expectedRevision: 0 })),
          }));
        const one = { epoch: 1, writer: 'w', writtenAtMs: 5_000, transactions };
        const together = run([one]);
        const apart = run(transactions.map((transaction) => ({ ...one, transactions: [transaction] })));
        const bare = (world: EntityWorld) =>
          dump(world).map(({ revision, sequence, ...rest }) => [rest, !revision, !sequence]);
        expect(bare(together)).toEqual(bare(apart));
      }),
    );
  });

  it('is told what would happen without anything happening', () => {
    fc.assert(
      fc.property(anyRecords, fc.array(anyTransaction, { maxLength: 5 }), (records, transactions) => {
        const world = run(records);
        const copy = run(records);
        const before = { dump: dump(world), hash: world.hash(), parts: [...world.encodeParts()] };
        const foretold = world.check(transactions, 1_785_000_100_000);
        expect({ dump: dump(world), hash: world.hash(), parts: [...world.encodeParts()] }).toEqual(before);
        const record = { epoch: 1, writer: 'w', writtenAtMs: 1_785_000_100_000, transactions };
        expect(copy.apply(record, copy.lastSequence + 1)).toEqual(foretold);
        expect(world.apply(record, world.lastSequence + 1)).toEqual(foretold);
        expect(world.hash()).toEqual(copy.hash());
      }),
      { numRuns: 300 },
    );
  });

  it('is the same to the last byte whether a record was tried before or read from the log', () => {
    fc.assert(
      fc.property(anyRecords, fc.array(fc.boolean(), { minLength: 25, maxLength: 25 }), (records, isForeign) => {
        const [reader, writer] = [new EntityWorld(), new EntityWorld()];
        records.forEach((record, i) => {
          const entry = { sequence: reader.lastSequence + 1, data: encodeRecord(record) };
          const proposed = { data: entry.data.slice(), draft: writer.draft(record.transactions, record.writtenAtMs) };
          if (isForeign[i]) {
            // Something of another writer comes between: then the draft is worth nothing.
            const foreign = {
              ...records[0],
              transactions: [{ editId: `foreign ${i}`, author: BO, edits: [add(IDS[8])] }],
            };
            const other = { sequence: entry.sequence++, data: encodeRecord(foreign) };
            expect(applyLogEntry(writer, other, proposed)).toEqual(applyLogEntry(reader, other));
          }
          expect(applyLogEntry(writer, entry, proposed)).toEqual(applyLogEntry(reader, entry));
        });
        expect(writer.hash()).toEqual(reader.hash());
        expect([...writer.encodeParts()]).toEqual([...reader.encodeParts()]);
      }),
      { numRuns: 300 },
    );
  });

  it('does not do what was tried when the log has something else at its place', () => {
    const world = new EntityWorld();
    const record = (id: EntityId) => ({
      epoch: 1,
      writer: 'w',
      writtenAtMs: 1_000,
      transactions: [{ editId: `add ${id}`, author: ADA, edits: [add(id)] }],
    });
    const [mine, theirs] = [record(IDS[0]), record(IDS[1])];
    const proposed = { data: encodeRecord(mine), draft: world.draft(mine.transactions, 1_000) };
    applyLogEntry(world, { sequence: 1, data: encodeRecord(theirs) }, proposed);
    expect([...world.entities()].map(({ id }) => id)).toEqual([IDS[1]]);
    expect(world.applyDraft(proposed.draft, 1)).toBeUndefined();
    expect(world.applyDraft(proposed.draft, 2)).toBeUndefined();
    expect([...world.entities()].map(({ id }) => id)).toEqual([IDS[1]]);
  });

  it('does all edits of a transaction or none', () => {
    const world = new EntityWorld();
    const ids = Array.from({ length: ENTITY_EDITS_MAX - 1 }, () => randomUUID());
    const transaction = (edits: EntityEdit[]) => ({ editId: randomUUID(), author: ADA, edits });
    const record = (edits: EntityEdit[]) => ({
      epoch: 1,
      writer: 'w',
      writtenAtMs: 1,
      transactions: [transaction(edits)],
    });
    const [refused] = world.apply(record([...ids.map((id) => add(id)), erase(randomUUID())]), 1);
    expect(refused).toMatchObject({ kind: 'void', code: 'entity-unknown', editIndex: ENTITY_EDITS_MAX - 1 });
    expect(world.size).toBe(0);
    expect(world.hash()).toEqual(new Uint8Array(32));
    const [done] = world.apply(record([...ids.map((id) => add(id)), add(randomUUID())]), 2);
    expect(done).toMatchObject({ kind: 'done' });
    expect(world.size).toBe(ENTITY_EDITS_MAX);
  });

  it('refuses what cannot be, and says why', () => {
    const harness = new Harness();
    const [a, b, c] = IDS;
    expect(harness.code([add(a), add(b, { parentID: a })])).toBeUndefined();
    expect(harness.code([add(a)])).toBe('entity-exists');
    expect(harness.code([change(c)])).toBe('entity-unknown');
    expect(harness.code([erase(c)])).toBe('entity-unknown');
    expect(harness.code([add(c, { parentID: IDS[5] })])).toBe('entity-parent-unknown');
    expect(harness.code([change(b, { parentID: IDS[5] })])).toBe('entity-parent-unknown');
    expect(harness.code([add(c, { parentID: c })])).toBe('entity-cycle');
    expect(harness.code([change(a, { parentID: b })])).toBe('entity-cycle');
    expect(harness.code([change(a, {}, 77)])).toBe('entity-revision-stale');
    expect(harness.code([change(a, { text: 'x'.repeat(131_072) })])).toBe('edit-too-large');
    expect(harness.code([])).toBe('edit-invalid');
    expect(harness.code([{ kind: 'add', id: c, type: '', properties: {} }])).toBe('entity-type-invalid');
    expect(harness.code([change(b, { parentID: '' }), change(a, { parentID: b })])).toBeUndefined();
    expect(harness.world.rootOf(a)).toBe(b);
  });

  it('lets at most so many entities hang on each other, wherever a tree is hung on another', () => {
    const harness = new Harness();
    const chain = (count: number): EntityId[] => {
      const ids = Array.from({ length: count }, () => randomUUID());
      expect(harness.code(ids.map((id, i) => add(id, i === 0 ? {} : { parentID: ids[i - 1] })))).toBeUndefined();
      return ids;
    };
    const upper = chain(ENTITY_DEPTH_MAX - 10);
    const lower = chain(11);
    const fits = chain(10);
    expect(harness.code([change(lower[0], { parentID: upper.at(-1) })])).toBe('entity-too-deep');
    expect(harness.code([change(fits[0], { parentID: upper.at(-1) })])).toBeUndefined();
    expect(harness.code([add(randomUUID(), { parentID: fits.at(-1) })])).toBe('entity-too-deep');
    expect(harness.code([erase(fits[9]), add(randomUUID(), { parentID: fits[8] })])).toBeUndefined();
    expect(harness.code([erase(lower[10]), change(lower[0], { parentID: upper.at(-1) })])).toBeUndefined();
  });

  it('erases children with their parent, and tells of each', () => {
    const harness = new Harness();
    const [a, b, c] = IDS;
    harness.do([add(a), add(b, { parentID: a }), add(c, { parentID: b })]);
    const outcome = harness.do([erase(a)]);
    expect(outcome.kind === 'done' && outcome.changes.map(({ id, after }) => [id, after])).toEqual([
      [c, undefined],
      [b, undefined],
      [a, undefined],
    ]);
    expect(outcome.kind === 'done' && outcome.results).toEqual([{ id: a, revision: 0 }]);
    expect(harness.world.size).toBe(0);
  });

  it('tells of each entity once for each transaction', () => {
    const harness = new Harness();
    const [a, b] = IDS;
    const outcome = harness.do([add(a), change(a, { name: 'x' }), add(b), erase(b)]);
    expect(outcome.kind === 'done' && outcome.changes).toEqual([
      { id: a, before: undefined, after: harness.world.get(a) },
    ]);
  });

  it('gives an entity that was erased and comes back a higher revision', () => {
    const harness = new Harness();
    const [a] = IDS;
    harness.do([add(a), ...Array.from({ length: 20 }, () => change(a, { name: 'x' }))]);
    const before = harness.world.get(a)?.revision ?? 0;
    harness.do([erase(a)]);
    const world = EntityWorld.decode(harness.world.encodeParts());
    const transactions = [{ editId: 'x', author: ADA, edits: [add(a)] }];
    world.apply({ epoch: 1, writer: 'w', writtenAtMs: 1, transactions }, world.lastSequence + 1);
    expect(world.get(a)?.revision).toBeGreaterThan(before);
  });

  it('does a repeated transaction once, and says the same again', () => {
    const harness = new Harness();
    const first = harness.do([add(IDS[0])], 'edit-1');
    const again = harness.do([add(IDS[0])], 'edit-1');
    expect(again).toEqual({ kind: 'repeated', editId: 'edit-1', sequence: 1, results: [{ id: IDS[0], revision: 1 }] });
    expect(first.kind).toBe('done');
    expect(harness.do([erase(IDS[1])], 'edit-2')).toMatchObject({ kind: 'void', code: 'entity-unknown' });
    harness.do([add(IDS[1])]);
    expect(harness.do([erase(IDS[1])], 'edit-2')).toMatchObject({ kind: 'void', code: 'entity-unknown' });
    expect(harness.world.get(IDS[1])).toBeDefined();
  });

  it('leaves out records that it has read', () => {
    const { world } = new Harness();
    const record = {
      epoch: 1,
      writer: 'w',
      writtenAtMs: 9,
      transactions: [{ editId: 'a', author: BO, edits: [add(IDS[0])] }],
    };
    expect(world.apply(record, 5)).toHaveLength(1);
    expect(world.apply({ ...record, transactions: [{ ...record.transactions[0], editId: 'b' }] }, 5)).toEqual([]);
    world.skip(9);
    expect(world.apply(record, 9)).toEqual([]);
    expect(world.lastSequence).toBe(9);
  });

  it('has a clock that never falls', () => {
    const harness = new Harness();
    harness.do([add(IDS[0])], 'a', 5_000);
    harness.do([add(IDS[1])], 'b', 3_000);
    expect(harness.world.get(IDS[1])?.createdAtMs).toBe(5_000);
    expect(harness.world.lastWrittenAtMs).toBe(5_000);
  });

  it('puts what moves where it has come to before its movement changes', () => {
    const harness = new Harness();
    const [a] = IDS;
    const moving = { position: { x: 0, y: 0, z: 0 }, velocity: { x: 2, y: 0, z: 0 }, damping: 0 };
    harness.do([add(a, moving)], 'a', 1_000);
    harness.do([change(a, { name: 'cart' })], 'b', 2_000);
    expect(harness.world.get(a)).toMatchObject({ properties: moving, movedAtMs: 1_000, editedAtMs: 2_000 });
    harness.do([change(a, { velocity: { x: 0, y: 1, z: 0 } })], 'c', 3_000);
    expect(harness.world.get(a)).toMatchObject({ properties: { position: { x: 4, y: 0, z: 0 } }, movedAtMs: 3_000 });
    harness.do([change(a, { position: { x: 9, y: 9, z: 9 } })], 'd', 5_000);
    expect(harness.world.get(a)?.properties).toEqual({
      name: 'cart',
      position: { x: 9, y: 9, z: 9 },
      velocity: { x: 0, y: 1, z: 0 },
      damping: 0,
    });
  });

  it('divides its trees among shards, each tree as a whole', () => {
    const harness = new Harness();
    const roots = Array.from({ length: 200 }, () => randomUUID());
    const child = randomUUID();
    harness.do([...roots.map((id) => add(id)), add(child, { parentID: roots[7] })]);
    expect(harness.world.shardOf(child, 16)).toBe(harness.world.shardOf(roots[7], 16));
    expect(new Set(roots.map((id) => harness.world.shardOf(id, 4)))).toEqual(new Set([0, 1, 2, 3]));
    expect(harness.world.shardOf(randomUUID(), 1)).toBe(0);
  });

  it('knows who has made and changed an entity', () => {
    const { world } = new Harness();
    const edits = (author: typeof ADA, edit: EntityEdit) => ({ editId: randomUUID(), author, edits: [edit] });
    const transactions = [edits(ADA, add(IDS[0])), edits(BO, change(IDS[0], { name: 'x' }))];
    world.apply({ epoch: 1, writer: 'w', writtenAtMs: 7, transactions }, 3);
    expect(world.get(IDS[0])).toMatchObject({ createdBy: ADA, editedBy: BO, sequence: 3, revision: 4, createdAtMs: 7 });
  });

  it('survives whatever it is given as a record', () => {
    const { world } = new Harness();
    const edit = { kind: 'add', id: IDS[0], type: 'Box', properties: null } as unknown as EntityEdit;
    const transactions = [{ editId: 'a', author: ADA, edits: [edit] }];
    const [outcome] = world.apply({ epoch: 1, writer: 'w', writtenAtMs: 1, transactions }, 1);
    expect(outcome).toMatchObject({ kind: 'void', code: 'edit-invalid' });
  });
});
