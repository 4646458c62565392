import { ENTITY_EDITS_MAX, ENTITY_TRANSACTION_BYTES_MAX } from '@app/world';
import { editBytesOf, TRANSACTION_FRAME_BYTES } from './edit-size.js';
import type { EntityEdit } from './entity.js';

/** Divides edits into transactions of at most ENTITY_EDITS_MAX edits and ENTITY_TRANSACTION_BYTES_MAX bytes. */
export function divideEdits(edits: readonly EntityEdit[]): EntityEdit[][] {
  const transactions: EntityEdit[][] = [];
  let bytes = Infinity;
  for (const edit of edits) {
    const editBytes = editBytesOf(edit);
    const last = transactions.at(-1);
    if (last && last.length < ENTITY_EDITS_MAX && bytes + editBytes <= ENTITY_TRANSACTION_BYTES_MAX) {
      last.push(edit);
      bytes += editBytes;
    } else {
      transactions.push([edit]);
      bytes = TRANSACTION_FRAME_BYTES + editBytes;
    }
  }
  return transactions;
}
