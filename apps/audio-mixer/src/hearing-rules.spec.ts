import { beforeEach, describe, expect, it } from '@jest/globals';
import { type HearingWishes, NO_WISHES, packHearingWishes, vicinity } from '@app/wire';
import fc from 'fast-check';
import { RecordingEngine } from '../test/recording-engine.js';
import { HearingRules, type WishCounts } from './hearing-rules.js';
import { WishBook } from './wish-book.js';

const ADA = 1;
const BEN = 2;
const CLEO = 3;

/** The rules of a world, and an engine with its slots. */
class Stage {
  readonly engine = new RecordingEngine();
  readonly rules: HearingRules;

  constructor(book = new WishBook()) {
    this.rules = new HearingRules(() => this.engine, book);
  }

  wish(sessionId: number, wishes: Partial<HearingWishes>): WishCounts {
    return this.tell(sessionId, packHearingWishes({ ...NO_WISHES, ...wishes }));
  }

  tell(sessionId: number, wishes: Uint8Array, isOurs = true): WishCounts {
    const table = vicinity.v1.HearingTable.create({ gatewayId: 'gateway-a', entries: [{ sessionId, wishes }] });
    return this.rules.applyTable(table, () => isOurs);
  }

  hear(sessionId: number, slot: number): void {
    this.engine.openListeners.add(slot);
    this.rules.openListener(sessionId, slot);
  }

  stopHearing(slot: number): void {
    this.rules.closeListener(slot);
    this.engine.openListeners.delete(slot);
  }

  speak(sessionId: number, slot: number): void {
    this.engine.openSources.add(slot);
    this.rules.openSource(sessionId, slot);
  }

  stopSpeaking(slot: number): void {
    this.rules.closeSource(slot);
    this.engine.openSources.delete(slot);
  }
}

