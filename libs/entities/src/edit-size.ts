import { encodeMessage } from '@app/wire';
import { ENTITY_TRANSACTION_BYTES_MAX } from '@app/world';
import type { RequestedEdit } from './check-edits.js';
import { editFieldsOf } from './entity-codec.js';
import { measureProperties } from './measure-properties.js';

/** Bytes of an edit besides its properties and the names that it removes, at most. */
const EDIT_FRAME_BYTES = 128;
/** Bytes of a transaction besides its edits, at most: the id of the edit, the author, frames. */
export const TRANSACTION_FRAME_BYTES = 512;

/** Bytes that an edit takes in a transaction when encoded, or some more: never fewer. */
export function editBytesOf(edit: RequestedEdit): number {
  if (edit.kind === 'erase') return EDIT_FRAME_BYTES;
  const removed = edit.kind === 'change' ? edit.removed.reduce((sum, { length }) => sum + 3 * length + 3, 0) : 0;
  return EDIT_FRAME_BYTES + removed + measureProperties(edit.properties).bytes;
}

/** Whether edits fit into one transaction. */
export function isWithinTransaction(edits: readonly RequestedEdit[]): boolean {
  return isWithin(edits, editBytesOf) || isWithin(edits, exactBytesOf);
}

function isWithin(edits: readonly RequestedEdit[], bytesOf: (edit: RequestedEdit) => number): boolean {
  let bytes = TRANSACTION_FRAME_BYTES;
  for (const edit of edits) {
    bytes += bytesOf(edit);
    if (bytes > ENTITY_TRANSACTION_BYTES_MAX) return false;
  }
  return true;
}

function exactBytesOf(edit: RequestedEdit): number {
  // Number, kind and length stand before each edit.
  return edit.kind === 'clone' ? editBytesOf(edit) : encodeMessage('EntityEdit', editFieldsOf(edit)).length + 5;
}
