import { describe, expect, it } from '@jest/globals';
import { ENTITY_DEPTH_MAX, ENTITY_TYPES, type EntityProperties, type EntityValue } from '@app/world';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { BrokenModelsError, type ModelsEntity, parseModelsJson, renderModelsJson, VircadiaError } from './index.js';

const EVERY_TYPE = new Uint8Array(readFileSync(new URL('../test/every-type.models.json', import.meta.url)));

const text = (characters: string) => new TextEncoder().encode(characters);
const fileOf = (entities: unknown[], about: object = {}) => text(JSON.stringify({ ...about, Entities: entities }));
const idOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const box = (n: number, rest: object = {}) => ({ id: `{${idOf(n)}}`, type: 'Box', ...rest });

/** Parses without mercy for a single broken entity, and gives what was wrong. */
function brokenOf(entities: unknown[]): BrokenModelsError['report'] {
  try {
    parseModelsJson(fileOf(entities));
  } catch (error) {
    if (error instanceof BrokenModelsError) return error.report;
    throw error;
  }
  throw new Error('It was taken.');
}

describe('models.json of the predecessor', () => {
  it('round-trips without a byte of difference, with entities of every type', () => {
    const file = parseModelsJson(EVERY_TYPE);
    expect(file.report).toEqual({ foundCount: 20, brokenCount: 0, broken: [], mended: [] });
    expect(file.entities.map(({ type }) => type)).toEqual(expect.arrayContaining([...ENTITY_TYPES.keys(), 'Cylinder']));
    expect(Buffer.from(renderModelsJson(file)).toString()).toBe(Buffer.from(EVERY_TYPE).toString());
  });

  it('round-trips when it is compressed', () => {
    const file = parseModelsJson(new Uint8Array(gzipSync(EVERY_TYPE)));
    const bytes = renderModelsJson(file, { isGzipped: true });
    expect(new Uint8Array(gunzipSync(bytes))).toEqual(EVERY_TYPE);
  });

  it('keeps what is not known: old spellings, other types, avatar entities, what stands beside the entities', () => {
    const { entities, about } = parseModelsJson(EVERY_TYPE);
    const worn = entities.find(({ properties }) => properties.name === 'worn by somebody')?.properties;
    expect(worn).toMatchObject({ clientOnly: true, entityHostType: 'avatar', collisionsWillMove: 1, emptyObject: {} });
    expect(about).toMatchObject({ DataVersion: 42, Version: 133, Paths: { '/': '/0,1.6,0/0,0,0,1' } });
  });

  it('has ids without braces inside, and with braces outside', () => {
    const { entities } = parseModelsJson(fileOf([box(1), box(2, { parentID: `{${idOf(1)}}` })]));
    expect(entities).toEqual([
      { id: idOf(1), type: 'Box', properties: {} },
      { id: idOf(2), type: 'Box', properties: { parentID: idOf(1) } },
    ]);
    const written = JSON.parse(Buffer.from(renderModelsJson({ entities })).toString()) as { Entities: object[] };
    expect(written).toEqual({ DataVersion: 0, Version: 133, Entities: [box(1), box(2, { parentID: `{${idOf(1)}}` })] });
  });

  it('may have an ID of nothing, which is no parent', () => {
    const nothing = '{00000000-0000-0000-0000-000000000000}';
    const { entities } = parseModelsJson(fileOf([box(1, { parentID: nothing })]));
    expect(entities[0].properties).toEqual({ parentID: null });
    expect(Buffer.from(renderModelsJson({ entities })).toString()).toContain(nothing);
  });

  it('may be empty', () => {
    const empty = parseModelsJson(fileOf([]));
    expect(Buffer.from(renderModelsJson({ entities: empty.entities, about: {} })).toString()).toBe(
      '{\n    "Entities": [\n    ]\n}\n',
    );
  });

  it.each([
    ['its id', { type: 'Box' }, 'id'],
    ['its id', { id: 'seven', type: 'Box' }, 'id'],
    ['its type', { id: idOf(2) }, 'type'],
    ['a property', box(2, { position: { x: 0, y: 1e9, z: 0 } }), 'position.y'],
    ['a number that is none', box(2, { dimensions: { x: null, y: 1, z: 1 } }), 'dimensions.x'],
    ['its parent', box(2, { parentID: `{${idOf(7)}}` }), 'parentID'],
    ['itself as its parent', box(2, { parentID: idOf(2) }), 'parentID'],
    ['a second time the same id', box(1), 'id'],
    ['everything', 7, ''],
    ['__proto__', JSON.parse(`{"id": "${idOf(2)}", "type": "Box", "__proto__": {}}`) as unknown, '__proto__'],
  ])('is refused as a whole when an entity has a mistake: %s', (_, entity, field) => {
    const { broken, brokenCount, foundCount } = brokenOf([box(1), entity]);
    expect({ brokenCount, foundCount }).toEqual({ brokenCount: 1, foundCount: 2 });
    expect(broken[0]).toMatchObject({ index: 1, field, text: expect.stringMatching(/\.$/) });
  });

  it('says which entity and why in one sentence', () => {
    expect(() => parseModelsJson(fileOf([box(1), box(2, { alpha: 'x' })]))).toThrow(
      `1 of 2 entities cannot be taken; the first is number 1, {${idOf(2)}}: alpha is a number from 0 to 1.`,
    );
  });

  it('loses only broken entities and their children when it need not be strict', () => {
    const family = [box(1), box(2, { visible: 7 }), box(3, { parentID: idOf(2) }), box(4, { parentID: idOf(3) })];
    const { entities, report } = parseModelsJson(fileOf(family), { isStrict: false });
    expect(entities.map(({ id }) => id)).toEqual([idOf(1)]);
    expect(report.broken.map(({ index, field }) => [index, field])).toEqual([
      [1, 'visible'],
      [2, 'parentID'],
      [3, 'parentID'],
    ]);
  });

  it('finds circles and families that are too deep', () => {
    const circle = [box(1, { parentID: idOf(3) }), box(2, { parentID: idOf(1) }), box(3, { parentID: idOf(2) })];
    expect(brokenOf([...circle, box(4), box(5, { parentID: idOf(2) })]).brokenCount).toBe(4);
    const chain = Array.from({ length: ENTITY_DEPTH_MAX + 3 }, (_, n) =>
      box(n, n > 0 ? { parentID: idOf(n - 1) } : {}),
    );
    expect(brokenOf(chain).brokenCount).toBe(3);
    // The order in the file does not count.
    expect(brokenOf(chain.reverse()).brokenCount).toBe(3);
  });

  it('has defaults where the predecessor wrote null for a number that was none', () => {
    const colorStart = { red: null, green: null, blue: null };
    const smoke = { id: idOf(2), type: 'ParticleEffect', colorStart, alphaStart: null };
    const { entities, report } = parseModelsJson(fileOf([box(1, { alpha: null, mine: null }), smoke]));
    expect(entities.map(({ properties }) => properties)).toEqual([{ mine: null }, { alphaStart: null }]);
    expect(report.mended).toEqual([
      { index: 0, id: idOf(1), field: 'alpha', text: expect.stringContaining('alpha') as unknown },
      { index: 1, id: idOf(2), field: 'colorStart', text: expect.stringContaining('colorStart') as unknown },
    ]);
  });

  it('is refused with a sentence when it is something else', () => {
    const others = ['', '[]', '{}', '{"Entities": {}}', 'null', '{"Entities": [}', '\u0000'];
    for (const other of others) expect(() => parseModelsJson(text(other))).toThrow(VircadiaError);
    expect(() => parseModelsJson(new Uint8Array([0x7b, 0xff]))).toThrow('This is no JSON');
    expect(() => parseModelsJson(new Uint8Array([0x1f, 0x8b, 8, 0]))).toThrow('damaged');
    expect(() => parseModelsJson(fileOf([], { Paths: { a: { '': 1 } } }))).toThrow('Beside the entities');
  });

  it('is refused when it is a bomb', () => {
    const bomb = new Uint8Array(gzipSync(new Uint8Array(5_000_000).fill(0x20)));
    expect(() => parseModelsJson(bomb, { bytesMax: 1_000_000 })).toThrow('More than 1000000 bytes when uncompressed');
    expect(() => parseModelsJson(new Uint8Array(11), { bytesMax: 10 })).toThrow('More than 10 bytes');
    const deep = text(
      `{"Entities": [{"id": "${idOf(1)}", "type": "Box", "a": ${'['.repeat(50_000)}${']'.repeat(50_000)}}]}`,
    );
    expect(() => parseModelsJson(deep)).toThrow('deep');
  });

  it('round-trips whatever entities hold', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    const key = fc.stringMatching(/^mine[a-zA-Z_0-9äß]{0,8}$/);
    const { value } = fc.letrec<{ value: EntityValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constant(null),
        fc.boolean(),
        number,
        fc.string({ unit: 'grapheme' }),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
      ),
    }));
    const properties = fc.dictionary(key, value, { noNullPrototype: true }) as fc.Arbitrary<EntityProperties>;
    const entity = fc.record<ModelsEntity>({
      id: fc.uuid(),
      type: fc.constantFrom('Box', 'Zone', 'Unheard'),
      properties,
    });
    fc.assert(
      fc.property(fc.uniqueArray(entity, { selector: ({ id }) => id }), properties, (entities, about) => {
        const bytes = renderModelsJson({ entities, about });
        const file = parseModelsJson(bytes);
        expect(file.entities).toEqual(entities);
        expect(file.about).toEqual(about);
        expect(renderModelsJson(file)).toEqual(bytes);
      }),
    );
  });
});
