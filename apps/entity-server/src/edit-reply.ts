import { EntityError, type TransactionOutcome } from '@app/entities';
import { entityIdToBytes, type vicinity } from '@app/wire';
import { type CommitOutcome, refused } from './shard/commit.js';

/** Fields of the answer to an edit. */
export type EditReply = vicinity.v1.EntityEditReply.$Properties;

/** An outcome as it is told. */
export function replyOf(outcome: CommitOutcome): EditReply {
  if (outcome.kind === 'refused') return refusalOf(outcome.error);
  const { sequence, results } = outcome;
  return { sequence, results: results.map(({ id, revision }) => ({ id: entityIdToBytes(id), revision })) };
}

/** An error as it is told. */
export function refusalOf({ code, message, field, editIndex }: EntityError): EditReply {
  return {
    errorCode: code,
    errorText: message,
    ...(field === undefined ? {} : { errorField: field }),
    errorIndex: editIndex,
  };
}

/** What the log has decided, in our words. `sequence` is the place of the record that was applied. */
export function outcomeOf(decided: TransactionOutcome, sequence: number): CommitOutcome {
  switch (decided.kind) {
    case 'done':
      return { kind: 'done', sequence, results: decided.results };
    case 'repeated':
      return { kind: 'done', sequence: decided.sequence, results: decided.results };
    default:
      return refused(voidError(decided));
  }
}

function voidError({ code, text, field, editIndex }: TransactionOutcome & { kind: 'void' }): EntityError {
  return new EntityError(code, text, { field, editIndex });
}
