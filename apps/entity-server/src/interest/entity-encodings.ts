import { isDeepStrictEqual } from 'node:util';
import { encodeEntity, type Entity, publicEntityOf } from '@app/entities';
import { encodeMessage, entityIdToBytes, packProperties } from '@app/wire';
import type { EntityProperties, EntityValue } from '@app/world';

/** Bytes of encoded entities that are kept; then all are forgotten, and encoded when they are told again. */
const KEPT_BYTES_MAX = 67_108_864;
/** The same for encoded changes, which are told to all within a moment. */
const KEPT_CHANGES_BYTES_MAX = 4_194_304;

/** What may still be encoded in one tick. */
export interface EncodingWork {
  /** Bytes of whole entities; none is encoded any more when it is not above 0. */
  encodeBytesLeft: number;
}

/** Entities and their changes as viewers are told: each version is encoded once for all of them. */
export class EntityEncodings {
  private readonly whole = new Map<Entity, Uint8Array>();
  private wholeBytes = 0;
  /** By the version that viewers have. */
  private readonly changes = new Map<Entity, { after: Entity; bytes: Uint8Array }>();
  private changesBytes = 0;
  /** As those see them who may not see what is private; without those that keep nothing private. */
  private readonly publicVersions = new WeakMap<Entity, Entity>();

  /** The version for those who may not see what is private; the same one each time. */
  publicOf(entity: Entity): Entity {
    const known = this.publicVersions.get(entity);
    if (known) return known;
    const version = publicEntityOf(entity);
    if (version !== entity) this.publicVersions.set(entity, version);
    return version;
  }

  /** An encoded EntityState; undefined when it would have to be encoded and there is nothing left for that. */
  wholeOf(entity: Entity, work: EncodingWork): Uint8Array | undefined {
    let bytes = this.whole.get(entity);
    if (bytes) return bytes;
    if (work.encodeBytesLeft <= 0) return undefined;
    bytes = encodeEntity(entity);
    work.encodeBytesLeft -= bytes.length;
    if (this.wholeBytes + bytes.length > KEPT_BYTES_MAX) {
      this.whole.clear();
      this.wholeBytes = 0;
    }
    this.whole.set(entity, bytes);
    this.wholeBytes += bytes.length;
    return bytes;
  }

  /** An encoded EntityState with what is different; the whole one when it has become another thing. */
  changesOf(before: Entity, after: Entity, work: EncodingWork): Uint8Array | undefined {
    if (!isSameThing(before, after)) return this.wholeOf(after, work);
    const kept = this.changes.get(before);
    if (kept?.after === after) return kept.bytes;
    if (this.changesBytes > KEPT_CHANGES_BYTES_MAX) this.forgetChanges();
    const bytes = encodeMessage('EntityState', changedFieldsOf(before, after));
    this.changes.set(before, { after, bytes });
    this.changesBytes += bytes.length - (kept?.bytes.length ?? 0);
    return bytes;
  }

  /** A version that nobody will be told any more. */
  forget(entity: Entity): void {
    for (const version of [entity, this.publicVersions.get(entity)]) {
      if (!version) continue;
      this.wholeBytes -= this.whole.get(version)?.length ?? 0;
      this.whole.delete(version);
    }
  }

  /** The world is another. */
  clear(): void {
    this.whole.clear();
    this.wholeBytes = 0;
    this.forgetChanges();
  }

  /** Call it now and then: old versions would be kept for nothing. */
  forgetChanges(): void {
    this.changes.clear();
    this.changesBytes = 0;
  }
}

/** Whether nobody has erased and added it in between. */
function isSameThing(before: Entity, after: Entity): boolean {
  return (
    before.type === after.type &&
    before.createdAtMs === after.createdAtMs &&
    before.createdBy.sessionId === after.createdBy.sessionId
  );
}

function changedFieldsOf(before: Entity, after: Entity): object {
  const changed: Record<string, EntityValue> = {};
  const [had, has]: EntityProperties[] = [before.properties, after.properties];
  for (const name of Object.keys(has)) {
    if (had[name] === has[name] || (Object.hasOwn(had, name) && isDeepStrictEqual(had[name], has[name]))) continue;
    changed[name] = has[name];
  }
  return {
    id: entityIdToBytes(after.id),
    revision: after.revision,
    sequence: after.sequence,
    editedAtMs: after.editedAtMs,
    movedAtMs: after.movedAtMs,
    properties: packProperties(changed),
    editedBy: after.editedBy,
    isPartial: true,
    removed: Object.keys(had).filter((name) => !Object.hasOwn(has, name)),
  };
}
