/**
 * An expected failure: something a caller can act on. Broken invariants are not coded errors; they are asserted.
 *
 * Only the code travels on a wire. docs/errors.md lists all codes, and a test compares page and code.
 */
export class CodedError extends Error {
  /**
   * @param code       stable, lower-kebab-case, listed in docs/errors.md
   * @param message    one plain English sentence
   * @param retryable  whether the same request may succeed later
   */
  constructor(
    readonly code: string,
    message: string,
    readonly retryable: boolean = false,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'CodedError';
  }
}
