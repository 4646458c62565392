import { HEARING_PEOPLE_MAX } from '@app/world';
import { describe, expect, it } from '@jest/globals';
import { Hiding } from './hiding.js';

describe('Whom a client ignores', () => {
  it('is as many people for the eyes as for the ears; whoever was named first is seen again', () => {
    const hiding = new Hiding();
    for (let sessionId = 1; sessionId <= HEARING_PEOPLE_MAX + 1; sessionId++) {
      expect(hiding.ignore(sessionId, true)).toBe(true);
    }
    expect([hiding.reasonOf(1), hiding.reasonOf(2)]).toEqual([undefined, expect.any(Number)]);
    expect(hiding.wish()).toHaveLength(1 + 4 * HEARING_PEOPLE_MAX);
  });
});
