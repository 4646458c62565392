import type { EntityId, EntityProperties, EntityValue, SessionId } from '@app/world';
import { Emitter } from '../events.js';
import type { EditOptions, EditResult, EntityEdit } from './entity-types.js';
import { isSameValue } from './entity-store.js';
import type { RemoteEntity } from './remote-entity.js';

/** What a page can be told about its own edits. */
export interface EditHistoryEvents {
  /** Something can be undone or redone that could not, or the other way round. */
  changed: EditHistory;
}

/** What the history knows of the world. */
export interface HistoryWorld {
  get(id: EntityId): RemoteEntity | undefined;
  childrenOf(id: EntityId): Iterable<RemoteEntity>;
  readonly ownId: SessionId;
  edit(edits: readonly EntityEdit[], options: EditOptions): Promise<EditResult>;
}

/** Steps that can be undone. */
export const HISTORY_STEPS_MAX = 200;
/** Entities of one erased tree that are kept for coming back; larger trees come back without the rest. */
const ERASED_MAX = 1_000;
/** Edits of one step; a drag that goes on for longer is still one step, because it changes the same properties. */
const STEP_EDITS_MAX = 1_000;

/** Values of one entity that a step has changed; undefined means the property's default. */
interface Changed {
  kind: 'changed';
  id: EntityId;
  before: Map<string, EntityValue | undefined>;
  after: Map<string, EntityValue | undefined>;
}

/** An entity that a step has made. */
interface Made {
  kind: 'made';
  id: EntityId;
}

/** Entities that a step has erased, parents first. */
interface Erased {
  kind: 'erased';
  entities: ReadonlyArray<{ id: EntityId; type: string; properties: EntityProperties }>;
}

type Deed = Changed | Made | Erased;

interface Step {
  key: string | undefined;
  deeds: Deed[];
}

/**
 * This person's own edits, to take them back one step at a time. Other people's work stays: a property that somebody else
 * has changed since is left alone, and what is gone stays gone.
 */
export class EditHistory extends Emitter<EditHistoryEvents> {
  private readonly done: Step[] = [];
  private readonly undone: Step[] = [];
  private isBusy = false;

  constructor(private readonly world: HistoryWorld) {
    super();
  }

  get canUndo(): boolean {
    return this.done.length > 0 && !this.isBusy;
  }

  get canRedo(): boolean {
    return this.undone.length > 0 && !this.isBusy;
  }

  /** Takes the newest step back. Undefined when there is none, or nothing of it is left to be taken back. */
  undo(): Promise<EditResult | undefined> {
    return this.move(this.done, this.undone);
  }

  /** Does again what was undone last. */
  redo(): Promise<EditResult | undefined> {
    return this.move(this.undone, this.done);
  }

  /** Forgets everything. */
  clear(): void {
    this.done.length = 0;
    this.undone.length = 0;
    this.emit('changed', this);
  }

  /** For the view, before edits are sent: what they will have done. Call the result when the server has done them. */
  prepare(edits: readonly EntityEdit[], step: string | undefined): () => void {
    const deeds = edits.flatMap((edit) => this.deedOf(edit));
    return () => this.add({ key: step, deeds });
  }

  private add(step: Step): void {
    if (step.deeds.length === 0) return;
    const last = this.done.at(-1);
    this.undone.length = 0;
    if (last && step.key !== undefined && last.key === step.key && mergeInto(last, step)) {
      return this.emit('changed', this);
    }
    this.done.push(step);
    if (this.done.length > HISTORY_STEPS_MAX) this.done.shift();
    this.emit('changed', this);
  }

  private async move(from: Step[], to: Step[]): Promise<EditResult | undefined> {
    if (this.isBusy) return undefined;
    const step = from.pop();
    if (!step) return undefined;
    const edits = this.inverseOf(step);
    const deeds = edits.flatMap((edit) => this.deedOf(edit));
    this.isBusy = true;
    this.emit('changed', this);
    try {
      const result = edits.length > 0 ? await this.world.edit(edits, { isUndoable: false }) : undefined;
      if (deeds.length > 0) to.push({ key: undefined, deeds });
      return result;
    } catch (error) {
      // What may work a moment later can be tried again.
      if ((error as { retryable?: boolean }).retryable) from.push(step);
      throw error;
    } finally {
      this.isBusy = false;
      this.emit('changed', this);
    }
  }

