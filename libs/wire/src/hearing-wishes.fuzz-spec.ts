import { describe, expect, it } from '@jest/globals';
import { HEARING_PEOPLE_MAX, PERSONAL_SPACE_M_MAX, PERSON_GAIN_MAX } from '@app/world';
import fc from 'fast-check';
import { decodeMessage, encodeMessage } from './codec.js';
import { type HearingWishes, packHearingWishes, unpackHearingWishes } from './hearing-wishes.js';
import { WireError } from './wire.errors.js';

function expectWithinLimits(wishes: HearingWishes): void {
  for (const people of [wishes.gains, wishes.ignored, wishes.solo]) {
    expect(people.size).toBeLessThanOrEqual(HEARING_PEOPLE_MAX);
    expect(people.has(0)).toBe(false);
  }
  for (const gain of wishes.gains.values()) expect(gain >= 0 && gain <= PERSON_GAIN_MAX && gain !== 1).toBe(true);
  for (const level of [wishes.volumeDb, wishes.soundsDb]) expect(Math.abs(level + 24) <= 36).toBe(true);
  expect(wishes.spaceM >= 0 && wishes.spaceM <= PERSONAL_SPACE_M_MAX).toBe(true);
}

/** Reads, checks what came out, and that it comes out the same a second time. Whatever is refused is so with a code. */
function checkReading(bytes: Uint8Array): void {
  let wishes: HearingWishes;
  try {
    wishes = unpackHearingWishes(decodeMessage('HearingWishes', bytes));
  } catch (error) {
    expect(error).toBeInstanceOf(WireError);
    return;
  }
  expectWithinLimits(wishes);
  expect(unpackHearingWishes(decodeMessage('HearingWishes', packHearingWishes(wishes)))).toEqual(wishes);
}

const sessionId = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 0xffff_ffff }));
const number = fc.oneof(fc.float(), fc.float({ min: 0, max: 10 }), fc.constantFrom(NaN, Infinity, -0, 1));
const fields = fc.record(
  {
    gains: fc.array(fc.record({ sessionId, gain: number }, { requiredKeys: [] }), { maxLength: 300 }),
    ignored: fc.array(sessionId, { maxLength: 300 }),
    solo: fc.array(sessionId, { maxLength: 300 }),
    spaceM: number,
    megaphone: fc.boolean(),
    hearsItself: fc.boolean(),
    volumeDb: number,
    soundsDb: number,
  },
  { requiredKeys: [] },
);

describe('HearingWishes from anywhere', () => {
  it('are within their limits or refused, whatever bytes come', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), checkReading));
  });

  it('are within their limits or refused, whatever the fields say', () => {
    fc.assert(fc.property(fields, (given) => checkReading(encodeMessage('HearingWishes', given))));
  });

  it('are within their limits or refused when bits have flipped', () => {
    const flips = fc.array(fc.nat(), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fields, flips, (given, bits) => {
        const bytes = encodeMessage('HearingWishes', given).slice();
        for (const bit of bits) if (bytes.length > 0) bytes[(bit >> 3) % bytes.length] ^= 1 << (bit & 7);
        checkReading(bytes);
      }),
    );
  });
});
