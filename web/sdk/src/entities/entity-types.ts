import type { EntityId, EntityProperties, Quat, SessionId, Vec3 } from '@app/world';
import { VicinityError } from '../errors.js';

/** Who made an edit: a session, or (session 0) the server itself, for example `physics`, or an operator's tool. */
export interface EntityAuthor {
  sessionId: SessionId;
  /** Its name at that time: unescaped text. */
  name: string;
}

/** A new entity. Without an id one is drawn. Properties that are left out have their defaults. */
export interface AddEdit {
  kind: 'add';
  /** For example `Box`; see docs/entities.md. */
  type: string;
  properties?: EntityProperties;
  id?: EntityId;
}

/** Other values for some properties; those that are not named stay as they are. */
export interface ChangeEdit {
  kind: 'change';
  id: EntityId;
  properties?: EntityProperties;
  /** Properties that go back to their defaults. */
  removed?: readonly string[];
  /** Refused with `entity-revision-stale` unless the entity has this revision; 0 or left out: whatever it has. */
  expectedRevision?: number;
}

/** The entity goes, with its children and theirs. */
export interface EraseEdit {
  kind: 'erase';
  id: EntityId;
  /** See ChangeEdit. */
  expectedRevision?: number;
}

/** A copy. Without a new id one is drawn. */
export interface CloneEdit {
  kind: 'clone';
  /** What is copied. */
  id: EntityId;
  newId?: EntityId;
  /** Properties in which the copy differs. */
  properties?: EntityProperties;
  /** Children and theirs are copied too; the server draws their ids. Default false. */
  withChildren?: boolean;
}

/** One requested change. */
export type EntityEdit = AddEdit | ChangeEdit | EraseEdit | CloneEdit;

/** What the world's log says: everything was done. */
export interface EditResult {
  /** Place in the world's log. */
  sequence: number;
  /** For each edit its entity and the new revision, 0 when it is gone. */
  results: Array<{ id: EntityId; revision: number }>;
}

/** How an edit is made. */
export interface EditOptions {
  /** Whether it can be undone with `history.undo()`; default true. */
  isUndoable?: boolean;
  /** Edits in a row with the same step are undone together: all those of one drag. */
  step?: string;
  /** Changes are shown at once, and taken back when the server refuses them. Default false. */
  isPreviewed?: boolean;
}

/** What this client wants to know of the world. What is left out stays as it was. */
export interface InterestOptions {
  /** Metres around the body, 1 to 16,000; default 1,000. */
  radiusM?: number;
  /** Only these types, at most 32; empty means all. */
  types?: readonly string[];
  /** Only entities in which each of these properties has the given value; at most 8. */
  matching?: EntityProperties;
  /** What is looked at comes first; at most 4 views. Empty means all around the body. */
  views?: readonly EntityViewCone[];
}

/** A cone that somebody looks through. */
export interface EntityViewCone {
  /** The eye, in metres. */
  position: Vec3;
  /** Any length but 0. */
  direction: Vec3;
  /** Half of the opening angle, in radians, 0 to π. */
  halfAngleRad: number;
}

/** Where something is, in world coordinates unless it says otherwise. */
export interface EntityTransform {
  position: Vec3;
  rotation: Quat;
}

/** Where a body is that this client simulates, in the frame of its parent. */
export interface EntityMotionState extends EntityTransform {
  /** Metres per second; default 0. */
  velocity?: Vec3;
  /** Radians per second; default 0. */
  angularVelocity?: Vec3;
}

/** Why edits were not done. Nothing of them was. */
export class EntityError extends VicinityError {
  constructor(
    code: string,
    message: string,
    retryable: boolean,
    /** The property that is wrong, for example `position.x`; empty when there is none. */
    readonly field: string,
    /** Which edit is wrong, from 0. */
    readonly editIndex: number,
    options?: { cause?: unknown },
  ) {
    super(code, message, retryable, 0, options);
    this.name = 'EntityError';
  }
}
