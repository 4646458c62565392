import { CodedError } from '@app/world';

export type VircadiaErrorCode = 'archive-invalid' | 'import-invalid';

/** A file that is not what it should be, or larger than allowed. Never retryable: the same bytes fail again. */
export class VircadiaError extends CodedError {
  declare readonly code: VircadiaErrorCode;

  constructor(code: VircadiaErrorCode, message: string, options?: { cause?: unknown }) {
    super(code, message, false, options);
    this.name = 'VircadiaError';
  }
}
