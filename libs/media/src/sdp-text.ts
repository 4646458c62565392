import { parse } from 'sdp-transform';
import { MediaError } from './media.errors.js';

/** Hash functions that a certificate's fingerprint may use (RFC 8122); sha-1 is too weak to be one of them. */
export type FingerprintAlgorithm = 'sha-256' | 'sha-384' | 'sha-512';

/** What a client's certificate must be like; in its range. */
export interface Fingerprint {
  algorithm: FingerprintAlgorithm;
  /** Colon-separated hexadecimal, upper case. */
  value: string;
}

/** Which of the two descriptions a client sends; errors name it. */
export type SdpKind = 'answer' | 'offer';

export type Description = ReturnType<typeof parse>;
export type MediaLine = Description['media'][number];

/** Bytes of a description. A real one has about 2 KiB. */
export const SDP_BYTES_MAX = 16_384;
const LINES_MAX = 400;
const FINGERPRINT_HEX_BYTES = { 'sha-256': 32, 'sha-384': 48, 'sha-512': 64 } as const;
const FINGERPRINT_PATTERN = /^[0-9A-F]{2}(:[0-9A-F]{2})*$/;

/**
 * Reads a client's session description; the text may be anything, and so may what is in it.
 *
 * @throws MediaError `answer-malformed` or `offer-malformed`
 */
export function readDescription(sdp: string, kind: SdpKind): { description: Description; lines: MediaLine[] } {
  if (sdp.length > SDP_BYTES_MAX) throw malformed(kind, 'is too long');
  if (!sdp.startsWith('v=0')) throw malformed(kind, 'is not a session description');
  if (sdp.split('\n', LINES_MAX + 1).length > LINES_MAX) throw malformed(kind, 'has too many lines');
  try {
    const description = parse(sdp);
    return { description, lines: description.media ?? [] };
  } catch (cause) {
    throw malformed(kind, 'cannot be read', cause);
  }
}

/** The first one of a description. @throws MediaError `…-unsupported` or `…-malformed` */
export function readFingerprint(description: Description, lines: MediaLine[], kind: SdpKind): Fingerprint {
  const found = lines.find((line) => line.fingerprint)?.fingerprint ?? description.fingerprint;
  const algorithm = String(found?.type ?? '').toLowerCase();
  const value = String(found?.hash ?? '').toUpperCase();
  if (algorithm !== 'sha-256' && algorithm !== 'sha-384' && algorithm !== 'sha-512') {
    throw unsupported(kind, 'needs a fingerprint of SHA-256, SHA-384 or SHA-512');
  }
  if (value.length !== FINGERPRINT_HEX_BYTES[algorithm] * 3 - 1 || !FINGERPRINT_PATTERN.test(value)) {
    throw malformed(kind, 'has a fingerprint of the wrong form');
  }
  return { algorithm, value };
}

/** How a description wants the DTLS handshake; the same for all of its lines here. */
export function setupOf(description: Description, lines: MediaLine[]): string | undefined {
  return lines.find((line) => line.setup)?.setup ?? description.setup;
}

/** A description that cannot be understood. @param what  completes "The answer …" */
export function malformed(kind: SdpKind, what: string, cause?: unknown): MediaError {
  return new MediaError(`${kind}-malformed`, `The ${kind} ${what}.`, { cause });
}

/** A description that can be understood, but not be worked with. */
export function unsupported(kind: SdpKind, what: string): MediaError {
  return new MediaError(`${kind}-unsupported`, `The ${kind} ${what}.`);
}
