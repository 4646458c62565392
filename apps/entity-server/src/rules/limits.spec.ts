import { describe, expect, it } from '@jest/globals';
import { type EntityEdit, EntityWorld } from '@app/entities';
import { SeededRandom, SimClock } from '@app/testing';
import type { EntityProperties } from '@app/world';
import { AddressRates } from './address-rates.js';
import { POWER } from './edit-rule.js';
import { LimitRule } from './limit-rule.js';
import { Population } from './population.js';
import { add, ask, BUILDER, change, codeOf, erase, VISITOR, worldOf } from './rules-kit.fixture.js';

describe('How much there may be', () => {
  const options = {
    entitiesMax: 10,
    worldBytesMax: 10_000,
    sessionEntitiesMax: 5,
    sessionBytesMax: 5_000,
    temporaryEntitiesMax: 3,
  };
  const anyRate: Pick<AddressRates, 'allows'> = { allows: () => true };
  const rule = (count: number, ofSession: number, temporaryCount: number) =>
    new LimitRule(
      options,
      { count, bytes: 0, temporaryCount, ofSession: () => ({ count: ofSession, bytes: 0 }) },
      anyRate,
    );
  /** Of a world and of sessions that have so many bytes already. */
  const full = (bytes: number, sessionBytes: Record<number, number> = {}, rates = anyRate) => {
    const ofSession = (id: number) => ({ count: 0, bytes: sessionBytes[id] ?? 0 });
    return new LimitRule(options, { count: 1, bytes, temporaryCount: 0, ofSession }, rates);
  };
  const text = (length: number) => ({ name: 'x', userData: 'u'.repeat(length) });

  it.each([
    [9, 0, 0, BUILDER, 1, 'allowed'],
    [9, 0, 0, BUILDER, 2, 'entity-limit'],
    [5, 4, 0, BUILDER, 1, 'allowed'],
    [5, 4, 0, BUILDER, 2, 'entity-limit'],
    [5, 0, 3, BUILDER, 1, 'allowed'],
    [5, 0, 2, VISITOR, 1, 'allowed'],
    [5, 0, 2, VISITOR, 2, 'entity-limit'],
    [10, 5, 3, POWER.ENTITY_POWER_OPERATE, 9, 'allowed'],
  ])('with %i in the world, %i of the author and %i temporary ones, powers %i add %i: %s', (...row) => {
    const [count, ofSession, temporary, powers, adds, expected] = row;
    const edits = Array.from({ length: adds }, (_, index) => add(`new-${index}`));
    expect(codeOf(ask(rule(count, ofSession, temporary), edits, powers))).toBe(expected);
  });

  it('bytes of a world are counted, and the property is named that takes most', () => {
    expect(codeOf(ask(full(8_000), [add('a', text(1_500))], BUILDER))).toBe('allowed');
    expect(ask(full(8_000), [add('a', text(2_000))], BUILDER)).toMatchObject({
      refusal: { code: 'entity-limit', field: 'userData' },
    });
    const two = [add('a', text(1_200)), add('b', text(1_200))];
    expect(ask(full(8_000), two, BUILDER)).toMatchObject({ refusal: { code: 'entity-limit' }, editIndex: 1 });
    expect(codeOf(ask(full(20_000), two, POWER.ENTITY_POWER_OPERATE))).toBe('allowed');
  });

  it('what grows is refused, what gets smaller or goes never', () => {
    const world = worldOf({ big: text(4_000) });
    const grow = (length: number): EntityEdit[] => [change('big', text(length))];
    expect(codeOf(ask(full(9_000), grow(4_500), BUILDER, world))).toBe('allowed');
    expect(ask(full(9_000), grow(5_500), BUILDER, world)).toMatchObject({
      refusal: { code: 'entity-limit', field: 'userData' },
    });
    expect(codeOf(ask(full(20_000), grow(3_000), BUILDER, world))).toBe('allowed');
    expect(codeOf(ask(full(20_000), [change('big', {}, ['userData'])], BUILDER, world))).toBe('allowed');
    expect(codeOf(ask(full(20_000), [erase('big')], BUILDER, world))).toBe('allowed');
  });

  it('bytes count for the one who has added the entity', () => {
    const world = worldOf({ mine: text(10), theirs: { ...text(10), by: 8 }, nobodys: { ...text(10), by: 0 } });
    const grow = (id: string): EntityEdit[] => [change(id, text(1_000))];
    const allowed = (ofSession: Record<number, number>, id: string) =>
      codeOf(ask(full(0, ofSession), grow(id), BUILDER, world));
    expect(allowed({ 7: 4_500 }, 'mine')).toBe('entity-limit');
    expect(allowed({ 7: 4_500 }, 'theirs')).toBe('allowed');
    expect(allowed({ 8: 4_500 }, 'theirs')).toBe('entity-limit');
    expect(allowed({ 7: 4_500, 8: 4_500 }, 'nobodys')).toBe('allowed');
    expect(codeOf(ask(full(0, { 7: 4_500 }), [add('new', text(1_000))], BUILDER))).toBe('entity-limit');
  });

  it('an address adds so much in an hour, whatever sessions it has', () => {
    const clock = new SimClock();
    const rates = new AddressRates(clock, { addressEntitiesPerHour: 100, addressBytesPerHour: 3_000 });
    const adds = (count: number): EntityEdit[] => Array.from({ length: count }, (_, index) => add(`new-${index}`));
    expect(codeOf(ask(full(0, {}, rates), adds(4), BUILDER))).toBe('allowed');
    rates.spend(9, 98, 0);
    expect(codeOf(ask(full(0, {}, rates), adds(2), BUILDER))).toBe('allowed');
    expect(ask(full(0, {}, rates), adds(3), BUILDER)).toMatchObject({
      refusal: { code: 'entity-limit' },
      editIndex: 2,
    });
    clock.advance(3_600_000);
    expect([rates.allows(9, 60, 0), rates.allows(9, 70, 0)]).toEqual([true, false]);
    rates.spend(9, 0, 2_500);
    expect(ask(full(0, {}, rates), [add('a', text(1_000))], BUILDER)).toMatchObject({
      refusal: { code: 'entity-limit', field: 'userData' },
    });
    expect(rates.allows(10, 100, 3_000)).toBe(true);
    expect(rates.allows(0, 1_000_000, 1e9)).toBe(true);
  });

  it('who goes on and on gets what an hour allows in an hour', () => {
    const clock = new SimClock();
    const rates = new AddressRates(clock, { addressEntitiesPerHour: 1_000, addressBytesPerHour: 0 });
    rates.spend(9, 1_000, 0);
    let count = 0;
    for (let second = 0; second < 3_600; second++) {
      clock.advance(1_000);
      for (; rates.allows(9, 1, 1e9); count++) rates.spend(9, 1, 0);
    }
    expect(count).toBeGreaterThan(950);
    expect(count).toBeLessThanOrEqual(1_000);
  });

  it('a verdict says how much is added', () => {
    const world = worldOf({ big: text(4_000) });
    const rows: [EntityEdit[], number][] = [
      [[add('a', text(100))], 1],
      [[add('a', text(100)), change('a', text(300)), change('big', text(10))], 1],
    ];
    const bytes = rows.map(([edits, count]) => {
      const verdict = ask(full(0), edits, BUILDER, world);
      expect(verdict).toMatchObject({ addedCount: count });
      return 'refusal' in verdict ? 0 : verdict.grownBytes;
    });
    expect(bytes[1] - bytes[0]).toBe(200);
  });
});

