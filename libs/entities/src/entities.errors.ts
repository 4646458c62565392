import { CodedError } from '@app/world';

const CODES = [
  'edit-invalid',
  'edit-too-large',
  'edit-too-many',
  'entity-unknown',
  'entity-exists',
  'entity-type-invalid',
  'entity-parent-unknown',
  'entity-cycle',
  'entity-too-deep',
  'entity-revision-stale',
  'entity-locked',
  'entity-not-yours',
  'entity-limit',
  'entity-filtered',
  'world-busy',
  'world-unknown',
  'world-unavailable',
  'history-gone',
  'snapshot-corrupt',
  'archive-invalid',
  'import-invalid',
] as const;

export type EntityErrorCode = (typeof CODES)[number];

const KNOWN: ReadonlySet<string> = new Set(CODES);
const RETRYABLE: ReadonlySet<EntityErrorCode> = new Set(['world-busy', 'world-unavailable']);

/** Where an error is, as far as it is known. */
export interface EntityErrorPlace {
  /** The property that is wrong, for example `position.x`. */
  readonly field?: string;
  /** Which edit of its transaction is wrong, from 0. */
  readonly editIndex?: number;
  readonly cause?: unknown;
}

/** Why an edit was not done, or a world cannot be read. */
export class EntityError extends CodedError {
  declare readonly code: EntityErrorCode;
  /** The property that is wrong, for example `position.x`; absent when there is none. */
  readonly field?: string;
  /** Which edit of its transaction is wrong, from 0. */
  readonly editIndex: number;

  constructor(code: EntityErrorCode, message: string, place: EntityErrorPlace = {}) {
    super(code, message, RETRYABLE.has(code), place.cause === undefined ? undefined : { cause: place.cause });
    this.name = 'EntityError';
    this.field = place.field;
    this.editIndex = place.editIndex ?? 0;
  }
}

/** Whether a text is the code of an EntityError. */
export function isEntityErrorCode(code: string): code is EntityErrorCode {
  return KNOWN.has(code);
}

/** An error that another process has told. A code that is not known here is a refusal all the same, `edit-invalid`. */
export function toldError(code: string, text: string, place?: EntityErrorPlace): EntityError {
  if (isEntityErrorCode(code)) return new EntityError(code, text, place);
  return new EntityError('edit-invalid', `${text} (${code})`, place);
}