describe('HearingRules', () => {
  let stage: Stage;
  let engine: RecordingEngine;

  beforeEach(() => {
    stage = new Stage();
    ({ engine } = stage);
  });

  it('tell the engine nothing about people without wishes', () => {
    stage.hear(ADA, 0);
    stage.speak(BEN, 0);
    stage.wish(ADA, {});
    stage.stopSpeaking(0);
    stage.stopHearing(0);
    expect(engine.take()).toEqual([]);
  });

  it('change only so much in one tick, and serve those first who change their minds the least', () => {
    const people = Array.from({ length: 256 }, (_, index) => 1_000 + index);
    const floodFrom = (sessionId: number, gain: number): WishCounts =>
      stage.wish(sessionId, { gains: new Map(people.map((named) => [named, gain])), ignored: new Set(people) });
    stage.hear(ADA, 0);
    stage.speak(BEN, 0);
    for (let flooder = 100; flooder < 130; flooder++) floodFrom(flooder, 2);
    stage.wish(ADA, { ignored: new Set([BEN]) });
    expect(engine.take()).toEqual([]);
    for (let flooder = 100; flooder < 130; flooder++) floodFrom(flooder, 3);
    stage.rules.beginTick();
    expect(engine.take()).toEqual(['gain 0 0 0']);
  });

  it('take the newest of the wishes that wait, and none of those who have left', () => {
    const people = Array.from({ length: 256 }, (_, index) => 1_000 + index);
    const flood = (): void => {
      for (let flooder = 100; flooder < 110; flooder++) {
        stage.wish(flooder, { ignored: new Set(people), solo: new Set(people) });
      }
    };
    stage.hear(ADA, 0);
    stage.hear(CLEO, 1);
    stage.speak(BEN, 0);
    flood();
    stage.wish(ADA, { gains: new Map([[BEN, 2]]) });
    stage.wish(ADA, { gains: new Map([[BEN, 3]]) });
    stage.wish(CLEO, { gains: new Map([[BEN, 4]]) });
    stage.rules.leave(CLEO);
    for (let tick = 0; tick < 5; tick++) stage.rules.beginTick();
    expect(engine.take()).toEqual(['gain 0 0 3']);
  });

  it('give a person the gain that one listener wishes, and nobody else', () => {
    stage.hear(ADA, 0);
    stage.hear(CLEO, 1);
    stage.speak(BEN, 5);
    stage.wish(ADA, { gains: new Map([[BEN, 0.25]]) });
    expect(engine.take()).toEqual(['gain 0 5 0.25']);
    stage.wish(ADA, { gains: new Map([[BEN, 2]]) });
    expect(engine.take()).toEqual(['gain 0 5 2']);
    stage.wish(ADA, {});
    expect(engine.take()).toEqual(['gain 0 5 1']);
  });

  it('let neither hear the other when one ignores the other, whoever is served here', () => {
    stage.hear(ADA, 0);
    stage.hear(BEN, 1);
    stage.speak(ADA, 0);
    stage.speak(BEN, 1);
    stage.wish(ADA, { ignored: new Set([BEN]), gains: new Map([[BEN, 3]]) });
    expect(engine.pair(0, 1).gain).toBe(0);
    expect(engine.pair(1, 0).gain).toBe(0);
    stage.wish(ADA, { gains: new Map([[BEN, 3]]) });
    expect(engine.pair(0, 1).gain).toBe(3);
    expect(engine.pair(1, 0).gain).toBe(1);
    // Another mixer serves Cleo: all that is here is the one whom she ignores, and her voice.
    stage.speak(CLEO, 2);
    stage.wish(CLEO, { ignored: new Set([BEN]) });
    expect(engine.pair(1, 2).gain).toBe(0);
  });

  it('keep two who ignore each other apart until both have changed their minds', () => {
    stage.hear(ADA, 0);
    stage.speak(BEN, 0);
    stage.wish(ADA, { ignored: new Set([BEN]) });
    stage.wish(BEN, { ignored: new Set([ADA]) });
    stage.wish(ADA, {});
    expect(engine.pair(0, 0).gain).toBe(0);
    stage.wish(BEN, {});
    expect(engine.pair(0, 0).gain).toBe(1);
  });

  it('hear only some when some are chosen, and everybody again when none is', () => {
    stage.hear(ADA, 0);
    stage.speak(BEN, 0);
    stage.wish(ADA, { solo: new Set([BEN, CLEO]) });
    expect(engine.take()).toEqual(['solo mode 0 true', 'solo 0 0 true']);
    stage.speak(CLEO, 1);
    expect(engine.take()).toEqual(['solo 0 1 true']);
    stage.wish(ADA, { solo: new Set([CLEO]) });
    expect(engine.take()).toEqual(['solo 0 0 false']);
    stage.wish(ADA, {});
    expect(engine.take()).toEqual(['solo mode 0 false', 'solo 0 1 false']);
  });

  it('give a personal space to ears and voice, and a megaphone to the voice', () => {
    stage.wish(ADA, { spaceM: 2, hasMegaphone: true });
    expect(stage.rules.hasMegaphone(ADA)).toBe(true);
    stage.hear(ADA, 4);
    stage.speak(ADA, 7);
    expect(engine.take()).toEqual(['listener space 4 2', 'source space 7 2', 'reach 7 megaphone']);
    stage.wish(ADA, {});
    expect(engine.take()).toEqual(['listener space 4 0', 'source space 7 0', 'reach 7 local']);
  });

  it('remember wishes about people who are not here, and keep a slot clean for whoever has it next', () => {
    stage.wish(ADA, { ignored: new Set([BEN]), solo: new Set([CLEO]), spaceM: 1 });
    expect(engine.take()).toEqual([]);
    stage.hear(ADA, 0);
    stage.speak(BEN, 3);
    expect(engine.pair(0, 3).gain).toBe(0);
    stage.stopSpeaking(3);
    stage.speak(CLEO, 3);
    expect(engine.pair(0, 3)).toEqual({ gain: 1, isSolo: true });
    stage.stopHearing(0);
    stage.hear(BEN, 0);
    expect(engine.pair(0, 3)).toEqual({ gain: 1, isSolo: false });
    expect(engine.soloModes.get(0)).toBe(false);
    expect(engine.listenerSpaces.get(0)).toBe(0);
    stage.speak(BEN, 4);
    stage.stopHearing(0);
    stage.hear(ADA, 0);
    expect(engine.pair(0, 4).gain).toBe(0);
  });

  it('hold for a voice that fades after its person has left, and are forgotten with it', () => {
    stage.hear(BEN, 0);
    stage.speak(ADA, 0);
    stage.wish(ADA, { ignored: new Set([BEN]) });
    stage.rules.leave(ADA);
    expect(engine.pair(0, 0).gain).toBe(0);
    stage.stopSpeaking(0);
    stage.speak(ADA, 0);
    expect(engine.pair(0, 0).gain).toBe(1);
  });

  it('are kept for somebody who is back before the old voice has faded', () => {
    stage.hear(BEN, 0);
    stage.speak(ADA, 0);
    stage.wish(ADA, { ignored: new Set([BEN]) });
    stage.rules.leave(ADA);
    stage.speak(ADA, 1);
    stage.stopSpeaking(0);
    expect(engine.pair(0, 1).gain).toBe(0);
  });

  it('refuse what another gateway says, what cannot be read and what is too much, and go on', () => {
    stage = new Stage(new WishBook(4));
    stage.hear(ADA, 0);
    stage.speak(BEN, 0);
    const ignoring = packHearingWishes({ ...NO_WISHES, ignored: new Set([BEN]) });
    expect(stage.tell(ADA, ignoring, false)).toEqual({ unknown: 1, malformed: 0, tooMany: 0 });
    expect(stage.tell(ADA, Uint8Array.of(0x0a, 0xff))).toEqual({ unknown: 0, malformed: 1, tooMany: 0 });
    expect(stage.engine.take()).toEqual([]);
    expect(stage.tell(ADA, ignoring).tooMany).toBe(0);
    expect(stage.wish(CLEO, { ignored: new Set([5, 6, 7, 8]) }).tooMany).toBe(1);
    expect(stage.wish(CLEO, { ignored: new Set([5, 6, 7]) }).tooMany).toBe(0);
    expect(stage.engine.pair(0, 0).gain).toBe(0);
    // What is repeated is not too much, and changes nothing.
    stage.engine.take();
    expect(stage.tell(ADA, ignoring)).toEqual({ unknown: 0, malformed: 0, tooMany: 0 });
    expect(stage.engine.take()).toEqual([]);
  });

  it('come to the same, whatever happens in whatever order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const world = new World();
        for (const next of steps) {
          world.apply(next);
          world.check();
        }
      }),
      { numRuns: 400 },
    );
  });
});

