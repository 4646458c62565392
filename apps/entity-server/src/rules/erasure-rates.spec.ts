import { describe, expect, it } from '@jest/globals';
import { SimClock } from '@app/testing';
import { countErasedBelow, ERASED_BELOW_BURST, ERASED_BELOW_PER_SECOND, ErasureRates } from './erasure-rates.js';
import { add, change, erase } from './rules-kit.fixture.js';

/** A tree `a` of 1 + 3 + 3, and `x` alone. */
const CHILDREN: Record<string, string[]> = { a: ['b', 'c', 'd'], b: ['e', 'f', 'g'] };

describe('What erasures take with them', () => {
  const asked: string[] = [];
  const world = {
    childrenOf: (id: string) => {
      asked.push(id);
      return CHILDREN[id] ?? [];
    },
  };

  it('is what hangs below, each counted once and only if nothing names it', () => {
    expect(countErasedBelow([erase('x')], world)).toBe(0);
    expect(countErasedBelow([erase('a')], world)).toBe(6);
    expect(countErasedBelow([erase('e'), erase('b'), erase('a')], world)).toBe(4);
    asked.length = 0;
    const again = Array.from({ length: 100 }, () => [erase('a'), add('a')]).flat();
    expect(countErasedBelow(again, world)).toBe(6);
    expect(asked).toHaveLength(7);
  });

  it('is also what the transaction moves', () => {
    expect(countErasedBelow([change('a', { parentID: 'x' }), erase('x')], world)).toBe(6);
    expect(countErasedBelow([change('b', {}, ['parentID']), erase('x')], world)).toBe(3);
    expect(countErasedBelow([change('a', { name: 'x' }), erase('x')], world)).toBe(0);
    expect(countErasedBelow([change('a', { parentID: 'x' })], world)).toBe(0);
  });

  it('is not looked at beyond what matters', () => {
    asked.length = 0;
    expect(countErasedBelow([erase('a')], world, 0)).toBe(1);
    expect(asked).toEqual(['a']);
  });
});

describe('Rates of erasures', () => {
  it('let the largest tree go, and then wait until that has worn off', () => {
    const clock = new SimClock();
    const rates = new ErasureRates(clock);
    rates.spend(9, ERASED_BELOW_BURST - 1);
    expect(rates.mustWait(9)).toBe(false);
    rates.spend(9, 5 * ERASED_BELOW_PER_SECOND + 1);
    expect([rates.mustWait(9), rates.mustWait(8)]).toEqual([true, false]);
    clock.advance(5_000);
    expect(rates.mustWait(9)).toBe(true);
    clock.advance(1);
    expect(rates.mustWait(9)).toBe(false);
    rates.spend(0, 1e9);
    expect(rates.mustWait(0)).toBe(false);
  });
});
