import { describe, expect, it } from '@jest/globals';
import { MediaError } from './media.errors.js';
import { buildDataAnswer, parseDataOffer } from './sdp-data.js';
import { CHROMIUM_DATA_OFFER } from './sdp-data.sample.js';

const codeOf = (sdp: string): string => {
  try {
    parseDataOffer(sdp);
  } catch (error) {
    if (error instanceof MediaError) return error.code;
    throw error;
  }
  return 'accepted';
};

describe('parseDataOffer', () => {
  it('reads what Chromium offers', () => {
    expect(parseDataOffer(CHROMIUM_DATA_OFFER)).toEqual({
      fingerprint: {
        algorithm: 'sha-256',
        value: '0B:D2:61:7C:4E:9A:33:F8:15:A7:C6:5D:E0:29:84:BB:72:1F:96:4A:D8:03:6E:B5:58:C1:AF:17:EC:40:3D:89',
      },
      mid: '0',
    });
  });

  it.each([
    ['the name that Firefox and others give the line', CHROMIUM_DATA_OFFER.replace('a=mid:0', 'a=mid:data-1')],
    ['one that leaves the port to the standard', CHROMIUM_DATA_OFFER.replace('a=sctp-port:5000\r\n', '')],
    ['one that insists on speaking first', CHROMIUM_DATA_OFFER.replace('actpass', 'active')],
  ])('takes %s', (_name, sdp) => {
    expect(codeOf(sdp)).toBe('accepted');
  });

  it.each([
    ['no text', '', 'offer-malformed'],
    ['a text without media', 'v=0\r\n', 'offer-unsupported'],
    ['one that is too long', CHROMIUM_DATA_OFFER + 'a=x\r\n'.repeat(10_000), 'offer-malformed'],
    ['one with too many lines', CHROMIUM_DATA_OFFER + 'a\n'.repeat(1_000), 'offer-malformed'],
    ['one that waits for us', CHROMIUM_DATA_OFFER.replace('actpass', 'passive'), 'offer-unsupported'],
    ['one without a fingerprint', CHROMIUM_DATA_OFFER.replace(/a=fingerprint.*\r\n/, ''), 'offer-unsupported'],
    ['a fingerprint that is none', CHROMIUM_DATA_OFFER.replace('0B:D2', '0B:XX'), 'offer-malformed'],
    ['a second media line', CHROMIUM_DATA_OFFER + 'm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n', 'offer-unsupported'],
    ['a picture', CHROMIUM_DATA_OFFER.replace('m=application', 'm=video'), 'offer-unsupported'],
    [
      'the protocol before the standard',
      CHROMIUM_DATA_OFFER.replace('UDP/DTLS/SCTP', 'DTLS/SCTP'),
      'offer-unsupported',
    ],
    ['another port', CHROMIUM_DATA_OFFER.replace('sctp-port:5000', 'sctp-port:5001'), 'offer-unsupported'],
    ['a name that would break the answer', CHROMIUM_DATA_OFFER.replace('mid:0', 'mid:0;x'), 'offer-unsupported'],
    ['no name', CHROMIUM_DATA_OFFER.replace('a=mid:0\r\n', ''), 'offer-unsupported'],
  ])('refuses %s', (_name, sdp, code) => {
    expect(codeOf(sdp)).toBe(code);
  });
});

describe('buildDataAnswer', () => {
  it('answers as a server that is spoken to first, under the name of the offer', () => {
    const candidate = { foundation: 'udp', priority: 1, address: '192.0.2.7', protocol: 'udp', port: 40_103 } as const;
    const answer = buildDataAnswer({
      mid: 'data-1',
      ice: { usernameFragment: 'u', password: 'p' },
      candidates: [candidate],
      fingerprintSha256: 'AA',
      messageBytesMax: 1_464,
    });
    expect(answer.split('\r\n')).toEqual(
      expect.arrayContaining([
        'a=ice-lite',
        'a=group:BUNDLE data-1',
        'm=application 7 UDP/DTLS/SCTP webrtc-datachannel',
        'a=mid:data-1',
        'a=setup:passive',
        'a=candidate:udp 1 udp 1 192.0.2.7 40103 typ host',
        'a=sctp-port:5000',
        'a=max-message-size:1464',
      ]),
    );
  });
});
