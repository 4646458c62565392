import { describe, expect, it } from '@jest/globals';
import { type Audible, updateAudibility } from './audibility.js';

describe('updateAudibility', () => {
  it('finds those within reach of a listener other than themselves', () => {
    const at = (x: number, isListener = false): Audible => ({
      ...{ x, y: 0, z: 0, isListener },
      isHeard: true,
      isHeardEverywhere: false,
    });
    const people = new Map([
      ['alone', at(500, true)],
      ['listener', at(0, true)],
      ['near', at(50)],
      ['far', at(-200)],
    ]);
    const heard = (): string[] => {
      updateAudibility(people, 100, []);
      return [...people].filter(([, person]) => person.isHeard).map(([name]) => name);
    };
    expect(heard()).toEqual(['near']);
    people.set('on stage', { ...at(700), isHeardEverywhere: true });
    expect(heard()).toEqual(['near', 'on stage']);
  });
});
