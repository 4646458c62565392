import type { EntityId, EntityValue } from '@app/world';
import { isDeepStrictEqual } from 'node:util';
import type { Entity, EntityAuthor, EntityEdit, EntityRecord, TransactionOutcome } from './entity.js';
import type { EntityWorld } from './entity-world.js';
import { recordOfEntry, type WorldLogEntry } from './log-entry.js';
import { parentOf } from './parent.js';
import { isConsequence, namesTouched, ownValue, type UndoTrack, UndoTracks } from './undo-tracks.js';

/** Whose edits of which time are undone. */
export interface UndoSelection {
  /** Those of this session, of this name, or (both given) of this session while it had this name. */
  readonly author: { readonly sessionId?: number; readonly name?: string };
  /** First and last moment, ms since 1970-01-01 UTC, by the time in the records. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** Something that stays as it is, and why. */
export interface UndoKept {
  readonly id: EntityId;
  /** The property; absent when it is about the entity as a whole. */
  readonly property?: string;
  /**
   * `changed-since`: somebody else has changed what was added; `has-children`: things of others hang on what was added;
   * `made-again`: an entity with this id was added again by others; `type-changed`; `parent-gone`: where it hung is gone;
   * otherwise the code of docs/errors.md with which the world would refuse it.
   */
  readonly reason: string;
}

/** How edits are undone: as ordinary edits, in an order in which each is valid. */
export interface UndoPlan {
  /** For divideEdits. */
  readonly edits: readonly EntityEdit[];
  readonly kept: readonly UndoKept[];
}

type Track<Kind extends UndoTrack['kind']> = Extract<UndoTrack, { kind: Kind }>;

/**
 * Plans how one author's edits are undone, property by property, while later changes of everybody else stay. What was
 * erased comes back with its children.
 *
 * @param world    as it was at any time before `fromMs` (openWorldAt); afterwards as it is behind the last entry, with the
 *                 undo done
 * @param entries  the log from there to now, in order
 */
export async function planUndo(
  world: EntityWorld,
  entries: AsyncIterable<WorldLogEntry>,
  selection: UndoSelection,
): Promise<UndoPlan> {
  const tracks = new UndoTracks();
  for await (const entry of entries) {
    const record = recordOfEntry(entry);
    if (record) followRecord(tracks, record, world.apply(record, entry.sequence), selection);
    else world.skip(entry.sequence);
  }
  const planner = new UndoPlanner(world, tracks);
  planner.restoreErased();
  planner.revertChanged();
  planner.eraseAdded();
  return { edits: planner.edits, kept: planner.kept };
}

function followRecord(
  tracks: UndoTracks,
  { transactions, writtenAtMs }: EntityRecord,
  outcomes: readonly TransactionOutcome[],
  { author, fromMs, toMs }: UndoSelection,
): void {
  const isInTime = writtenAtMs >= fromMs && writtenAtMs <= toMs;
  outcomes.forEach((outcome, i) => {
    if (outcome.kind !== 'done') return;
    const transaction = transactions[i];
    const names = namesTouched(transaction);
    for (const change of outcome.changes) {
      const touched = names.get(change.id);
      tracks.follow({
        change,
        names: touched && [...touched],
        isMine: isInTime && isAuthor(transaction.author, author),
        isConsequence: isConsequence(transaction),
        atMs: writtenAtMs,
      });
    }
  });
}

function isAuthor({ sessionId, name }: EntityAuthor, wanted: UndoSelection['author']): boolean {
  if (wanted.sessionId === undefined && wanted.name === undefined) return false;
  if (wanted.sessionId !== undefined && wanted.sessionId !== sessionId) return false;
  return wanted.name === undefined || wanted.name === name;
}

/** Tries every edit on the world itself, so that what is planned can be done. */
class UndoPlanner {
  readonly edits: EntityEdit[] = [];
  readonly kept: UndoKept[] = [];

  constructor(
    private readonly world: EntityWorld,
    private readonly tracks: UndoTracks,
  ) {
    for (const id of tracks.madeAgain) this.kept.push({ id, reason: 'made-again' });
  }

  /** What was erased comes back, parents before their children. */
  restoreErased(): void {
    const waiting = new Map(this.tracksOf('erased').map(([id, { entity }]) => [id, entity]));
    const restore = (id: EntityId, entity: Entity): void => {
      waiting.delete(id);
      const parent = parentOf(entity.properties);
      const above = parent === undefined ? undefined : waiting.get(parent);
      if (parent !== undefined && above) restore(parent, above);
      if (parent !== undefined && !this.world.get(parent)) this.kept.push({ id, reason: 'parent-gone' });
      else this.do({ kind: 'add', id, type: entity.type, properties: entity.properties });
    };
    for (const [id, entity] of waiting) restore(id, entity);
  }

