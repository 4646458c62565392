import { beforeEach, describe, expect, it } from '@jest/globals';
import { SimClock } from '@app/testing';
import { entityIdToBytes, type vicinity } from '@app/wire';
import { idOf, OWN_ID } from '../../test/entity-kit.js';
import { HeardMotions } from './heard-motions.js';

const A = idOf(1);
const B = idOf(2);

const motion = (id: string, ownerId: number, atMs = 1_000): vicinity.v1.EntityMotion.$Properties => {
  return { id: entityIdToBytes(id), ownerId, atMs, rotationW: 1 };
};

describe('motions that are heard', () => {
  const clock = new SimClock();
  let told: string[];
  let held: Set<string>;
  let motions: HeardMotions;

  beforeEach(() => {
    told = [];
    held = new Set();
    const transforms = { take: (id: string) => id === A, sweep: () => void told.push('sweep') };
    const simulation = {
      isHeld: (id: string) => held.has(id),
      isLost: (_id: string, { atMs }: { atMs: number }) => atMs > 2_000,
      forget: (id: string) => void held.delete(id),
    };
    motions = new HeardMotions(clock, transforms, simulation, {
      onMoved: (ids) => void told.push(`moved ${[...ids].map((id) => id[0]).join()}`),
      onTaken: (id) => void told.push(`taken ${id[0]}`),
      ownId: () => OWN_ID,
    });
  });

  it('are told together, those that are news', () => {
    motions.take({ motions: [motion(A, 0), motion(B, 0), motion(A, 0), { id: new Uint8Array(3) }] });
    expect(told).toEqual(['moved 1']);
    motions.take({});
    expect(told).toEqual(['moved 1']);
  });

  it('are not shown when they are our own words', () => {
    held.add(A);
    motions.take({ motions: [motion(A, OWN_ID, 9_000), motion(A, 8, 1_500)] });
    expect(told).toEqual([]);
    expect(held).toEqual(new Set([A]));
  });

  it('tell that somebody else has what we held', () => {
    held.add(A);
    motions.take({ motions: [motion(A, 8, 2_500)] });
    expect(told).toEqual(['taken 1', 'moved 1']);
    expect(held.size).toBe(0);
  });

  it('are forgotten now and then', () => {
    clock.advance(2_000);
    motions.take({});
    motions.take({});
    expect(told).toEqual(['sweep']);
  });
});
