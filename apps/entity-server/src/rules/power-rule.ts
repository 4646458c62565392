import type { EntityEdit } from '@app/entities';
import { type EditRefusal, type EditRule, POWER, type RuleContext } from './edit-rule.js';
import type { ViewedEntity } from './edit-view.js';

/**
 * Who may build at all.
 *
 * Somebody who may only add temporary entities gets a lifetime on everything they add, and can change and erase nothing
 * but what their own session has added.
 */
export class PowerRule implements EditRule {
  /** @param lifetimeSMax  longest lifetime of what such people add, in seconds */
  constructor(private readonly lifetimeSMax: number) {}

  check(edit: EntityEdit, { author, view }: RuleContext): EntityEdit | EditRefusal {
    if (author.powers & POWER.ENTITY_POWER_BUILD) return edit;
    if (!(author.powers & POWER.ENTITY_POWER_BUILD_TEMPORARY)) return notYours('You may not build here.');
    if (edit.kind === 'add') return this.withLifetime(edit);
    const entity = view.get(edit.id);
    // What is not there is refused by the world itself, with a better word.
    if (!entity) return edit;
    const isOwn = author.sessionId !== 0 && entity.createdBy.sessionId === author.sessionId;
    if (!isOwn || !isTemporary(entity)) return notYours('You may only change temporary things that you have added.');
    return edit.kind === 'change' ? this.withLifetimeKept(edit) : edit;
  }

  private withLifetime(edit: EntityEdit & { kind: 'add' }): EntityEdit {
    return { ...edit, properties: { ...edit.properties, lifetime: this.capped(edit.properties.lifetime) } };
  }

  private withLifetimeKept(edit: EntityEdit & { kind: 'change' }): EntityEdit {
    const isRemoved = edit.removed.includes('lifetime');
    if (!isRemoved && !('lifetime' in edit.properties)) return edit;
    const removed = edit.removed.filter((name) => name !== 'lifetime');
    return { ...edit, removed, properties: { ...edit.properties, lifetime: this.capped(edit.properties.lifetime) } };
  }

  private capped(lifetime: unknown): number {
    return typeof lifetime === 'number' && lifetime >= 0 ? Math.min(lifetime, this.lifetimeSMax) : this.lifetimeSMax;
  }
}

/** Whether an entity ends by itself. */
export function isTemporary({ properties }: Pick<ViewedEntity, 'properties'>): boolean {
  return typeof properties.lifetime === 'number' && properties.lifetime >= 0;
}

function notYours(text: string): EditRefusal {
  return { code: 'entity-not-yours', text };
}
