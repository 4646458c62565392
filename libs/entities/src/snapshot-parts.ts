import { decodeMessage, encodeMessage, type vicinity } from '@app/wire';
import { ENTITIES_PER_WORLD_MAX, ENTITY_DEPTH_MAX, type EntityId } from '@app/world';
import { EntityError } from './entities.errors.js';
import type { Entity } from './entity.js';
import { encodeEntity, entityOfState, exact } from './entity-codec.js';
import { joinFields } from './wire-fields.js';
import { measureProperties } from './measure-properties.js';
import { parentOf } from './parent.js';
import { packOutcomes, type RememberedEntry, unpackOutcomes } from './outcome-codec.js';
import { RememberedOutcomes } from './remembered-outcomes.js';
import { sortedById } from './sorted-by-id.js';
import { addHash, STATE_HASH_BYTES } from './state-hash.js';

/** Everything that a world is. */
export interface WorldState {
  readonly entities: readonly Entity[];
  /** Oldest first. */
  readonly outcomes: RememberedOutcomes;
  readonly sequence: number;
  readonly writtenAtMs: number;
  readonly revisionFloor: number;
  readonly hash: Uint8Array;
}

/** Number of the field `entities` of a SnapshotPart. */
const ENTITIES_FIELD = 1;
/** Entities in one part. */
const PART_ENTITIES_MAX = 1_000;
/** Bytes after which a part goes out. */
const PART_BYTES = 1_048_576;
/** Bytes of a part that is read: what goes out has at most one more entity or outcome than PART_BYTES. */
export const SNAPSHOT_PART_BYTES_MAX = 2 * PART_BYTES;
/** Bytes of an entity besides its properties, about. */
const ENTITY_FRAME_BYTES = 256;

/** What a snapshot is made of; outcomes come one by one. */
type StateToEncode = Omit<WorldState, 'hash' | 'outcomes'> & { readonly outcomes: Iterable<RememberedEntry> };
type PartFields = vicinity.v1.SnapshotPart.$Properties;

/**
 * Encoded SnapshotParts: entities sorted by id, then remembered outcomes, then the end, with a hash that is computed on the
 * way.
 */
export function* encodeSnapshotParts(state: StateToEncode): IterableIterator<Uint8Array> {
  const hash = new Uint8Array(STATE_HASH_BYTES);
  const sizeOf = (entity: Entity): number => measureProperties(entity.properties).bytes + ENTITY_FRAME_BYTES;
  for (const group of groupsOf(sortedById(state.entities), sizeOf)) {
    const encoded = group.map(encodeEntity);
    for (const bytes of encoded) addHash(hash, bytes);
    yield joinFields(ENTITIES_FIELD, encoded);
  }
  for (const part of packOutcomes(state.outcomes, PART_BYTES)) yield encodePart(part);
  const { sequence, writtenAtMs, revisionFloor } = state;
  yield encodePart({ end: { sequence, writtenAtMs, revisionFloor, hash, count: state.entities.length } });
}

function encodePart(part: PartFields): Uint8Array {
  return encodeMessage('SnapshotPart', part);
}

function* groupsOf<Item>(items: Iterable<Item>, bytesOf: (item: Item) => number) {
  let group: Item[] = [];
  let bytes = 0;
  for (const item of items) {
    group.push(item);
    bytes += bytesOf(item);
    if (group.length < PART_ENTITIES_MAX && bytes < PART_BYTES) continue;
    yield group;
    group = [];
    bytes = 0;
  }
  if (group.length > 0) yield group;
}

/** Reads SnapshotParts one by one, so that a large world need not be read at once. */
export class SnapshotReader {
  private readonly entities = new Map<EntityId, Entity>();
  private readonly outcomes = new RememberedOutcomes();
  private readonly sum = new Uint8Array(STATE_HASH_BYTES);
  private end?: vicinity.v1.SnapshotEnd.$Properties;

