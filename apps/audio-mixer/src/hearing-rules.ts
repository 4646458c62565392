import {
  type HearingWishes,
  NO_WISHES,
  WireError,
  countNamed,
  decodeMessage,
  unpackHearingWishes,
  type vicinity,
} from '@app/wire';
import { HEARING_NAMED_PER_TICK_MAX, HEARING_PEOPLE_MAX, PERSON_GAIN_MAX, type SessionId } from '@app/world';
import { areSameBytes } from './same-bytes.js';
import { WishBook, namedIn } from './wish-book.js';

/** The part of the spatial engine that wishes concern. */
export interface RuleEngine {
  setPairGain(listener: number, source: number, gain: number): void;
  setSolo(listener: number, source: number, isSolo: boolean): void;
  setSoloMode(listener: number, isOn: boolean): void;
  setListenerSpace(listener: number, radiusM: number): void;
  setSourceSpace(source: number, radiusM: number): void;
  setSourceReach(source: number, reach: 'local' | 'megaphone'): void;
}

/** What a table of wishes did, as counts of its entries. */
export interface WishCounts {
  /** Of sessions that this gateway does not have, as far as is known. */
  unknown: number;
  malformed: number;
  tooMany: number;
}

/** What the engine has been told of one listener and one source; absent pairs are heard as they come. */
interface PairRule {
  gain: number;
  isSolo: boolean;
}

interface EarRules {
  sessionId: SessionId;
  isSoloMode: boolean;
  spaceM: number;
  /** By source; only pairs that differ from how everybody is heard. */
  readonly pairs: Map<number, PairRule>;
}

interface VoiceRules {
  sessionId: SessionId;
  spaceM: number;
  hasMegaphone: boolean;
  kind: SessionSound;
}

/** What a source of a session is: its voice, or what it plays, which it hears itself or not. */
export type SessionSound = 'voice' | 'played' | 'played-to-all';

/** The places that a session has in the engine. It has more than one source while an old one fades. */
interface Places {
  listener: number | undefined;
  readonly sources: Set<number>;
}

const NOTHING_WISHED: Readonly<WishCounts> = { unknown: 0, malformed: 0, tooMany: 0 };

const AS_IT_COMES: Readonly<PairRule> = { gain: 1, isSolo: false };
const NO_BYTES = new Uint8Array(0);

/**
 * Turns what everybody in one world wishes into rules for the engine, and tells it only what has changed. Wishes of people
 * whom this mixer does not serve count as well, because an ignored person must not hear the one who ignores it.
 *
 * Listeners and sources come and go in any order and their slots are used again, so every slot is put back to how it was
 * before it is given away. Nothing is told to the engine about slots that are not open.
 *
 * What changes is limited in each tick, so that nobody can take the mixer's time by wishing. What is beyond that waits for
 * its turn; whoever changes it again meanwhile goes to the end, so those who change once are served first.
 */
export class HearingRules {
  private readonly places = new Map<SessionId, Places>();
  private readonly ears = new Map<number, EarRules>();
  private readonly voices = new Map<number, VoiceRules>();
  /** Those who have left the world, but are still heard for a moment. */
  private readonly leaving = new Set<SessionId>();
  /** Wishes that wait for their turn, by session: the newest bytes of each. */
  private readonly waiting = new Map<SessionId, Uint8Array>();
  /** People whose rules may still change in this tick; below 0 for the last session's surplus. */
  private namedLeft = HEARING_NAMED_PER_TICK_MAX;

  /** @param engine  asked only while something is open */
  constructor(
    private readonly engine: () => RuleEngine,
    private readonly book = new WishBook(),
  ) {}

  /** The session hears from now on. To be told right after the engine has given the slot. */
  openListener(sessionId: SessionId, listener: number): void {
    this.leaving.delete(sessionId);
    this.placesOf(sessionId).listener = listener;
    this.ears.set(listener, { sessionId, isSoloMode: false, spaceM: 0, pairs: new Map() });
    this.refresh(sessionId);
  }

  /** The slot is about to be given back: before the engine removes it. */
  closeListener(listener: number): void {
    const ears = this.ears.get(listener);
    if (!ears) return;
    for (const source of [...ears.pairs.keys()]) this.tellPair(listener, ears, source, AS_IT_COMES);
    this.tellEars(listener, ears, NO_WISHES);
    this.ears.delete(listener);
    const places = this.placesOf(ears.sessionId);
    if (places.listener === listener) places.listener = undefined;
    this.forgetWithoutPlace(ears.sessionId, places);
  }

