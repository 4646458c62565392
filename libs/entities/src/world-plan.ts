import { assert, type EntityId } from '@app/world';
import { divideEdits } from './divide-edits.js';
import type { EntityEdit } from './entity.js';
import { editTowards } from './entity-difference.js';
import type { EntityWorld } from './entity-world.js';
import { parentOf } from './parent.js';
import { orderTarget, type PlannedEntity } from './planned-world.js';

/** What shall be, and what of the present is in its way. */
interface Task {
  readonly current: EntityWorld;
  /** Parents before their children. */
  readonly ordered: readonly PlannedEntity[];
  readonly wanted: ReadonlyMap<EntityId, PlannedEntity>;
  /** Entities that shall not be there, or shall be of another type. */
  readonly lost: ReadonlySet<EntityId>;
}

/**
 * The edits that make a world what it shall be: few, in an order in which each is valid, in transactions of at most
 * ENTITY_EDITS_MAX edits and ENTITY_TRANSACTION_BYTES_MAX bytes. No transaction when there is nothing to do. Fails with
 * `import-invalid`, naming the entity, when the target is no world: an unknown parent, a cycle, too many, too deep.
 *
 * @param targetAtMs  entities of the target that move are taken as they are at this time; default: at their `movedAtMs`
 */
export function planTransition(
  current: EntityWorld,
  target: Iterable<PlannedEntity>,
  targetAtMs?: number,
): EntityEdit[][] {
  const ordered = orderTarget(target, targetAtMs);
  const wanted = new Map(ordered.map((entity) => [entity.id, entity]));
  const lost = new Set<EntityId>();
  for (const { id, type } of current.entities()) if (wanted.get(id)?.type !== type) lost.add(id);
  const task = { current, ordered, wanted, lost };
  const direct = planDirectly(task);
  if (direct) return direct;
  const detour = divideEdits(planWithDetours(task));
  assert(isPossible(current, detour), 'a plan with detours can always be done');
  return detour;
}

/**
 * Additions and changes from the top downwards, then erasures: nothing is touched twice. When an entity gets its parent,
 * that one stands where it shall already, so that there are no cycles on the way. Undefined when that is not possible:
 * an entity changes its type, the world would be too full for a while, or its trees too deep.
 */
function planDirectly({ current, ordered, lost }: Task): EntityEdit[][] | undefined {
  if (ordered.some(({ id }) => lost.has(id))) return undefined;
  const edits: EntityEdit[] = [];
  for (const entity of ordered) addIfAny(edits, editTowards(current.get(entity.id), entity));
  addErasures(edits, current, lost);
  const transactions = divideEdits(edits);
  return isPossible(current, transactions) ? transactions : undefined;
}

/**
 * First everything that shall hang elsewhere, or on something that goes, is taken off; then comes what is erased, then
 * additions and changes from the top downwards. Always possible, but what is taken off is touched twice.
 */
function planWithDetours({ current, ordered, wanted, lost }: Task): EntityEdit[] {
  const edits: EntityEdit[] = [];
  const detached = new Set<EntityId>();
  for (const { id, properties } of current.entities()) {
    const target = lost.has(id) ? undefined : wanted.get(id);
    const parent = parentOf(properties);
    if (!target || parent === undefined) continue;
    if (parent === parentOf(target.properties) && !lost.has(parent)) continue;
    detached.add(id);
    edits.push({ kind: 'change', id, properties: {}, removed: ['parentID'], expectedRevision: 0 });
  }
  addErasures(edits, current, lost);
  for (const entity of ordered) {
    const before = lost.has(entity.id) ? undefined : current.get(entity.id);
    addIfAny(edits, editTowards(before, entity, detached.has(entity.id)));
  }
  return edits;
}

/** One edit for each tree of what is lost: children go with their parents. */
function addErasures(edits: EntityEdit[], current: EntityWorld, lost: ReadonlySet<EntityId>): void {
  for (const id of lost) {
    const parent = parentOf(current.get(id)?.properties ?? {});
    if (parent === undefined || !lost.has(parent)) edits.push({ kind: 'erase', id, expectedRevision: 0 });
  }
}

function addIfAny(edits: EntityEdit[], edit: EntityEdit | undefined): void {
  if (edit) edits.push(edit);
}

function isPossible(current: EntityWorld, transactions: readonly EntityEdit[][]): boolean {
  const author = { sessionId: 0, name: '' };
  // No edit's id has a space in it, so nothing is taken for a repetition.
  const asked = transactions.map((edits, i) => ({ editId: `trial ${i}`, author, edits }));
  return current.check(asked, current.lastWrittenAtMs).every(({ kind }) => kind === 'done');
}
