import {
  type EncodedEntity,
  type EntityRecord,
  encodeEntityRecord,
  toWireProperties,
  type WireValue,
  wireLayoutOf,
} from '@app/vircadia';
import type { BodyMotion, vicinity } from '@app/wire';
import { advanceKinematics, type EntityId, type EntityProperties, isMoving } from '@app/world';
import { uuidOfSession } from '../../identity.js';
import { queryCubeOf } from './query-cube.js';
import { PRIVATE_NAME, without } from './state-properties.js';

const US_PER_MS = 1_000;
const MS_PER_S = 1_000;
/** How firmly owners are said to hold what they move: as one who was told to by a script or a collision. */
const OWNER_PRIORITY = 127;
/** What the wire has no number for is an unseen box: its children need a parent. */
const STAND_IN = 'Box';
const UNSEEN = { visible: false, collisionless: true, ignorePickIntersection: true };

/** What an EntityState says beside its properties. */
export interface EntityStamp {
  readonly revision: number;
  readonly editedAtMs: number;
  readonly movedAtMs: number;
  /** The session; 0 for none. */
  readonly editedBy: number;
}

export function stampOf(fields: vicinity.v1.EntityState.$Properties): EntityStamp {
  return {
    revision: fields.revision ?? 0,
    editedAtMs: fields.editedAtMs ?? 0,
    movedAtMs: fields.movedAtMs ?? 0,
    editedBy: fields.editedBy?.sessionId ?? 0,
  };
}

/**
 * One entity as viewers of this gateway know it, without what is private: once for all of them, because they are many and
 * know the same. Newer than what one of them was told it may be, older never.
 */
export class SharedEntity {
  /** How many viewers know it. */
  viewers = 0;
  private newest: BodyMotion | undefined;
  private encoded: EncodedEntity | undefined;
  private encodedMotion: Uint8Array | undefined;

  constructor(
    readonly id: EntityId,
    readonly type: string,
    readonly createdAtMs: number,
    private stamp: EntityStamp,
    private known: EntityProperties,
  ) {}

  get properties(): EntityProperties {
    return this.known;
  }

  get revision(): number {
    return this.stamp.revision;
  }

  /** The type as clients know it. */
  get wireType(): string {
    return wireLayoutOf(this.type) ? this.type : STAND_IN;
  }

  /** When it was edited or moved last, in µs since 1970; edits within one ms come one after the other. */
  get lastEditedUs(): number {
    const { editedAtMs, movedAtMs, revision } = this.stamp;
    return Math.max(editedAtMs, movedAtMs, this.newest?.atMs ?? 0) * US_PER_MS + (revision % US_PER_MS);
  }

  /** Takes over a newer state. @param removed  of a partial one; undefined when `properties` are all there are */
  take(stamp: EntityStamp, properties: EntityProperties, removed: readonly string[] | undefined): void {
    if (stamp.revision <= this.stamp.revision) return;
    this.stamp = stamp;
    this.known = removed ? without({ ...this.known, ...properties }, removed) : properties;
    // A state says where the body is, at its time.
    if (this.newest && this.newest.atMs <= Math.max(stamp.editedAtMs, stamp.movedAtMs)) this.newest = undefined;
    this.encoded = undefined;
    this.encodedMotion = undefined;
  }

  /** Takes over a motion, when it is newer. */
  move(motion: BodyMotion): void {
    if (this.newest && this.newest.atMs >= motion.atMs) return;
    this.newest = motion;
    this.encoded = undefined;
    this.encodedMotion = undefined;
  }

  /**
   * The whole entity.
   *
   * @param privateText  for a viewer who may see it; the others get what was encoded once for all
   * @param wallMs       what moves by itself is where it is then, in ms since 1970
   */
  encode(privateText: string | undefined, wallMs: number): EncodedEntity {
    const isOnItsWay = isMoving(this.placed);
    if (privateText === undefined && !isOnItsWay) return (this.encoded ??= this.encodeAt(undefined, wallMs));
    return this.encodeAt(privateText, wallMs);
  }

  /** The whole entity as something that is not there, for clients that cannot be told so. */
  encodeUnseen(wallMs: number): EncodedEntity {
    return this.encodeAt(undefined, wallMs, UNSEEN);
  }

  /** Where it is by its newest motion; undefined without one. */
  encodeMotion(): Uint8Array | undefined {
    if (!this.newest) return undefined;
    const { position, rotation, velocity, angularVelocity, ownerId } = this.newest;
    return (this.encodedMotion ??= this.encodePart({
      simulationOwner: ownerOf(ownerId, OWNER_PRIORITY),
      position,
      rotation,
      velocity,
      angularVelocity,
    }));
  }

  /** A few properties. */
  encodePart(properties: Readonly<Record<string, WireValue>>): Uint8Array {
    return encodeEntityRecord(this.recordOf(new Map(Object.entries(properties)), this.lastEditedUs)).records[0];
  }

  private encodeAt(
    privateText: string | undefined,
    wallMs: number,
    changes: EntityProperties = this.wireType === this.type ? {} : UNSEEN,
  ): EncodedEntity {
    const beganAtMs = this.newest?.atMs ?? Math.max(this.stamp.editedAtMs, this.stamp.movedAtMs);
    const secret: EntityProperties = privateText === undefined ? {} : { [PRIVATE_NAME]: privateText };
    const shown = advanceKinematics(this.type, this.placed, (wallMs - beganAtMs) / MS_PER_S);
    const wire = toWireProperties(this.wireType, { ...shown, ...secret, ...changes });
    wire.set('simulationOwner', ownerOf(this.newest?.ownerId ?? 0, OWNER_PRIORITY));
    wire.set('created', this.createdAtMs * US_PER_MS);
    wire.set('lastEditedBy', this.stamp.editedBy === 0 ? null : uuidOfSession(this.stamp.editedBy));
    const cube = queryCubeOf(this.type, shown);
    if (cube) wire.set('queryAACube', cube);
    return encodeEntityRecord(this.recordOf(wire, Math.max(this.lastEditedUs, wallMs * US_PER_MS)));
  }

  private recordOf(properties: ReadonlyMap<string, WireValue>, simulatedUs: number): EntityRecord {
    const { id, wireType: type, lastEditedUs } = this;
    const createdUs = this.createdAtMs * US_PER_MS;
    const simulatedDeltaUs = isMoving(this.placed) ? Math.floor(simulatedUs - lastEditedUs) : 0;
    return { id, type, createdUs, lastEditedUs, updateDeltaUs: 0, simulatedDeltaUs, properties };
  }

  /** The properties with the newest motion. */
  get placed(): EntityProperties {
    if (!this.newest) return this.known;
    const { position, rotation, velocity, angularVelocity } = this.newest;
    return {
      ...this.known,
      position: { ...position },
      rotation: { ...rotation },
      velocity: { ...velocity },
      angularVelocity: { ...angularVelocity },
    };
  }
}

/** Who moves it, for the wire. @param sessionId  0 for the server */
export function ownerOf(sessionId: number, priority: number): { id: string; priority: number } | null {
  return sessionId === 0 ? null : { id: uuidOfSession(sessionId), priority };
}
