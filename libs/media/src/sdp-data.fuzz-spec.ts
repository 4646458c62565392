import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { changesOf } from '../test/sdp-changes.js';
import { MediaError } from './media.errors.js';
import { parseDataOffer } from './sdp-data.js';
import { CHROMIUM_DATA_OFFER } from './sdp-data.sample.js';

function check(sdp: string): void {
  try {
    const { fingerprint, mid } = parseDataOffer(sdp);
    // Whatever is accepted is safe to hand to the media worker, and to write into an answer.
    expect(fingerprint.value).toMatch(/^[0-9A-F]{2}(:[0-9A-F]{2})+$/);
    expect(['sha-256', 'sha-384', 'sha-512']).toContain(fingerprint.algorithm);
    expect(mid).toMatch(/^[\w-]{1,32}$/);
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
    expect(error.code).toMatch(/^offer-/);
  }
}

describe('parseDataOffer', () => {
  it('accepts or refuses any text with a code', () => {
    fc.assert(fc.property(fc.string({ maxLength: 400 }), (text) => check(`v=0\r\n${text}`)));
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), check));
  });

  it('accepts or refuses any change of a real offer with a code', () => {
    fc.assert(fc.property(changesOf(CHROMIUM_DATA_OFFER), check), { numRuns: 2_000 });
  });
});
