import { decodeMessage, entityIdOfBytes } from '@app/wire';
import type { EntityId } from '@app/world';
import { type EntityError, toldError } from './entities.errors.js';
import { exact } from './entity-codec.js';

/** What an entity-server says has become of a transaction. */
export type EditAnswer =
  | {
      readonly kind: 'done';
      /** Place in the log of the record that has done it, perhaps long ago. */
      readonly sequence: number;
      /** For each edit the entity and its revision afterwards, 0 when it is gone. */
      readonly results: ReadonlyArray<{ readonly id: EntityId; readonly revision: number }>;
    }
  | { readonly kind: 'refused'; readonly error: EntityError };

/** Reads an encoded EntityEditReply. Fails with `wire-malformed` or `wire-too-large`, never otherwise. */
export function readEditReply(bytes: Uint8Array): EditAnswer {
  const { errorCode, errorText, errorField, errorIndex, sequence, results } = decodeMessage('EntityEditReply', bytes);
  if (errorCode) {
    const place = { field: errorField || undefined, editIndex: errorIndex };
    return { kind: 'refused', error: toldError(errorCode, errorText, place) };
  }
  return {
    kind: 'done',
    sequence: exact(sequence),
    results: results.map(({ id, revision }) => ({ id: entityIdOfBytes(id), revision: exact(revision) })),
  };
}
