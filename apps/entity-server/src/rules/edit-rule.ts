import type { EntityEdit } from '@app/entities';
import { vicinity } from '@app/wire';
import type { SessionId } from '@app/world';
import { EditView, type ViewedWorld } from './edit-view.js';

/** Bits of an author's powers. */
export const POWER = vicinity.v1.EntityPower;

/** Who asks, and what they may do. */
export interface RuledAuthor {
  /** 0 for the server itself and for operators. */
  readonly sessionId: SessionId;
  /** Bits of POWER. */
  readonly powers: number;
  /** Where they come from, as the gateway has numbered network addresses; 0 when that is not known. */
  readonly origin: number;
}

/** Why an edit is not done. */
export interface EditRefusal {
  readonly code: 'entity-not-yours' | 'entity-locked' | 'entity-limit' | 'entity-filtered';
  /** One plain English sentence. */
  readonly text: string;
  /** The property that is wrong, for example `dimensions.x`; absent when there is none. */
  readonly field?: string;
}

/** What a rule looks at. */
export interface RuleContext {
  readonly author: RuledAuthor;
  /** The world with the transaction's earlier edits done. */
  readonly view: EditView;
}

/**
 * Something that an edit must comply with before it goes to the log. The front asks by the world that it knows, which may
 * be some milliseconds old, and the writer of the shard again when something has changed since; only what another shard's
 * writer does at the same moment is seen by neither. What must not even then be broken belongs into EntityWorld.
 */
export interface EditRule {
  /** The edit, perhaps in a form that complies, or why it is not done. Pure. */
  check(edit: EntityEdit, context: RuleContext): EntityEdit | EditRefusal;
}

/** Edits as they may be done. */
export interface AllowedEdits {
  readonly edits: readonly EntityEdit[];
  /** Entities that they add, and bytes of properties; 0 for those whom no rule holds. */
  readonly addedCount: number;
  readonly grownBytes: number;
}

/** Edits as they may be done, or the first that may not. */
export type RuleVerdict = AllowedEdits | { readonly refusal: EditRefusal; readonly editIndex: number };

/** Whether a rule has refused. */
export function isRefusal(verdict: EntityEdit | EditRefusal): verdict is EditRefusal {
  return 'code' in verdict;
}

/** Asks all rules about all edits of a transaction, in order. Nobody asks about operators and the server itself. */
export function applyRules(
  rules: readonly EditRule[],
  edits: readonly EntityEdit[],
  author: RuledAuthor,
  world: ViewedWorld,
): RuleVerdict {
  if (author.powers & POWER.ENTITY_POWER_OPERATE) return { edits, addedCount: 0, grownBytes: 0 };
  const view = new EditView(world, author.sessionId);
  const context = { author, view };
  const allowed: EntityEdit[] = [];
  for (const [editIndex, edit] of edits.entries()) {
    let current = edit;
    for (const rule of rules) {
      const verdict = rule.check(current, context);
      if (isRefusal(verdict)) return { refusal: verdict, editIndex };
      current = verdict;
    }
    allowed.push(current);
    view.count(current);
    if (allowed.length < edits.length) view.apply(current);
  }
  return { edits: allowed, addedCount: view.addedCount, grownBytes: view.grownBytes };
}
