import { describe, expect, it } from '@jest/globals';
import { VicinityError } from '@vicinity/sdk';
import { sentenceFor } from './edit-failure.js';

describe('What is said about a refused edit', () => {
  it('is to wait a moment, when it was too fast', () => {
    expect(sentenceFor(new VicinityError('rate-limited', 'Limit.', true))).toContain('Wait a moment');
  });

  it("is the server's own sentence, when it has one", () => {
    expect(sentenceFor(new VicinityError('entity-locked', 'It is locked.', false))).toBe('It is locked.');
    expect(sentenceFor(new TypeError('x is not a function'))).toBe('That did not work.');
  });
});
