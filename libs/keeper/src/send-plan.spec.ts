import { beforeEach, describe, expect, it } from '@jest/globals';
import { type EntityEdit, EntityError } from '@app/entities';
import type { EntityId } from '@app/world';
import type { SentTransaction } from './edit-sender.js';
import { sendPlan } from './send-plan.js';

const idOf = (number: number): EntityId => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const adding = (number: number, parent?: number): EntityEdit => ({
  kind: 'add',
  id: idOf(number),
  type: 'Box',
  properties: parent === undefined ? {} : { parentID: idOf(parent) },
});
const erasing = (number: number): EntityEdit => ({ kind: 'erase', id: idOf(number), expectedRevision: 0 });
const STALE = new EntityError('entity-revision-stale', 'Somebody was faster.');
const FULL = new EntityError('entity-limit', 'The world is full.');

/** A world that answers when the test says so. */
class SlowWorld {
  /** Numbers of the first entities of the transactions that are on the way. */
  readonly onTheWay = new Map<number, { answer(error?: Error): void }>();

  readonly send = (edits: readonly EntityEdit[]): Promise<SentTransaction> =>
    new Promise((resolve, reject) => {
      const number = Number(edits[0].id.slice(-12));
      const results = edits.map(({ id }) => ({ id, revision: 1 }));
      const answer = (error?: Error): void => {
        this.onTheWay.delete(number);
        if (error) reject(error);
        else resolve({ sequence: 1, results });
      };
      this.onTheWay.set(number, { answer });
    });

  async answer(number: number, error?: Error): Promise<void> {
    this.onTheWay.get(number)?.answer(error);
    await settle();
  }

  get numbers(): number[] {
    return [...this.onTheWay.keys()];
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a plan that is sent', () => {
  let world: SlowWorld;

  beforeEach(() => {
    world = new SlowWorld();
  });

  it('has four transactions on the way when they only add', async () => {
    const shown: string[] = [];
    const plan = [1, 2, 3, 4, 5, 6].map((number) => [adding(number), adding(number + 10)]);
    const sent = sendPlan(plan, world, { onProgress: (done, total) => shown.push(`${done}/${total}`) });
    await settle();
    expect(world.numbers).toEqual([1, 2, 3, 4]);
    await world.answer(3);
    expect(world.numbers).toEqual([1, 2, 4, 5]);
    for (const number of [1, 2, 4, 5, 6]) await world.answer(number);
    expect(await sent).toEqual({ done: 12, wasOvertaken: false });
    expect(shown).toEqual(['2/12', '4/12', '6/12', '8/12', '10/12', '12/12']);
  });

  it('adds nothing to what is not there yet', async () => {
    const sent = sendPlan([[adding(1)], [adding(2)], [adding(3, 1)], [adding(4)]], world);
    await settle();
    expect(world.numbers).toEqual([1, 2]);
    await world.answer(2);
    expect(world.numbers).toEqual([1]);
    await world.answer(1);
    expect(world.numbers).toEqual([3, 4]);
    await world.answer(3);
    await world.answer(4);
    expect((await sent).done).toBe(4);
  });

  it('does everything else one after the other', async () => {
    const told: string[] = [];
    const sent = sendPlan([[adding(1)], [erasing(2), adding(2)], [adding(3)]], world, {
      finish: (edits) => {
        told.push(`finish ${edits.length}`);
        return edits;
      },
      onDone: (results) => told.push(`done ${results.length}`),
    });
    for (const number of [1, 2, 3]) {
      await settle();
      expect(world.numbers).toEqual([number]);
      await world.answer(number);
    }
    await sent;
    expect(told).toEqual(['finish 1', 'done 1', 'finish 2', 'done 2', 'finish 1', 'done 1']);
  });

  it('is left when somebody was faster, and what is on the way counts', async () => {
    const plan = [1, 2, 3, 4, 5].map((number) => [adding(number)]);
    const sent = sendPlan(plan, world);
    await settle();
    await world.answer(2, STALE);
    expect(world.numbers).toEqual([1, 3, 4]);
    for (const number of [1, 3, 4]) await world.answer(number);
    expect(await sent).toEqual({ done: 3, wasOvertaken: true });
  });

  it('fails when nothing is on the way any more', async () => {
    let end = 'none';
    const sent = sendPlan([[adding(1)], [adding(2)], [erasing(3)]], world).catch((error: unknown) => {
      end = (error as EntityError).code;
    });
    await settle();
    await world.answer(1, FULL);
    expect(end).toBe('none');
    await world.answer(2);
    await sent;
    expect(end).toBe('entity-limit');
    expect(world.numbers).toEqual([]);
  });
});
