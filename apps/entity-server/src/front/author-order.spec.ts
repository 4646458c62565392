import { describe, expect, it } from '@jest/globals';
import { AuthorOrder, type Turn } from './author-order.js';

/** Notes when turns may go. */
function watch(turn: Turn, place: number | undefined, name: string, went: string[]): void {
  const wait = turn.ready(place);
  if (wait) void wait.then(() => went.push(name));
  else went.push(name);
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('AuthorOrder', () => {
  it('lets everything go that goes to the same place, and keeps authors apart', () => {
    const order = new AuthorOrder();
    const went: string[] = [];
    for (const name of ['a', 'b', 'c']) watch(order.enter('ada'), 0, name, went);
    watch(order.enter('bob'), 1, 'd', went);
    expect(went).toEqual(['a', 'b', 'c', 'd']);
  });

  it('makes a transaction wait that goes elsewhere, and those behind it', async () => {
    const order = new AuthorOrder();
    const went: string[] = [];
    const turns = ['a', 'b', 'c', 'd'].map(() => order.enter('ada'));
    watch(turns[0], 0, 'a', went);
    watch(turns[1], 1, 'b', went);
    watch(turns[2], 1, 'c', went);
    watch(turns[3], undefined, 'd', went);
    expect(went).toEqual(['a']);
    turns[0].done();
    await settle();
    expect(went).toEqual(['a', 'b', 'c']);
    turns[2].done();
    await settle();
    expect(went).toEqual(['a', 'b', 'c']);
    turns[1].done();
    await settle();
    expect(went).toEqual(['a', 'b', 'c', 'd']);
    turns[3].done();
    expect(order.size).toBe(0);
  });

  it('does what failed again in the order in which it came', async () => {
    const order = new AuthorOrder();
    const went: string[] = [];
    const turns = ['a', 'b'].map(() => order.enter('ada'));
    for (const turn of turns) expect(turn.ready(0)).toBeUndefined();
    // The writer has gone away: both are tried again.
    watch(turns[1], undefined, 'b', went);
    watch(turns[0], undefined, 'a', went);
    await settle();
    expect(went).toEqual(['a']);
    turns[0].done();
    await settle();
    expect(went).toEqual(['a', 'b']);
  });
});
