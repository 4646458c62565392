import { CodedError } from '@app/world';

export type JoinErrorCode = 'join-malformed-request' | 'world-unknown' | 'no-gateway' | 'domain-full';

const RETRY_AFTER_MS: Readonly<Record<JoinErrorCode, number>> = {
  'join-malformed-request': 0,
  'world-unknown': 0,
  'no-gateway': 1_000,
  'domain-full': 10_000,
};

const HTTP_STATUS: Readonly<Record<JoinErrorCode, number>> = {
  'join-malformed-request': 400,
  'world-unknown': 404,
  'no-gateway': 503,
  'domain-full': 503,
};

/** Why somebody is not let in. */
export class JoinError extends CodedError {
  declare readonly code: JoinErrorCode;

  constructor(code: JoinErrorCode, message: string) {
    super(code, message, RETRY_AFTER_MS[code] > 0);
    this.name = 'JoinError';
  }

  /** How long to wait before asking again, in ms; 0 means that asking again is useless. */
  get retryAfterMs(): number {
    return RETRY_AFTER_MS[this.code];
  }

  get httpStatus(): number {
    return HTTP_STATUS[this.code];
  }
}