  /** Properties get the values that they would have. Who hangs on whom may take several rounds. */
  revertChanged(): void {
    let waiting = this.tracksOf('changed');
    for (let isProgress = true; isProgress && waiting.length > 0;) {
      const refused = waiting.filter(([id, track]) => !this.revert(id, track));
      isProgress = refused.length < waiting.length;
      waiting = refused;
    }
    for (const [id, track] of waiting) {
      const reason = this.tryEdit(this.reversionOf(id, track));
      this.kept.push({ id, property: 'parentID', reason: reason ?? 'edit-invalid' });
      track.values.delete('parentID');
      this.do(this.reversionOf(id, track));
    }
  }

  /** What was added goes, unless others have made something of it. */
  eraseAdded(): void {
    const added = new Map(this.tracksOf('added').filter(([id]) => this.world.get(id)));
    const reasons = new Map<EntityId, string | undefined>();
    const reasonToKeep = (id: EntityId): string | undefined => {
      const track = added.get(id);
      if (!track || track.isChangedByOthers) return track ? 'changed-since' : 'has-children';
      if (!reasons.has(id)) {
        const isHeld = [...this.world.childrenOf(id)].some((child) => reasonToKeep(child) !== undefined);
        reasons.set(id, isHeld ? 'has-children' : undefined);
      }
      return reasons.get(id);
    };
    for (const id of added.keys()) {
      const reason = reasonToKeep(id);
      if (reason !== undefined) this.kept.push({ id, reason });
    }
    // The order is that in which they were added, so parents go first, and take their children with them.
    for (const id of added.keys()) {
      if (reasonToKeep(id) === undefined && this.world.get(id)) this.do({ kind: 'erase', id, expectedRevision: 0 });
    }
  }

  /** False when it may be possible later: it would hang on itself, or too deep. */
  private revert(id: EntityId, track: Track<'changed'>): boolean {
    const entity = this.world.get(id);
    if (!entity) return true;
    if (entity.type !== track.type) {
      this.kept.push({ id, reason: 'type-changed' });
      return true;
    }
    const parent = parentOf({ parentID: track.values.get('parentID') ?? null });
    if (parent !== undefined && !this.world.get(parent)) {
      this.kept.push({ id, property: 'parentID', reason: 'parent-gone' });
      track.values.delete('parentID');
    }
    const edit = this.reversionOf(id, track);
    const code = this.tryEdit(edit);
    if (code === 'entity-cycle' || code === 'entity-too-deep') return false;
    if (code !== undefined) this.kept.push({ id, reason: code });
    return true;
  }

  private reversionOf(id: EntityId, { values }: Track<'changed'>): EntityEdit | undefined {
    const present = this.world.get(id)?.properties ?? {};
    const properties: Record<string, EntityValue> = {};
    const removed: string[] = [];
    for (const [name, value] of values) {
      if (isDeepStrictEqual(ownValue(present, name), value)) continue;
      if (value === undefined) removed.push(name);
      else properties[name] = value;
    }
    if (removed.length === 0 && Object.keys(properties).length === 0) return undefined;
    return { kind: 'change', id, properties, removed, expectedRevision: 0 };
  }

  private do(edit: EntityEdit | undefined): void {
    const code = this.tryEdit(edit);
    if (edit && code !== undefined) this.kept.push({ id: edit.id, reason: code });
  }

  /** Does an edit, and plans it; or gives the code of the world's refusal. */
  private tryEdit(edit: EntityEdit | undefined): string | undefined {
    if (!edit) return undefined;
    const { world } = this;
    // No edit's id has a space in it, so nothing is taken for a repetition.
    const editId = `trial ${world.lastSequence}`;
    const transaction = { editId, author: { sessionId: 0, name: 'undo' }, edits: [edit] };
    const record = { epoch: 0, writer: '', writtenAtMs: world.lastWrittenAtMs, transactions: [transaction] };
    const [outcome] = world.apply(record, world.lastSequence + 1);
    if (outcome.kind !== 'done') return outcome.kind === 'void' ? outcome.code : 'edit-invalid';
    this.edits.push(edit);
    return undefined;
  }

  private tracksOf<Kind extends UndoTrack['kind']>(kind: Kind): Array<[EntityId, Track<Kind>]> {
    return [...this.tracks.tracks].filter((entry): entry is [EntityId, Track<Kind>] => entry[1].kind === kind);
  }
}
