import { type EntityEdit, PRIVATE_PROPERTY } from '@app/entities';
import { type EditRefusal, type EditRule, POWER, type RuleContext } from './edit-rule.js';

/** What is private of an entity is changed only by who has added it, and by those who may see it everywhere. */
export class PrivateRule implements EditRule {
  check(edit: EntityEdit, { author, view }: RuleContext): EntityEdit | EditRefusal {
    if (edit.kind !== 'change' || (author.powers & POWER.ENTITY_POWER_PRIVATE) !== 0) return edit;
    if (!(PRIVATE_PROPERTY in edit.properties || edit.removed.includes(PRIVATE_PROPERTY))) return edit;
    const entity = view.get(edit.id);
    if (!entity || (author.sessionId !== 0 && entity.createdBy.sessionId === author.sessionId)) return edit;
    return { code: 'entity-not-yours', text: 'What is private is changed by its author.', field: PRIVATE_PROPERTY };
  }
}