  /** The session can be heard from now on. To be told right after the engine has given the slot. */
  openSource(sessionId: SessionId, source: number, kind: SessionSound = 'voice'): void {
    this.leaving.delete(sessionId);
    this.placesOf(sessionId).sources.add(source);
    this.voices.set(source, { sessionId, spaceM: 0, hasMegaphone: false, kind });
    this.refresh(sessionId);
    if (kind === 'voice') return;
    for (const ears of this.ears.values()) {
      if (this.book.of(ears.sessionId).soundsDb !== 0) this.refreshPair(ears.sessionId, sessionId);
    }
  }

  /** The slot is about to be given back: before the engine removes it, after its sound has faded. */
  closeSource(source: number): void {
    const voice = this.voices.get(source);
    if (!voice) return;
    for (const [listener, ears] of this.ears) this.tellPair(listener, ears, source, AS_IT_COMES);
    this.tellVoice(source, voice, NO_WISHES);
    this.voices.delete(source);
    const places = this.placesOf(voice.sessionId);
    places.sources.delete(source);
    this.forgetWithoutPlace(voice.sessionId, places);
  }

  /** The session has left the world. What it wished holds until the last of it has faded. */
  leave(sessionId: SessionId): void {
    this.waiting.delete(sessionId);
    if (this.places.has(sessionId)) this.leaving.add(sessionId);
    else this.book.set(sessionId, NO_WISHES, NO_BYTES);
  }

  /** A tick begins: those who wait get their turn. */
  beginTick(): Readonly<WishCounts> {
    this.namedLeft = HEARING_NAMED_PER_TICK_MAX;
    if (this.waiting.size === 0) return NOTHING_WISHED;
    const counts: WishCounts = { unknown: 0, malformed: 0, tooMany: 0 };
    for (const [sessionId, bytes] of this.waiting) {
      if (this.namedLeft <= 0) break;
      this.waiting.delete(sessionId);
      this.take(sessionId, bytes, counts);
    }
    return counts;
  }

  /**
   * Takes what a gateway says that its sessions wish. What has come before is known by its bytes, and costs nothing.
   *
   * @param isOfGateway  whether this gateway speaks for the session; what it says of others is dropped
   */
  applyTable(table: vicinity.v1.HearingTable, isOfGateway: (sessionId: SessionId) => boolean): WishCounts {
    const counts: WishCounts = { unknown: 0, malformed: 0, tooMany: 0 };
    for (const entry of table.entries) {
      const sessionId = entry.sessionId ?? 0;
      const bytes = entry.wishes ?? NO_BYTES;
      if (!isOfGateway(sessionId)) {
        counts.unknown++;
        continue;
      }
      this.leaving.delete(sessionId);
      if (areSameBytes(this.waiting.get(sessionId), bytes)) continue;
      this.waiting.delete(sessionId);
      if (this.book.isKnown(sessionId, bytes)) continue;
      // The message that the bytes are a part of goes on to be reused.
      if (this.namedLeft <= 0) this.waiting.set(sessionId, bytes.slice());
      else this.take(sessionId, bytes, counts);
    }
    return counts;
  }

  /** Whether the session is heard everywhere, so that its packets are worth decoding wherever it stands. */
  hasMegaphone(sessionId: SessionId): boolean {
    return this.book.of(sessionId).hasMegaphone;
  }

  /** Whether the session wants to hear its own voice. */
  hearsItself(sessionId: SessionId): boolean {
    return this.book.of(sessionId).hearsItself;
  }

  /** How loud the session hears everything: linear, 1 as it comes. */
  volumeOf(sessionId: SessionId): number {
    const { volumeDb } = this.book.of(sessionId);
    return volumeDb === 0 ? 1 : linearOf(volumeDb);
  }

  private take(sessionId: SessionId, bytes: Uint8Array, counts: WishCounts): void {
    const wishes = readWishes(bytes);
    // Reading them takes time, too.
    this.namedLeft -= 1 + countNamed(this.book.of(sessionId)) + (wishes ? countNamed(wishes) : HEARING_PEOPLE_MAX);
    if (!wishes) counts.malformed++;
    else if (!this.setWishes(sessionId, wishes, bytes)) counts.tooMany++;
  }

  private setWishes(sessionId: SessionId, wishes: HearingWishes, bytes: Uint8Array): boolean {
    const before = this.book.of(sessionId);
    if (!this.book.set(sessionId, wishes, bytes)) return false;
    this.refreshOwn(sessionId);
    for (const other of namedIn(before)) this.refreshPairs(sessionId, other);
    for (const other of namedIn(wishes)) this.refreshPairs(sessionId, other);
    if (before.soundsDb !== wishes.soundsDb) this.refreshPlayed(sessionId);
    return true;
  }

