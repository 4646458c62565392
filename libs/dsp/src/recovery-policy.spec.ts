import { describe, expect, it } from '@jest/globals';
import { RecoveryPolicy } from './recovery-policy.js';

/** Plays packets of which every `lossEvery`th is lost. Returns how often the wish changed. */
function play(policy: RecoveryPolicy, packets: number, lossEvery: number, hasCopy: boolean): number {
  let changes = 0;
  for (let index = 1; index <= packets; index++) {
    if (index % lossEvery === 0) policy.packetsLost(1);
    else if (policy.packetPlayed(hasCopy)) changes++;
  }
  return changes;
}

describe('RecoveryPolicy', () => {
  it('wants recovery when packets with copies are lost more than once', () => {
    const policy = new RecoveryPolicy();
    play(policy, 200, Infinity, true);
    policy.packetsLost(1);
    play(policy, 20, Infinity, true);
    expect(policy.isWanted).toBe(false);
    policy.packetsLost(1);
    play(policy, 1, Infinity, true);
    expect(policy.isWanted).toBe(true);
  });

  it('does not want it without copies, however much is lost', () => {
    const policy = new RecoveryPolicy();
    play(policy, 5_000, 10, false);
    expect(policy.isWanted).toBe(false);
    expect(policy.loss).toBeGreaterThan(0.08);
    expect(policy.loss).toBeLessThan(0.12);
  });

  it('changes its mind rarely', () => {
    const policy = new RecoveryPolicy();
    expect(play(policy, 30_000, 20, true)).toBe(1);
    expect(play(policy, 400, 20, false)).toBe(0);
    expect(play(policy, 200, 20, false)).toBe(1);
  });

  it('gives it up after half a minute without loss', () => {
    const policy = new RecoveryPolicy();
    play(policy, 1_000, 20, true);
    expect(play(policy, 1_400, Infinity, true)).toBe(0);
    expect(play(policy, 200, Infinity, true)).toBe(1);
    expect(policy.isWanted).toBe(false);
  });
});
