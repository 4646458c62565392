import { describe, expect, it } from '@jest/globals';
import { ENTITY_BYTES_MAX, type EntityProperties, type EntityValue } from '@app/world';
import fc from 'fast-check';
import { findExcess } from './measure-properties.js';

const LARGE = 'ü'.repeat(10_000);
const anyValue: fc.Arbitrary<EntityValue> = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.double({ noNaN: true }),
  fc.constant(LARGE),
  fc.constant('x'.repeat(35_000)),
  fc.array(fc.nat(), { maxLength: 5 }),
  fc.record({ x: fc.nat(), note: fc.string() }),
  fc.constant(Array.from({ length: 9_000 }, (_, i) => i % 7)),
);
const anyProperties = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'eé', 'userData'), anyValue);

describe('findExcess', () => {
  it('says the same of a change as of the whole', () => {
    fc.assert(
      fc.property(anyProperties, fc.array(anyProperties, { maxLength: 6 }), (first, changes) => {
        let before: EntityProperties = first;
        if (findExcess(before) !== undefined) return;
        for (const change of changes) {
          const after: Record<string, EntityValue> = { ...before, ...change };
          if ('d' in change) delete after.a;
          const excess = findExcess(after, before);
          expect(excess).toBe(findExcess({ ...after }));
          if (excess === undefined) before = after;
        }
      }),
    );
  });

  it('does not look at what stays', () => {
    let looks = 0;
    const spied = new Proxy([1, 2, 3], { get: (list, key) => (looks++, Reflect.get(list, key)) as unknown });
    const before: EntityProperties = { userData: LARGE, list: spied, name: 'a' };
    expect(findExcess(before)).toBeUndefined();
    looks = 0;
    const after = { ...before, name: 'b' };
    expect(findExcess(after, before)).toBeUndefined();
    expect(looks).toBe(0);
    expect(findExcess({ ...after, text: 'x'.repeat(ENTITY_BYTES_MAX - 20_000) }, after)).toBeDefined();
    expect(looks).toBe(0);
  });
});
