import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareClaims, type SessionClaim } from './claims.js';

const claim = fc.record<SessionClaim>({
  epoch: fc.integer({ min: 1, max: 3 }),
  gatewayEpochMs: fc.integer({ min: 1, max: 3 }),
  gatewayId: fc.constantFrom('gateway-a', 'gateway-b'),
});

describe('compareClaims', () => {
  it('puts the epoch first', () => {
    const old = { epoch: 1, gatewayEpochMs: 9_000, gatewayId: 'gateway-b' };
    expect(compareClaims({ epoch: 2, gatewayEpochMs: 1, gatewayId: 'gateway-a' }, old)).toBeGreaterThan(0);
  });

  it('is a total order, so that nobody disagrees', () => {
    fc.assert(
      fc.property(claim, claim, claim, (a, b, c) => {
        expect(Math.sign(compareClaims(a, b)) + Math.sign(compareClaims(b, a))).toBe(0);
        expect(compareClaims(a, b) === 0).toBe(JSON.stringify(a) === JSON.stringify(b));
        if (compareClaims(a, b) > 0 && compareClaims(b, c) > 0) expect(compareClaims(a, c)).toBeGreaterThan(0);
      }),
    );
  });
});