describe('What is counted of a world', () => {
  it('is at any time what counting everything anew says', () => {
    const random = new SeededRandom(41);
    const pick = (count: number): number => Math.floor(random.next() * count);
    const world = new EntityWorld();
    const population = new Population([]);
    const properties = (): EntityProperties => ({
      name: 'n'.repeat(pick(80)),
      ...(pick(2) ? { userData: 'ü'.repeat(pick(500)) } : {}),
      ...(pick(3) ? {} : { lifetime: pick(2) ? 100 : -1 }),
    });
    for (let step = 0; step < 600; step++) {
      const id = `00000000-0000-4000-8000-0000000000${10 + pick(40)}`;
      const removed = pick(3) ? [] : ['userData', 'lifetime'].slice(pick(2));
      const all = properties();
      for (const name of removed) delete (all as Record<string, unknown>)[name];
      const edit = [
        add(id, all),
        { ...change(id, all, removed) },
        add(id, { ...all, parentID: '00000000-0000-4000-8000-000000000010' }),
        erase(id),
      ][pick(4)];
      const author = { sessionId: pick(4), name: 'A' };
      const transactions = [{ editId: `e${step}`, author, edits: [edit] }];
      const record = { epoch: 1, writer: '', writtenAtMs: step, transactions };
      for (const outcome of world.apply(record, step + 1)) {
        if (outcome.kind === 'done') population.handleChanges(outcome.changes);
      }
    }
    const anew = new Population(world.entities());
    expect(world.size).toBeGreaterThan(5);
    for (const session of [0, 1, 2, 3, 4]) expect(population.ofSession(session)).toEqual(anew.ofSession(session));
    const sums = ({ count, bytes, temporaryCount }: Population) => [count, bytes, temporaryCount];
    expect(sums(population)).toEqual(sums(anew));
    for (const { id } of [...world.entities()]) {
      const gone = world.get(id);
      if (gone) population.handleChanges([{ id, before: gone, after: undefined }]);
    }
    expect(sums(population)).toEqual([0, 0, 0]);
  });
});
