/** Payload type of Opus in both directions: what browsers use by default, so that a capture is easy to read. */
export const OPUS_PAYLOAD_TYPE = 111;
/** RTP clock of Opus, in Hz, whatever the audio's bandwidth (RFC 7587, section 4.1). */
export const OPUS_CLOCK_HZ = 48_000;
/** Identifications (a=mid) of the three m-lines, in the offer's order. */
export const MID_MIX = 'mix';
export const MID_MIC = 'mic';
export const MID_DATA = 'data';
/** RTP header extension that names the m-line of a packet (RFC 8843). The number is mediasoup's preferred one. */
export const MID_EXTENSION = { id: 1, uri: 'urn:ietf:params:rtp-hdrext:sdes:mid' } as const;
/** RTP header extension with the level of the packet's audio (RFC 6464). The number is mediasoup's preferred one. */
export const AUDIO_LEVEL_EXTENSION = { id: 6, uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level' } as const;
/** SCTP stream of the channel "reliable". */
export const RELIABLE_STREAM_ID = 0;
/** SCTP stream of the channel "realtime". */
export const REALTIME_STREAM_ID = 1;
/** SCTP's payload protocol identifier of the data channel establishment protocol (RFC 8832), which we do not need. */
export const DCEP_PPID = 50;
/** Payload protocol identifiers of messages without a byte: SCTP cannot carry them, so one byte stands for none. */
export const EMPTY_PPIDS: ReadonlySet<number> = new Set([56, 57]);
/** SCTP's payload protocol identifier of a binary message (RFC 8831, section 8). */
export const BINARY_PPID = 53;
/** What browsers and mediasoup call both ends of an association. */
export const SCTP_PORT = 5_000;
