import { parse } from 'sdp-transform';
import {
  MID_DATA,
  MID_EXTENSION,
  MID_MIC,
  MID_MIX,
  OPUS_PAYLOAD_TYPE,
  AUDIO_LEVEL_EXTENSION,
} from './media-constants.js';
import { MediaError } from './media.errors.js';

/** Hash functions that a certificate's fingerprint may use (RFC 8122); sha-1 is too weak to be one of them. */
export type FingerprintAlgorithm = 'sha-256' | 'sha-384' | 'sha-512';

/** What the server needs to know of a client's answer; everything in it is within its range. */
export interface AnswerParameters {
  fingerprint: { algorithm: FingerprintAlgorithm; value: string };
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

/** Bytes of an answer. A real one has about 2 KiB. */
export const ANSWER_BYTES_MAX = 16_384;
const LINES_MAX = 400;
const FINGERPRINT_HEX_BYTES = { 'sha-256': 32, 'sha-384': 48, 'sha-512': 64 } as const;
const FINGERPRINT_PATTERN = /^[0-9A-F]{2}(:[0-9A-F]{2})*$/;
const CNAME_PATTERN = /^[\x21-\x7e]{1,64}$/;

type Description = ReturnType<typeof parse>;
type MediaLine = Description['media'][number];

/**
 * Reads a client's answer to `buildOffer`. Pure; the text may be anything.
 *
 * @throws MediaError `answer-malformed` when it cannot be understood, `answer-unsupported` when it can, but is no
 *         answer that we could work with.
 */
export function parseAnswer(sdp: string): AnswerParameters {
  if (sdp.length > ANSWER_BYTES_MAX) throw new MediaError('answer-malformed', 'The answer is too long.');
  if (!sdp.startsWith('v=0')) throw new MediaError('answer-malformed', 'The answer is not a session description.');
  if (sdp.split('\n', LINES_MAX + 1).length > LINES_MAX)
    throw new MediaError('answer-malformed', 'The answer has too many lines.');
  let description: Description;
  try {
    description = parse(sdp);
  } catch (cause) {
    throw new MediaError('answer-malformed', 'The answer cannot be read.', { cause });
  }
  const lines = description.media ?? [];
  if (lines.length !== 3) throw new MediaError('answer-unsupported', 'The answer must have three media lines.');
  const [mix, mic, data] = lines;
  checkLine(mix, 'audio', MID_MIX);
  checkLine(mic, 'audio', MID_MIC);
  checkLine(data, 'application', MID_DATA);
  if (data.port === 0) throw new MediaError('answer-unsupported', 'The answer refuses the data channels.');
  checkSetup(description, lines);
  return {
    fingerprint: readFingerprint(description, lines),
    mic: readMic(mic),
    isMixWanted: isAccepted(mix) && (mix.direction === 'recvonly' || mix.direction === 'sendrecv'),
  };
}

function checkLine(line: MediaLine, type: string, mid: string): void {
  if (line.type !== type || String(line.mid ?? '') !== mid) {
    throw new MediaError(
      'answer-unsupported',
      `The answer's media lines are not in the offer's order: ${mid} is missing.`,
    );
  }
}

/** The role is ours to choose: as the server of DTLS we never wait for a client that does not speak. */
function checkSetup(description: Description, lines: MediaLine[]): void {
  const setup = lines.find((line) => line.setup)?.setup ?? description.setup;
  if (setup !== 'active') throw new MediaError('answer-unsupported', 'The answer must say a=setup:active.');
}

function readFingerprint(description: Description, lines: MediaLine[]): AnswerParameters['fingerprint'] {
  const found = lines.find((line) => line.fingerprint)?.fingerprint ?? description.fingerprint;
  const algorithm = String(found?.type ?? '').toLowerCase();
  const value = String(found?.hash ?? '').toUpperCase();
  if (algorithm !== 'sha-256' && algorithm !== 'sha-384' && algorithm !== 'sha-512') {
    throw new MediaError('answer-unsupported', 'The answer needs a fingerprint of SHA-256, SHA-384 or SHA-512.');
  }
  if (value.length !== FINGERPRINT_HEX_BYTES[algorithm] * 3 - 1 || !FINGERPRINT_PATTERN.test(value)) {
    throw new MediaError('answer-malformed', "The answer's fingerprint has the wrong form.");
  }
  return { algorithm, value };
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
