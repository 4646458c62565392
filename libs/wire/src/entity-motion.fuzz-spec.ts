import { describe, expect, it } from '@jest/globals';
import { ENTITY_POSITION_M_MAX, ENTITY_SPEED_MPS_MAX, ENTITY_SPIN_RADPS_MAX, type Vec3 } from '@app/world';
import fc from 'fast-check';
import { decodeMessage, encodeMessage } from './codec.js';
import { packEntityMotion, unpackEntityMotion } from './entity-motion.js';

const number = fc.oneof(
  { weight: 4, arbitrary: fc.float({ min: -2, max: 2, noNaN: true }) },
  fc.float(),
  fc.constantFrom(NaN, Infinity, -Infinity, -0, 16_000, -16_000.001, 1_000, 1_000.001),
);
const near = fc.float({ min: Math.fround(-0.01), max: Math.fround(0.01), noNaN: true });
const fields = fc.record(
  {
    id: fc.oneof(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.uint8Array({ maxLength: 20 })),
    atMs: fc.oneof(fc.nat(), fc.double()),
    ...{ x: number, y: number, z: number, velocityX: number, velocityY: number, angularZ: number },
    ...{ rotationX: near, rotationY: near, rotationZ: number, rotationW: fc.constantFrom(1, 1, 1, 0, NaN) },
    ownerId: fc.nat(),
  },
  { requiredKeys: [] },
);

function expectWithin({ x, y, z }: Vec3, max: number): void {
  for (const value of [x, y, z]) expect(Math.abs(value)).toBeLessThanOrEqual(max);
}

/** Whatever is read is within all limits, and says the same when it is told again. */
function check(given: Parameters<typeof unpackEntityMotion>[0]): boolean {
  const read = unpackEntityMotion(given);
  if (typeof read === 'string') return false;
  const { id, motion } = read;
  const { position, rotation, velocity, angularVelocity } = motion;
  expectWithin(position, ENTITY_POSITION_M_MAX);
  expectWithin(velocity, ENTITY_SPEED_MPS_MAX);
  expectWithin(angularVelocity, ENTITY_SPIN_RADPS_MAX);
  expect(Math.hypot(rotation.x, rotation.y, rotation.z, rotation.w)).toBeCloseTo(1);
  const again = decodeMessage('EntityMotion', encodeMessage('EntityMotion', packEntityMotion(id, motion)));
  expect(unpackEntityMotion(again)).toMatchObject({ id });
  return true;
}

describe('EntityMotion', () => {
  it('is within all limits, whatever its fields are', () => {
    let count = 0;
    fc.assert(
      fc.property(fields, (given) => void (count += Number(check(given)))),
      { numRuns: 1_000 },
    );
    expect(count).toBeGreaterThan(10);
  });

  it('is within all limits, whatever its bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 90 }), (bytes) => {
        let decoded;
        try {
          decoded = decodeMessage('EntityMotion', bytes);
        } catch {
          return;
        }
        check(decoded);
      }),
      { numRuns: 1_000 },
    );
  });
});
