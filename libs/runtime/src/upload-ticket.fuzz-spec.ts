import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { signToken } from './signed-token.js';
import { type UploadClaim, UPLOAD_TICKET_CHARACTERS_MAX, readUploadTicket, signUploadTicket } from './upload-ticket.js';

const KEY = new Uint8Array(32).fill(7);
const NOW_MS = 1_800_000_000_000;
const expiresAtMs = fc.integer({ min: NOW_MS + 1, max: NOW_MS * 2 });
const person: fc.Arbitrary<UploadClaim> = fc.record({
  role: fc.constant<'person'>('person'),
  sessionId: fc.integer({ min: 1, max: 0xffff_ffff }),
  world: fc.stringMatching(/^[a-z0-9-]{1,32}$/),
  expiresAtMs,
});
const operator: fc.Arbitrary<UploadClaim> = fc.record({
  role: fc.constant<'operator'>('operator'),
  sessionId: fc.constant(0),
  world: fc.constant(''),
  expiresAtMs,
});

describe('upload ticket', () => {
  it('is read as it was signed, and is never longer than said', () => {
    fc.assert(
      fc.property(fc.oneof(person, operator), (claim) => {
        const ticket = signUploadTicket(claim, KEY);
        expect(ticket.length).toBeLessThanOrEqual(UPLOAD_TICKET_CHARACTERS_MAX);
        expect(readUploadTicket(ticket, KEY, NOW_MS)).toEqual(claim);
      }),
    );
  });

  it('is worth nothing when a character is changed, when it has expired, or under another key', () => {
    fc.assert(
      fc.property(person, fc.nat(), fc.constantFrom(...'ABCabc019-_'), (claim, at, character) => {
        const ticket = signUploadTicket(claim, KEY);
        const place = at % ticket.length;
        const changed = ticket.slice(0, place) + character + ticket.slice(place + 1);
        // The last character may hold bits that mean nothing; then it is the same ticket written differently.
        const isSame = Buffer.from(changed, 'base64url').equals(Buffer.from(ticket, 'base64url'));
        if (!isSame) expect(readUploadTicket(changed, KEY, NOW_MS)).toBeUndefined();
        expect(readUploadTicket(ticket, KEY, claim.expiresAtMs)).toBeUndefined();
        expect(readUploadTicket(ticket, new Uint8Array(32), NOW_MS)).toBeUndefined();
      }),
    );
  });

  it('refuses any other text, and any other body under the right key', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.uint8Array({ maxLength: 60 }), (text, body) => {
        expect(readUploadTicket(text, KEY, NOW_MS)).toBeUndefined();
        if (body[0] !== 0x55) expect(readUploadTicket(signToken(body, KEY), KEY, NOW_MS)).toBeUndefined();
      }),
    );
  });
});
