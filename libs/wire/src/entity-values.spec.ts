import { describe, expect, it } from '@jest/globals';
import { ENTITY_NAME_CHARACTERS_MAX, ENTITY_VALUE_DEPTH_MAX, ENTITY_VALUES_MAX, type EntityValue } from '@app/world';
import fc from 'fast-check';
import {
  decodeMessage,
  encodeMessage,
  packProperties,
  packValue,
  unpackProperties,
  unpackValue,
  WireError,
} from './index.js';

const bytesOf = (properties: Record<string, EntityValue>) => encodeMessage('EntityMap', packProperties(properties));
const again = (properties: Record<string, EntityValue>) =>
  unpackProperties(decodeMessage('EntityMap', bytesOf(properties)));

/** Lists of lists, so deep in all. */
const nested = (depth: number): EntityValue => (depth === 1 ? 1 : [nested(depth - 1)]);

const name = fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }).filter((text) => text !== '__proto__');
const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const byte = fc.nat(255);
const { value } = fc.letrec<{ value: EntityValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    number,
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.record({ x: number, y: number, z: number }),
    fc.record({ x: number, y: number, z: number, w: number }),
    fc.record({ red: byte, green: byte, blue: byte }),
    fc.record({ x: tie('value'), y: tie('value'), z: tie('value') }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

describe('values of properties', () => {
  it('come back as they were, whatever JSON holds', () => {
    fc.assert(
      fc.property(fc.dictionary(name, value, { noNullPrototype: true }), (properties) => {
        expect(again(properties)).toEqual(properties);
      }),
    );
  });

  it('have the same bytes in whatever order their names were given', () => {
    fc.assert(
      fc.property(fc.dictionary(name, value, { noNullPrototype: true }), (properties) => {
        const reversed = Object.fromEntries(Object.entries(properties).reverse());
        expect(bytesOf(reversed)).toEqual(bytesOf(properties));
        expect(bytesOf(again(properties) as Record<string, EntityValue>)).toEqual(bytesOf(properties));
      }),
    );
  });

  it('are colours only if they come back as they were', () => {
    for (const red of [-0, 0.5, 256, -1]) {
      const colour = again({ color: { red, green: 0, blue: 255 } }).color as { red: number };
      expect(Object.is(colour.red, red)).toBe(true);
    }
  });

  it('keep every bit of a number', () => {
    const numbers = [-0, 5e-324, Number.MAX_VALUE, 0.1, 2 ** 53, -1 / 3];
    const { list } = again({ list: numbers });
    (list as number[]).forEach((found, index) => expect(Object.is(found, numbers[index])).toBe(true));
  });

  it('travel short where they have a shape that is known', () => {
    expect(packValue({ red: 255, green: 128, blue: 0 })).toEqual({ colour: 0xff8000 });
    expect(packValue({ z: 3, y: 2, x: 1 })).toEqual({ vector: { x: 1, y: 2, z: 3 } });
    expect(packValue({ x: 0, y: 0, z: 0, w: 1 })).toEqual({ rotation: { x: 0, y: 0, z: 0, w: 1 } });
  });

  it('stay objects where they only resemble such a shape', () => {
    const resembling: EntityValue[] = [
      { red: 256, green: 0, blue: 0 },
      { red: 0.5, green: 0, blue: 0 },
      { x: 1, y: 2 },
      { x: 1, y: 2, z: '3' },
      { x: 1, y: 2, z: 3, width: 4 },
    ];
    for (const odd of resembling) {
      expect(packValue(odd)).toHaveProperty('map');
      expect(unpackValue(packValue(odd))).toEqual(odd);
    }
  });

  it('are null where there is none', () => {
    expect(unpackProperties({ properties: [{ name: 'a' }, { name: 'b', value: { nothing: true } }] })).toEqual({
      a: null,
      b: null,
    });
    expect(unpackProperties(undefined)).toEqual({});
  });

  it.each([
    ['a name twice', { properties: [{ name: 'a' }, { name: 'a' }] }],
    ['a name that is empty', { properties: [{ name: '' }] }],
    ['a name that is too long', { properties: [{ name: 'n'.repeat(ENTITY_NAME_CHARACTERS_MAX + 1) }] }],
    ['the name __proto__', { properties: [{ name: '__proto__', value: { map: {} } }] }],
    ['a value of no kind', { properties: [{ name: 'a', value: {} }] }],
    ['a number that is none', { properties: [{ name: 'a', value: { number: NaN } }] }],
    ['an endless coordinate', { properties: [{ name: 'a', value: { vector: { x: 0, y: Infinity, z: 0 } } }] }],
    ['a colour of four bytes', { properties: [{ name: 'a', value: { colour: 0x0100_0000 } }] }],
  ])('are refused when there is %s', (_, fields) => {
    expect(() => unpackProperties(fields)).toThrow(WireError);
  });

  it('are refused when they are too deep or too many, in both directions', () => {
    expect(again({ a: nested(ENTITY_VALUE_DEPTH_MAX) })).toEqual({ a: nested(ENTITY_VALUE_DEPTH_MAX) });
    expect(() => packProperties({ a: nested(ENTITY_VALUE_DEPTH_MAX + 1) })).toThrow(WireError);
    expect(() => packValue(new Array<number>(ENTITY_VALUES_MAX).fill(1))).toThrow(WireError);
    const values = new Array<object>(ENTITY_VALUES_MAX).fill({ number: 1 });
    expect(() => unpackValue({ list: { values } })).toThrow(WireError);
  });
});
