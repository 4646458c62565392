import { describe, expect, it } from '@jest/globals';
import { type EntityEdit, EntityError, EntityWorld } from '@app/entities';
import type { EntityId } from '@app/world';
import type { EditSender, SentTransaction } from './edit-sender.js';
import { carryOut, type Transition } from './transition.js';
import { summarise } from './transition-summary.js';
import type { WorldTail } from './world-tail.js';

const idOf = (number: number): EntityId => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const box = (number: number, properties = {}) => ({ id: idOf(number), type: 'Box', properties });
const adding = (number: number, properties = {}): EntityEdit => ({ kind: 'add', ...box(number, properties) });
const erasing = (number: number): EntityEdit => ({ kind: 'erase', id: idOf(number), expectedRevision: 0 });

/** A world, and others who edit it before each of our transactions. */
class BusyWorld {
  readonly world = new EntityWorld();
  sent = 0;

  constructor(private readonly others: (turn: number) => EntityEdit[] = () => []) {}

  apply(edits: readonly EntityEdit[], atMs = 1_000): SentTransaction {
    const sequence = this.world.lastSequence + 1;
    const transaction = { editId: `e${sequence}`, author: { sessionId: 0, name: 'x' }, edits };
    const record = { epoch: 1, writer: 'w', writtenAtMs: atMs + sequence, transactions: [transaction] };
    const [outcome] = this.world.apply(record, sequence);
    if (outcome.kind === 'void') throw new EntityError(outcome.code as EntityError['code'], outcome.text);
    return { sequence, results: outcome.results };
  }

  carryOut(transition: Transition): ReturnType<typeof carryOut> {
    const tail = { world: this.world, advance: () => Promise.resolve(this.world) } as unknown as WorldTail;
    const send = (edits: readonly EntityEdit[]): Promise<SentTransaction> => {
      const others = this.others(this.sent++);
      if (others.length > 0) this.apply(others);
      return Promise.resolve().then(() => this.apply(edits));
    };
    return carryOut(transition, tail, { send } as unknown as EditSender);
  }

  names(): string[] {
    return [...this.world.entities()].map(({ id }) => id).sort();
  }
}

describe('a transition', () => {
  it('makes a world what it shall be', async () => {
    const busy = new BusyWorld();
    busy.apply([adding(1), adding(2)]);
    const target = [box(2, { name: 'two' }), box(3)];
    expect(await busy.carryOut({ target: () => target, isInsistent: true })).toEqual({ rounds: 1, edits: 3 });
    expect(busy.names()).toEqual([idOf(2), idOf(3)]);
    expect(await busy.carryOut({ target: () => target, isInsistent: true })).toEqual({ rounds: 0, edits: 0 });
  });

  it('plans anew when others were faster', async () => {
    const busy = new BusyWorld((turn) => (turn === 0 ? [erasing(1), adding(3), adding(9)] : []));
    busy.apply([adding(1)]);
    const target = [box(1, { name: 'one' }), box(3, { name: 'three' })];
    await busy.carryOut({ target: () => target, isInsistent: true });
    expect(busy.names()).toEqual([idOf(1), idOf(3)]);
    expect(busy.world.get(idOf(3))?.properties).toEqual({ name: 'three' });
  });

  it('leaves alone what others add, when it does not insist', async () => {
    const busy = new BusyWorld((turn) => (turn === 0 ? [adding(9)] : []));
    await busy.carryOut({ target: () => [box(1)], isInsistent: false });
    expect(busy.names()).toEqual([idOf(1), idOf(9)]);
  });

  it('gives in when others never stop', async () => {
    const busy = new BusyWorld((turn) => [adding(100 + turn)]);
    const done = busy.carryOut({ target: () => [box(1)], isInsistent: true });
    await expect(done).rejects.toMatchObject({ code: 'world-restless' });
  });

  it('comes to an end with what moves', async () => {
    const busy = new BusyWorld();
    const moving = { velocity: { x: 1, y: 0, z: 0 }, damping: 0, position: { x: 5, y: 0, z: 0 } };
    busy.apply([adding(1, { ...moving, position: { x: 0, y: 0, z: 0 } })]);
    const target = [{ ...box(1, moving), movedAtMs: 500 }];
    expect(await busy.carryOut({ target: () => target, targetAtMs: 500, isInsistent: true })).toEqual({
      rounds: 1,
      edits: 1,
    });
  });

  it('tells what the world refuses', async () => {
    const busy = new BusyWorld();
    const send = (): Promise<never> => Promise.reject(new EntityError('entity-limit', 'The world is full.'));
    const tail = { advance: () => Promise.resolve(busy.world) } as unknown as WorldTail;
    const done = carryOut({ target: () => [box(1)], isInsistent: true }, tail, { send } as unknown as EditSender);
    await expect(done).rejects.toMatchObject({ code: 'entity-limit' });
  });
});

describe('the summary of a plan', () => {
  it('counts by type what is new, changed and erased, children included', () => {
    const busy = new BusyWorld();
    busy.apply([adding(1), adding(2, { parentID: idOf(1) }), adding(3)]);
    const plan: EntityEdit[][] = [
      [erasing(1), { kind: 'add', id: idOf(4), type: 'Text', properties: {} }],
      [{ kind: 'change', id: idOf(3), properties: { name: 'x' }, removed: [], expectedRevision: 0 }],
    ];
    expect(summarise(busy.world, plan)).toEqual([
      { type: 'Box', added: 0, changed: 1, erased: 2 },
      { type: 'Text', added: 1, changed: 0, erased: 0 },
    ]);
  });
});