  /** Brings everything that concerns a session in line with the wishes. */
  private refresh(sessionId: SessionId): void {
    this.refreshOwn(sessionId);
    this.refreshPair(sessionId, sessionId);
    if (this.book.of(sessionId).soundsDb !== 0) this.refreshPlayed(sessionId);
    for (const other of namedIn(this.book.of(sessionId))) this.refreshPairs(sessionId, other);
    for (const other of this.book.namersOf(sessionId)) this.refreshPairs(sessionId, other);
  }

  private refreshOwn(sessionId: SessionId): void {
    const places = this.places.get(sessionId);
    if (!places) return;
    const wishes = this.book.of(sessionId);
    const ears = places.listener === undefined ? undefined : this.ears.get(places.listener);
    if (ears) this.tellEars(places.listener as number, ears, wishes);
    for (const source of places.sources) this.tellVoice(source, this.voices.get(source) as VoiceRules, wishes);
  }

  /** How this listener hears what is played. */
  private refreshPlayed(listenerId: SessionId): void {
    for (const { kind, sessionId } of this.voices.values()) {
      if (kind !== 'voice') this.refreshPair(listenerId, sessionId);
    }
  }

  private refreshPairs(a: SessionId, b: SessionId): void {
    this.refreshPair(a, b);
    this.refreshPair(b, a);
  }

  private refreshPair(listenerId: SessionId, sourceId: SessionId): void {
    const listener = this.places.get(listenerId)?.listener;
    const sources = this.places.get(sourceId)?.sources;
    if (listener === undefined || !sources) return;
    const ears = this.ears.get(listener) as EarRules;
    for (const source of sources) {
      const { kind } = this.voices.get(source) as VoiceRules;
      this.tellPair(listener, ears, source, this.ruleOf(listenerId, sourceId, kind));
    }
  }

  private ruleOf(listenerId: SessionId, sourceId: SessionId, kind: SessionSound): PairRule {
    const wishes = this.book.of(listenerId);
    const isIgnored = wishes.ignored.has(sourceId) || this.book.of(sourceId).ignored.has(listenerId);
    const isSolo = wishes.solo.has(sourceId);
    // Its own voice is no pair's business.
    if (isIgnored || (kind === 'played' && listenerId === sourceId)) return { gain: 0, isSolo };
    const gain = wishes.gains.get(sourceId) ?? 1;
    if (kind === 'voice' || wishes.soundsDb === 0) return { gain, isSolo };
    return { gain: Math.min(PERSON_GAIN_MAX, gain * linearOf(wishes.soundsDb)), isSolo };
  }

  private tellPair(listener: number, ears: EarRules, source: number, rule: Readonly<PairRule>): void {
    const told = ears.pairs.get(source) ?? AS_IT_COMES;
    if (told.gain !== rule.gain) this.engine().setPairGain(listener, source, rule.gain);
    if (told.isSolo !== rule.isSolo) this.engine().setSolo(listener, source, rule.isSolo);
    if (rule.gain === 1 && !rule.isSolo) ears.pairs.delete(source);
    else ears.pairs.set(source, rule);
  }

  private tellEars(listener: number, ears: EarRules, { solo, spaceM }: HearingWishes): void {
    const isSoloMode = solo.size > 0;
    if (ears.isSoloMode !== isSoloMode) this.engine().setSoloMode(listener, isSoloMode);
    if (ears.spaceM !== spaceM) this.engine().setListenerSpace(listener, spaceM);
    ears.isSoloMode = isSoloMode;
    ears.spaceM = spaceM;
  }

  private tellVoice(source: number, voice: VoiceRules, { spaceM, hasMegaphone }: HearingWishes): void {
    if (voice.spaceM !== spaceM) this.engine().setSourceSpace(source, spaceM);
    if (voice.hasMegaphone !== hasMegaphone) {
      this.engine().setSourceReach(source, hasMegaphone ? 'megaphone' : 'local');
    }
    voice.spaceM = spaceM;
    voice.hasMegaphone = hasMegaphone;
  }

  private placesOf(sessionId: SessionId): Places {
    let places = this.places.get(sessionId);
    if (!places) this.places.set(sessionId, (places = { listener: undefined, sources: new Set() }));
    return places;
  }

  private forgetWithoutPlace(sessionId: SessionId, places: Places): void {
    if (places.listener !== undefined || places.sources.size > 0) return;
    this.places.delete(sessionId);
    if (this.leaving.delete(sessionId)) this.book.set(sessionId, NO_WISHES, NO_BYTES);
  }
}

function linearOf(dB: number): number {
  return 10 ** (dB / 20);
}

/** Undefined for what a gateway should not have let through. */
function readWishes(bytes: Uint8Array): HearingWishes | undefined {
  try {
    return unpackHearingWishes(decodeMessage('HearingWishes', bytes));
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}
