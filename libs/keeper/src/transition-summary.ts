import type { EntityEdit, EntityWorld } from '@app/entities';
import type { EntityId } from '@app/world';

/** What a plan does to the entities of one type. */
export interface TypeCounts {
  /** The type as it will be; for what is erased, as it is. */
  readonly type: string;
  added: number;
  changed: number;
  erased: number;
}

/** What a plan of edits does to a world, by type, sorted by name. Types that nothing happens to are left out. */
export function summarise(current: EntityWorld, plan: ReadonlyArray<readonly EntityEdit[]>): TypeCounts[] {
  const fates = new Map<EntityId, EntityEdit['kind']>();
  const types = new Map<EntityId, string>();
  for (const edit of plan.flat()) {
    if (edit.kind === 'add') types.set(edit.id, edit.type);
    fates.set(edit.id, edit.kind);
    // Children go with their parents; those that come back are added later in the plan.
    if (edit.kind === 'erase')
      for (const id of descendantsOf(current, edit.id)) if (!fates.has(id)) fates.set(id, 'erase');
  }
  const counts = new Map<string, TypeCounts>();
  for (const [id, fate] of fates) {
    const before = current.get(id);
    const type = (fate === 'erase' ? undefined : types.get(id)) ?? before?.type ?? '';
    const row = counts.get(type) ?? { type, added: 0, changed: 0, erased: 0 };
    counts.set(type, row);
    if (fate === 'erase') row.erased++;
    else if (before) row.changed++;
    else row.added++;
  }
  return [...counts.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
}

/** How many entities there are of each type, sorted by name. */
export function countTypes(entities: Iterable<{ readonly type: string }>): Array<{ type: string; count: number }> {
  const counts = new Map<string, number>();
  for (const { type } of entities) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].map(([type, count]) => ({ type, count })).sort((a, b) => (a.type < b.type ? -1 : 1));
}

function descendantsOf(world: EntityWorld, id: EntityId): EntityId[] {
  const found = [...world.childrenOf(id)];
  for (let i = 0; i < found.length; i++) found.push(...world.childrenOf(found[i]));
  return found;
}
