import { CodedError } from '@app/world';

export type JournalErrorCode =
  | 'journal-fenced'
  | 'journal-busy'
  | 'journal-unavailable'
  | 'journal-timeout'
  | 'journal-closed'
  | 'journal-gone'
  | 'journal-diverged'
  | 'journal-record-too-large';

const RETRYABLE: ReadonlySet<JournalErrorCode> = new Set([
  'journal-fenced',
  'journal-busy',
  'journal-unavailable',
  'journal-timeout',
  'journal-closed',
]);

/** What can go wrong between a role and its log. */
export class JournalError extends CodedError {
  declare readonly code: JournalErrorCode;

  constructor(code: JournalErrorCode, message: string, options?: { cause?: unknown }) {
    super(code, message, RETRYABLE.has(code), options);
    this.name = 'JournalError';
  }
}
