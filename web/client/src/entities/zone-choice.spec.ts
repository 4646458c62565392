import { describe, expect, it } from '@jest/globals';
import { decidingZone, isInside, type ZoneMode, type ZoneVolume } from './zone-choice.js';

const hall: ZoneVolume = {
  middle: { x: 10, y: 2, z: 0 },
  rotation: { x: 0, y: 0, z: 0, w: 1 },
  dimensions: { x: 8, y: 4, z: 2 },
  form: 'box',
};
const half = Math.SQRT1_2;

describe('Zones', () => {
  it.each([
    ['in the middle', { x: 10, y: 2, z: 0 }, true],
    ['at a corner', { x: 14, y: 4, z: 1 }, true],
    ['beside it', { x: 10, y: 2, z: 1.01 }, false],
    ['above it', { x: 10, y: 4.1, z: 0 }, false],
  ])('a box: somebody %s', (_where, place, expected) => expect(isInside(hall, place)).toBe(expected));

  it('a box that is turned by a quarter has its length along z', () => {
    const turned = { ...hall, rotation: { x: 0, y: half, z: 0, w: half } };
    expect(isInside(turned, { x: 10, y: 2, z: 3.9 })).toBe(true);
    expect(isInside(turned, { x: 13.9, y: 2, z: 0 })).toBe(false);
  });

  it('round ones have no corners', () => {
    const corner = { x: 13.9, y: 2, z: 0.9 };
    for (const form of ['sphere', 'ellipsoid', 'cylinder-y']) expect(isInside({ ...hall, form }, corner)).toBe(false);
    expect(isInside({ ...hall, form: 'cylinder-x' }, { x: 13.9, y: 2, z: 0.9 })).toBe(true);
  });

  it('one without an extent has nobody in it', () => {
    expect(isInside({ ...hall, dimensions: { x: 8, y: 0, z: 2 } }, hall.middle)).toBe(false);
  });

  it('the smallest that does not leave it to others decides', () => {
    const modes: Record<string, ZoneMode> = { closet: 'inherit', room: 'enabled', house: 'enabled' };
    expect(decidingZone(['closet', 'room', 'house'], (zone) => modes[zone])).toBe('room');
  });

  it('a small one can forbid what a large one has', () => {
    const modes: Record<string, ZoneMode> = { cellar: 'disabled', house: 'enabled' };
    expect(decidingZone(['cellar', 'house'], (zone) => modes[zone])).toBeUndefined();
  });

  it('where none decides, there is none', () => {
    expect(decidingZone(['a', 'b'], () => 'inherit')).toBeUndefined();
    expect(decidingZone([], () => 'enabled')).toBeUndefined();
  });
});
