import { CodedError } from '@app/world';

/**
 * Every failure that the SDK itself finds, with its plain sentence and whether trying again may help.
 *
 * Failures that the server finds (server full, another version, replaced elsewhere...) arrive with the server's own code
 * and sentence. All codes are listed in docs/errors.md.
 */
const CLIENT_FAILURES = {
  'browser-unsupported': ['This browser has no WebRTC. Please use a current Chrome, Edge, Firefox or Safari.', false],
  'join-unreachable': [
    'The server cannot be reached. Check your connection, or ask the host whether it is running.',
    true,
  ],
  'join-malformed': [
    'The server gave an answer that this page does not understand. Reload the page to update it.',
    true,
  ],
  'join-no-gateway': [
    'The server is up, but no gateway is ready to let people in. It usually takes a few seconds.',
    true,
  ],
  'gateway-unreachable': ['The gateway cannot be reached. A firewall or proxy may be blocking WebSockets.', true],
  'gateway-silent': ['The gateway stopped answering.', true],
  'signal-malformed': [
    'The gateway sent something that this page does not understand. Reload the page to update it.',
    true,
  ],
  'media-unreachable': [
    'Voice and movement could not connect. A firewall may be blocking WebRTC traffic to this server.',
    true,
  ],
  'connection-lost': ['The connection to the world was lost and could not be restored.', true],
  'left-world': ['You have left the world.', false],
  'assets-unreachable': ['The server for files cannot be reached. Check your connection.', true],
  'assets-unavailable': ['Files cannot be stored here at the moment. Join a world first.', false],
  'request-timeout': ['The server did not answer in time.', true],
  'request-interrupted': ['The connection was interrupted before the server answered.', true],
  'request-invalid': ['That cannot be sent.', false],
  'megaphone-not-allowed': ['Nobody may speak to the whole world here.', false],
  'microphone-refused': [
    'The browser was not allowed to use the microphone. Allow it in the address bar, then try again.',
    true,
  ],
  'microphone-missing': ['No microphone was found. You can listen, and add one later.', true],
  'microphone-busy': ['The microphone is in use by another program, or the system refuses it.', true],
  'microphone-insecure-page': [
    'Browsers give the microphone only to secure pages. Open this place by https, or on localhost.',
    false,
  ],
  'microphone-unplugged': ['The microphone was unplugged.', true],
  'microphone-failed': ['The microphone could not be started.', true],
  'speaker-blocked': ['The browser waits for a click or a key before it plays sound.', true],
  'speaker-output-failed': ['That output device could not be used.', true],
} as const satisfies Record<string, readonly [text: string, retryable: boolean]>;

/** Codes of failures that the SDK itself finds. */
export type ClientFailureCode = keyof typeof CLIENT_FAILURES;

/** All codes of failures that the SDK itself finds; docs/errors.md has a row for each. */
export const CLIENT_FAILURE_CODES = Object.keys(CLIENT_FAILURES) as ClientFailureCode[];

/**
 * Why something did not work: `code` for programs, `message` (one plain sentence) for people, `retryable`, and, when
 * the server asked for it, how long to wait first.
 */
export class VicinityError extends CodedError {
  constructor(
    code: string,
    message: string,
    retryable: boolean,
    /** How long the server asked to wait before trying again, in ms; 0 when it did not say. */
    readonly retryAfterMs: number = 0,
    options?: { cause?: unknown },
  ) {
    super(code, message, retryable, options);
    this.name = 'VicinityError';
  }
}

/** A failure found by the SDK; `detail` replaces the catalogue's sentence where more is known. */
export function clientFailure(
  code: ClientFailureCode,
  options: { cause?: unknown; detail?: string } = {},
): VicinityError {
  const [text, retryable] = CLIENT_FAILURES[code];
  return new VicinityError(code, options.detail ?? text, retryable, 0, { cause: options.cause });
}

/** A failure told by the server. Absent or odd parts get a sentence of ours, so that people never see an empty box. */
export function serverFailure(code: unknown, text: unknown, retryAfterMs: unknown): VicinityError {
  const waitMs = typeof retryAfterMs === 'number' && Number.isFinite(retryAfterMs) ? Math.max(0, retryAfterMs) : 0;
  return new VicinityError(
    typeof code === 'string' && /^[a-z0-9-]{1,64}$/.test(code) ? code : 'join-malformed',
    typeof text === 'string' && text.length > 0 ? text.slice(0, 300) : 'The server refused without saying why.',
    waitMs > 0,
    Math.min(waitMs, 60_000),
  );
}
