import { describe, expect, it } from '@jest/globals';
import { ENTITY_VALUE_DEPTH_MAX, type EntityProperties, type EntityValue } from '@app/world';
import fc from 'fast-check';
import { decodeMessage, encodeMessage, packProperties, unpackProperties, WireError } from './index.js';

function depthOf(value: EntityValue): number {
  if (value === null || typeof value !== 'object') return 1;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

/** Reads; what is read is within limits, and the same again in its canonical bytes. Refusals are WireErrors. */
function checkReading(bytes: Uint8Array): void {
  let properties: EntityProperties;
  try {
    properties = unpackProperties(decodeMessage('EntityMap', bytes));
  } catch (error) {
    expect(error).toBeInstanceOf(WireError);
    return;
  }
  // A vector is a value of depth 1 on the wire, and an object of depth 2 outside.
  expect(depthOf(properties)).toBeLessThanOrEqual(ENTITY_VALUE_DEPTH_MAX + 2);
  const canonical = encodeMessage('EntityMap', packProperties(properties));
  const again = unpackProperties(decodeMessage('EntityMap', canonical));
  expect(again).toEqual(properties);
  expect(encodeMessage('EntityMap', packProperties(again))).toEqual(canonical);
}

const number = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, -0));
const { fields } = fc.letrec<{ fields: object; value: object }>((tie) => ({
  fields: fc.record({
    properties: fc.array(
      fc.record(
        { name: fc.constantFrom('a', 'b', 'c', '', '__proto__', 'toString'), value: tie('value') },
        {
          requiredKeys: ['name'],
        },
      ),
      { maxLength: 4 },
    ),
  }),
  value: fc.oneof(
    { maxDepth: 20 },
    fc.record({ number }),
    fc.record({ text: fc.string({ unit: 'binary', maxLength: 10 }) }),
    fc.record({ truth: fc.boolean() }),
    fc.record({ nothing: fc.boolean() }),
    fc.record({ colour: fc.nat() }),
    fc.record({ vector: fc.record({ x: number, y: number }, { requiredKeys: [] }) }),
    fc.record({ rotation: fc.record({ x: number, w: number }, { requiredKeys: [] }) }),
    fc.record({ map: tie('fields') }),
    fc.record({ list: fc.record({ values: fc.array(tie('value'), { maxLength: 3 }) }) }),
    fc.constant({}),
  ),
}));

describe('properties from anywhere', () => {
  it('are within their limits or refused, whatever bytes come', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), checkReading));
  });

  it('are within their limits or refused, whatever the fields say', () => {
    fc.assert(fc.property(fields, (given) => checkReading(encodeMessage('EntityMap', given))));
  });

  it('are within their limits or refused when bits have flipped', () => {
    const flips = fc.array(fc.nat(), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fields, flips, (given, bits) => {
        const bytes = encodeMessage('EntityMap', given).slice();
        for (const bit of bits) if (bytes.length > 0) bytes[(bit >> 3) % bytes.length] ^= 1 << (bit & 7);
        checkReading(bytes);
      }),
    );
  });

  it('never change what all objects are', () => {
    const bytes = encodeMessage('EntityMap', {
      properties: [{ name: 'a', value: { map: { properties: [{ name: '__proto__', value: { map: {} } }] } } }],
    });
    expect(() => unpackProperties(decodeMessage('EntityMap', bytes))).toThrow(WireError);
  });
});
