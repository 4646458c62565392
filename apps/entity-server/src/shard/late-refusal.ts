import type { EntityEdit, EntityWorld, TransactionRefusal } from '@app/entities';
import type { EntityId } from '@app/world';
import { applyRules, type EditRule, POWER } from '../rules/edit-rule.js';
import { NEVER_ASKED, type Submission } from './commit.js';

/**
 * Why a submission is not done now that its turn has come, although rules may have allowed it before. They are asked again
 * only if the answer can be another one, which costs one look at each entity that is changed.
 */
export function findLateRefusal(
  rules: readonly EditRule[],
  { transaction, powers, allowedAt }: Submission,
  world: EntityWorld,
): TransactionRefusal | undefined {
  if (powers & POWER.ENTITY_POWER_OPERATE) return undefined;
  const { edits, author } = transaction;
  if (allowedAt !== NEVER_ASKED && !edits.some((edit) => isChangedSince(allowedAt, edit, world))) return undefined;
  const verdict = applyRules(rules, edits, { sessionId: author.sessionId, powers, origin: 0 }, world);
  return 'refusal' in verdict ? { ...verdict.refusal, editIndex: verdict.editIndex } : undefined;
}

function isChangedSince(sequence: number, edit: EntityEdit, world: EntityWorld): boolean {
  if (edit.kind === 'add') return false;
  const entity = world.get(edit.id);
  if (entity === undefined) return false;
  // An erasure, now or at the end of a lifetime, is of the children too.
  const isOfAll = edit.kind === 'erase' || 'lifetime' in edit.properties;
  return entity.sequence > sequence || (isOfAll && hasChildren(edit.id, world));
}

function hasChildren(id: EntityId, world: EntityWorld): boolean {
  return !world.childrenOf(id)[Symbol.iterator]().next().done;
}
