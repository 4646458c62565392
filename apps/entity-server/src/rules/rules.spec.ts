import { describe, expect, it } from '@jest/globals';
import { type EntityEdit, EntityWorld } from '@app/entities';
import { SeededRandom, SimClock } from '@app/testing';
import type { EntityId, EntityProperties } from '@app/world';
import { AddressRates } from './address-rates.js';
import { type EditFilter, readEditFilter } from './edit-filter.js';
import { applyRules, type EditRule, POWER, type RuleVerdict } from './edit-rule.js';
import type { ViewedEntity } from './edit-view.js';
import { FilterRule } from './filter-rule.js';
import { LimitRule } from './limit-rule.js';
import { LockRule } from './lock-rule.js';
import { Population } from './population.js';
import { PowerRule } from './power-rule.js';
import { PrivateRule } from './private-rule.js';

const BUILDER = POWER.ENTITY_POWER_BUILD;
const VISITOR = POWER.ENTITY_POWER_BUILD_TEMPORARY;
const KEEPER = POWER.ENTITY_POWER_BUILD | POWER.ENTITY_POWER_LOCK;

const add = (id: EntityId, properties: EntityProperties = {}, type = 'Box'): EntityEdit => ({
  kind: 'add',
  id,
  type,
  properties,
});
const change = (id: EntityId, properties: EntityProperties, removed: string[] = []): EntityEdit => ({
  kind: 'change',
  id,
  properties,
  removed,
  expectedRevision: 0,
});
const erase = (id: EntityId): EntityEdit => ({ kind: 'erase', id, expectedRevision: 0 });

/** Entities by id, who hangs on whom, and who has added them (7 unless said otherwise). */
function worldOf(entities: Record<EntityId, EntityProperties & { by?: number; type?: string }>) {
  const viewed = (id: EntityId): ViewedEntity | undefined => {
    const found = entities[id];
    if (!found) return undefined;
    const { by = 7, type = 'Box', ...properties } = found;
    return { type, properties, createdBy: { sessionId: by } };
  };
  const childrenOf = (id: EntityId) => Object.keys(entities).filter((child) => entities[child].parentID === id);
  return { get: viewed, childrenOf };
}

function ask(rule: EditRule, edits: EntityEdit[], powers: number, world = worldOf({})): RuleVerdict {
  return applyRules([rule], edits, { sessionId: 7, powers, origin: 9 }, world);
}

const codeOf = (verdict: RuleVerdict): string => ('refusal' in verdict ? verdict.refusal.code : 'allowed');

describe('Who may build', () => {
  const rule = new PowerRule(600);

  it('nothing is done for those who may not', () => {
    expect(codeOf(ask(rule, [add('a')], 0))).toBe('entity-not-yours');
    expect(codeOf(ask(rule, [add('a')], POWER.ENTITY_POWER_LOCK))).toBe('entity-not-yours');
    expect(codeOf(ask(rule, [add('a'), change('b', {}), erase('c')], BUILDER))).toBe('allowed');
    expect(codeOf(ask(rule, [add('a')], POWER.ENTITY_POWER_OPERATE))).toBe('allowed');
  });

  it.each([
    [undefined, 600],
    [-1, 600],
    [10_000, 600],
    [60, 60],
    [0, 0],
  ])('a visitor’s lifetime of %s becomes %i', (lifetime, expected) => {
    const verdict = ask(rule, [add('a', lifetime === undefined ? {} : { lifetime })], VISITOR);
    expect(verdict).toMatchObject({ edits: [{ properties: { lifetime: expected } }] });
  });

  it('a visitor changes and erases only temporary things that they have added', () => {
    const world = worldOf({ own: { lifetime: 60 }, kept: {}, other: { lifetime: 60, by: 8 } });
    expect(codeOf(ask(rule, [change('own', { name: 'x' }), erase('own')], VISITOR, world))).toBe('allowed');
    expect(codeOf(ask(rule, [change('kept', { name: 'x' })], VISITOR, world))).toBe('entity-not-yours');
    expect(codeOf(ask(rule, [erase('other')], VISITOR, world))).toBe('entity-not-yours');
    expect(codeOf(ask(rule, [add('new'), change('new', { name: 'x' }), erase('new')], VISITOR))).toBe('allowed');
  });

  it('a visitor cannot make a thing stay', () => {
    const world = worldOf({ own: { lifetime: 60 } });
    for (const edit of [change('own', { lifetime: -1 }), change('own', {}, ['lifetime'])]) {
      expect(ask(rule, [edit], VISITOR, world)).toMatchObject({
        edits: [{ removed: [], properties: { lifetime: 600 } }],
      });
    }
  });
});