  private deedOf(edit: EntityEdit): Deed[] {
    switch (edit.kind) {
      case 'add':
        return edit.id === undefined ? [] : [{ kind: 'made', id: edit.id }];
      case 'clone':
        return edit.newId === undefined ? [] : [{ kind: 'made', id: edit.newId }];
      case 'erase':
        return [{ kind: 'erased', entities: this.treeOf(edit.id) }];
      case 'change': {
        const told = this.world.get(edit.id)?.told.properties;
        if (!told) return [];
        const after = new Map<string, EntityValue | undefined>(Object.entries(edit.properties ?? {}));
        for (const name of edit.removed ?? []) if (!after.has(name)) after.set(name, undefined);
        const before = new Map([...after.keys()].map((name) => [name, told[name] as EntityValue | undefined]));
        return [{ kind: 'changed', id: edit.id, before, after }];
      }
    }
  }

  private treeOf(id: EntityId): Erased['entities'] {
    const root = this.world.get(id);
    if (!root) return [];
    const tree = [root];
    for (let index = 0; index < tree.length && tree.length < ERASED_MAX; index++) {
      for (const child of this.world.childrenOf(tree[index].id)) {
        if (tree.length < ERASED_MAX && !tree.includes(child)) tree.push(child);
      }
    }
    return tree.map(({ id: each, type, properties }) => ({ id: each, type, properties }));
  }

  /** Edits that take a step back, last deed first, without what others have changed since. */
  private inverseOf(step: Step): EntityEdit[] {
    const edits: EntityEdit[] = [];
    for (const deed of [...step.deeds].reverse()) {
      if (deed.kind === 'made') {
        if (this.world.get(deed.id)) edits.push({ kind: 'erase', id: deed.id });
      } else if (deed.kind === 'erased') {
        for (const { id, type, properties } of deed.entities) {
          if (!this.world.get(id)) edits.push({ kind: 'add', id, type, properties });
        }
      } else edits.push(...this.changeBack(deed));
    }
    return edits;
  }

  private changeBack({ id, before, after }: Changed): EntityEdit[] {
    const entity = this.world.get(id);
    if (!entity) return [];
    const isOurs = entity.editedBy.sessionId === this.world.ownId;
    const properties: Record<string, EntityValue> = {};
    const removed: string[] = [];
    for (const [name, value] of before) {
      if (!isOurs && !isSameValue(entity.properties[name], after.get(name))) continue;
      if (value === undefined) removed.push(name);
      else properties[name] = value;
    }
    if (Object.keys(properties).length === 0 && removed.length === 0) return [];
    return [{ kind: 'change', id, properties, removed }];
  }
}

/** Adds a step to the one before it; false when that would make it too large. */
function mergeInto(last: Step, { deeds }: Step): boolean {
  if (last.deeds.length + deeds.length > STEP_EDITS_MAX) {
    const isWithin = deeds.every((deed) => deed.kind === 'changed' && last.deeds.some((known) => isAbout(known, deed)));
    if (!isWithin) return false;
  }
  for (const deed of deeds) {
    const known = deed.kind === 'changed' ? last.deeds.findLast((candidate) => isAbout(candidate, deed)) : undefined;
    if (known?.kind !== 'changed' || deed.kind !== 'changed') last.deeds.push(deed);
    else {
      for (const [name, value] of deed.before) if (!known.before.has(name)) known.before.set(name, value);
      for (const [name, value] of deed.after) known.after.set(name, value);
    }
  }
  return true;
}

function isAbout(known: Deed, { id }: Changed): boolean {
  return known.kind === 'changed' && known.id === id;
}
