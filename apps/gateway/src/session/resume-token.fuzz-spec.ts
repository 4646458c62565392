import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ResumeClaim, TOKEN_CHARACTERS_MAX, readResumeToken, signResumeToken } from './resume-token.js';

const KEY = new Uint8Array(32).fill(7);
const NOW_MS = 1_800_000_000_000;
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const claim: fc.Arbitrary<ResumeClaim> = fc.record({
  sessionId: fc.integer({ min: 1, max: 0xffff_ffff }),
  epoch: uint32,
  birth: uint32,
  expiresAtMs: fc.integer({ min: NOW_MS + 1, max: NOW_MS * 2 }),
  world: fc.stringMatching(/^[a-z0-9-]{1,32}$/),
});

describe('resume token', () => {
  it('is read as it was signed, and is never longer than said', () => {
    fc.assert(
      fc.property(claim, (fields) => {
        const token = signResumeToken(fields, KEY);
        expect(token.length).toBeLessThanOrEqual(TOKEN_CHARACTERS_MAX);
        expect(readResumeToken(token, KEY, NOW_MS)).toEqual(fields);
      }),
    );
  });

  it('is worth nothing when a character is changed, when it has expired, or under another key', () => {
    fc.assert(
      fc.property(claim, fc.nat(), fc.constantFrom(...'ABCabc019-_'), (fields, at, character) => {
        const token = signResumeToken(fields, KEY);
        const place = at % token.length;
        const changed = token.slice(0, place) + character + token.slice(place + 1);
        // The last character may hold bits that mean nothing; then it is the same token written differently.
        const isSame = Buffer.from(changed, 'base64url').equals(Buffer.from(token, 'base64url'));
        if (!isSame) expect(readResumeToken(changed, KEY, NOW_MS)).toBeUndefined();
        expect(readResumeToken(token, KEY, fields.expiresAtMs)).toBeUndefined();
        expect(readResumeToken(token, new Uint8Array(32), NOW_MS)).toBeUndefined();
      }),
    );
  });

  it('refuses any other text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.base64String({ maxLength: 200 }), (text, base64) => {
        expect(readResumeToken(text, KEY, NOW_MS)).toBeUndefined();
        expect(readResumeToken(base64, KEY, NOW_MS)).toBeUndefined();
      }),
    );
  });
});
