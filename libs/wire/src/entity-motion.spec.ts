import { describe, expect, it } from '@jest/globals';
import { decodeMessage, encodeMessage } from './codec.js';
import { type BodyMotion, packEntityMotion, unpackEntityMotion } from './entity-motion.js';

const ID = '00000000-0000-4000-8000-00000000000a';
const MOTION: BodyMotion = {
  atMs: 1_700_000_000_123,
  position: { x: 1, y: -2.5, z: 16_000 },
  rotation: { x: 0, y: 0, z: 1, w: 0 },
  velocity: { x: 1_000, y: 0, z: -0.5 },
  angularVelocity: { x: 0, y: -1_000, z: 0.25 },
  ownerId: 7,
};
const fieldsWith = (fields: object) => ({ ...packEntityMotion(ID, MOTION), ...fields });

describe('An EntityMotion', () => {
  it('says the same on the other side', () => {
    const bytes = encodeMessage('EntityMotion', packEntityMotion(ID, MOTION));
    expect(unpackEntityMotion(decodeMessage('EntityMotion', bytes))).toEqual({ id: ID, motion: MOTION });
  });

  it('leaves out what is zero, and turns as far as nothing', () => {
    const { id } = packEntityMotion(ID, MOTION);
    const zero = { x: 0, y: 0, z: 0 };
    expect(unpackEntityMotion({ id, rotationW: 1.005 })).toEqual({
      id: ID,
      motion: {
        ...{ atMs: 0, position: zero, rotation: { ...zero, w: 1 }, velocity: zero, angularVelocity: zero, ownerId: 0 },
      },
    });
  });

  it('is refused with a reason: no id, no number, no time, no rotation, no place, no speed', () => {
    const nonsense = [{ id: new Uint8Array(15) }, { id: null }, { x: NaN }, { velocityY: Infinity }, { angularZ: NaN }];
    const strange = [
      { atMs: NaN },
      { atMs: -1 },
      { atMs: 0.5 },
      { rotationZ: 0 },
      { rotationZ: 1.1 },
      { rotationX: NaN },
    ];
    for (const fields of [...nonsense, ...strange]) expect(unpackEntityMotion(fieldsWith(fields))).toBe('nonsense');
    for (const fields of [{ x: 16_001 }, { z: -1e30 }]) expect(unpackEntityMotion(fieldsWith(fields))).toBe('outside');
    for (const fields of [{ velocityX: -1_001 }, { angularY: 1_000.5 }]) {
      expect(unpackEntityMotion(fieldsWith(fields))).toBe('too-fast');
    }
  });
});
