import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeMessage, encodeMessage } from './codec.js';
import { elementBytesOf, packEntityMotions, packEntityNews } from './entity-news.js';

const id = fc.uint8Array({ minLength: 16, maxLength: 16 });
const count = fc.integer({ min: 0, max: 2 ** 31 });
const state = fc.record({
  id,
  type: fc.constantFrom('Box', 'Text'),
  revision: count,
  properties: fc.record({
    properties: fc.array(
      fc.record({
        name: fc.constant('text'),
        value: fc.record({ text: fc.string({ unit: 'grapheme', maxLength: 9_000 }) }),
      }),
      { maxLength: 3 },
    ),
  }),
  isPartial: fc.boolean(),
});
const rest = fc.record({
  erased: fc.array(id),
  left: fc.array(id),
  present: fc.array(id),
  isReset: fc.boolean(),
  isEverything: fc.boolean(),
  generation: count,
  sequence: count,
  serverTimeMs: count,
});

describe('news put together from encoded pieces', () => {
  it('are the same as news encoded at once', () => {
    fc.assert(
      fc.property(fc.array(state, { maxLength: 20 }), rest, (states, others) => {
        const encoded = states.map((one) => encodeMessage('EntityState', one));
        const packed = packEntityNews(encoded, others);
        const whole = encodeMessage('ServerReliable', { entityNews: { states, ...others } });
        expect(Buffer.from(packed).equals(whole)).toBe(true);
        expect(decodeMessage('ServerReliable', packed)).toEqual(decodeMessage('ServerReliable', whole));
      }),
    );
  });

  it('hold motions as well', () => {
    const motions = [
      { id: new Uint8Array(16).fill(3), atMs: 1_800_000_000_000, x: 1, rotationW: 1, ownerId: 7 },
      { id: new Uint8Array(16).fill(9), atMs: 1, velocityZ: -2 },
    ];
    const packed = packEntityMotions(motions.map((one) => encodeMessage('EntityMotion', one)));
    expect(Buffer.from(packed).equals(encodeMessage('ServerRealtime', { entityMotions: { motions } }))).toBe(true);
  });

  it('say beforehand how much room a piece takes', () => {
    for (const length of [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152]) {
      const one = packEntityMotions([new Uint8Array(length)]);
      const two = packEntityMotions([new Uint8Array(length), new Uint8Array(length)]);
      const lengthBytes = (total: number): number =>
        total < 0x80 ? 1 : total < 0x4000 ? 2 : total < 0x20_0000 ? 3 : 4;
      const body = elementBytesOf(length);
      expect(one.length).toBe(1 + lengthBytes(body) + body);
      expect(two.length).toBe(1 + lengthBytes(2 * body) + 2 * body);
    }
  });
});
