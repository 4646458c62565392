import { type EntityEdit, type EntityWorld, parentOf, type RequestedEdit } from '@app/entities';
import type { EntityId } from '@app/world';

/** Entities that must be there for these edits to make sense: what they change, erase, copy, and new parents. */
export function entitiesNamed(edits: readonly RequestedEdit[]): EntityId[] {
  const added = new Set<EntityId>();
  const named: EntityId[] = [];
  for (const edit of edits) {
    if (edit.kind === 'add') added.add(edit.id);
    else if (!added.has(edit.id)) named.push(edit.id);
    if (edit.kind === 'clone') added.add(edit.newId);
    const parent = edit.kind === 'erase' ? undefined : parentOf(edit.properties);
    if (parent !== undefined && !added.has(parent)) named.push(parent);
  }
  return named;
}

/** The shard of a transaction: that of the subtree which its first edit is about. */
export function homeOf(edits: readonly EntityEdit[], world: EntityWorld, shards: number): number {
  if (shards === 1) return 0;
  const [first] = edits;
  const parent = first.kind === 'add' ? parentOf(first.properties) : undefined;
  return world.shardOf(parent ?? first.id, shards);
}
