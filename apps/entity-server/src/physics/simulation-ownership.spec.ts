import { describe, expect, it } from '@jest/globals';
import { OWNER_SILENCE_MS_MAX, SimulationOwnership } from './simulation-ownership.js';

describe('SimulationOwnership', () => {
  it('gives a body to whoever wants it most, first come first served among equals', () => {
    const ownership = new SimulationOwnership();
    expect(ownership.claim('a', 1, 5, 0)).toBe('taken');
    expect(ownership.claim('a', 2, 5, 0)).toBe('refused');
    expect(ownership.claim('a', 1, 3, 0)).toBe('kept');
    expect(ownership.claim('a', 2, 4, 0)).toBe('taken');
    expect(ownership.letGo('a', 1)).toBe(false);
    expect(ownership.letGo('a', 2)).toBe(true);
    expect(ownership.size).toBe(0);
  });

  it('refuses priorities that there are not, and nobody', () => {
    const ownership = new SimulationOwnership();
    for (const priority of [0, -1, 256, 1.5, NaN, Infinity])
      expect(ownership.claim('a', 1, priority, 0)).toBe('refused');
    expect(ownership.claim('a', 0, 1, 0)).toBe('refused');
  });

  it('takes bodies from the silent, not from those who are heard', () => {
    const ownership = new SimulationOwnership();
    ownership.claim('a', 1, 1, 0);
    ownership.claim('b', 1, 1, 0);
    ownership.hear('b', 1_500);
    expect(ownership.expire(OWNER_SILENCE_MS_MAX)).toEqual([]);
    expect(ownership.expire(OWNER_SILENCE_MS_MAX + 1)).toEqual([{ id: 'a', sessionId: 1 }]);
    expect(ownership.ownerOf('b')).toMatchObject({ sessionId: 1, priority: 1, heardAtMs: 1_500 });
  });

  it('counts what one session holds, through takeovers and ends', () => {
    const ownership = new SimulationOwnership();
    for (let n = 0; n < 40; n++) ownership.claim(`${n}`, 1, 1, 0);
    expect(ownership.size).toBe(32);
    ownership.claim('0', 2, 2, 0);
    expect(ownership.claim('39', 1, 1, 0)).toBe('taken');
    expect(ownership.claim('38', 1, 1, 0)).toBe('refused');
    ownership.forget('5');
    expect(ownership.claim('38', 1, 1, 0)).toBe('taken');
  });
});
