import { CodedError } from '@app/world';

export type ActorErrorCode =
  'actor-mailbox-full' | 'actor-stopped' | 'actor-timeout' | 'actor-crashed' | 'actor-exists' | 'actor-limit';

const RETRYABLE: ReadonlySet<string> = new Set<ActorErrorCode>([
  'actor-mailbox-full',
  'actor-stopped',
  'actor-timeout',
  'actor-exists',
  'actor-limit',
]);

/** Whether what failed with this code may succeed later; false for codes of other rooms. */
export function isRetryableActorCode(code: string): boolean {
  return RETRYABLE.has(code);
}

/** What can go wrong between those who send and an actor. */
export class ActorError extends CodedError {
  declare readonly code: ActorErrorCode;

  constructor(code: ActorErrorCode, message: string, options?: { cause?: unknown }) {
    super(code, message, RETRYABLE.has(code), options);
    this.name = 'ActorError';
  }
}
