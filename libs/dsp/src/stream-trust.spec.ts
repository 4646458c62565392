import { describe, expect, it } from '@jest/globals';
import { StreamTrust } from './stream-trust.js';

/** Shows good packets. Returns how many were held back. */
function good(trust: StreamTrust, packets: number): number {
  let heldBack = 0;
  for (let count = 0; count < packets; count++) if (!trust.packetGood()) heldBack++;
  return heldBack;
}

describe('StreamTrust', () => {
  it('plays everything while nothing is broken', () => {
    expect(good(new StreamTrust(), 1_000)).toBe(0);
  });

  it('holds a few packets back after a broken one', () => {
    const trust = new StreamTrust();
    trust.packetBroken();
    expect(trust.isSuspended).toBe(true);
    expect(good(trust, 100)).toBe(8);
    expect(trust.isSuspended).toBe(false);
  });

  it('is slower to believe a stream again that disappoints repeatedly, and forgives in the end', () => {
    const trust = new StreamTrust();
    trust.packetBroken();
    good(trust, 3);
    trust.packetBroken();
    expect(good(trust, 100)).toBe(25);
    trust.packetBroken();
    expect(good(trust, 600)).toBe(25);
    trust.packetBroken();
    expect(good(trust, 100)).toBe(8);
  });
});
