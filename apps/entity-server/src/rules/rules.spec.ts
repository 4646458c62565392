import { describe, expect, it } from '@jest/globals';
import type { EntityEdit } from '@app/entities';
import { type EditFilter, readEditFilter } from './edit-filter.js';
import { POWER } from './edit-rule.js';
import { FilterRule } from './filter-rule.js';
import { LockRule } from './lock-rule.js';
import { PowerRule } from './power-rule.js';
import { PrivateRule } from './private-rule.js';
import { add, ask, BUILDER, change, codeOf, erase, KEEPER, VISITOR, worldOf } from './rules-kit.fixture.js';

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

  it('does not go with what its carrier was hung on by the same transaction', () => {
    const rehung = change('top', { parentID: 'free' });
    expect(codeOf(ask(rule, [rehung, erase('free')], BUILDER, world))).toBe('entity-locked');
    expect(codeOf(ask(rule, [rehung, change('free', { lifetime: 0 })], BUILDER, world))).toBe('entity-locked');
    expect(codeOf(ask(rule, [rehung, change('top', { parentID: null }), erase('free')], BUILDER, world))).toBe(
      'allowed',
    );
    const unlocked = change('locked', { locked: false });
    expect(codeOf(ask(rule, [rehung, unlocked, erase('free')], KEEPER, world))).toBe('allowed');
    const lockedNow = [change('free', { parentID: 'new' }), change('free', { locked: true }), erase('new')];
    expect(codeOf(ask(rule, [add('new'), ...lockedNow], KEEPER, world))).toBe('entity-locked');
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
