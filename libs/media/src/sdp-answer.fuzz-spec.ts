import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { changesOf } from '../test/sdp-changes.js';
import { MediaError } from './media.errors.js';
import { type AnswerParameters, parseAnswer } from './sdp-answer.js';
import { CHROMIUM_ANSWER } from './sdp-answer.sample.js';

/** Whatever is accepted is safe to hand to the media worker. */
function expectSafe(answer: AnswerParameters): void {
  expect(answer.fingerprint.value).toMatch(/^[0-9A-F]{2}(:[0-9A-F]{2})+$/);
  expect(['sha-256', 'sha-384', 'sha-512']).toContain(answer.fingerprint.algorithm);
  const ssrc = answer.mic?.ssrc;
  if (ssrc !== undefined) expect(Number.isInteger(ssrc) && ssrc > 0 && ssrc <= 0xffff_ffff).toBe(true);
  const cname = answer.mic?.cname;
  if (cname !== undefined) expect(cname.length).toBeLessThanOrEqual(64);
}

function check(sdp: string): void {
  let answer: AnswerParameters;
  try {
    answer = parseAnswer(sdp);
  } catch (error) {
    expect(error).toBeInstanceOf(MediaError);
    return;
  }
  expectSafe(answer);
}

describe('parseAnswer', () => {
  it('accepts or refuses any text with a code', () => {
    fc.assert(fc.property(fc.string({ maxLength: 400 }), (text) => check(`v=0\r\n${text}`)));
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), check));
  });

  it('accepts or refuses any change of a real answer with a code', () => {
    fc.assert(fc.property(changesOf(CHROMIUM_ANSWER), check), { numRuns: 2_000 });
  });
});
