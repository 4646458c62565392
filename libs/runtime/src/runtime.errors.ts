import { CodedError } from '@app/world';

/** What a request is answered when its handler failed in a way that nobody foresaw. The details are in the log. */
export const INTERNAL_ERROR_CODE = 'internal-error';

/**
 * What a stage throws when the role cannot start here at all, so that trying again is useless: something outside the
 * program must be mended first. The message is the one sentence that the operator sees. The code is the cause's.
 */
export class CannotStartError extends CodedError {
  constructor(cause: CodedError) {
    super(cause.code, cause.message, false, { cause });
    this.name = 'CannotStartError';
  }
}
