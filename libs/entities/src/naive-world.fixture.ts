import { type EntityId, type EntityProperties } from '@app/world';
import fc from 'fast-check';
import type { EntityAuthor, EntityEdit, EntityRecord, EntityTransaction } from './index.js';

/** A few ids, so that random edits meet. */
export const IDS: readonly EntityId[] = Array.from(
  { length: 9 },
  (_, i) => `00000000-0000-4000-8000-00000000000${i + 1}`,
);

export const ADA: EntityAuthor = { sessionId: 1, name: 'Ada' };
export const BO: EntityAuthor = { sessionId: 2, name: 'Bo' };

const anyId = fc.constantFrom(...IDS);
const vector = fc.record({
  x: fc.integer({ min: -9, max: 9 }),
  y: fc.double({ noNaN: true, min: -9, max: 9 }),
  z: fc.constant(0),
});
const anyProperties: fc.Arbitrary<EntityProperties> = fc.record(
  {
    parentID: fc.oneof(anyId, fc.constantFrom('', '00000000-0000-0000-0000-000000000000', IDS[0].replace('0', 'f'))),
    name: fc.string({ unit: 'grapheme', maxLength: 8 }),
    locked: fc.boolean(),
    position: vector,
    velocity: vector,
    color: fc.record({ red: fc.nat(255), green: fc.nat(255), blue: fc.nat(255) }),
    constructor: fc.boolean(),
    gear: fc
      .jsonValue({ maxDepth: 3 })
      .map((value) => JSON.parse(JSON.stringify(value).replaceAll('__proto__', 'p').replaceAll('"":', '"e":'))),
  },
  { requiredKeys: [] },
);

/** Edits of few entities, many of them impossible. */
export const anyEdit: fc.Arbitrary<EntityEdit> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      id: anyId,
      type: fc.constantFrom('Box', 'Sphere'),
      properties: anyProperties,
    }),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({
        kind: fc.constant('change' as const),
        id: anyId,
        properties: anyProperties,
        removed: fc.uniqueArray(fc.constantFrom('name', 'color', 'gear', 'locked', 'parentID', 'velocity'), {
          maxLength: 2,
        }),
        expectedRevision: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(9) }),
      })
      .map((edit) => ({ ...edit, removed: edit.removed.filter((name) => !Object.hasOwn(edit.properties, name)) })),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('erase' as const), id: anyId, expectedRevision: fc.constant(0) }),
  },
);

/** Transactions of one to three edits of two authors; some have an id that others have. */
export const anyTransaction: fc.Arbitrary<EntityTransaction> = fc.record({
  editId: fc.oneof({ weight: 9, arbitrary: fc.uuid() }, { weight: 1, arbitrary: fc.constantFrom('again', 'again-2') }),
  author: fc.constantFrom(ADA, BO),
  edits: fc.array(anyEdit, { minLength: 1, maxLength: 3 }),
});

/** Records whose times rise by 0 to 3 s each. */
export const anyRecords: fc.Arbitrary<EntityRecord[]> = fc
  .array(fc.tuple(fc.array(anyTransaction, { maxLength: 3 }), fc.nat(3_000)), { maxLength: 25 })
  .map((list) => {
    let writtenAtMs = 1_785_000_000_000;
    return list.map(([transactions, laterMs]) => {
      writtenAtMs += laterMs;
      return { epoch: 1, writer: 'entity-server-1', writtenAtMs, transactions };
    });
  });

/** What an entity is to the naive model. */
export interface NaiveEntity {
  type: string;
  properties: EntityProperties;
  revision: number;
}

/**
 * A world in the plainest way: everything is copied for each transaction, and thrown away when it fails. Nothing moves in
 * it, and it knows no limits.
 */
export class NaiveWorld {
  entities = new Map<EntityId, NaiveEntity>();
  private floor = 0;
  private readonly seen = new Set<string>();

  /** Whether it was done. */
  apply({ editId, edits }: EntityTransaction, sequence: number): boolean {
    if (this.seen.has(editId)) return false;
    this.seen.add(editId);
    const before = { entities: new Map(this.entities), floor: this.floor };
    if (edits.every((edit) => this.applyEdit(edit, sequence))) return true;
    Object.assign(this, before);
    return false;
  }

  parentOf(id: EntityId): EntityId | undefined {
    const parent = this.entities.get(id)?.properties.parentID;
    return typeof parent === 'string' && /[1-9a-f]/.test(parent) ? parent : undefined;
  }

  /** How many locked entities hang on one, directly or through others. */
  lockedBelow(id: EntityId): number {
    return [...this.entities]
      .filter(([child]) => this.parentOf(child) === id)
      .reduce((sum, [child, { properties }]) => sum + Number(properties.locked === true) + this.lockedBelow(child), 0);
  }

  private applyEdit(edit: EntityEdit, sequence: number): boolean {
    const before = this.entities.get(edit.id);
    if (edit.kind === 'add') {
      if (before) return false;
      const revision = Math.max(this.floor + 1, sequence);
      this.entities.set(edit.id, { type: edit.type, properties: edit.properties, revision });
      return this.isTree();
    }
    if (!before || (edit.expectedRevision !== 0 && edit.expectedRevision !== before.revision)) return false;
    if (edit.kind === 'erase') {
      this.erase(edit.id);
      return true;
    }
    const properties = { ...before.properties, ...edit.properties };
    for (const name of edit.removed) delete properties[name];
    this.entities.set(edit.id, { ...before, properties, revision: Math.max(before.revision + 1, sequence) });
    return this.isTree();
  }

  private erase(id: EntityId): void {
    for (const child of [...this.entities.keys()]) if (this.parentOf(child) === id) this.erase(child);
    this.floor = Math.max(this.floor, this.entities.get(id)?.revision ?? 0);
    this.entities.delete(id);
  }

  private isTree(): boolean {
    return [...this.entities.keys()].every((id) => {
      let steps = 0;
      for (let at = this.parentOf(id); at !== undefined; at = this.parentOf(at)) {
        if (!this.entities.has(at) || ++steps > this.entities.size) return false;
      }
      return true;
    });
  }
}
