import { SimClock } from '@app/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import { SoundError } from './injector.errors.js';
import { SoundShelf } from './sound-shelf.js';

const SAMPLES = 1_000;

describe('SoundShelf', () => {
  let clock: SimClock;
  let shelf: SoundShelf;
  let asked: string[];
  let outcomes: string[];
  let isBroken: boolean;
  /** Samples of the file that is decoded next. */
  let length: number;
  /** Ends loads that wait, when loads wait. */
  let release: (() => void)[] | undefined;

  beforeEach(() => {
    clock = new SimClock();
    asked = [];
    outcomes = [];
    isBroken = false;
    length = SAMPLES;
    release = undefined;
    const files = {
      load: async (url: string) => {
        asked.push(url);
        if (release) await new Promise<void>((resolve) => release?.push(resolve));
        if (isBroken) throw new SoundError('sound-broken', 'x');
        return new Uint8Array(1);
      },
    };
    const decoder = { decode: () => Promise.resolve(new Int16Array(length)), close: () => undefined };
    shelf = new SoundShelf(files, decoder, clock, 3 * 2 * SAMPLES, (outcome) => outcomes.push(outcome));
  });

  it('loads a file once for all who want it', async () => {
    const [one, other] = [shelf.take('a'), shelf.take('a')];
    await setImmediate();
    expect(asked).toEqual(['a']);
    expect(one?.samples?.length).toBe(SAMPLES);
    expect(other?.samples).toBe(one?.samples);
    expect(shelf.sizeBytes).toBe(2 * SAMPLES);
  });

  it('throws out what was used longest ago, and never what is in use', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((url) => shelf.take(url));
    await setImmediate();
    if (!a || !b || !c) throw new Error('there was room');
    shelf.give(b);
    shelf.give(a);
    const again = shelf.take('a');
    shelf.give(c);
    const d = shelf.take('d');
    await setImmediate();
    expect([a, b, c, d].map((sound) => sound?.samples !== undefined)).toEqual([true, false, true, true]);
    expect(again?.samples).toBe(a.samples);
    shelf.take('c');
    const e = shelf.take('e');
    await setImmediate();
    expect(e?.samples).toBeUndefined();
    expect(outcomes.at(-1)).toBe('sound-memory-full');
    expect(shelf.sizeBytes).toBe(3 * 2 * SAMPLES);
  });

  it('takes the memory of a long sound for a shorter one, but not the other way round', async () => {
    length = 2_900;
    const long = shelf.take('long');
    await setImmediate();
    expect(long?.samples?.length).toBe(2_900);
    length = 400;
    const short = shelf.take('short');
    await setImmediate();
    expect([long?.samples, short?.samples?.length]).toEqual([undefined, 400]);
    expect(outcomes).toEqual(['loaded', 'sound-memory-full', 'loaded']);
    expect(shelf.sizeBytes).toBe(2 * 400);
    // Tried again, later and later, as long as there is no room.
    length = 2_900;
    clock.advance(6_000);
    shelf.load();
    await setImmediate();
    expect([long?.samples, short?.samples?.length]).toEqual([undefined, 400]);
    expect(asked).toEqual(['long', 'short', 'long']);
    clock.advance(6_000);
    shelf.load();
    await setImmediate();
    expect(asked).toHaveLength(3);
  });

  it('tries again what failed, later and later', async () => {
    isBroken = true;
    shelf.take('a');
    for (const [waitMs, count] of [
      [4_000, 1],
      [1_500, 2],
      [9_000, 2],
      [1_500, 3],
    ]) {
      await setImmediate();
      clock.advance(waitMs);
      shelf.load();
      await setImmediate();
      expect(asked).toHaveLength(count);
    }
  });

  it('loads four files at once, and those that nobody wants any more not at all', async () => {
    release = [];
    const sounds = ['a', 'b', 'c', 'd', 'e', 'f'].map((url) => shelf.take(url));
    await setImmediate();
    expect(asked).toEqual(['a', 'b', 'c', 'd']);
    const [, , , , e] = sounds;
    if (e) shelf.give(e);
    release.splice(0).forEach((resolve) => resolve());
    await setImmediate();
    expect(asked).toEqual(['a', 'b', 'c', 'd', 'f']);
  });

  it('knows a bounded number of files', async () => {
    const many = Array.from({ length: 4_096 }, (_, index) => shelf.take(`${index}`));
    expect(shelf.take('one more')).toBeUndefined();
    const [first] = many;
    if (first) shelf.give(first);
    await setImmediate();
    await setImmediate();
    expect(shelf.take('one more')).toBeDefined();
  });
});
