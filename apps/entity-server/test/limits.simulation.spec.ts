import { afterEach, describe, expect, it } from '@jest/globals';
import { entityIdToBytes, type MessageFields } from '@app/wire';
import { POWER } from '../src/rules/edit-rule.js';
import { ERASED_BELOW_BURST } from '../src/rules/erasure-rates.js';
import { add, change, EntityStage, erase, idOf } from './entity-stage.js';

let stage: EntityStage;
afterEach(() => stage.end());

const clone = (id: string): MessageFields<'EntityEdit'> => ({ clone: { id: entityIdToBytes(id), withChildren: true } });
const big = { userData: 'u'.repeat(10_000) };
const author = (sessionId: number) => ({ author: { sessionId, name: 'A' } });

describe('Limits of a world', () => {
  it('hold for copies and for what grows, and name the property', async () => {
    stage = new EntityStage({ worldBytesMax: 35_000 }, 1);
    await stage.start('es-1');
    const code = async (...edits: MessageFields<'EntityEdit'>[]): Promise<string> => {
      const { errorCode, errorField } = await stage.during(stage.edit(edits));
      return errorCode ? `${errorCode} ${errorField}` : 'done';
    };
    expect(await code(add(idOf(1), big), add(idOf(2)))).toBe('done');
    expect(await code(clone(idOf(1)))).toBe('done');
    expect(await code(clone(idOf(1)), clone(idOf(1)))).toBe('entity-limit userData');
    expect(await code(clone(idOf(1)))).toBe('done');
    expect(await code(clone(idOf(1)))).toBe('entity-limit userData');
    expect(await code(change(idOf(2), big))).toBe('entity-limit userData');
    expect(await code(change(idOf(1), { userData: '' }))).toBe('done');
    expect(await code(change(idOf(2), big))).toBe('done');
    const operator = { author: { sessionId: 0, name: 'operator' }, powers: POWER.ENTITY_POWER_OPERATE };
    expect((await stage.during(stage.edit([add(idOf(3), big)], operator))).errorCode).toBe('');
  });

  it('hold for one person, and survive the change of servers', async () => {
    stage = new EntityStage({ sessionBytesMax: 25_000 }, 1);
    const first = await stage.start('es-1');
    expect((await stage.during(stage.edit([add(idOf(1), big), add(idOf(2), big)], author(1)))).errorCode).toBe('');
    await stage.start('es-2');
    await stage.during(first.drain());
    await stage.clock.advanceAsync(1_000);
    const refused = await stage.during(stage.edit([add(idOf(3), big)], author(1)));
    expect(refused).toMatchObject({ errorCode: 'entity-limit', errorField: 'userData' });
    expect((await stage.during(stage.edit([add(idOf(3), big)], author(2)))).errorCode).toBe('');
  });

  it('hold for who leaves and comes back with another number', async () => {
    stage = new EntityStage({ sessionEntitiesMax: 3, addressEntitiesPerHour: 8 }, 1);
    await stage.start('es-1');
    const added: string[] = [];
    for (let session = 1; session <= 5; session++) {
      for (let i = 0; i < 3; i++) {
        const options = { ...author(session), origin: 77 };
        const { errorCode } = await stage.during(stage.edit([add(idOf(10 * session + i))], options));
        if (!errorCode) added.push(`${session}`);
      }
    }
    expect(added).toEqual(['1', '1', '1', '2', '2', '2', '3', '3']);
    expect((await stage.during(stage.edit([add(idOf(90))], { ...author(9), origin: 78 }))).errorCode).toBe('');
    const dry = { ...author(9), origin: 78, isDryRun: true };
    for (let i = 0; i < 20; i++) expect((await stage.during(stage.edit([add(idOf(91))], dry))).errorCode).toBe('');
    expect((await stage.during(stage.edit([add(idOf(91))], { ...author(9), origin: 78 }))).errorCode).toBe('');
  });

  it('hold for erasures of large trees that are not done, or only tried', async () => {
    stage = new EntityStage({}, 1);
    await stage.start('es-1');
    const childrenCount = 4_000;
    await stage.during(stage.edit([add(idOf(1))]));
    for (let n = 0; n < childrenCount; n += 1_000) {
      const children = Array.from({ length: 1_000 }, (_, i) => add(idOf(10 + n + i), { parentID: idOf(1) }));
      expect((await stage.during(stage.edit(children))).errorCode).toBe('');
    }
    const code = async (edits: MessageFields<'EntityEdit'>[], options = {}): Promise<string> =>
      (await stage.during(stage.edit(edits, { origin: 77, ...options }))).errorCode;
    const twice = [erase(idOf(1)), erase(idOf(1))];
    const dry = { isDryRun: true };
    const tries = ERASED_BELOW_BURST / childrenCount;
    for (let i = 0; i < tries; i++) expect(await code(twice, i % 2 ? dry : {})).toBe('entity-unknown');
    // Some has worn off meanwhile.
    await code(twice);
    expect(await code(twice)).toBe('world-busy');
    expect(await code(twice, dry)).toBe('world-busy');
    expect(stage.inspect('es-1').count).toBe(childrenCount + 1);
    // What hangs on nothing, and what others or operators erase, has nothing to do with it.
    expect(await code([erase(idOf(10)), erase(idOf(11))])).toBe('');
    expect(await code(twice, { origin: 78 })).toBe('entity-unknown');
    expect(await code(twice, { powers: POWER.ENTITY_POWER_OPERATE })).toBe('entity-unknown');
    await stage.clock.advanceAsync(10_000);
    expect(await code([erase(idOf(1))])).toBe('');
    expect(stage.inspect('es-1').count).toBe(0);
  });
});
