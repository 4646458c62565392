import type { Entity } from './entity.js';

/** So many are put into order in one go: about a millisecond. */
const SORTED_AT_ONCE_MAX = 4_096;
/** Characters by which larger numbers of them are divided. */
const KEY_CHARACTERS = 2;

/**
 * Entities in the order of their ids, which differ. The order is found as they are read, because that of a whole world takes
 * longer than others want to wait.
 */
export function* sortedById(entities: readonly Entity[]): IterableIterator<Entity> {
  if (entities.length <= SORTED_AT_ONCE_MAX) {
    yield* [...entities].sort((a, b) => (a.id < b.id ? -1 : 1));
    return;
  }
  const from = commonCharacters(entities);
  const groups = new Map<string, Entity[]>();
  for (const entity of entities) {
    const key = entity.id.slice(from, from + KEY_CHARACTERS);
    const group = groups.get(key);
    if (group) group.push(entity);
    else groups.set(key, [entity]);
  }
  for (const key of [...groups.keys()].sort()) yield* sortedById(groups.get(key) ?? []);
}

/** How many characters at the beginning are the same in all ids. */
function commonCharacters(entities: readonly Entity[]): number {
  const first = entities[0].id;
  let count = first.length;
  for (const { id } of entities) {
    let same = 0;
    while (same < count && id.charCodeAt(same) === first.charCodeAt(same)) same++;
    count = same;
  }
  return count;
}
