import {
  MID_DATA,
  MID_EXTENSION,
  MID_MIC,
  MID_MIX,
  OPUS_PAYLOAD_TYPE,
  AUDIO_LEVEL_EXTENSION,
} from './media-constants.js';
import {
  type Fingerprint,
  type Description,
  type MediaLine,
  readDescription,
  readFingerprint,
  setupOf,
  unsupported,
} from './sdp-text.js';

/** What the server needs to know of a client's answer; everything in it is within its range. */
export interface AnswerParameters {
  fingerprint: Fingerprint;
  /** The microphone's stream; absent when the client sends no sound (no microphone, a refused permission). */
  mic?: {
    /** Absent when the answer does not announce it; the packets then name their m-line. */
    ssrc?: number;
    cname?: string;
    hasMidExtension: boolean;
    hasAudioLevelExtension: boolean;
  };
  /** Whether the client receives the mix. */
  isMixWanted: boolean;
}

const CNAME_PATTERN = /^[\x21-\x7e]{1,64}$/;

/**
 * Reads a client's answer to `buildOffer`. Pure; the text may be anything.
 *
 * @throws MediaError `answer-malformed` when it cannot be understood, `answer-unsupported` when it can, but is no
 *         answer that we could work with.
 */
export function parseAnswer(sdp: string): AnswerParameters {
  const { description, lines } = readDescription(sdp, 'answer');
  if (lines.length !== 3) throw unsupported('answer', 'must have three media lines');
  const [mix, mic, data] = lines;
  checkLine(mix, 'audio', MID_MIX);
  checkLine(mic, 'audio', MID_MIC);
  checkLine(data, 'application', MID_DATA);
  if (data.port === 0) throw unsupported('answer', 'refuses the data channels');
  checkSetup(description, lines);
  return {
    fingerprint: readFingerprint(description, lines, 'answer'),
    mic: readMic(mic),
    isMixWanted: isAccepted(mix) && (mix.direction === 'recvonly' || mix.direction === 'sendrecv'),
  };
}

function checkLine(line: MediaLine, type: string, mid: string): void {
  if (line.type !== type || String(line.mid ?? '') !== mid) {
    throw unsupported('answer', `does not have its media lines in the offer's order: ${mid} is missing`);
  }
}

/** The role is ours to choose: as the server of DTLS we never wait for a client that does not speak. */
function checkSetup(description: Description, lines: MediaLine[]): void {
  if (setupOf(description, lines) !== 'active') throw unsupported('answer', 'must say a=setup:active');
}

function isAccepted(line: MediaLine): boolean {
  return (
    line.port !== 0 && (line.rtp ?? []).some((codec) => codec.payload === OPUS_PAYLOAD_TYPE && isOpus(codec.codec))
  );
}

function isOpus(name: unknown): boolean {
  return typeof name === 'string' && name.toLowerCase() === 'opus';
}

function readMic(line: MediaLine): AnswerParameters['mic'] {
  // Without an attribute the direction is sendrecv (RFC 8866, section 6.7), but a browser always writes one.
  if (!isAccepted(line) || (line.direction !== 'sendonly' && line.direction !== 'sendrecv')) return undefined;
  const extensions = line.ext ?? [];
  const has = (extension: { id: number; uri: string }): boolean =>
    extensions.some((candidate) => candidate.value === extension.id && candidate.uri === extension.uri);
  const announced = (line.ssrcs ?? []).find((entry) => isSsrc(Number(entry.id)));
  const cname = (line.ssrcs ?? []).find((entry) => entry.attribute === 'cname')?.value;
  return {
    ssrc: announced ? Number(announced.id) : undefined,
    cname: typeof cname === 'string' && CNAME_PATTERN.test(cname) ? cname : undefined,
    hasMidExtension: has(MID_EXTENSION),
    hasAudioLevelExtension: has(AUDIO_LEVEL_EXTENSION),
  };
}

function isSsrc(value: number): boolean {
  return Number.isInteger(value) && value > 0 && value <= 0xffff_ffff;
}
