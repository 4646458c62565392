import { beforeEach, describe, expect, it } from '@jest/globals';
import { FIRST_SIGN_MS_MAX, MixerAssignment, PROBATION_MS } from './mixer-assignment.js';

const TICK_MS = 10;
const SESSIONS = Array.from({ length: 200 }, (_, index) => ((index + 1) * 2_654_435_769) >>> 0);

/** A gateway with listeners, on a virtual clock: mixers that are alive answer every other tick once they have some. */
class Gateway {
  readonly assignment = new MixerAssignment({ silenceMsMax: 150 });
  nowMs = 0;
  readonly silent = new Set<string>();
  readonly servedBy = new Map<number, string | undefined>();
  moves = 0;
  private members: { instanceId: string; epochMs: number }[] = [];

  setMembers(...names: string[]): void {
    this.members = names.map((name) => {
      const [instanceId, epoch] = name.split('@');
      return { instanceId, epochMs: Number(epoch ?? 1) };
    });
    if (this.assignment.setMembers(this.members, this.nowMs)) this.assign();
  }

  run(durationMs: number, isHeldUp = false): void {
    for (let elapsed = 0; elapsed < durationMs; elapsed += TICK_MS) {
      this.nowMs += TICK_MS;
      if (this.assignment.tick(this.nowMs, isHeldUp ? 0 : TICK_MS)) this.assign();
      if (this.nowMs % 20 !== 0) continue;
      for (const mixer of new Set(this.servedBy.values())) {
        if (mixer && !this.silent.has(mixer)) this.assignment.hear(mixer);
      }
    }
  }

  shareOf(mixer: string): number {
    return [...this.servedBy.values()].filter((name) => name === mixer).length;
  }

  private assign(): void {
    for (const session of SESSIONS) {
      const mixer = this.assignment.choose(session);
      if (this.servedBy.get(session) !== undefined && this.servedBy.get(session) !== mixer) this.moves++;
      this.servedBy.set(session, mixer);
    }
    const serving = [...this.servedBy.values()].filter((name) => name !== undefined);
    this.assignment.setServing(serving, this.nowMs);
  }
}

describe('MixerAssignment', () => {
  let gateway: Gateway;

  beforeEach(() => {
    gateway = new Gateway();
    gateway.setMembers('a', 'b');
    gateway.run(PROBATION_MS + 100);
  });

  it('spreads listeners over the mixers that are there, and leaves them in peace', () => {
    expect(gateway.shareOf('a')).toBeGreaterThan(60);
    expect(gateway.shareOf('b')).toBeGreaterThan(60);
    gateway.run(5_000);
    expect(gateway.moves).toBe(0);
  });

  it('moves the listeners of a silent mixer within its patience, and only those', () => {
    const share = gateway.shareOf('a');
    gateway.silent.add('a');
    gateway.run(140);
    expect(gateway.moves).toBe(0);
    gateway.run(60);
    expect(gateway.shareOf('b')).toBe(SESSIONS.length);
    expect(gateway.moves).toBe(share);
  });

  it('gives them back after the mixer has been there for two seconds', () => {
    const share = gateway.shareOf('a');
    gateway.silent.add('a');
    gateway.run(300);
    gateway.silent.delete('a');
    gateway.run(PROBATION_MS - 200);
    expect(gateway.shareOf('a')).toBe(0);
    gateway.run(300);
    expect(gateway.shareOf('a')).toBe(share);
  });

  it('waits longer each time for a mixer that fails again and again', () => {
    gateway.silent.add('a');
    gateway.run(60_000);
    // With a constant wait it would have had its listeners some twenty times.
    expect(gateway.moves).toBeLessThan(12 * SESSIONS.length);
    expect(gateway.shareOf('b')).toBe(SESSIONS.length);
  });

  it('moves listeners at once when a process is gone, and puts its successor on probation', () => {
    gateway.setMembers('b');
    expect(gateway.shareOf('b')).toBe(SESSIONS.length);
    gateway.setMembers('a@2', 'b');
    expect(gateway.shareOf('a')).toBe(0);
    gateway.run(PROBATION_MS + 20);
    expect(gateway.shareOf('a')).toBeGreaterThan(60);
  });

  it('moves at once when a process has been replaced under the same name', () => {
    gateway.setMembers('a@2', 'b');
    expect(gateway.shareOf('b')).toBe(SESSIONS.length);
  });

  it('uses the only mixer from its first moment', () => {
    const fresh = new Gateway();
    expect(fresh.assignment.choose(1)).toBeUndefined();
    fresh.setMembers('a');
    expect(fresh.shareOf('a')).toBe(SESSIONS.length);
  });

  it('keeps the only mixer although it is silent: there is nobody better', () => {
    gateway.setMembers('a');
    gateway.silent.add('a');
    gateway.run(5_000);
    expect(gateway.shareOf('a')).toBe(SESSIONS.length);
  });

  it('keeps everybody where they are while this process itself is held up', () => {
    gateway.silent.add('a').add('b');
    gateway.run(3_000, true);
    gateway.silent.clear();
    gateway.run(1_000);
    expect(gateway.moves).toBe(0);
  });

  it('gives a mixer with its first listeners time until the roster has reached it', () => {
    const fresh = new Gateway();
    fresh.silent.add('a').add('b');
    fresh.setMembers('a', 'b');
    fresh.run(FIRST_SIGN_MS_MAX - 20);
    fresh.silent.clear();
    fresh.run(1_000);
    expect(fresh.moves).toBe(0);
  });
});