describe('What is locked', () => {
  const rule = new LockRule();
  const world = worldOf({ locked: { locked: true, parentID: 'top' }, top: {}, free: {} });

  it('stays as it is', () => {
    for (const edit of [change('locked', { name: 'x' }), erase('locked'), change('locked', { locked: true })]) {
      expect(codeOf(ask(rule, [edit], BUILDER, world))).toBe('entity-locked');
      expect(codeOf(ask(rule, [edit], KEEPER, world))).toBe('entity-locked');
    }
    expect(codeOf(ask(rule, [change('locked', { name: 'x' })], POWER.ENTITY_POWER_OPERATE, world))).toBe('allowed');
  });

  it('is not erased with what it hangs on', () => {
    expect(codeOf(ask(rule, [erase('top')], BUILDER, world))).toBe('entity-locked');
    expect(codeOf(ask(rule, [change('locked', { locked: false }), erase('top')], KEEPER, world))).toBe('allowed');
    expect(codeOf(ask(rule, [change('top', { lifetime: 0 })], BUILDER, world))).toBe('entity-locked');
    expect(codeOf(ask(rule, [change('top', { lifetime: -1 })], BUILDER, world))).toBe('allowed');
  });

  it('is unlocked by those who may, alone or first in a transaction', () => {
    expect(codeOf(ask(rule, [change('locked', { locked: false })], BUILDER, world))).toBe('entity-locked');
    expect(codeOf(ask(rule, [change('locked', {}, ['locked'])], KEEPER, world))).toBe('allowed');
    const both = [change('locked', { locked: false }), change('locked', { name: 'x' })];
    expect(codeOf(ask(rule, both, KEEPER, world))).toBe('allowed');
    expect(codeOf(ask(rule, [change('locked', { locked: false, name: 'x' })], KEEPER, world))).toBe('entity-locked');
  });

  it('was locked by those who may', () => {
    expect(codeOf(ask(rule, [change('free', { locked: true })], BUILDER, world))).toBe('entity-not-yours');
    expect(codeOf(ask(rule, [add('new', { locked: true })], KEEPER, world))).toBe('allowed');
  });
});

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

describe('The operator’s filter', () => {
  const fieldOf = (filter: EditFilter, edits: EntityEdit[], world = worldOf({})): string => {
    const verdict = ask(new FilterRule(filter), edits, BUILDER, world);
    if (!('refusal' in verdict)) return 'allowed';
    expect(verdict.refusal.code).toBe('entity-filtered');
    return verdict.refusal.field ?? '';
  };

  it('names what it does not allow', () => {
    expect(fieldOf({ types: ['Box'] }, [add('a'), add('b', {}, 'Web')])).toBe('type');
    expect(fieldOf({ typesForbidden: ['Web'] }, [add('a', {}, 'Web')])).toBe('type');
    expect(fieldOf({ propertiesForbidden: ['script'] }, [add('a', { script: 'x' })])).toBe('script');
    expect(fieldOf({ dimensionsMMax: 10 }, [add('a', { dimensions: { x: 1, y: 11, z: 1 } })])).toBe('dimensions.y');
    expect(fieldOf({ numbersMax: { intensity: 5 } }, [add('a', { intensity: 6 })])).toBe('intensity');
    expect(fieldOf({ charactersMax: { userData: 3 } }, [add('a', { userData: 'four' })])).toBe('userData');
    expect(fieldOf({ positionMax: { x: 5, y: 5, z: 5 } }, [add('a', { position: { x: 0, y: 6, z: 0 } })])).toBe(
      'position.y',
    );
    expect(fieldOf({}, [add('a', { script: 'x' }, 'Web')])).toBe('allowed');
  });

  it('looks at the place in the world, also of things that hang on others', () => {
    const filter = { positionMin: { x: -5, y: -5, z: -5 }, positionMax: { x: 5, y: 5, z: 5 } };
    const world = worldOf({ far: { position: { x: 4, y: 0, z: 0 } }, near: { position: { x: 1, y: 0, z: 0 } } });
    expect(fieldOf(filter, [add('a', { parentID: 'far', position: { x: 2, y: 0, z: 0 } })], world)).toBe('position.x');
    expect(fieldOf(filter, [change('near', { parentID: 'far', position: { x: 2, y: 0, z: 0 } })], world)).toBe(
      'position.x',
    );
    expect(fieldOf(filter, [change('near', { name: 'x' })], world)).toBe('allowed');
  });

  it('lets what is forbidden be erased', () => {
    expect(fieldOf({ types: ['Box'] }, [erase('web')], worldOf({ web: { type: 'Web' } }))).toBe('allowed');
  });

  it.each([
    [null],
    [[]],
    ['x'],
    [{ colour: 1 }],
    [{ types: 'Box' }],
    [{ types: [1] }],
    [{ dimensionsMMax: -1 }],
    [{ positionMin: { x: 1, y: 1 } }],
    [{ numbersMax: { intensity: 'high' } }],
  ])('is refused as %j', (json) => {
    expect(readEditFilter(json)).toHaveProperty('problem');
  });
});

describe('What is private', () => {
  const rule = new PrivateRule();
  const world = worldOf({ mine: {}, theirs: { by: 8, privateUserData: 'secret' } });

  it('is changed by its author only, unless somebody may see it everywhere', () => {
    expect(codeOf(ask(rule, [change('mine', { privateUserData: 'a' })], BUILDER, world))).toBe('allowed');
    expect(codeOf(ask(rule, [add('new', { privateUserData: 'a' })], BUILDER, world))).toBe('allowed');
    expect(codeOf(ask(rule, [change('theirs', { userData: 'a' })], BUILDER, world))).toBe('allowed');
    expect(codeOf(ask(rule, [change('theirs', { privateUserData: 'a' })], BUILDER, world))).toBe('entity-not-yours');
    expect(codeOf(ask(rule, [change('theirs', {}, ['privateUserData'])], BUILDER, world))).toBe('entity-not-yours');
    const powers = BUILDER | POWER.ENTITY_POWER_PRIVATE;
    expect(codeOf(ask(rule, [change('theirs', { privateUserData: 'a' })], powers, world))).toBe('allowed');
  });
});
