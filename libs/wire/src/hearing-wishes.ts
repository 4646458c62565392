import {
  HEARING_PEOPLE_MAX,
  PERSONAL_SPACE_M_MAX,
  PERSON_GAIN_MAX,
  type SessionId,
  WISHED_DB_MAX,
  WISHED_DB_MIN,
} from '@app/world';
import { encodeMessage } from './codec.js';
import type { vicinity } from './generated/wire.js';
import { WireError } from './wire.errors.js';

/** What a person wishes about what it hears, checked: every number within its range, nobody named twice. */
export interface HearingWishes {
  /** Linear, in [0, PERSON_GAIN_MAX]; never 1, which everybody has who is not named. */
  readonly gains: ReadonlyMap<SessionId, number>;
  /** Those who are not heard, and do not hear. */
  readonly ignored: ReadonlySet<SessionId>;
  /** Unless it is empty, only these are heard. */
  readonly solo: ReadonlySet<SessionId>;
  /** Radius within which nobody hears this person, and it hears nobody, in metres, in [0, PERSONAL_SPACE_M_MAX]. */
  readonly spaceM: number;
  /** Speaks to everybody, wherever they are. */
  readonly hasMegaphone: boolean;
  /** Hears its own voice, too. */
  readonly hearsItself: boolean;
  /** Of everything, in dB, in [WISHED_DB_MIN, WISHED_DB_MAX]; 0 is as it comes. */
  readonly volumeDb: number;
  /** Of what others play beside their voices, on top of that. */
  readonly soundsDb: number;
}

/** Everything as it comes. */
export const NO_WISHES: HearingWishes = {
  gains: new Map(),
  ignored: new Set(),
  solo: new Set(),
  spaceM: 0,
  hasMegaphone: false,
  hearsItself: false,
  volumeDb: 0,
  soundsDb: 0,
};

/** How many people are named, each as often as it is: what wishes cost those who keep them. */
export function countNamed({ gains, ignored, solo }: HearingWishes): number {
  return gains.size + ignored.size + solo.size;
}

/** Whether everything is as it comes. */
export function isWithoutWishes(wishes: HearingWishes): boolean {
  const { spaceM, hasMegaphone, hearsItself, volumeDb, soundsDb } = wishes;
  const isPlain = spaceM === 0 && volumeDb === 0 && soundsDb === 0;
  return isPlain && !hasMegaphone && !hearsItself && countNamed(wishes) === 0;
}

/** Encodes a HearingWishes; no bytes at all when nothing is wished. */
export function packHearingWishes(wishes: HearingWishes): Uint8Array {
  return encodeMessage('HearingWishes', wishFieldsOf(wishes));
}

/** Wishes as they are put into another message. */
export function wishFieldsOf(wishes: HearingWishes): vicinity.v1.HearingWishes.$Properties {
  return {
    gains: [...wishes.gains].map(([sessionId, gain]) => ({ sessionId, gain })),
    ignored: [...wishes.ignored],
    solo: [...wishes.solo],
    spaceM: wishes.spaceM,
    megaphone: wishes.hasMegaphone,
    hearsItself: wishes.hearsItself,
    volumeDb: wishes.volumeDb,
    soundsDb: wishes.soundsDb,
  };
}

/**
 * Checks a decoded HearingWishes. Of repetitions the last counts, and gains of 1 are left out. People who are not here are
 * kept. Fails with `hearing-malformed` whose sentence says what is out of its range; never otherwise.
 */
export function unpackHearingWishes(message: vicinity.v1.HearingWishes.$Properties | null | undefined): HearingWishes {
  if (!message) return NO_WISHES;
  const spaceM = message.spaceM ?? 0;
  if (!(spaceM >= 0 && spaceM <= PERSONAL_SPACE_M_MAX)) {
    throw malformed(`A personal space is a radius of 0 to ${PERSONAL_SPACE_M_MAX} m.`);
  }
  return {
    gains: readGains(message.gains ?? []),
    ignored: readPeople(message.ignored ?? []),
    solo: readPeople(message.solo ?? []),
    spaceM,
    hasMegaphone: message.megaphone === true,
    hearsItself: message.hearsItself === true,
    volumeDb: readLevel(message.volumeDb),
    soundsDb: readLevel(message.soundsDb),
  };
}

function readLevel(given: number | null | undefined): number {
  const level = given ?? 0;
  if (!(level >= WISHED_DB_MIN && level <= WISHED_DB_MAX)) {
    throw malformed(`A level is a number from ${WISHED_DB_MIN} to ${WISHED_DB_MAX} dB.`);
  }
  return level;
}

function readGains(list: readonly vicinity.v1.PersonGain.$Properties[]): Map<SessionId, number> {
  checkCount(list.length);
  const gains = new Map<SessionId, number>();
  for (const { sessionId, gain: given } of list) {
    const gain = given ?? 0;
    if (!(gain >= 0 && gain <= PERSON_GAIN_MAX)) throw malformed(`A gain is a number from 0 to ${PERSON_GAIN_MAX}.`);
    gains.set(readPerson(sessionId), gain);
  }
  for (const [sessionId, gain] of gains) if (gain === 1) gains.delete(sessionId);
  return gains;
}

function readPeople(list: readonly SessionId[]): Set<SessionId> {
  checkCount(list.length);
  return new Set(list.map(readPerson));
}

function readPerson(sessionId: SessionId | null | undefined): SessionId {
  if (!sessionId) throw malformed('Nobody has the number 0.');
  return sessionId;
}

function checkCount(count: number): void {
  if (count > HEARING_PEOPLE_MAX)
    throw malformed(`At most ${HEARING_PEOPLE_MAX} people can be named in one kind of wish.`);
}

function malformed(sentence: string): WireError {
  return new WireError('hearing-malformed', sentence);
}
