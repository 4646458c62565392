import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '@app/testing';
import type { Entity } from './entity.js';
import { sortedById } from './sorted-by-id.js';

const entitiesOf = (ids: string[]): Entity[] => ids.map((id) => ({ id }) as Entity);
const inOrder = (ids: string[]): string[] => [...sortedById(entitiesOf(ids))].map(({ id }) => id);

describe('sortedById', () => {
  const random = new SeededRandom(31);

  it('gives ids in their order, drawn or counted, few or many', () => {
    const drawn = Array.from({ length: 20_000 }, () => random.nextUint32().toString(36) + random.nextUint32());
    const counted = Array.from({ length: 20_000 }, (_, index) => `thing-${(index * 7_919) % 20_000}`);
    for (const ids of [drawn, counted, counted.slice(0, 10), []]) expect(inOrder(ids)).toEqual([...ids].sort());
  });

  it('looks at no entity more than a few times before the first comes', () => {
    const counts = { reads: 0 };
    const ids = Array.from({ length: 50_000 }, (_, index) => `${(index * 7_919) % 50_000}`.padStart(8, '0'));
    const counting = ids.map((id) => ({
      get id(): string {
        counts.reads++;
        return id;
      },
    })) as Entity[];
    sortedById(counting).next();
    expect(counts.reads).toBeLessThan(4 * ids.length);
  });
});
