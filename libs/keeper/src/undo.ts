import {
  divideEdits,
  type EntityEdit,
  type EntityWorld,
  openWorldAt,
  planUndo,
  readLog,
  type UndoKept,
  type UndoSelection,
  type WorldJournal,
} from '@app/entities';
import type { EntityId } from '@app/world';
import type { EditSender } from './edit-sender.js';
import { CLOCKS_DIFFER_MS_MAX } from './history-steps.js';
import { KeeperError } from './keeper.errors.js';
import { type PlanProgress, sendPlan, type SentPlan } from './send-plan.js';

/** What an undo does, and what it leaves alone. */
export interface PreparedUndo {
  /** Transactions; each edit is refused by the world when somebody else has touched its entity meanwhile. */
  readonly plan: EntityEdit[][];
  readonly kept: readonly UndoKept[];
  /** The world that it was planned for. */
  readonly current: EntityWorld;
}

/** What has become of an undo. */
export interface UndoOutcome {
  readonly edits: number;
  /** What was left alone, as far as the last plan says. */
  readonly kept: readonly UndoKept[];
}

/** Others may edit all the time; after so many plans we give in. */
const ROUNDS_MAX = 10;
/** Stands for a revision while edits are divided by their size: no real one takes more bytes. */
const WIDEST_REVISION = Number.MAX_SAFE_INTEGER;

/** Plans an undo of one author's edits in a time range, without doing it. Fails with `history-gone`. */
export async function prepareUndo(journal: WorldJournal, selection: UndoSelection): Promise<PreparedUndo> {
  const { lastSequence } = await journal.stream.state();
  const fromSequence = await journal.stream.sequenceAt(selection.fromMs - CLOCKS_DIFFER_MS_MAX);
  const world = await openWorldAt(journal, { sequence: fromSequence });
  const entries = readLog(journal, world.lastSequence + 1, lastSequence);
  const { edits, kept } = await planUndo(world, entries, selection);
  const current = await openWorldAt(journal, { sequence: lastSequence });
  const plan = divideEdits(edits.map((edit) => withRevision(edit, WIDEST_REVISION)));
  return { plan, kept, current };
}

/**
 * Does an undo while others go on editing: what they have touched since it was planned is planned anew. Fails with
 * `world-restless` when that has no end; what was done until then stays.
 *
 * @param prepared  what is done first
 */
export async function carryOutUndo(
  prepared: PreparedUndo,
  journal: WorldJournal,
  selection: UndoSelection,
  sender: EditSender,
  onProgress?: PlanProgress,
): Promise<UndoOutcome> {
  let edits = 0;
  let next = prepared;
  for (let rounds = 0; rounds < ROUNDS_MAX; rounds++) {
    const { done, wasOvertaken } = await sendUndo(next, sender, onProgress);
    edits += done;
    if (!wasOvertaken) return { edits, kept: next.kept };
    next = await prepareUndo(journal, selection);
  }
  throw new KeeperError('world-restless', 'Others change what is to be undone faster than it can be undone.');
}

/** Each edit holds only for what was planned for, or for what we have made of it ourselves. */
function sendUndo({ plan, current }: PreparedUndo, sender: EditSender, onProgress?: PlanProgress): Promise<SentPlan> {
  const known = new Map<EntityId, number>();
  return sendPlan(plan, sender, {
    onProgress,
    onDone: (results) => results.forEach(({ id, revision }) => known.set(id, revision)),
    finish: (edits) => conditional(edits, (id) => known.get(id) ?? current.get(id)?.revision ?? 0),
  });
}

/** The first edit of an entity holds only for the revision that was seen; what follows in one transaction belongs to it. */
function conditional(edits: readonly EntityEdit[], revisionOf: (id: EntityId) => number): EntityEdit[] {
  const seen = new Set<EntityId>();
  return edits.map((edit) => {
    const isFirst = !seen.has(edit.id);
    seen.add(edit.id);
    return withRevision(edit, isFirst ? revisionOf(edit.id) : 0);
  });
}

function withRevision(edit: EntityEdit, expectedRevision: number): EntityEdit {
  return edit.kind === 'add' ? edit : { ...edit, expectedRevision };
}
