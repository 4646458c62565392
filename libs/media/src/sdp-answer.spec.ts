import { describe, expect, it } from '@jest/globals';
import { MediaError } from './media.errors.js';
import { parseAnswer } from './sdp-answer.js';
import { CHROMIUM_ANSWER } from './sdp-answer.sample.js';

const codeOf = (sdp: string): string => {
  try {
    parseAnswer(sdp);
  } catch (error) {
    if (error instanceof MediaError) return error.code;
    throw error;
  }
  return 'accepted';
};

describe('parseAnswer', () => {
  it('reads what Chromium answers', () => {
    expect(parseAnswer(CHROMIUM_ANSWER)).toEqual({
      fingerprint: {
        algorithm: 'sha-256',
        value: '5A:1B:B6:4E:0C:77:90:21:3F:D8:45:A2:6B:11:C9:E0:52:87:3D:F4:98:06:AC:7E:B1:23:DD:40:65:8F:9A:CB',
      },
      mic: { ssrc: 1290884721, cname: 'Xw1rHTn9yW2z5kQv', hasMidExtension: true, hasAudioLevelExtension: true },
      isMixWanted: true,
    });
  });

  it('takes an answer without a microphone', () => {
    const answer = parseAnswer(CHROMIUM_ANSWER.replace('a=sendonly', 'a=inactive'));
    expect(answer.mic).toBeUndefined();
    expect(answer.isMixWanted).toBe(true);
  });

  it('takes a microphone whose source number is not announced', () => {
    const answer = parseAnswer(CHROMIUM_ANSWER.replace(/a=ssrc:.*\r\n/g, ''));
    expect(answer.mic).toMatchObject({ ssrc: undefined, hasMidExtension: true });
  });

  it.each([
    ['no text', '', 'answer-malformed'],
    ['some text', 'hello', 'answer-malformed'],
    ['a text without media', 'v=0\r\n', 'answer-unsupported'],
    ['one that is too long', 'v=0\r\n' + 'a=x\r\n'.repeat(10_000), 'answer-malformed'],
    ['one with too many lines', 'v=0\n' + 'a\n'.repeat(1_000), 'answer-malformed'],
    ['one that waits for us', CHROMIUM_ANSWER.replaceAll('a=setup:active', 'a=setup:passive'), 'answer-unsupported'],
    ['one without a fingerprint', CHROMIUM_ANSWER.replace(/a=fingerprint.*\r\n/g, ''), 'answer-unsupported'],
    ['a short fingerprint', CHROMIUM_ANSWER.replaceAll(':9A:CB', ''), 'answer-malformed'],
    ['sha-1', CHROMIUM_ANSWER.replaceAll('sha-256', 'sha-1'), 'answer-unsupported'],
    ['other m-lines', CHROMIUM_ANSWER.replace('a=mid:mic', 'a=mid:cam'), 'answer-unsupported'],
    ['no data channels', CHROMIUM_ANSWER.replace('m=application 9', 'm=application 0'), 'answer-unsupported'],
  ])('refuses %s', (_name, sdp, code) => {
    expect(codeOf(sdp)).toBe(code);
  });
});
