import { SeededRandom } from '@app/testing';
import type { HearingWishes } from '@app/wire';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  garbage,
  HostileScene,
  inOrder,
  type Player,
  poseAt,
  type Said,
  tone,
  wellFormedGarbage,
} from '../test/hostile-scene.js';
import { amplitudeOf } from '../test/mix-scene.js';

const ADA_HZ = 400;
const BEN_HZ = 600;
const MALLORY_HZ = 900;
const MALLORY_AMPLITUDE = 0.2;
/** Ticks until everybody is heard, and ticks of an attack. */
const BEFORE = 20;
const DURING = 60;
/** Samples whose level is looked at together: 5 ms. */
const PIECE = 240;
/** Root mean square that no packet of Mallory's may have, if it is not to count as noise: 8 dB above his voice, and all others'. */
const NOISE = 0.5;

/** What Mallory says instead of a good packet. */
type Attack = (random: SeededRandom, index: number, good: Said) => Said[];

const changed = (good: Said, opus: Uint8Array): Said => ({ ...good, opus });

function withHeader(good: Said, header: number): Said {
  const opus = good.opus.slice();
  opus[0] = header;
  return changed(good, opus);
}

/** The good packet, but every `distance`th time the hostile one. */
function among(distance: number, hostile: (random: SeededRandom, good: Said) => Said): Attack {
  return (random, index, good) => [index % distance === 0 ? hostile(random, good) : good];
}

const random120 = (random: SeededRandom, ...header: number[]): Uint8Array =>
  Uint8Array.from([...header, ...garbage(random, 120)]);

/** Streams that are broken, or out of order. Garbage is sometimes good Opus by chance. */
const BROKEN: Record<string, Attack> = {
  'nothing but garbage': (random, _, good) => [changed(good, garbage(random, random.nextInteger(1, 1_275)))],
  'garbage every other time': among(2, (random, good) => changed(good, garbage(random, random.nextInteger(1, 1_275)))),
  'truncated packets': among(3, (random, good) =>
    changed(good, good.opus.slice(0, random.nextInteger(0, good.opus.length - 1))),
  ),
  'oversized packets': among(3, (random, good) => changed(good, garbage(random, random.nextInteger(1_276, 4_000)))),
  'headers of other codings': among(3, (random, good) => withHeader(good, random.nextInteger(0, 255))),
  'mono called stereo': (_, __, good) => [withHeader(good, good.opus[0] ^ 4)],
  'packets of 120 ms': (random, _, good) => [changed(good, random120(random, 0xfb, 6))],
  'floods of silence': (_, index, good) => [
    ...[0, 1, 2, 3].map((k) => ({ ...good, opus: good.opus.slice(0, 1), sequence: (5 * index + k) & 0xffff })),
    { ...good, sequence: (5 * index + 4) & 0xffff },
  ],
  'silence every other time': among(2, (_, good) => changed(good, Uint8Array.of(good.opus[0], 0))),
  'jumping sequence numbers': (random, _, good) => [{ ...good, sequence: random.nextInteger(0, 0xffff) }],
  'jumping timestamps': (random, _, good) => [{ ...good, timestamp: random.nextInteger(0, 0xffff_ffff) }],
  'a timestamp that stands still': (_, __, good) => [{ ...good, timestamp: 5 }],
  'sequence numbers that go backwards': (_, index, good) => [{ ...good, sequence: -index & 0xffff }],
  'everything five times': (_, __, good) => [good, good, good, good, good],
  'ten times as many packets': (_, index, good) =>
    Array.from({ length: 10 }, (__, k) => inOrder(10 * index + k, good.opus)),
};

/**
 * Garbage that is good Opus, now and then among a voice: it is held back, and each burst is short. A stream of nothing else is
 * loud sound like any other.
 */
const NOISY: Record<string, Attack> = {
  'well-formed garbage in every tenth packet': among(10, (random, good) => changed(good, wellFormedGarbage(random))),
  '60 ms of garbage now and then': among(20, (random, good) => changed(good, random120(random, 0xfb, 3))),
};

