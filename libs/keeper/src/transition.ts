import { type EntityEdit, type EntityWorld, type PlannedEntity, planTransition } from '@app/entities';
import type { EntityId } from '@app/world';
import type { EditSender } from './edit-sender.js';
import { KeeperError } from './keeper.errors.js';
import { type PlanProgress, type PlanSending, sendPlan } from './send-plan.js';
import type { WorldTail } from './world-tail.js';

/** What a world shall become. */
export interface Transition {
  /** All entities that there shall be, given those that there are. */
  readonly target: (current: EntityWorld) => Iterable<PlannedEntity>;
  /** Entities of the target that move are taken as they are at this time; see planTransition. */
  readonly targetAtMs?: number;
  /** Goes on until nothing is left to do, also when others undo it meanwhile; else does once what was planned. */
  readonly isInsistent: boolean;
}

/** How a transition went. */
export interface TransitionOutcome {
  /** Times that a plan was made and carried out. */
  readonly rounds: number;
  /** Edits that were done. */
  readonly edits: number;
}

/** Others may edit all the time; after so many plans we give in. */
const ROUNDS_MAX = 10;

/** The first plan, without doing it. Fails as planTransition does. */
export function planOf({ target, targetAtMs }: Transition, current: EntityWorld): EntityEdit[][] {
  return planTransition(current, target(current), targetAtMs);
}

/**
 * Makes a world what it shall be while others go on editing it: after each round the world is read again, and what is left
 * is planned anew. Fails with `world-restless` when that has no end, or with what the world refuses; what was done until
 * then stays, and may be undone or repeated.
 */
export async function carryOut(
  transition: Transition,
  tail: WorldTail,
  sender: EditSender,
  onProgress?: PlanProgress,
): Promise<TransitionOutcome> {
  const settled = new Map<EntityId, number>();
  const sending: PlanSending = {
    onProgress,
    onDone: (results) => results.forEach(({ id, revision }) => settled.set(id, revision)),
  };
  let edits = 0;
  for (let rounds = 0; rounds < ROUNDS_MAX; rounds++) {
    const current = await tail.advance();
    const plan = withoutSettled(planOf(transition, current), current, settled);
    if (plan.length === 0) return { rounds, edits };
    const { done, wasOvertaken } = await sendPlan(plan, sender, sending);
    edits += done;
    if (!wasOvertaken && !transition.isInsistent) return { rounds: rounds + 1, edits };
  }
  throw new KeeperError('world-restless', 'Others change the world faster than it can be brought where it shall be.');
}

/**
 * What moves is never quite where it shall be. Who has not been touched since we put it right needs nothing more.
 */
function withoutSettled(
  plan: readonly EntityEdit[][],
  current: EntityWorld,
  settled: ReadonlyMap<EntityId, number>,
): EntityEdit[][] {
  const isDue = (edit: EntityEdit): boolean =>
    edit.kind !== 'change' || !settled.has(edit.id) || settled.get(edit.id) !== current.get(edit.id)?.revision;
  return plan.map((edits) => edits.filter(isDue)).filter((edits) => edits.length > 0);
}
