import { CodedError } from '@app/world';

/** Why a client is not let in, loses its session, or has a message dropped. All are rows of docs/errors.md. */
export type SessionErrorCode =
  | 'gateway-full'
  | 'gateway-draining'
  | 'world-unknown'
  | 'version-mismatch'
  | 'hello-expected'
  | 'hello-timeout'
  | 'signal-unexpected'
  | 'input-malformed'
  | 'input-too-large'
  | 'name-invalid'
  | 'colour-invalid'
  | 'model-url-invalid'
  | 'pose-invalid'
  | 'channel-invalid'
  | 'text-invalid'
  | 'binary-invalid'
  | 'request-invalid'
  | 'hearing-invalid'
  | 'hearing-too-many'
  | 'megaphone-not-allowed'
  | 'channels-too-many'
  | 'rate-limited'
  | 'posts-too-many'
  | 'chat-unavailable'
  | 'edit-too-many'
  | 'edits-waiting'
  | 'interest-invalid'
  | 'claim-invalid'
  | 'motion-invalid'
  | 'world-unavailable'
  | 'flooding'
  | 'client-too-slow'
  | 'media-timeout'
  | 'session-moved';

const RETRYABLE: ReadonlySet<SessionErrorCode> = new Set([
  'gateway-full',
  'gateway-draining',
  'hello-timeout',
  'rate-limited',
  'hearing-too-many',
  'posts-too-many',
  'chat-unavailable',
  'edits-waiting',
  'world-unavailable',
  'client-too-slow',
  'media-timeout',
]);

/** An expected failure between a client and its session. */
export class SessionError extends CodedError {
  declare readonly code: SessionErrorCode;

  constructor(code: SessionErrorCode, message: string, options?: { cause?: unknown }) {
    super(code, message, RETRYABLE.has(code), options);
    this.name = 'SessionError';
  }
}
