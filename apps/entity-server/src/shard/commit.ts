import { type EditAnswer, encodeTransaction, EntityError, type EntityTransaction } from '@app/entities';
import { ENTITY_TRANSACTION_BYTES_MAX } from '@app/world';
import { worldBusy, worldUnavailable } from '../passing-errors.js';

/** A transaction on its way to the log: checked, without copies, allowed. */
export interface Submission {
  readonly transaction: EntityTransaction;
  /** As it stands in a record. */
  readonly encoded: Uint8Array;
  /** What its author may do: bits of POWER. */
  readonly powers: number;
  /** Place in the log of the world in which rules have allowed it; NEVER_ASKED when they have not been asked. */
  readonly allowedAt: number;
}

/** The writer asks the rules, whatever has happened or not. */
export const NEVER_ASKED = -1;

/** Encodes a transaction, once for its whole way; `edit-too-large` when it is. */
export function submissionOf(
  transaction: EntityTransaction,
  powers: number,
  allowedAt: number,
): Submission | EntityError {
  const encoded = encodeTransaction(transaction);
  if (encoded.length <= ENTITY_TRANSACTION_BYTES_MAX) return { transaction, encoded, powers, allowedAt };
  return new EntityError('edit-too-large', `A transaction has at most ${ENTITY_TRANSACTION_BYTES_MAX} bytes.`);
}

/** What has become of a submission. */
export type CommitOutcome = EditAnswer;

/** An outcome that says why not. */
export function refused(error: EntityError): CommitOutcome {
  return { kind: 'refused', error };
}

/** Whether the same attempt may succeed in a moment, because a writer comes back. */
export function isWorthRepeating(outcome: CommitOutcome): boolean {
  return outcome.kind === 'refused' && outcome.error.code === 'world-unavailable';
}

/** No writer can be reached at this moment. */
export function unavailable(cause?: unknown): CommitOutcome {
  return refused(worldUnavailable(cause));
}

/** More wait than may. */
export function busy(): CommitOutcome {
  return refused(worldBusy());
}
