import type { vicinity } from '@app/wire';
import type { EntityId, EntityProperties } from '@app/world';
import type { EntityError } from './entities.errors.js';
import type { EntityAuthor, EntityEdit } from './entity.js';

/** A copy of an entity, which becomes additions before the log. */
export interface CloneEdit {
  readonly kind: 'clone';
  /** What is copied. */
  readonly id: EntityId;
  readonly newId: EntityId;
  /** In which the copy differs. */
  readonly properties: EntityProperties;
  /** Children and theirs are copied too. */
  readonly withChildren: boolean;
}

/** One change as somebody has asked for it. */
export type RequestedEdit = EntityEdit | CloneEdit;

/** A transaction as somebody has asked for it, checked but for the world's state and the author's rights. */
export interface RequestedTransaction {
  readonly editId: string;
  readonly author: EntityAuthor;
  /** Bits of EntityPower. */
  readonly powers: number;
  /** 1 to ENTITY_EDITS_MAX. */
  readonly edits: readonly RequestedEdit[];
}

/**
 * Checks a decoded EntityTransaction: everything that can be known without the world. Never throws. Of ids that are
 * absent `drawId` draws new ones.
 */
export function checkEdits(
  _fields: vicinity.v1.EntityTransaction.$Properties,
  _drawId?: () => EntityId,
): RequestedTransaction | EntityError {
  throw new Error('not yet');
}
