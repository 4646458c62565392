import type { EntityId } from '@app/world';
import type { EntityEdit } from './entity.js';
import type { EntityWorld } from './entity-world.js';

/** Whose edits of which time are undone. */
export interface UndoSelection {
  /** Those of this session, of this name, or (both given) of this session while it had this name. */
  readonly author: { readonly sessionId?: number; readonly name?: string };
  /** First and last moment, ms since 1970-01-01 UTC, by the time in the records. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** Something that stays as it is, and why. */
export interface UndoKept {
  readonly id: EntityId;
  /** The property; absent when it is about the entity as a whole. */
  readonly property?: string;
  /**
   * `changed-since`: somebody else has changed what was added; `has-children`: things of others hang on what was added;
   * `made-again`: an entity with this id was added again; `type-changed`; `parent-gone`: where it hung is gone;
   * otherwise the code of docs/errors.md with which the world would refuse it.
   */
  readonly reason: string;
}

/** How edits are undone: as ordinary edits, in an order in which each is valid. */
export interface UndoPlan {
  /** For divideEdits. */
  readonly edits: readonly EntityEdit[];
  readonly kept: readonly UndoKept[];
}

/**
 * Plans how one author's edits are undone, property by property, while later changes of everybody else stay. What was
 * erased comes back with its children.
 *
 * @param world    as it was just before `fromMs` (openWorldAt); afterwards as it is behind the last entry, with the undo done
 * @param entries  the log from there to now, in order
 */
export async function planUndo(
  _world: EntityWorld,
  _entries: AsyncIterable<{ readonly data: Uint8Array; readonly sequence: number }>,
  _selection: UndoSelection,
): Promise<UndoPlan> {
  throw new Error('not yet');
}
