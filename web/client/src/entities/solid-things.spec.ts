import { describe, expect, it } from '@jest/globals';
import type { EntityProperties, RemoteEntity } from '@vicinity/sdk';
import { EntityAnchor } from './entity-anchor.js';
import { SOLIDS_MAX, SolidThings } from './solid-things.js';

function anchorAt(x: number, properties: EntityProperties = {}): EntityAnchor {
  const shown = { dimensions: { x: 1, y: 1, z: 1 }, ...properties };
  const anchor = new EntityAnchor({ id: `thing ${x}`, type: 'Box', shown } as unknown as RemoteEntity);
  anchor.know();
  anchor.isPlaced = true;
  anchor.middle.x = x;
  return anchor;
}

const thingsOf = (anchors: EntityAnchor[]) => ({ size: anchors.length, all: () => anchors });
const feet = { x: 0, y: 0, z: 0 };

describe('Solid things around somebody', () => {
  it('are the nearest, and never more than there is time for', () => {
    const anchors = Array.from({ length: 1_000 }, (_, index) => anchorAt((999 - index) / 200));
    const near = new SolidThings(thingsOf(anchors)).near(feet, 0);
    expect(near).toHaveLength(SOLIDS_MAX);
    expect(Math.max(...near.map(({ middle }) => middle.x))).toBeLessThan(1);
  });

  it('are near by their sides, not by their middles', () => {
    const floors = Array.from({ length: SOLIDS_MAX }, (_, y) =>
      anchorAt(40 + y, { dimensions: { x: 70, y: 1, z: 900 } }),
    );
    const near = new SolidThings(thingsOf([...floors, anchorAt(2)])).near(feet, 0);
    expect(near.some(({ middle }) => middle.x === 2)).toBe(true);
  });

  it('are where they are now, and chosen a few times in a second', () => {
    const anchor = anchorAt(1);
    const anchors = [anchor];
    const solids = new SolidThings(thingsOf(anchors));
    solids.near(feet, 0);
    anchor.middle.x = 2;
    anchors.push(anchorAt(3));
    expect(solids.near(feet, 100).map(({ middle }) => middle.x)).toEqual([2]);
    expect(solids.near(feet, 300).map(({ middle }) => middle.x)).toEqual([2, 3]);
  });

  it('are none while nobody knows where they are', () => {
    const anchor = anchorAt(1);
    anchor.isPlaced = false;
    expect(new SolidThings(thingsOf([anchor])).near(feet, 0)).toEqual([]);
  });
});
