import { describe, expect, it } from '@jest/globals';
import { Authors } from './authors.js';

const authorsOf = (...names: string[]): Authors => {
  const authors = new Authors();
  names.forEach((name, i) => authors.add({ sessionId: i + 7, name }));
  return authors;
};

describe('who has done something', () => {
  it('is nobody when nothing happened', () => {
    expect(authorsOf().silenceText({ name: 'Ada' })).toBe('Nothing happened in that time.');
    expect(authorsOf().silenceText(undefined)).toBe('Nothing happened in that time.');
  });

  it('is named when it is not who was asked for: names are exact', () => {
    const authors = authorsOf('Bob', 'Ada', 'Ada');
    expect(authors.silenceText({ name: 'ada' })).toBe(
      'Nobody named ada has changed anything in that time; these have: Ada, Bob.',
    );
    expect(authors.silenceText({ sessionId: 255 })).toBe(
      'Nobody of the session 000000ff has changed anything in that time; these have: Ada (00000008), Ada (00000009), Bob (00000007).',
    );
    expect(authors.silenceText({ name: 'Ada' })).toBeUndefined();
  });

  it('are not all named when they are many', () => {
    const names = Array.from({ length: 25 }, (_, i) => `n${i + 10}`);
    expect(authorsOf(...names).silenceText({ name: 'x' })).toMatch(/these have: n10, .*, n19 and 15 more\.$/);
  });
});