describe('A listener and a neighbour', () => {
  let scene: HostileScene;
  let ada: number;
  let known = 0;

  afterEach(() => scene.close());

  /** Ada, who listens, and Ben, whom she hears beside her; behind them anybody. */
  function meet(others: Omit<Player, 'sessionId'>[], sizeMax = 80): void {
    scene = new HostileScene(sizeMax);
    const [here, beside] = [poseAt(0, 0, 0), poseAt(1.5, 0, 0)];
    ada = scene.add({ speak: tone(ADA_HZ), stand: () => [here], isObserved: true });
    scene.add({ speak: tone(BEN_HZ, 0.1), stand: () => [beside] });
    for (const other of others) scene.add(other);
  }

  /** Mallory speaks in front of Ada, honestly at first. */
  function meetMallory(attack: Attack, seed: number): void {
    const random = new SeededRandom(seed);
    const voice = tone(MALLORY_HZ, MALLORY_AMPLITUDE);
    const before = poseAt(0, 0, -1);
    const speak = (index: number): Said[] => (index < BEFORE ? voice(index) : attack(random, index, voice(index)[0]));
    meet([{ speak, stand: () => [before] }]);
  }

  const heard = (): Float32Array[] => scene.heard.get(ada)!;
  const adaHearsBen = (): number => amplitudeOf(heard(), BEN_HZ, 20);

  /** The longest time without a break that Ada has heard noise, in ms. */
  function longestNoiseMs(): number {
    let [longest, run] = [0, 0];
    for (const block of heard()) {
      for (let at = 0; at + PIECE <= block.length; at += PIECE) {
        let energy = 0;
        for (let n = at; n < at + PIECE; n++) energy += block[n] * block[n];
        // Not a number is not quiet.
        run = Math.sqrt(energy / PIECE) <= NOISE ? 0 : run + PIECE / 48;
        longest = Math.max(longest, run);
      }
    }
    return longest;
  }

  /** How loud Ada hears Ben when nobody else is there. */
  function usualLevel(): number {
    if (known > 0) return known;
    meet([]);
    scene.run(BEFORE + 20);
    known = adaHearsBen();
    scene.close();
    return known;
  }

  /** As ever: Ada hears Ben, nothing of herself, and every number is one. */
  function expectUsual(usual: number, within = 0.15): void {
    expect(scene.failedTicks).toBe(0);
    expect(scene.isWithinRange).toBe(true);
    expect(adaHearsBen() / usual).toBeGreaterThan(1 - within);
    expect(adaHearsBen() / usual).toBeLessThan(1 + within);
  }

  it.each(Object.keys(BROKEN))('hear each other and next to no noise when somebody sends %s', (name) => {
    const usual = usualLevel();
    meetMallory(BROKEN[name], name.length);
    scene.run(BEFORE + DURING);
    expect(longestNoiseMs()).toBeLessThanOrEqual(20);
    expectUsual(usual);
    expect(amplitudeOf(heard(), ADA_HZ, 20)).toBeLessThan(0.01);
  });

  it.each(Object.keys(NOISY))('hear at most 20 ms of noise at once when somebody sends %s', (name) => {
    for (const seed of [1, 2, 3]) {
      meetMallory(NOISY[name], seed);
      scene.run(BEFORE + DURING);
      expect(longestNoiseMs()).toBeLessThanOrEqual(20);
      expect(scene.failedTicks).toBe(0);
      expect(scene.isWithinRange).toBe(true);
      if (seed < 3) scene.close();
    }
  });

  /** A crowd of twenty around them, softly speaking, each of whom does this. */
  function meetCrowd(behave: (random: SeededRandom, place: number) => Partial<Player>): void {
    const random = new SeededRandom(9);
    const crowd = Array.from({ length: 20 }, (_, place) => {
      const pose = poseAt(4 * Math.cos(place), 0, 4 * Math.sin(place));
      return { speak: tone(1_000 + 50 * place, 0.01), stand: () => [pose], ...behave(random, place) };
    });
    meet(crowd);
  }

  const anywhere = (random: SeededRandom): number => random.next() * 16_000 - 8_000;
  const everybody = Array.from({ length: 256 }, (_, index) => index + 1);
  const wishing = (wish: (index: number) => Partial<HearingWishes>) => (): Partial<Player> => ({ wish });

  const CROWDS: Record<string, (random: SeededRandom, place: number) => Partial<Player>> = {
    'is elsewhere in the world with every pose': (random) => ({
      stand: () => [poseAt(anywhere(random), anywhere(random), anywhere(random))],
    }),
    'jumps about among them, twenty times in each tick': (random) => ({
      stand: () => Array.from({ length: 20 }, () => poseAt(9 * random.next() - 4, 0, 9 * random.next() - 4)),
    }),
    'sends poses that are none': (random) => ({
      stand: () => [poseAt(3, 0, 3), garbage(random, 16), garbage(random, random.nextInteger(0, 96))],
    }),
    'stands exactly where Ada stands': () => ({ stand: () => [poseAt(0, 0, 0)] }),
    'stands on borders of cells, a little to either side of them': (random) => ({
      stand: () => [poseAt(3 + 0.002 * random.next() - 0.001, 0, 4 + 0.4 * random.next() - 0.2)],
    }),
    'begins and ends to speak in the same tick as all others': () => {
      const voice = tone(1_000, 0.01);
      return { speak: (index) => (index % 60 < 30 ? voice(index) : []) };
    },
    'wishes something else with every table': (random) => ({
      wish: (index) => ({
        gains: new Map(everybody.map((sessionId) => [sessionId, 4 * random.next()])),
        ignored: index % 2 === 0 ? new Set() : new Set(everybody),
        solo: index % 3 === 0 ? new Set([4_000]) : new Set(),
        spaceM: 10 * random.next(),
      }),
    }),
    'ignores everybody, and itself': wishing(() => ({ ignored: new Set(everybody) })),
    'has the largest personal space': wishing(() => ({ spaceM: 10 })),
    'has a megaphone, and then not, and so on': wishing((index) => ({ hasMegaphone: index % 4 < 2 })),
  };

  it.each(Object.keys(CROWDS))('hear each other as ever in a crowd where everybody %s', (name) => {
    const usual = usualLevel();
    meetCrowd(CROWDS[name]);
    scene.run(BEFORE + DURING);
    expectUsual(usual);
    expect(amplitudeOf(heard(), ADA_HZ, 20)).toBeLessThan(0.01);
  });

  it('hear a mix within its bounds when everybody is as loud as can be and is turned up', () => {
    const gains = new Map(everybody.map((sessionId) => [sessionId, 4]));
    const loud = Array.from({ length: 40 }, (_, place) => ({
      speak: tone(100 + 30 * place, 1),
      stand: () => [poseAt(0.01 * place, 0, 0)],
      wish: () => ({ gains }),
    }));
    meet(loud);
    scene.run(BEFORE + 20);
    expect(scene.failedTicks).toBe(0);
    expect(scene.isWithinRange).toBe(true);
  });
});

describe('A mixer whose listeners change their wishes all the time', () => {
  it('spends no more on them in a tick in which they come than in others', () => {
    const scene = new HostileScene(256);
    const people = Array.from({ length: 256 }, (_, index) => index + 1);
    const pose = poseAt(0, 0, 0);
    const wishes = (index: number): Partial<HearingWishes> => ({
      gains: new Map(people.map((sessionId) => [sessionId, 2 + index / 1_000])),
      ignored: new Set(people),
      solo: new Set(people),
    });
    // As many as a gateway takes, as often as it tells it.
    for (let place = 0; place < 42; place++) {
      scene.add({ stand: () => [pose], wish: (index) => (index % 5 === 0 ? wishes(index) : undefined) });
    }
    scene.run(60);
    const median = (ms: number[]): number => ms.sort((a, b) => a - b)[ms.length >> 1];
    const told = median(scene.tickMs.filter((_, index) => index >= 10 && index % 5 === 0));
    const others = median(scene.tickMs.filter((_, index) => index >= 10 && index % 5 !== 0));
    // All at once they took twenty times as long.
    expect(told).toBeLessThan(5 * others + 3);
    expect(scene.failedTicks).toBe(0);
    scene.close();
  });
});
