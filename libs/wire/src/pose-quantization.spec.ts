import { describe, expect, it } from '@jest/globals';
import { POSE_BYTES_MAX, POSITION_M_MAX, type Pose } from '@app/world';
import { isPackedPose, isPosePrefix, packPose, readOrientation, readPosition, unpackPose, WireError } from './index.js';

const IDENTITY = { x: 0, y: 0, z: 0, w: 1 };

function poseAt(x: number, y: number, z: number): Pose {
  return { position: { x, y, z }, orientation: { ...IDENTITY } };
}

describe('packed pose', () => {
  it('takes 16 bytes without tracked points and 12 more for each', () => {
    const point = { position: { x: 0.1, y: 1.6, z: -0.2 }, orientation: IDENTITY };
    expect(packPose(poseAt(1, 2, 3))).toHaveLength(16);
    expect(packPose({ ...poseAt(1, 2, 3), rightHand: point })).toHaveLength(28);
    const all = packPose({ ...poseAt(1, 2, 3), head: point, leftHand: point, rightHand: point });
    expect(all).toHaveLength(52);
    expect(all.length).toBeLessThanOrEqual(POSE_BYTES_MAX);
    expect(all[0]).toBe(0b111);
  });

  it('keeps millimetres and the identity exactly', () => {
    const pose = {
      ...poseAt(-1.234, 0.001, 7_999.999),
      leftHand: { position: { x: -32.767, y: 0, z: 32.767 }, orientation: IDENTITY },
    };
    expect(unpackPose(packPose(pose))).toEqual(pose);
  });

  it('reads position and orientation without unpacking', () => {
    const bytes = packPose({
      position: { x: 5, y: -6, z: 7 },
      orientation: { x: 0, y: Math.SQRT1_2, z: 0, w: Math.SQRT1_2 },
    });
    const position = { x: 0, y: 0, z: 0 };
    const orientation = { ...IDENTITY };
    expect(readPosition(bytes, position)).toBe(position);
    expect(position).toEqual({ x: 5, y: -6, z: 7 });
    readOrientation(bytes, orientation);
    expect(orientation.y).toBeCloseTo(Math.SQRT1_2, 4);
    expect(orientation.w).toBeCloseTo(Math.SQRT1_2, 4);
  });

  it.each([
    ['a position that is not a number', poseAt(Number.NaN, 0, 0)],
    ['an infinite position', poseAt(0, Number.POSITIVE_INFINITY, 0)],
    ['a position beyond the world', poseAt(0, 0, POSITION_M_MAX + 1)],
    ['a quaternion without direction', { ...poseAt(0, 0, 0), orientation: { x: 0, y: 0, z: 0, w: 0 } }],
    ['a quaternion that is not a number', { ...poseAt(0, 0, 0), orientation: { x: Number.NaN, y: 0, z: 0, w: 1 } }],
    [
      'a hand out of reach',
      { ...poseAt(0, 0, 0), leftHand: { position: { x: 33, y: 0, z: 0 }, orientation: IDENTITY } },
    ],
  ])('refuses to pack %s', (_, pose) => {
    expect(() => packPose(pose)).toThrow(WireError);
  });

  it('refuses bytes of the wrong length, version, range or with spare bits set', () => {
    const good = packPose({ ...poseAt(1, 2, 3), head: { position: { x: 0, y: 1, z: 0 }, orientation: IDENTITY } });
    const changed = (at: number, value: number): Uint8Array => {
      const bytes = good.slice();
      bytes[at] = value;
      return bytes;
    };
    expect(isPackedPose(good)).toBe(true);
    expect(isPackedPose(new Uint8Array(0))).toBe(false);
    expect(isPackedPose(good.subarray(0, 16))).toBe(false);
    expect(isPackedPose(new Uint8Array([...good, 0]))).toBe(false);
    expect(isPackedPose(changed(0, 0b0100_0001))).toBe(false);
    expect(isPackedPose(changed(0, 0b0000_1001))).toBe(false);
    expect(isPackedPose(changed(3, 0x7f))).toBe(false);
    expect(isPackedPose(changed(15, good[15] | 0x80))).toBe(false);
    expect(isPackedPose(changed(27, good[27] | 0x80))).toBe(false);
    expect(() => unpackPose(changed(0, 0xff))).toThrow(WireError);
  });

  it('takes the first 16 bytes of any pose as its ears', () => {
    const full = packPose({ ...poseAt(1, 2, 3), head: { position: { x: 0, y: 1, z: 0 }, orientation: IDENTITY } });
    expect(isPosePrefix(full.subarray(0, 16))).toBe(true);
    expect(isPosePrefix(full.subarray(0, 15))).toBe(false);
  });
});
