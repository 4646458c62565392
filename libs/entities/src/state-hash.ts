import { type EntityId } from '@app/world';
import { hash as digest } from 'node:crypto';
import type { Entity } from './entity.js';
import { encodeEntity } from './entity-codec.js';

/** Bytes of a state's hash. */
export const STATE_HASH_BYTES = 32;

/**
 * The hash of a world, kept up to date: the exclusive or of the SHA-256 of each entity. Changes are noted, and counted in
 * when somebody asks. What was changed back costs nothing.
 */
export class StateHash {
  private readonly sum: Uint8Array;
  /** For each entity that has changed since it was counted, what was counted of it; undefined for nothing. */
  private readonly counted = new Map<EntityId, Entity | undefined>();

  /** @param sum  what is known already about entities that are never told by `note` */
  constructor(sum: Uint8Array = new Uint8Array(STATE_HASH_BYTES)) {
    this.sum = Uint8Array.from(sum);
  }

  /** Number of entities that have changed and are not counted. */
  get pending(): number {
    return this.counted.size;
  }

  /** An entity has become another. */
  note(id: EntityId, before: Entity | undefined, after: Entity | undefined): void {
    if (!this.counted.has(id)) this.counted.set(id, before);
    else if (this.counted.get(id) === after) this.counted.delete(id);
  }

  /** Counts in at most `countMax` changes; asks `get` for what has become of an entity. */
  settle(get: (id: EntityId) => Entity | undefined, countMax = Infinity): void {
    let count = 0;
    for (const [id, before] of this.counted) {
      if (count++ >= countMax) return;
      const after = get(id);
      if (before) this.toggle(before);
      if (after) this.toggle(after);
      this.counted.delete(id);
    }
  }

  /** The sum as it is when everything is settled; a copy. */
  value(): Uint8Array {
    return this.sum.slice();
  }

  private toggle(entity: Entity): void {
    addHash(this.sum, encodeEntity(entity));
  }
}

/** Counts an encoded entity in, or out again. */
export function addHash(sum: Uint8Array, encoded: Uint8Array): void {
  const bytes = digest('sha256', encoded, 'buffer');
  for (let i = 0; i < STATE_HASH_BYTES; i++) sum[i] ^= bytes[i];
}
