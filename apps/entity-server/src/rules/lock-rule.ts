import type { EntityEdit } from '@app/entities';
import { type EditRefusal, type EditRule, POWER, type RuleContext } from './edit-rule.js';

/**
 * What is locked stays as it is. Those who may lock may unlock, with an edit that does nothing else; what comes after it in
 * the same transaction finds the entity unlocked.
 */
export class LockRule implements EditRule {
  check(edit: EntityEdit, { author, view }: RuleContext): EntityEdit | EditRefusal {
    const mayLock = (author.powers & POWER.ENTITY_POWER_LOCK) !== 0;
    const isLocked = edit.kind !== 'add' && view.get(edit.id)?.properties.locked === true;
    if (isLocked && !(mayLock && isUnlocking(edit))) {
      return { code: 'entity-locked', text: 'The entity is locked.', field: 'locked' };
    }
    if (edit.kind === 'erase') return this.checkDescendants(edit, view);
    if (edit.properties.locked === true && !mayLock) {
      return { code: 'entity-not-yours', text: 'You may not lock entities.', field: 'locked' };
    }
    // A lifetime is an erasure that comes later, of the children too.
    const isMortal = typeof edit.properties.lifetime === 'number' && edit.properties.lifetime >= 0;
    return edit.kind === 'change' && isMortal ? this.checkDescendants(edit, view) : edit;
  }

  private checkDescendants(edit: EntityEdit, view: RuleContext['view']): EntityEdit | EditRefusal {
    if (view.lockedBelow(edit.id) === 0) return edit;
    return { code: 'entity-locked', text: 'Something below the entity is locked.', field: 'locked' };
  }
}

/** Whether an edit does nothing but unlock. */
function isUnlocking(edit: EntityEdit): boolean {
  if (edit.kind !== 'change') return false;
  const names = [...Object.keys(edit.properties), ...edit.removed];
  return names.every((name) => name === 'locked') && edit.properties.locked !== true;
}
