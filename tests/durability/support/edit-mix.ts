import { encodeMessage, entityIdToBytes, type MessageFields, packProperties, vicinity } from '@app/wire';
import type { EntityId, EntityProperties } from '@app/world';
import type { SeededRandom } from '@app/testing';
import type { EntityEdit } from '@vicinity/sdk';
import type { EditNote } from './edit-notes.js';

/** Entities that everybody knows: below the first number more are made, above the second more are erased. */
const POPULATION_MIN = 60;
const POPULATION_MAX = 300;

/** A transaction that somebody is about to ask for. */
export interface EditTask {
  token: string;
  edits: EntityEdit[];
}

/** What several authors do to the same things. They know what they were told, which is often not the newest. */
export class EditMix {
  private readonly known = new Map<EntityId, number>();
  private count = 0;

  constructor(private readonly random: SeededRandom) {}

  /** The next transaction of an author. */
  draw(author: string): EditTask {
    const token = `${author}-${++this.count}`;
    const edits = this.drawEdits(token);
    const [first] = edits;
    // So that the log shows whose it is, whatever a gateway calls it.
    if (first.kind === 'erase') edits.unshift({ kind: 'change', id: first.id, properties: { userData: token } });
    return { token, edits };
  }

  /** Somebody was told what has become of entities. */
  learn({ edits }: EditTask, { outcome }: EditNote): void {
    if (outcome.kind === 'refused') {
      if (outcome.code === 'entity-unknown') for (const edit of edits) if (edit.id) this.known.delete(edit.id);
      return;
    }
    if (outcome.kind === 'unknown') return;
    for (const { id, revision } of outcome.results) {
      if (revision === 0) this.known.delete(id);
      else this.known.set(id, revision);
    }
  }

  private drawEdits(token: string): EntityEdit[] {
    const { random } = this;
    if (this.known.size < POPULATION_MIN) return this.chance(0.3) ? this.drawBatch(token) : [this.drawAdd(token)];
    const lot = random.nextInteger(0, 99);
    if (this.known.size > POPULATION_MAX && lot < 30) return [{ kind: 'erase', id: this.pick() }];
    if (lot < 12) return [this.drawAdd(token)];
    if (lot < 50) return [this.drawChange(token)];
    if (lot < 68) return [this.drawCareful(token)];
    if (lot < 76) return [{ kind: 'change', id: this.pick(), properties: { userData: token, ...this.drawParent() } }];
    if (lot < 80) return [{ kind: 'erase', id: this.pick() }];
    if (lot < 88) return [this.drawClone(token)];
    return this.drawBatch(token);
  }

  private drawAdd(token: string): EntityEdit {
    const parent: EntityProperties = this.chance(0.2) && this.known.size > 0 ? { parentID: this.pick() } : {};
    const properties = { name: token, userData: token, position: this.drawPosition(), ...parent };
    return { kind: 'add', id: this.drawId(), type: 'Box', properties };
  }

  private drawChange(token: string): EntityEdit {
    const place: EntityProperties = this.chance(0.3) ? { position: this.drawPosition() } : {};
    const motion: EntityProperties = this.chance(0.1) ? { velocity: { x: this.random.next(), y: 0, z: 0 } } : {};
    return { kind: 'change', id: this.pick(), properties: { userData: token, ...place, ...motion } };
  }

  /** A change of what its author has seen, and of nothing newer. */
  private drawCareful(token: string): EntityEdit {
    const id = this.pick();
    return { kind: 'change', id, properties: { userData: token }, expectedRevision: this.known.get(id) };
  }

  private drawParent(): EntityProperties {
    return { parentID: this.chance(0.3) ? '' : this.pick() };
  }

  private drawClone(token: string): EntityEdit {
    const properties = { userData: token, position: this.drawPosition() };
    return { kind: 'clone', id: this.pick(), newId: this.drawId(), properties, withChildren: this.chance(0.3) };
  }

  /** Several edits; now and then the last one is impossible, and nothing of it may be there. */
  private drawBatch(token: string): EntityEdit[] {
    const count = this.random.nextInteger(2, 20);
    const edits = Array.from({ length: count }, () =>
      this.chance(0.6) || this.known.size === 0 ? this.drawAdd(token) : this.drawChange(token),
    );
    if (this.chance(0.15)) edits.push({ kind: 'change', id: this.drawId(), properties: { userData: token } });
    return edits;
  }

  private drawPosition(): { x: number; y: number; z: number } {
    const draw = (): number => this.random.nextInteger(-200, 200) / 10;
    return { x: draw(), y: draw(), z: draw() };
  }

  private pick(): EntityId {
    const index = this.random.nextInteger(0, this.known.size - 1);
    let passed = 0;
    for (const id of this.known.keys()) if (passed++ === index) return id;
    throw new Error('Nothing is known.');
  }

  private drawId(): EntityId {
    const hex = Array.from({ length: 32 }, () => this.random.nextInteger(0, 15).toString(16)).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  }

  private chance(share: number): boolean {
    return this.random.next() < share;
  }
}

/** The request that a gateway would make of it. */
export function requestOf(editId: string, name: string, sessionId: number, edits: readonly EntityEdit[]): Uint8Array {
  const powers = vicinity.v1.EntityPower.ENTITY_POWER_BUILD | vicinity.v1.EntityPower.ENTITY_POWER_LOCK;
  const author = { sessionId, name, powers };
  return encodeMessage('EntityEditRequest', { transaction: { editId, author, edits: edits.map(fieldsOf) } });
}

function fieldsOf(edit: EntityEdit): MessageFields<'EntityEdit'> {
  const properties = 'properties' in edit && edit.properties ? packProperties(edit.properties) : undefined;
  const id = edit.id === undefined ? undefined : entityIdToBytes(edit.id);
  if (edit.kind === 'add') return { add: { id, type: edit.type, properties } };
  if (edit.kind === 'change') {
    return { change: { id, properties, removed: [...(edit.removed ?? [])], expectedRevision: edit.expectedRevision } };
  }
  if (edit.kind === 'erase') return { erase: { id, expectedRevision: edit.expectedRevision } };
  const newId = edit.newId === undefined ? undefined : entityIdToBytes(edit.newId);
  return { clone: { id, newId, properties, withChildren: edit.withChildren } };
}
