import { describe, expect, it } from '@jest/globals';
import { HEARING_NAMED_BYTES_MAX, HEARING_PEOPLE_MAX, PERSONAL_SPACE_M_MAX, PERSON_GAIN_MAX } from '@app/world';
import { decodeMessage, encodeMessage, type MessageFields } from './codec.js';
import {
  type HearingWishes,
  NO_WISHES,
  countNamed,
  isWithoutWishes,
  packHearingWishes,
  unpackHearingWishes,
} from './hearing-wishes.js';

const read = (bytes: Uint8Array): HearingWishes => unpackHearingWishes(decodeMessage('HearingWishes', bytes));
const readFields = (fields: MessageFields<'HearingWishes'>): HearingWishes =>
  read(encodeMessage('HearingWishes', fields));

describe('HearingWishes', () => {
  it('come out as they went in', () => {
    const wishes: HearingWishes = {
      gains: new Map([
        [7, 0.25],
        [0xffff_ffff, 4],
      ]),
      ignored: new Set([8, 9]),
      solo: new Set([7]),
      spaceM: 1.5,
      hasMegaphone: true,
      hearsItself: true,
      volumeDb: -6.5,
      soundsDb: 12,
    };
    expect(read(packHearingWishes(wishes))).toEqual(wishes);
    expect(countNamed(wishes)).toBe(5);
    expect(isWithoutWishes(wishes)).toBe(false);
  });

  it('take no bytes at all when nothing is wished', () => {
    expect(packHearingWishes(NO_WISHES)).toHaveLength(0);
    expect(read(new Uint8Array(0))).toEqual(NO_WISHES);
    expect(unpackHearingWishes(undefined)).toBe(NO_WISHES);
    expect(isWithoutWishes(NO_WISHES)).toBe(true);
  });

  it('let the last of several repetitions count, and leave out what changes nothing', () => {
    const wishes = readFields({
      gains: [
        { sessionId: 1, gain: 2 },
        { sessionId: 2, gain: 1 },
        { sessionId: 1, gain: 3 },
        { sessionId: 3, gain: 0.5 },
        { sessionId: 3, gain: 1 },
      ],
      ignored: [5, 5],
      solo: [6, 6, 6],
    });
    expect([...wishes.gains]).toEqual([[1, 3]]);
    expect([...wishes.ignored]).toEqual([5]);
    expect([...wishes.solo]).toEqual([6]);
  });

  it('take a gain that is absent for silence, as the wire has it', () => {
    expect(readFields({ gains: [{ sessionId: 1 }] }).gains.get(1)).toBe(0);
  });

  it.each<[string, MessageFields<'HearingWishes'>]>([
    ['a gain that is no number', { gains: [{ sessionId: 1, gain: NaN }] }],
    ['a gain that is endless', { gains: [{ sessionId: 1, gain: Infinity }] }],
    ['a gain below 0', { gains: [{ sessionId: 1, gain: -0.1 }] }],
    ['a gain that is too loud', { gains: [{ sessionId: 1, gain: PERSON_GAIN_MAX + 0.1 }] }],
    ['a gain for nobody', { gains: [{ gain: 1 }] }],
    ['nobody ignored', { ignored: [1, 0] }],
    ['nobody heard alone', { solo: [0] }],
    ['a volume that is no number', { volumeDb: NaN }],
    ['sounds that are too loud', { soundsDb: 12.5 }],
    ['a space that is no number', { spaceM: NaN }],
    ['a space below 0', { spaceM: -1 }],
    ['a space that is too large', { spaceM: PERSONAL_SPACE_M_MAX + 0.1 }],
    ['too many ignored', { ignored: new Array<number>(HEARING_PEOPLE_MAX + 1).fill(1) }],
    ['too many gains', { gains: new Array<object>(HEARING_PEOPLE_MAX + 1).fill({ sessionId: 1, gain: 2 }) }],
  ])('are refused with %s', (_name, fields) => {
    expect(() => readFields(fields)).toThrow(expect.objectContaining({ code: 'hearing-malformed' }));
  });

  it('are never larger than limits.ts says', () => {
    const people = Array.from({ length: HEARING_PEOPLE_MAX }, (_, index) => 0xffff_ffff - index);
    const wishes: HearingWishes = {
      gains: new Map(people.map((sessionId) => [sessionId, 0.3])),
      ignored: new Set(people),
      solo: new Set(people),
      spaceM: 0.1,
      hasMegaphone: true,
      hearsItself: true,
      volumeDb: -6.5,
      soundsDb: 12,
    };
    const bytes = packHearingWishes(wishes);
    expect(bytes.length).toBeLessThan(5_200);
    expect(bytes.length).toBeLessThan(countNamed(wishes) * HEARING_NAMED_BYTES_MAX);
  });
});
