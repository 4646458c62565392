import type { EntityId, EntityProperties, EntityValue } from '@app/world';
import { propertiesAt } from './advance-entity.js';
import type { Entity, EntityChange, EntityTransaction } from './entity.js';

/** What an entity would be without the edits that are undone, as far as that differs from what it is. */
export type UndoTrack =
  /** They have added it. */
  | { readonly kind: 'added'; isChangedByOthers: boolean }
  /** They have erased it. */
  | { readonly kind: 'erased'; readonly entity: Entity }
  /** They have changed these properties last; undefined for those that had their default. */
  | { readonly kind: 'changed'; readonly type: string; readonly values: Map<string, EntityValue | undefined> };

/** One thing that a transaction has done, and when. */
export interface UndoStep {
  readonly change: EntityChange;
  /** Names that the transaction has changed or removed; undefined when the entity is new or gone. */
  readonly names: readonly string[] | undefined;
  /** Whether it shall be undone. */
  readonly isMine: boolean;
  /** Whether it only says what has come of what others did: then it is in nobody's way. */
  readonly isConsequence: boolean;
  /** Ms since 1970-01-01 UTC. */
  readonly atMs: number;
}

/** Server's own authors whose changes follow from what others do. */
const CONSEQUENCES: ReadonlySet<string> = new Set(['physics']);

/** Whether a transaction only says what has come of others. */
export function isConsequence({ author }: EntityTransaction): boolean {
  return author.sessionId === 0 && CONSEQUENCES.has(author.name);
}

/** Follows the log, and knows for each entity what it would be without the edits that are undone. */
export class UndoTracks {
  readonly tracks = new Map<EntityId, UndoTrack>();
  /** Entities that were erased, and made again by others. */
  readonly madeAgain = new Set<EntityId>();

  /** Goes one step further. */
  follow(step: UndoStep): void {
    const { id, before, after } = step.change;
    if (step.isConsequence && before && after) return;
    if (!before && after) this.added(id, after, step);
    else if (before && !after) this.erased(id, before, step);
    else if (before && after) this.changed(id, before, after, step);
  }

  private added(id: EntityId, after: Entity, { isMine }: UndoStep): void {
    const track = this.tracks.get(id);
    if (!isMine) {
      if (track?.kind === 'erased') this.madeAgain.add(id);
      this.tracks.delete(id);
    } else if (track?.kind === 'erased') {
      // Erased and made again by the same author: what it was before comes back, property by property.
      const { type, properties } = track.entity;
      const values = new Map<string, EntityValue | undefined>();
      for (const name of namesOf(properties, after.properties)) values.set(name, ownValue(properties, name));
      this.tracks.set(id, { kind: 'changed', type, values });
    } else this.tracks.set(id, { kind: 'added', isChangedByOthers: false });
  }

  private erased(id: EntityId, before: Entity, { isMine, atMs }: UndoStep): void {
    const track = this.tracks.get(id);
    this.tracks.delete(id);
    if (!isMine || track?.kind === 'added') return;
    const properties = { ...propertiesAt(before, atMs) };
    if (track?.kind === 'changed') for (const [name, value] of track.values) putBack(properties, name, value);
    const type = track?.kind === 'changed' ? track.type : before.type;
    this.tracks.set(id, { kind: 'erased', entity: { ...before, type, properties, movedAtMs: atMs } });
  }

  private changed(id: EntityId, before: Entity, after: Entity, { isMine, names, atMs }: UndoStep): void {
    const track = this.tracks.get(id);
    const touched = names ?? namesOf(before.properties, after.properties);
    if (track?.kind === 'added') {
      if (!isMine) track.isChangedByOthers = true;
    } else if (!isMine) {
      if (track?.kind === 'changed') for (const name of touched) track.values.delete(name);
    } else {
      const values = track?.kind === 'changed' ? track.values : new Map<string, EntityValue | undefined>();
      const base = propertiesAt(before, atMs);
      for (const name of touched) if (!values.has(name)) values.set(name, ownValue(base, name));
      if (!track) this.tracks.set(id, { kind: 'changed', type: before.type, values });
    }
  }
}

/** A property's value; undefined when it has its default, also for names that every object knows. */
export function ownValue(properties: EntityProperties, name: string): EntityValue | undefined {
  return Object.hasOwn(properties, name) ? properties[name] : undefined;
}

/** Gives a property its value; undefined takes it away. */
export function putBack(properties: Record<string, EntityValue>, name: string, value: EntityValue | undefined): void {
  if (value === undefined) delete properties[name];
  else properties[name] = value;
}

/** What a transaction has done to one entity: names by id; undefined for those it has added or erased on the way. */
export function namesTouched({ edits }: EntityTransaction): Map<EntityId, Set<string> | undefined> {
  const touched = new Map<EntityId, Set<string> | undefined>();
  for (const edit of edits) {
    if (edit.kind !== 'change') touched.set(edit.id, undefined);
    else if (!touched.has(edit.id)) touched.set(edit.id, new Set([...Object.keys(edit.properties), ...edit.removed]));
    else for (const name of [...Object.keys(edit.properties), ...edit.removed]) touched.get(edit.id)?.add(name);
  }
  return touched;
}

function namesOf(a: EntityProperties, b: EntityProperties): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])];
}
