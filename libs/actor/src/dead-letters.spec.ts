import { describe, expect, it } from '@jest/globals';
import { DeadLetters } from './dead-letters.js';

describe('DeadLetters', () => {
  it('counts all and keeps the newest, oldest first', () => {
    const letters = new DeadLetters(3);
    expect(letters.recent()).toEqual([]);
    for (let index = 1; index <= 5; index++) letters.add('a', 'actor-stopped', { type: `m${index}` });
    expect(letters.count).toBe(5);
    expect(letters.recent().map(({ kind }) => kind)).toEqual(['m3', 'm4', 'm5']);
  });

  it('tells the kind of a message and never its content', () => {
    const letters = new DeadLetters();
    const odd = Object.create(null) as object;
    for (const message of ['secret', 7, undefined, null, { type: 'edit', text: 'secret' }, new Map(), odd]) {
      letters.add('a', 'actor-stopped', message);
    }
    expect(letters.recent().map(({ kind }) => kind)).toEqual([
      'string',
      'number',
      'undefined',
      'object',
      'edit',
      'Map',
      'object',
    ]);
  });
});