const PEOPLE = [1, 2, 3, 4];
const SLOTS = [0, 1, 2, 3];
const someone = fc.constantFrom(...PEOPLE);
const people = fc.uniqueArray(someone, { maxLength: 3 });
const wishes = fc.record({
  gains: fc.array(fc.tuple(someone, fc.constantFrom(0, 0.5, 4)), { maxLength: 3 }).map((list) => new Map(list)),
  ignored: people.map((list) => new Set(list)),
  solo: people.map((list) => new Set(list)),
  spaceM: fc.constantFrom(0, 2),
  hasMegaphone: fc.boolean(),
  hearsItself: fc.boolean(),
  volumeDb: fc.constantFrom(0, -6),
  soundsDb: fc.constantFrom(0, -6),
});
const step = fc.oneof(
  fc.record({ type: fc.constant('wish' as const), who: someone, wishes }),
  fc.record({ type: fc.constantFrom<'hear' | 'speak' | 'leave'>('hear', 'speak', 'leave'), who: someone }),
  fc.record({
    type: fc.constantFrom<'stopHearing' | 'stopSpeaking'>('stopHearing', 'stopSpeaking'),
    slot: fc.constantFrom(...SLOTS),
  }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Four people, four slots of each kind, and what the engine should have been told, found by brute force. */
class World extends Stage {
  private readonly wished = new Map<number, HearingWishes>();
  private readonly listeners = new Map<number, number>();
  private readonly sources = new Map<number, number>();
  private readonly left = new Set<number>();

  apply(next: Step): void {
    if (next.type === 'wish') {
      this.left.delete(next.who);
      this.wished.set(next.who, next.wishes);
      this.wish(next.who, next.wishes);
    } else if (next.type === 'hear') this.take(next.who, this.listeners, (slot) => this.hear(next.who, slot));
    else if (next.type === 'speak') this.take(next.who, this.sources, (slot) => this.speak(next.who, slot));
    else if ('slot' in next) this.give(next.type, next.slot);
    else {
      this.rules.leave(next.who);
      this.left.add(next.who);
      this.forgetLeft();
    }
  }

  check(): void {
    for (const [listener, ears] of this.listeners) {
      const mine = this.of(ears);
      expect(this.engine.soloModes.get(listener) ?? false).toBe(mine.solo.size > 0);
      expect(this.engine.listenerSpaces.get(listener) ?? 0).toBe(mine.spaceM);
      for (const [source, voice] of this.sources) {
        const isIgnored = mine.ignored.has(voice) || this.of(voice).ignored.has(ears);
        const gain = isIgnored ? 0 : (mine.gains.get(voice) ?? 1);
        expect(this.engine.pair(listener, source)).toEqual({ gain, isSolo: mine.solo.has(voice) });
      }
    }
    for (const [source, voice] of this.sources) {
      expect(this.engine.sourceSpaces.get(source) ?? 0).toBe(this.of(voice).spaceM);
      expect(this.engine.reaches.get(source) ?? 'local').toBe(this.of(voice).hasMegaphone ? 'megaphone' : 'local');
    }
  }

  private of(who: number): HearingWishes {
    return this.wished.get(who) ?? NO_WISHES;
  }

  private take(who: number, places: Map<number, number>, open: (slot: number) => void): void {
    // One listener each; but a voice may come back while its old one fades.
    const isDouble = places === this.listeners && [...places.values()].includes(who);
    const slot = SLOTS.find((candidate) => !places.has(candidate));
    if (slot === undefined || isDouble) return;
    this.left.delete(who);
    places.set(slot, who);
    open(slot);
  }

  private give(type: 'stopHearing' | 'stopSpeaking', slot: number): void {
    const places = type === 'stopHearing' ? this.listeners : this.sources;
    if (!places.delete(slot)) return;
    if (type === 'stopHearing') this.stopHearing(slot);
    else this.stopSpeaking(slot);
    this.forgetLeft();
  }

  private forgetLeft(): void {
    for (const who of this.left) {
      if ([...this.listeners.values(), ...this.sources.values()].includes(who)) continue;
      this.wished.delete(who);
      this.left.delete(who);
    }
  }
}
