import { describe, expect, it } from '@jest/globals';
import { FairQueue } from './fair-queue.js';

const takeAll = (queue: FairQueue): string[] => {
  const taken: string[] = [];
  for (let item = queue.take(); item !== undefined; item = queue.take()) taken.push(item);
  return taken;
};

describe('FairQueue', () => {
  it('lets owners take turns, however much one of them brings', () => {
    const queue = new FairQueue(100, 50);
    for (const item of ['a1', 'a2', 'a3', 'a4']) queue.add('a', item);
    queue.add('b', 'b1');
    queue.add('c', 'c1');
    queue.add('c', 'c2');
    expect(takeAll(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3', 'a4']);
    expect(queue.size).toBe(0);
  });

  it('has no room for more than so many, of one and of all', () => {
    const queue = new FairQueue(4, 2);
    expect(['1', '1', '2', '3'].map((item) => queue.add('a', item))).toEqual([true, true, true, false]);
    expect(['4', '5', '6'].map((item) => queue.add('b', item))).toEqual([true, true, false]);
    expect(queue.add('c', '7')).toBe(false);
    expect(queue.take()).toBe('1');
    expect(queue.add('c', '7')).toBe(true);
    queue.clear();
    expect([queue.size, queue.take()]).toEqual([0, undefined]);
  });
});
