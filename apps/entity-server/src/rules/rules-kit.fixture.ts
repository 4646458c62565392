import type { EntityEdit } from '@app/entities';
import type { EntityId, EntityProperties } from '@app/world';
import { applyRules, type EditRule, POWER, type RuleVerdict } from './edit-rule.js';
import type { ViewedEntity } from './edit-view.js';

export const BUILDER = POWER.ENTITY_POWER_BUILD;
export const VISITOR = POWER.ENTITY_POWER_BUILD_TEMPORARY;
export const KEEPER = POWER.ENTITY_POWER_BUILD | POWER.ENTITY_POWER_LOCK;

export const add = (id: EntityId, properties: EntityProperties = {}, type = 'Box'): EntityEdit => ({
  kind: 'add',
  id,
  type,
  properties,
});
export const change = (id: EntityId, properties: EntityProperties, removed: string[] = []): EntityEdit => ({
  kind: 'change',
  id,
  properties,
  removed,
  expectedRevision: 0,
});
export const erase = (id: EntityId): EntityEdit => ({ kind: 'erase', id, expectedRevision: 0 });

/** Entities by id, who hangs on whom, and who has added them (7 unless said otherwise). */
export function worldOf(entities: Record<EntityId, EntityProperties & { by?: number; type?: string }>) {
  const viewed = (id: EntityId): ViewedEntity | undefined => {
    const found = entities[id];
    if (!found) return undefined;
    const { by = 7, type = 'Box', ...properties } = found;
    return { type, properties, createdBy: { sessionId: by } };
  };
  const lockedBelow = (id: EntityId): number =>
    Object.keys(entities)
      .filter((child) => entities[child].parentID === id)
      .reduce((sum, child) => sum + Number(entities[child].locked === true) + lockedBelow(child), 0);
  return { get: viewed, lockedBelow };
}

export function ask(rule: EditRule, edits: EntityEdit[], powers: number, world = worldOf({})): RuleVerdict {
  return applyRules([rule], edits, { sessionId: 7, powers, origin: 9 }, world);
}

export const codeOf = (verdict: RuleVerdict): string => ('refusal' in verdict ? verdict.refusal.code : 'allowed');