  /** @param isThorough  hashes what has been read in its canonical encoding, instead of the bytes: slower, but it proves more */
  constructor(private readonly isThorough = false) {}

  /** Reads the next part. Fails with `snapshot-corrupt`, never otherwise. */
  push(bytes: Uint8Array): void {
    if (this.end) throw corrupt('Something stands behind its end.');
    try {
      this.read(decodeMessage('SnapshotPart', bytes, SNAPSHOT_PART_BYTES_MAX), bytes);
    } catch (cause) {
      if (cause instanceof EntityError) throw cause;
      throw corrupt('A part cannot be read.', cause);
    }
  }

  /** What was read, once it is complete, its hash is right, and it is a world. Fails with `snapshot-corrupt`. */
  finish(): WorldState {
    const { end } = this;
    if (!end) throw corrupt('Its end is missing.');
    if (end.count !== this.entities.size) throw corrupt('It has not as many entities as it says.');
    const hash = end.hash ?? new Uint8Array();
    if (hash.length !== this.sum.length || !this.sum.every((byte, i) => byte === hash[i])) {
      throw corrupt('Its hash is not that of its entities.');
    }
    checkFamilies(this.entities);
    return {
      entities: [...this.entities.values()],
      outcomes: this.outcomes,
      sequence: end.sequence ?? 0,
      writtenAtMs: end.writtenAtMs ?? 0,
      revisionFloor: end.revisionFloor ?? 0,
      hash: this.sum,
    };
  }

  private read(part: PartFields, bytes: Uint8Array): void {
    for (const state of part.entities ?? []) this.readEntity(state);
    // Only if the bytes are canonical can the sum be right.
    if (!this.isThorough) for (const encoded of entitiesIn(bytes)) addHash(this.sum, encoded);
    unpackOutcomes(part, this.outcomes);
    if (!part.end) return;
    exact(part.end.sequence);
    exact(part.end.writtenAtMs);
    exact(part.end.revisionFloor);
    this.end = part.end;
  }

  private readEntity(state: vicinity.v1.EntityState.$Properties): void {
    const entity = entityOfState(state);
    if (this.entities.has(entity.id)) throw corrupt(`The entity ${entity.id} is there twice.`);
    if (this.entities.size >= ENTITIES_PER_WORLD_MAX) throw corrupt('It has more entities than a world can have.');
    this.entities.set(entity.id, entity);
    if (this.isThorough) addHash(this.sum, encodeEntity(entity));
  }
}

/** Encoded entities of an encoded SnapshotPart (field 1) that has been decoded, and so is well-formed. */
function* entitiesIn(part: Uint8Array): Iterable<Uint8Array> {
  let at = 0;
  const readNumber = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = part[at++];
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  while (at < part.length) {
    const tag = readNumber();
    if ((tag & 7) !== 2) throw corrupt('A part has unknown fields.');
    const length = readNumber();
    if (tag >>> 3 === ENTITIES_FIELD) yield part.subarray(at, at + length);
    at += length;
  }
}

/** Fails with `snapshot-corrupt` unless every parent is there, and nothing hangs on itself or too deep. */
function checkFamilies(entities: ReadonlyMap<EntityId, Entity>): void {
  for (const entity of entities.values()) {
    let depth = 1;
    for (let parent = parentOf(entity.properties); parent !== undefined; depth++) {
      const above = entities.get(parent);
      if (!above) throw corrupt(`The parent of ${entity.id} is missing.`);
      if (depth >= ENTITY_DEPTH_MAX) throw corrupt(`The entity ${entity.id} hangs too deep, or on itself.`);
      parent = parentOf(above.properties);
    }
  }
}

/** A snapshot that cannot be used, and why. */
export function corrupt(why: string, cause?: unknown): EntityError {
  return new EntityError('snapshot-corrupt', `The snapshot cannot be used. ${why}`, { cause });
}
