import { describe, expect, it } from '@jest/globals';
import { checkEntityProperties, ENTITY_TYPES, propertiesOfType } from '@app/world';
import fc from 'fast-check';

const NAMES = [...new Set([...ENTITY_TYPES.keys()].flatMap((type) => [...propertiesOfType(type).keys()]))];
const type = fc.constantFrom(...ENTITY_TYPES.keys(), 'Unheard', '');
const name = fc.oneof(fc.constantFrom(...NAMES), fc.string(), fc.constantFrom('__proto__', 'constructor', 'id'));
const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(NaN, -0, Infinity));
const odd = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withSparseArray: true,
  withTypedArray: true,
});
const value = fc.oneof(
  odd,
  fc.boolean(),
  number,
  fc.string({ unit: 'binary' }),
  fc.uuid(),
  fc.constantFrom('box', 'Cube', 'enabled', null),
  fc.record({ x: number, y: number, z: number }),
  fc.record({ x: number, y: number, z: number, w: number }),
  fc.record({ red: number, green: number, blue: number }),
  fc.dictionary(fc.constantFrom('hazeRange', 'grabbable', 'min', 'url', 'x', '__proto__'), odd),
  fc.array(odd),
);

/** What JSON can hold, with finite numbers only. */
function isJson(given: unknown): boolean {
  if (given === null || typeof given === 'boolean' || typeof given === 'string') return true;
  if (typeof given === 'number') return Number.isFinite(given);
  return typeof given === 'object' && Object.values(given).every(isJson);
}

describe('properties of entities from anywhere', () => {
  it('are taken, within what JSON holds and not twice otherwise, or refused with a sentence', () => {
    fc.assert(
      fc.property(type, fc.oneof(fc.dictionary(name, value), odd), (entityType, given) => {
        const answer = checkEntityProperties(entityType, given);
        if ('field' in answer) {
          expect(typeof answer.field).toBe('string');
          expect(answer.text).toMatch(/^.+\.$/s);
          return;
        }
        expect(isJson(answer.properties)).toBe(true);
        const again = checkEntityProperties(entityType, answer.properties);
        expect('properties' in again && again.properties).toBe(answer.properties);
      }),
    );
  });
});
