import { describe, expect, it } from '@jest/globals';
import type { Entity } from '@app/entities';
import { ENTITY_TYPES, type EntityProperties, type EntityValue } from '@app/world';
import { isSamePlace, localPlaceOf } from './local-place.js';

const author = { sessionId: 1, name: 'Ada' };
const entityOf = (type: string, properties: EntityProperties): Entity => ({
  id: '00000000-0000-4000-8000-000000000001',
  type,
  properties,
  revision: 1,
  sequence: 1,
  createdAtMs: 0,
  editedAtMs: 0,
  movedAtMs: 0,
  createdBy: author,
  editedBy: author,
});

/** Something of every kind, so that one of them fits. */
const VALUES: readonly EntityValue[] = [
  true,
  7,
  'seven',
  { x: 1, y: 2, z: 3 },
  { x: 0, y: 1, z: 0, w: 0 },
  [{ x: 4, y: 5, z: 6 }],
];

describe('isSamePlace', () => {
  it('knows every property on which the place of something depends', () => {
    for (const { type, properties } of ENTITY_TYPES.values()) {
      const before = entityOf(type, { name: 'thing' });
      const place = localPlaceOf(before, 9_000);
      for (const { name } of properties) {
        for (const value of VALUES) {
          const after = entityOf(type, { ...before.properties, [name]: value });
          if (isSamePlace(before, after)) expect(localPlaceOf(after, 9_000)).toEqual(place);
        }
      }
    }
  });

  it('lets texts and colours change', () => {
    const position = { x: 1, y: 2, z: 3 };
    const before = entityOf('Box', { position, userData: 'a' });
    expect(
      isSamePlace(before, entityOf('Box', { position, userData: 'b', color: { red: 1, green: 2, blue: 3 } })),
    ).toBe(true);
    expect(isSamePlace(before, entityOf('Box', { position: { x: 9, y: 2, z: 3 } }))).toBe(false);
    expect(isSamePlace(before, entityOf('Sphere', { position }))).toBe(false);
  });

  it('is never so for what moves by itself', () => {
    const moving = entityOf('Box', { velocity: { x: 1, y: 0, z: 0 } });
    expect(isSamePlace(moving, moving)).toBe(false);
  });
});
