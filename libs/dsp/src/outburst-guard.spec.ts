import { describe, expect, it } from '@jest/globals';
import { OutburstGuard } from './outburst-guard.js';

const FRAMES = 960;

/** Gives packets of noise of a level to the guard. Returns the gains. */
function play(guard: OutburstGuard, level: number, packets: number): number[] {
  const samples = Float32Array.from({ length: FRAMES }, (_, n) => (n % 8 < 4 ? level : -level));
  return Array.from({ length: packets }, () => guard.process(samples, 0, FRAMES));
}

describe('OutburstGuard', () => {
  it('leaves a voice alone, whose syllables differ by 20 dB', () => {
    const guard = new OutburstGuard();
    for (let count = 0; count < 200; count++) {
      for (const level of [0.02, 0.1, 0.2]) expect(play(guard, level, 1)).toEqual([1]);
    }
  });

  it('leaves a loud voice alone that begins after a long silence', () => {
    const guard = new OutburstGuard();
    play(guard, 0.15, 100);
    play(guard, 0, 1_000);
    expect(play(guard, 0.2, 3)).toEqual([1, 1, 1]);
  });

  it('holds garbage of full scale back to 8 dB above the voice, and says so once', () => {
    const guard = new OutburstGuard();
    play(guard, 0.05, 5_000);
    const [gain] = play(guard, 1, 1);
    expect(guard.isNew).toBe(true);
    expect(gain).toBeLessThan(0.15);
    play(guard, 1, 1);
    expect(guard.isNew).toBe(false);
    expect(play(guard, 0.05, 1)).toEqual([1]);
  });

  it('never gets used to garbage that comes again and again between packets of a voice', () => {
    const guard = new OutburstGuard();
    play(guard, 0.05, 5_000);
    for (let count = 0; count < 100; count++) {
      const [gain] = play(guard, 1, 1);
      expect(gain).toBeLessThan(0.15);
      expect(play(guard, 0.05, 1)).toEqual([1]);
    }
  });

  it('lets a shout through after a while', () => {
    const guard = new OutburstGuard();
    play(guard, 0.05, 500);
    const gains = play(guard, 0.5, 20);
    expect(gains[0]).toBeLessThan(0.5);
    expect(gains[10]).toBe(1);
    for (let index = 1; index < gains.length; index++) expect(gains[index]).toBeGreaterThanOrEqual(gains[index - 1]);
  });

  it('works for packets of any length', () => {
    const guard = new OutburstGuard();
    const samples = new Float32Array(2_880).fill(1, 2_000, 2_080);
    expect(guard.process(samples, 0, 120)).toBe(1);
    expect(guard.process(samples, 0, 2_880)).toBeLessThan(1);
  });
});
