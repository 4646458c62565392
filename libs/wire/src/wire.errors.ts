import { CodedError } from '@app/world';

export type WireErrorCode =
  'wire-malformed' | 'wire-too-large' | 'wire-unknown-message' | 'pose-malformed' | 'hearing-malformed';

/** Bytes that cannot be read, or values that cannot be written. Never retryable: the same bytes fail again. */
export class WireError extends CodedError {
  declare readonly code: WireErrorCode;

  constructor(code: WireErrorCode, message: string, options?: { cause?: unknown }) {
    super(code, message, false, options);
    this.name = 'WireError';
  }
}
