import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { exponentialOf, decayBy, logarithmOf, quatAbout, turnOf, turnTogether } from './entity-math.js';

const expectClose = (found: number, expected: number) =>
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(2e-14 * Math.max(1e-300, Math.abs(expected)));

describe('exponentials and angles of entities', () => {
  it('agree with those of the engine', () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
        // The rounding of x itself counts for more, the larger it is.
        expect(Math.abs(exponentialOf(x) / Math.exp(x) - 1)).toBeLessThan(1e-15 * Math.max(4, Math.abs(x)));
      }),
    );
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1e12, noNaN: true }), (x) => {
        expect(Math.abs(logarithmOf(x) - Math.log(x))).toBeLessThan(1e-14);
      }),
    );
    fc.assert(
      fc.property(fc.double({ min: -1e4, max: 1e4, noNaN: true }), (angle) => {
        const { sin, cos } = turnOf(angle);
        expect(Math.abs(sin - Math.sin(angle))).toBeLessThan(1e-11);
        expect(Math.abs(cos - Math.cos(angle))).toBeLessThan(1e-11);
        expect(Math.abs(sin * sin + cos * cos - 1)).toBeLessThan(1e-14);
      }),
    );
  });

  it('lose no digits near 0', () => {
    for (const x of [-1e-300, -1e-12, -1e-6, -0.3, -0.5, -0.51, -2, -20]) {
      const { left, way, fall } = decayBy(x);
      expectClose(left, Math.exp(x));
      expectClose(way, Math.expm1(x) / x);
      if (x > -1e-5) expect(Math.abs(fall - (0.5 + x / 6))).toBeLessThan(1e-12);
      else expect(Math.abs(fall - (Math.expm1(x) - x) / (x * x))).toBeLessThan(1e-9);
    }
    expect(decayBy(0)).toEqual({ left: 1, way: 1, fall: 0.5 });
    expect(decayBy(-1e9)).toEqual({ left: 0, way: 1e-9, fall: expect.closeTo(1e-9, 12) as unknown });
    expect(exponentialOf(-1_000)).toBe(0);
  });

  it('have these very bits, on every machine', () => {
    const bits = (value: number) => new BigUint64Array(new Float64Array([value]).buffer)[0].toString(16);
    expect([exponentialOf(-1.5), logarithmOf(0.60653), turnOf(2).sin, turnOf(-5).cos].map(bits)).toMatchInlineSnapshot(`
     [
       "3fcc8f87724b5c1d",
       "bfe0000247f1fddb",
       "3fed18f6ead1b446",
       "3fd22785706b4adc",
     ]
    `);
  });

  it('turn one after the other', () => {
    const up = { x: 0, y: 1, z: 0 };
    const { y, w } = turnTogether(quatAbout(up, 0.5), quatAbout(up, 0.25));
    expectClose(y, Math.sin(0.375));
    expectClose(w, Math.cos(0.375));
  });
});
