import { SCTP_PORT } from './media-constants.js';
import { type Fingerprint, readDescription, readFingerprint, setupOf, unsupported } from './sdp-text.js';
import { type TransportParameters, transportLines } from './sdp-transport.js';

/** What the server needs to know of a client's offer of one data channel; everything in it is within its range. */
export interface DataOffer {
  fingerprint: Fingerprint;
  /** The client's name of the media line, which the answer repeats. */
  mid: string;
}

const MID_PATTERN = /^[0-9A-Za-z_-]{1,32}$/;

/**
 * Reads a client's offer of data channels and nothing else. Pure; the text may be anything.
 *
 * @throws MediaError `offer-malformed` when it cannot be understood, `offer-unsupported` when it can, but is no offer
 *         that we could work with.
 */
export function parseDataOffer(sdp: string): DataOffer {
  const { description, lines } = readDescription(sdp, 'offer');
  const [line] = lines;
  if (lines.length !== 1 || line.type !== 'application' || line.protocol !== 'UDP/DTLS/SCTP') {
    throw unsupported('offer', 'must have one media line, of data channels');
  }
  const mid = String(line.mid ?? '');
  if (!MID_PATTERN.test(mid)) throw unsupported('offer', 'must name its media line');
  if ((line.sctpPort ?? SCTP_PORT) !== SCTP_PORT) throw unsupported('offer', `must say a=sctp-port:${SCTP_PORT}`);
  // As the server of DTLS we never wait for a client that does not speak, and the client's channel is stream 0.
  const setup = setupOf(description, lines);
  if (setup !== 'actpass' && setup !== 'active') throw unsupported('offer', 'must say a=setup:actpass');
  return { fingerprint: readFingerprint(description, lines, 'offer'), mid };
}

/** Builds the answer to it: the server is ICE-lite and waits for the client's DTLS handshake. Pure. */
export function buildDataAnswer(parameters: TransportParameters & { mid: string; messageBytesMax: number }): string {
  const lines = [
    'v=0',
    'o=vicinity 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=ice-lite',
    `a=group:BUNDLE ${parameters.mid}`,
    'm=application 7 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 127.0.0.1',
    `a=mid:${parameters.mid}`,
    ...transportLines(parameters, 'passive'),
    `a=sctp-port:${SCTP_PORT}`,
    `a=max-message-size:${parameters.messageBytesMax}`,
  ];
  return lines.join('\r\n') + '\r\n';
}
