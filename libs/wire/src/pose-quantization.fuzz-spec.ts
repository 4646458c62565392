import { describe, expect, it } from '@jest/globals';
import { POSITION_M_MAX, type Quat } from '@app/world';
import fc from 'fast-check';
import { isPackedPose, packPose, unpackPose, WireError } from './index.js';

const metres = (max: number) => fc.double({ min: -max, max, noNaN: true });
const vec = (max: number) => fc.record({ x: metres(max), y: metres(max), z: metres(max) });
const component = fc.double({ min: -1, max: 1, noNaN: true });
const quat = fc
  .record({ x: component, y: component, z: component, w: component })
  .filter((q) => Math.hypot(q.x, q.y, q.z, q.w) > 0.01);
const point = fc.option(fc.record({ position: vec(32.7), orientation: quat }), { nil: undefined });
const pose = fc.record({
  position: vec(POSITION_M_MAX),
  orientation: quat,
  head: point,
  leftHand: point,
  rightHand: point,
});

/** The angle between two rotations, in radians. */
function angleBetween(a: Quat, b: Quat): number {
  const lengths = Math.hypot(a.x, a.y, a.z, a.w) * Math.hypot(b.x, b.y, b.z, b.w);
  const dot = Math.abs(a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w) / lengths;
  // acos is useless near 1; the sine of the half angle is not.
  return 2 * Math.asin(Math.min(1, Math.sqrt(Math.max(0, 1 - Math.min(1, dot) ** 2))));
}

describe('packed pose, any input', () => {
  it('comes back within half a millimetre and 0.02 degrees', () => {
    fc.assert(
      fc.property(pose, (before) => {
        const bytes = packPose(before);
        expect(isPackedPose(bytes)).toBe(true);
        const after = unpackPose(bytes);
        const pairs = [
          [before, after],
          [before.head, after.head],
          [before.leftHand, after.leftHand],
          [before.rightHand, after.rightHand],
        ] as const;
        for (const [a, b] of pairs) {
          expect(b === undefined).toBe(a === undefined);
          if (!a || !b) continue;
          for (const axis of ['x', 'y', 'z'] as const) {
            expect(Math.abs(a.position[axis] - b.position[axis])).toBeLessThanOrEqual(0.000_501);
          }
          expect((angleBetween(a.orientation, b.orientation) * 180) / Math.PI).toBeLessThan(0.02);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('packs the unpacked into the same place again', () => {
    fc.assert(
      fc.property(pose, (value) => {
        const once = unpackPose(packPose(value));
        const twice = unpackPose(packPose(once));
        expect(twice.position).toEqual(once.position);
        expect(angleBetween(twice.orientation, once.orientation)).toBeLessThan(0.000_2);
      }),
    );
  });

  it('unpacks whatever bytes pass the check into finite numbers, and refuses the rest', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      // Random bodies behind honest flags, so that many pass.
      fc.tuple(fc.integer({ min: 0, max: 7 }), fc.uint8Array({ minLength: 51, maxLength: 51 })).map(([flags, rest]) => {
        const points = (flags & 1) + ((flags >> 1) & 1) + (flags >> 2);
        const packed = new Uint8Array([flags, ...rest]).slice(0, 16 + 12 * points);
        for (let end = 16; end <= packed.length; end += 12) packed[end - 1] &= 0x7f;
        return packed;
      }),
    );
    let passed = 0;
    fc.assert(
      fc.property(bytes, (value) => {
        if (!isPackedPose(value)) {
          expect(() => unpackPose(value)).toThrow(WireError);
          return;
        }
        passed++;
        const { position, orientation, head } = unpackPose(value);
        for (const number of [position.x, position.y, position.z, head?.position.x ?? 0]) {
          expect(Math.abs(number)).toBeLessThanOrEqual(POSITION_M_MAX);
        }
        const { x, y, z, w } = orientation;
        expect(Math.hypot(x, y, z, w)).toBeCloseTo(1, 9);
      }),
      { numRuns: 3_000 },
    );
    expect(passed).toBeGreaterThan(100);
  });
});
