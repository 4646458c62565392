import type { Entity } from '@app/entities';

/**
 * Entities in turns: the first one of each author, then the second one of each, as long as somebody wants more. Within an
 * author, and among authors, the order in which they came counts, so whoever adds many takes no place from the others.
 */
export function* inTurns(entities: Iterable<Entity>): Generator<Entity, void> {
  const byAuthor = new Map<string, Entity[]>();
  for (const entity of entities) {
    const { sessionId, name } = entity.createdBy;
    const author = `${sessionId} ${name}`;
    const own = byAuthor.get(author);
    if (own) own.push(entity);
    else byAuthor.set(author, [entity]);
  }
  let waiting = [...byAuthor.values()];
  for (let turn = 0; waiting.length > 0; turn++) {
    for (const own of waiting) yield own[turn];
    waiting = waiting.filter(({ length }) => length > turn + 1);
  }
}
