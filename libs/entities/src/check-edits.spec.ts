import { describe, expect, it } from '@jest/globals';
import { decodeMessage, encodeMessage, entityIdToBytes, packProperties, type vicinity } from '@app/wire';
import { ENTITY_EDITS_MAX, type EntityId } from '@app/world';
import { randomUUID } from 'node:crypto';
import { checkEdits, divideEdits, EntityError, resolveClones, transactionFieldsOf } from './index.js';
import { ADA, IDS } from './naive-world.fixture.js';
import { add, change, erase, worldOf } from './world-kit.fixture.js';

type Fields = vicinity.v1.EntityTransaction.$Properties;
type EditFields = vicinity.v1.EntityEdit.$Properties;

const [A, B, C, D] = IDS;
const ID = entityIdToBytes(A);
const AUTHOR = { sessionId: 1, name: 'Ada', powers: 5 };

/** What comes of a transaction that has travelled. */
function check(fields: Fields, typeOf?: (id: EntityId) => string | undefined) {
  const bytes = encodeMessage('EntityTransaction', { editId: 'edit-1', author: AUTHOR, ...fields });
  return checkEdits(decodeMessage('EntityTransaction', bytes), () => D, typeOf);
}

/** `code field index` of the refusal. */
function refusal(fields: Fields): string {
  const result = check(fields);
  return result instanceof EntityError ? `${result.code} ${result.field ?? '-'} ${result.editIndex}` : 'none';
}

const number = (name: string, value: vicinity.v1.EntityValue.$Properties): EditFields => ({
  change: { id: ID, properties: { properties: [{ name, value }] } },
});

describe('checkEdits', () => {
  it('gives edits as they were meant', () => {
    const edits = [
      add(A, { name: 'a', position: { x: 1, y: 2, z: 3 } }),
      change(B, { alpha: 0.5 }, ['name'], 7),
      erase(C),
    ];
    expect(check(transactionFieldsOf({ editId: 'edit-1', author: ADA, edits }, 5))).toEqual({
      editId: 'edit-1',
      author: ADA,
      powers: 5,
      origin: 0,
      edits,
    });
  });

  it('draws ids for what has none', () => {
    expect(check({ edits: [{ add: { type: 'Box' } }] })).toMatchObject({ edits: [{ kind: 'add', id: D }] });
    const clone = { id: ID, withChildren: true };
    expect(check({ edits: [{ clone }] })).toMatchObject({
      edits: [{ kind: 'clone', id: A, newId: D, withChildren: true, properties: {} }],
    });
    expect(refusal({ edits: [{ add: { type: 'Box' } }, { clone: { id: ID } }] })).toBe('entity-exists id 1');
  });

  it('refuses values that cannot be, and names the property', () => {
    expect(refusal({ edits: [number('alpha', { number: NaN })] })).toBe('edit-invalid alpha 0');
    expect(refusal({ edits: [number('alpha', { number: Infinity })] })).toBe('edit-invalid alpha 0');
    expect(refusal({ edits: [number('mine', { vector: { x: 1, y: -Infinity, z: 0 } })] })).toBe('edit-invalid mine 0');
    expect(refusal({ edits: [number('visible', { number: 3 })] })).toBe('edit-invalid visible 0');
    expect(refusal({ edits: [number('position', { vector: { x: 1e9, y: 0, z: 0 } })] })).toBe(
      'edit-invalid position.x 0',
    );
    expect(refusal({ edits: [{ erase: { id: ID } }, number('__proto__', { number: 3 })] })).toBe('edit-invalid - 1');
    expect(refusal({ edits: [number('id', { text: 'x' })] })).toBe('edit-invalid id 0');
    expect(refusal({ edits: [number('a', {})] })).toBe('edit-invalid a 0');
  });

  it('knows the type of what is changed, when somebody tells', () => {
    const properties = packProperties({ intensity: 'bright' });
    const edits = [{ change: { id: ID, properties } }];
    expect(check({ edits })).toMatchObject({ edits: [{ kind: 'change' }] });
    expect(check({ edits }, () => 'Light')).toMatchObject({ code: 'edit-invalid', field: 'intensity' });
    expect(check({ edits: [{ add: { id: ID, type: 'Light' } }, ...edits] })).toMatchObject({
      field: 'intensity',
      editIndex: 1,
    });
  });

  it('refuses transactions and edits that are none', () => {
    const edits = [{ erase: { id: ID } }];
    expect(refusal({ edits, editId: '' })).toBe('edit-invalid - 0');
    expect(refusal({ edits, editId: 'with space' })).toBe('edit-invalid - 0');
    expect(refusal({ edits, editId: 'x'.repeat(65) })).toBe('edit-invalid - 0');
    expect(refusal({ edits, author: { name: 'x'.repeat(65) } })).toBe('edit-invalid - 0');
    expect(refusal({ edits: [] })).toBe('edit-too-many - 0');
    expect(refusal({ edits: Array.from({ length: ENTITY_EDITS_MAX + 1 }, () => edits[0]) })).toBe('edit-too-many - 0');
    expect(refusal({ edits: [{}] })).toBe('edit-invalid - 0');
    const mixed = [...edits, { erase: { id: ID }, change: { id: ID } }];
    expect(checkEdits({ editId: 'edit-1', edits: mixed })).toMatchObject({ code: 'edit-invalid', editIndex: 1 });
    expect(refusal({ edits: [{ erase: { id: new Uint8Array(15) } }] })).toBe('edit-invalid id 0');
    expect(refusal({ edits: [{ add: { type: '' } }] })).toBe('entity-type-invalid - 0');
    expect(refusal({ edits: [{ add: { type: 'x'.repeat(33) } }] })).toBe('entity-type-invalid - 0');
    const twice = { add: { id: ID, type: 'Box' } };
    expect(refusal({ edits: [twice, twice] })).toBe('entity-exists id 1');
    expect(refusal({ edits: [{ change: { id: ID, removed: ['a', 'a'] } }] })).toBe('edit-invalid a 0');
    const both = { change: { id: ID, removed: ['a'], properties: packProperties({ a: 1 }) } };
    expect(refusal({ edits: [both] })).toBe('edit-invalid a 0');
  });

  it('refuses a userData of 10 MB, and much that is too much together', () => {
    const huge = number('userData', { text: 'x'.repeat(10_000_000) });
    expect(checkEdits({ editId: 'edit-1', edits: [huge] })).toMatchObject({
      code: 'edit-too-large',
      field: 'userData',
    });
    expect(refusal({ edits: [number('userData', { text: 'x'.repeat(70_000) })] })).toBe('edit-invalid userData 0');
    const long = Array.from({ length: 5 }, () => add(randomUUID(), { userData: 'x'.repeat(60_000) }));
    const fields = transactionFieldsOf({ editId: 'e', author: ADA, edits: long });
    expect(refusal({ edits: fields.edits })).toBe('edit-too-large - 0');
    const fitting = transactionFieldsOf({ editId: 'e', author: ADA, edits: long.slice(1) });
    expect(refusal({ edits: fitting.edits })).toBe('none');
  });

  it('takes what fits although it looks larger at a glance', () => {
    const edits = Array.from({ length: 900 }, () =>
      add(randomUUID(), Object.fromEntries([...'abcdefgh'].map((key) => [key, 'x'.repeat(20)]))),
    );
    const fields = transactionFieldsOf({ editId: 'e', author: ADA, edits });
    expect(encodeMessage('EntityTransaction', fields).length).toBeGreaterThan(200_000);
    expect(refusal({ edits: fields.edits })).toBe('none');
    expect(divideEdits(edits).length).toBeGreaterThan(1);
  });
});

