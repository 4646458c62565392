import { describe, expect, it } from '@jest/globals';
import { ENTITY_TYPES } from '@app/world';
import fc from 'fast-check';
import { changeOf, isAbout, labelOf, readJson, readNumber, sheetSections, type SheetRow } from './sheet-model.js';

const rowsOf = (type: string, properties: Parameters<typeof sheetSections>[1]): Map<string, SheetRow> => {
  const rows = new Map<string, SheetRow>();
  const collect = (row: SheetRow): void => {
    rows.set(row.path, row);
    row.rows.forEach(collect);
  };
  sheetSections(type, properties).forEach(({ rows: some }) => some.forEach(collect));
  return rows;
};

describe('The property sheet', () => {
  it.each([...ENTITY_TYPES.keys()])('has every property of a %s once, with its default', (type) => {
    const rows = sheetSections(type, {}).flatMap(({ rows: some }) => some);
    const paths = rows.map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    expect(rows.every(({ isSet, definition, value }) => !isSet && value === definition?.default)).toBe(true);
  });

  it('begins with what a person gives a thing first', () => {
    const [own, place] = sheetSections('Box', {});
    expect(own.rows.map(({ path }) => path).slice(0, 2)).toEqual(['name', 'shape']);
    expect(place.rows.map(({ path }) => path).slice(0, 3)).toEqual(['position', 'rotation', 'dimensions']);
  });

  it('shows what nobody here knows, also for types that nobody here knows', () => {
    expect(rowsOf('Box', { sparkle: [1, 2] }).get('sparkle')).toMatchObject({ isSet: true, definition: undefined });
    expect(sheetSections('Teapot', { lid: true }).map(({ title }) => title)).toContain('Other');
  });

  it('shows what is inside, with the default where it is absent', () => {
    const rows = rowsOf('Zone', { haze: { hazeRange: 25 } });
    expect(rows.get('haze.hazeRange')).toMatchObject({ value: 25, isSet: true });
    expect(rows.get('haze.hazeCeiling')).toMatchObject({ value: 200, isSet: false });
  });

  it('changes one value inside another and keeps the rest', () => {
    expect(changeOf('Zone', { haze: { hazeRange: 25, mist: 'blue' } }, 'haze.hazeCeiling', 90)).toEqual({
      properties: { haze: { hazeRange: 25, mist: 'blue', hazeCeiling: 90 } },
    });
    expect(changeOf('Zone', {}, 'haze.hazeRange', 10)).toEqual({ properties: { haze: { hazeRange: 10 } } });
  });

  it('says what is wrong, and where, as the server would', () => {
    expect(changeOf('Box', {}, 'alpha', 3)).toMatchObject({ field: 'alpha' });
    expect(changeOf('Zone', {}, 'haze.hazeRange', -1)).toMatchObject({ field: 'haze.hazeRange' });
    expect(changeOf('Box', {}, 'position', { x: 0, y: 1e9, z: 0 })).toMatchObject({ field: 'position.y' });
  });

  it('never throws, whatever is typed and whatever the entity has', () => {
    const paths = [...rowsOf('Zone', {}).keys(), '__proto__', 'a.b.c'];
    const value = fc.jsonValue() as fc.Arbitrary<never>;
    fc.assert(
      fc.property(
        fc.constantFrom(...paths),
        value,
        fc.dictionary(fc.constantFrom(...paths), value),
        (path, wanted, has) => {
          const change = changeOf('Zone', has, path, wanted);
          expect('properties' in change || 'field' in change).toBe(true);
          expect(sheetSections('Zone', has).length).toBeGreaterThan(0);
        },
      ),
    );
  });

  it('reads numbers as people write them', () => {
    const range = { min: 0, max: 10, kind: 'number' } as const;
    expect(readNumber(' 2,5 ', range)).toEqual({ value: 2.5 });
    for (const text of ['', 'two', '1e999', '-1', '11', '0x', 'NaN', '1.2.3'])
      expect(readNumber(text, range)).toHaveProperty('text');
    expect(readNumber('2.5', { ...range, kind: 'integer' })).toHaveProperty('text');
  });

  it('reads JSON, or says that it is none', () => {
    expect(readJson('[1, {"a": null}]')).toEqual({ value: [1, { a: null }] });
    expect(readJson(' ')).toEqual({ value: null });
    expect(readJson('[1,')).toHaveProperty('text');
  });

  it('finds the field that a fault is about', () => {
    expect(isAbout('position', 'position.x')).toBe(true);
    expect(isAbout('linePoints', 'linePoints[3].x')).toBe(true);
    expect(isAbout('haze', 'hazeMode')).toBe(false);
  });

  it.each([
    ['parentJointIndex', 'Parent joint index'],
    ['modelURL', 'Model URL'],
    ['haze.hazeBaseRef', 'Haze base ref'],
  ])('%s is called %s', (path, label) => expect(labelOf(path)).toBe(label));
});
