import { describe, expect, it } from '@jest/globals';
import { originOf } from './address-origin.js';

const KEY = Uint8Array.of(1, 2, 3);

describe('The number of a network address', () => {
  it('is the same for one network, and another one for others and with another key', () => {
    const known = originOf('192.0.2.1', KEY);
    expect(known).toBeGreaterThan(0);
    expect(originOf('::ffff:192.0.2.1', KEY)).toBe(known);
    expect(originOf('2001:db8:1:2::5', KEY)).toBe(originOf('2001:db8:1:2:3:4:5:6', KEY));
    const others = [
      originOf('192.0.2.2', KEY),
      originOf('2001:db8:1:3::5', KEY),
      originOf('192.0.2.1', Uint8Array.of(9)),
    ];
    expect(new Set([known, ...others]).size).toBe(4);
  });

  it('is 0 for none', () => {
    expect(originOf('', KEY)).toBe(0);
  });
});
