import { CodedError } from '@app/world';

export type MessagingErrorCode =
  'channel-invalid' | 'message-invalid' | 'rate-limited' | 'channel-busy' | 'request-invalid';

const RETRYABLE: ReadonlySet<MessagingErrorCode> = new Set(['rate-limited', 'channel-busy']);

/** Why something was not posted or not told. */
export class MessagingError extends CodedError {
  declare readonly code: MessagingErrorCode;

  constructor(code: MessagingErrorCode, message: string) {
    super(code, message, RETRYABLE.has(code));
    this.name = 'MessagingError';
  }
}
