import { describe, expect, it } from '@jest/globals';
import { isNewerSequence, nextSequence, sequenceDistance } from './sequence.js';

describe('sequence', () => {
  it('wraps after 65535', () => {
    expect(nextSequence(65_535)).toBe(0);
    expect(nextSequence(7)).toBe(8);
  });

  it('takes a number just after the wrap for newer', () => {
    expect(isNewerSequence(2, 65_530)).toBe(true);
    expect(isNewerSequence(65_530, 2)).toBe(false);
    expect(sequenceDistance(2, 65_530)).toBe(8);
    expect(sequenceDistance(65_530, 2)).toBe(-8);
  });

  it('does not take the same number for newer', () => {
    expect(isNewerSequence(9, 9)).toBe(false);
  });
});
