import {
  AUDIO_LEVEL_EXTENSION,
  MID_DATA,
  MID_EXTENSION,
  MID_MIC,
  MID_MIX,
  OPUS_CLOCK_HZ,
  OPUS_PAYLOAD_TYPE,
  SCTP_PORT,
} from './media-constants.js';
import { type TransportParameters, transportLines } from './sdp-transport.js';

/** Everything of the server's side that a client must know. */
export interface OfferParameters extends TransportParameters {
  /** Grows with each offer of a session, so that no two descriptions are alike. */
  generation: number;
  /** The mix stream, server to client. */
  mixSsrc: number;
  mixCname: string;
  /** Largest message that the server takes from the client, in bytes. */
  messageBytesMax: number;
}

/**
 * Builds the server's offer: m-lines mix, mic, data; one transport for all of them (BUNDLE). Pure.
 *
 * The server is ICE-lite and offers `actpass`, as RFC 8842 asks of an offerer; the answer is to say `active`.
 */
export function buildOffer(parameters: OfferParameters): string {
  const transport = transportLines(parameters, 'actpass');
  const lines = [
    'v=0',
    `o=vicinity 1 ${parameters.generation} IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    'a=ice-lite',
    `a=group:BUNDLE ${MID_MIX} ${MID_MIC} ${MID_DATA}`,
    'a=msid-semantic: WMS *',

    `m=audio 7 UDP/TLS/RTP/SAVPF ${OPUS_PAYLOAD_TYPE}`,
    'c=IN IP4 127.0.0.1',
    `a=mid:${MID_MIX}`,
    'a=sendonly',
    ...transport,
    'a=rtcp-mux',
    'a=rtcp-rsize',
    `a=rtpmap:${OPUS_PAYLOAD_TYPE} opus/${OPUS_CLOCK_HZ}/2`,
    `a=fmtp:${OPUS_PAYLOAD_TYPE} minptime=20;stereo=1;sprop-stereo=1;useinbandfec=1;usedtx=1`,
    `a=extmap:${MID_EXTENSION.id} ${MID_EXTENSION.uri}`,
    'a=msid:vicinity mix',
    `a=ssrc:${parameters.mixSsrc} cname:${parameters.mixCname}`,

    `m=audio 7 UDP/TLS/RTP/SAVPF ${OPUS_PAYLOAD_TYPE}`,
    'c=IN IP4 127.0.0.1',
    `a=mid:${MID_MIC}`,
    'a=recvonly',
    ...transport,
    'a=rtcp-mux',
    'a=rtcp-rsize',
    `a=rtpmap:${OPUS_PAYLOAD_TYPE} opus/${OPUS_CLOCK_HZ}/2`,
    `a=fmtp:${OPUS_PAYLOAD_TYPE} minptime=10;useinbandfec=1;usedtx=1`,
    `a=extmap:${MID_EXTENSION.id} ${MID_EXTENSION.uri}`,
    `a=extmap:${AUDIO_LEVEL_EXTENSION.id} ${AUDIO_LEVEL_EXTENSION.uri}`,

    'm=application 7 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 127.0.0.1',
    `a=mid:${MID_DATA}`,
    ...transport,
    `a=sctp-port:${SCTP_PORT}`,
    `a=max-message-size:${parameters.messageBytesMax}`,
  ];
  return lines.join('\r\n') + '\r\n';
}
