import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { rendezvousOrder, rendezvousPick } from './rendezvous.js';

const member = fc.stringMatching(/^(audio|avatar)-mixer-[0-9a-f]{4,8}$/);
const members = fc.uniqueArray(member, { minLength: 1, maxLength: 12 });
const key = fc.oneof(fc.integer({ min: 0, max: 0xffffffff }), fc.string());

/** Numbers without a pattern. */
const mixed = (index: number): number => (Math.imul(index + 1, 0x9e3779b1) ^ 0x5bd1e995) >>> 0;

describe('rendezvousOrder', () => {
  it('names every member once', () => {
    fc.assert(
      fc.property(key, members, (of, all) => {
        expect([...rendezvousOrder(of, all)].sort()).toEqual([...all].sort());
      }),
    );
  });

  it('does not depend on the order in which members are known', () => {
    fc.assert(
      fc.property(key, members, fc.integer(), (of, all, turn) => {
        const at = Math.abs(turn) % all.length;
        const turned = [...all.slice(at), ...all.slice(0, at)].reverse();
        expect(rendezvousOrder(of, turned)).toEqual(rendezvousOrder(of, all));
        expect(rendezvousPick(of, turned)).toBe(rendezvousPick(of, all));
      }),
    );
  });

  it('loses a member without moving anybody else', () => {
    fc.assert(
      fc.property(key, members, fc.nat(), (of, all, which) => {
        const gone = all[which % all.length];
        const left = all.filter((each) => each !== gone);
        expect(rendezvousOrder(of, left)).toEqual(rendezvousOrder(of, all).filter((each) => each !== gone));
      }),
    );
  });
});

describe('rendezvousPick', () => {
  it('picks the first of the order', () => {
    fc.assert(
      fc.property(key, members, (of, all) => expect(rendezvousPick(of, all)).toBe(rendezvousOrder(of, all)[0])),
    );
  });

  it('picks nobody of nobody', () => {
    expect(rendezvousPick(1, [])).toBeUndefined();
  });

  /** How many of 1,000 keys each of five members gets. */
  const sharesOf = (keyAt: (index: number) => number | string, five: readonly string[]): number[] => {
    const counts = new Map(five.map((name) => [name, 0]));
    for (let index = 0; index < 1_000; index++) {
      const owner = rendezvousPick(keyAt(index), five) as string;
      counts.set(owner, (counts.get(owner) ?? 0) + 1);
    }
    return [...counts.values()];
  };
  const sets = Array.from({ length: 40 }, (_, set) =>
    Array.from({ length: 5 }, (_unused, index) =>
      set % 2 === 0 ? `audio-mixer-${5 * set + index}` : `audio-mixer-${mixed(5 * set + index).toString(16)}`,
    ),
  );
  const keySets: [string, (index: number) => number | string][] = [
    ['counted', (index) => index],
    ['in steps of 2^20', (index) => index * 0x100000],
    ['random', (index) => mixed(index)],
    ['textual', (index) => `channel-${index}`],
  ];

  it.each(keySets)('shares 1,000 %s keys among five members within 15 %', (_, keyAt) => {
    // Even perfect chance leaves 7 of 100 sets with somebody beyond 15 % (2.4 standard deviations), so a share is judged
    // by its mean over many sets of members, and single sets by twice that.
    const deviations = sets.map((five) => Math.max(...sharesOf(keyAt, five).map((count) => Math.abs(count - 200))));
    expect(deviations.reduce((sum, each) => sum + each) / sets.length).toBeLessThanOrEqual(30);
    expect(Math.max(...deviations)).toBeLessThanOrEqual(60);
  });

  it.each(keySets)('is as even as chance for %s keys', (_, keyAt) => {
    const chiSquares = sets.map((five) =>
      sharesOf(keyAt, five).reduce((sum, count) => sum + (count - 200) ** 2 / 200, 0),
    );
    // With four degrees of freedom the mean is 4; over 40 sets its standard deviation is 0.45.
    const mean = chiSquares.reduce((sum, each) => sum + each) / sets.length;
    expect(mean).toBeGreaterThan(2.4);
    expect(mean).toBeLessThan(5.6);
  });

  it('shares the keys of a lost member among all who are left', () => {
    const five = sets[0];
    const heirs = new Map<string, number>();
    for (let of = 0; of < 1_000; of++) {
      if (rendezvousPick(of, five) !== five[2]) continue;
      const heir = rendezvousOrder(of, five)[1];
      heirs.set(heir, (heirs.get(heir) ?? 0) + 1);
    }
    expect(heirs.size).toBe(4);
    for (const count of heirs.values()) expect(count).toBeGreaterThan(25);
  });
});