describe('resolveClones', () => {
  it('copies an entity, with its children or without', () => {
    const kit = worldOf([add(A, { name: 'a' }, 'Model'), add(B, { parentID: A, name: 'b' })]);
    let drawn = 0;
    const draw = () => IDS[5 + drawn++];
    const clone = { kind: 'clone' as const, id: A, newId: C, properties: { name: 'copy' }, withChildren: true };
    expect(resolveClones(kit.world, [clone, erase(A)], draw, 0)).toEqual([
      add(C, { name: 'copy' }, 'Model'),
      add(IDS[5], { parentID: C, name: 'b' }),
      erase(A),
    ]);
    expect(resolveClones(kit.world, [{ ...clone, withChildren: false }], draw, 0)).toHaveLength(1);
  });

  it('looks at no more children than a transaction can have, however many there are', () => {
    const children = Array.from({ length: ENTITY_EDITS_MAX }, () => add(randomUUID(), { parentID: A }));
    const kit = worldOf([add(A)]);
    kit.do(ADA, ...children);
    kit.do(ADA, add(B, { parentID: A }), add(D, { parentID: A }));
    let drawn = 0;
    const draw = (): EntityId => (drawn++, randomUUID());
    const clone = { kind: 'clone' as const, id: A, newId: C, properties: {}, withChildren: true };
    expect(resolveClones(kit.world, [clone], draw, 0)).toMatchObject({ code: 'edit-too-many' });
    expect(drawn).toBe(ENTITY_EDITS_MAX + 1);
  });

  it('copies nothing that is private', () => {
    const kit = worldOf([add(A, { name: 'a', privateUserData: 'secret' })]);
    const clone = { kind: 'clone' as const, id: A, newId: C, properties: {}, withChildren: false };
    expect(resolveClones(kit.world, [clone], () => D, 0)).toEqual([add(C, { name: 'a' })]);
    const own = { ...clone, properties: { privateUserData: 'own' } };
    expect(resolveClones(kit.world, [own], () => D, 0)).toEqual([add(C, { name: 'a', privateUserData: 'own' })]);
  });

  it('copies things that move where they are by then', () => {
    const properties = { position: { x: 0, y: 0, z: 0 }, velocity: { x: 1, y: 0, z: 0 }, damping: 0 };
    const kit = worldOf([add(A, properties)]);
    const clone = { kind: 'clone' as const, id: A, newId: C, properties: {}, withChildren: false };
    const copies = resolveClones(kit.world, [clone], () => D, (kit.world.get(A)?.movedAtMs ?? 0) + 2_000);
    expect(copies).toMatchObject([{ properties: { position: { x: 2, y: 0, z: 0 } } }]);
  });

  it('refuses copies of nothing, and too many', () => {
    const kit = worldOf([add(A), ...Array.from({ length: 600 }, () => add(randomUUID(), { parentID: A }))]);
    const clone = { kind: 'clone' as const, id: A, newId: C, properties: {}, withChildren: true };
    expect(resolveClones(kit.world, [clone], randomUUID, 0)).toHaveLength(601);
    expect(resolveClones(kit.world, [clone, { ...clone, newId: D }], randomUUID, 0)).toMatchObject({
      code: 'edit-too-many',
    });
    expect(resolveClones(kit.world, [erase(A), { ...clone, id: B }], randomUUID, 0)).toMatchObject({
      code: 'entity-unknown',
      editIndex: 1,
    });
    const large = worldOf([add(A, { userData: 'x'.repeat(60_000) })]);
    const five = IDS.slice(2, 7).map((newId) => ({ ...clone, newId }));
    expect(resolveClones(large.world, five, randomUUID, 0)).toMatchObject({ code: 'edit-too-large' });
  });
});
