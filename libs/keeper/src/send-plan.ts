import { type EntityEdit, EntityError, parentOf } from '@app/entities';
import type { EntityId } from '@app/world';
import type { EditSender, SentTransaction } from './edit-sender.js';

/** Told after each transaction: edits done, and edits of the plan. */
export type PlanProgress = (done: number, total: number) => void;

/** How a plan is sent. */
export interface PlanSending {
  readonly onProgress?: PlanProgress;
  /** Told what each entity has become. */
  readonly onDone?: (results: SentTransaction['results']) => void;
  /** Gives a transaction its last form, when everything that it depends on is done. Default: as it is. */
  readonly finish?: (edits: readonly EntityEdit[]) => readonly EntityEdit[];
}

/** What has become of a plan. */
export interface SentPlan {
  /** Edits. */
  readonly done: number;
  /** The world was another than the one that was planned for: the rest was not sent, and a new plan helps. */
  readonly wasOvertaken: boolean;
}

/** Transactions on the way at the same time; each has at most ENTITY_TRANSACTION_BYTES_MAX. */
const ON_THE_WAY_MAX = 4;

/** What a world says to an edit that was planned for another state of it. */
const OVERTAKEN: ReadonlySet<string> = new Set([
  'entity-unknown',
  'entity-exists',
  'entity-parent-unknown',
  'entity-cycle',
  'entity-too-deep',
  'entity-revision-stale',
]);

/**
 * Sends the transactions of a plan, as if one after the other. Those that only add are on the way together, unless one
 * hangs things on what another one adds. Fails with the first other refusal, when nothing is on the way any more.
 */
export async function sendPlan(
  plan: ReadonlyArray<readonly EntityEdit[]>,
  sender: Pick<EditSender, 'send'>,
  { onProgress, onDone, finish = (edits) => edits }: PlanSending = {},
): Promise<SentPlan> {
  const total = plan.reduce((sum, edits) => sum + edits.length, 0);
  const onTheWay = new Map<Promise<void>, ReadonlySet<EntityId> | undefined>();
  let done = 0;
  let failure: { readonly error: unknown } | undefined;

  const send = async (edits: readonly EntityEdit[]): Promise<void> => {
    try {
      const { results } = await sender.send(finish(edits));
      done += edits.length;
      onDone?.(results);
      onProgress?.(done, total);
    } catch (error) {
      failure ??= { error };
    }
  };

  for (const edits of plan) {
    const added = idsIfOnlyAdded(edits);
    while (onTheWay.size > 0 && (onTheWay.size >= ON_THE_WAY_MAX || !isFree(edits, added, onTheWay.values()))) {
      await Promise.race(onTheWay.keys());
    }
    if (failure) break;
    const sent = send(edits).finally(() => onTheWay.delete(sent));
    onTheWay.set(sent, added);
  }
  await Promise.all(onTheWay.keys());
  if (failure && !isOvertaken(failure.error)) throw failure.error;
  return { done, wasOvertaken: failure !== undefined };
}

function isOvertaken(error: unknown): boolean {
  return error instanceof EntityError && OVERTAKEN.has(error.code);
}

/** The entities that a transaction adds; undefined when it also does something else. */
function idsIfOnlyAdded(edits: readonly EntityEdit[]): ReadonlySet<EntityId> | undefined {
  return edits.every(({ kind }) => kind === 'add') ? new Set(edits.map(({ id }) => id)) : undefined;
}

/** Whether edits do not depend on what is on the way. */
function isFree(
  edits: readonly EntityEdit[],
  added: ReadonlySet<EntityId> | undefined,
  onTheWay: Iterable<ReadonlySet<EntityId> | undefined>,
): boolean {
  if (!added) return false;
  for (const others of onTheWay) {
    if (!others) return false;
    for (const edit of edits) {
      const parent = edit.kind === 'add' ? parentOf(edit.properties) : undefined;
      if (others.has(edit.id) || (parent !== undefined && others.has(parent))) return false;
    }
  }
  return true;
}
