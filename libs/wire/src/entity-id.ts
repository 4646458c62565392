import { type EntityId, isEntityId } from '@app/world';
import { WireError } from './wire.errors.js';

/** Bytes of an id. */
const ID_BYTES = 16;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The 16 bytes of an entity's id, in the order in which it is written. Fails with `wire-malformed` for other texts. */
export function entityIdToBytes(id: EntityId): Uint8Array {
  if (!isEntityId(id)) throw malformed();
  const bytes = new Uint8Array(ID_BYTES);
  for (let i = 0, at = 0; i < ID_BYTES; i++, at += 2) {
    if (id.charCodeAt(at) === 0x2d) at++;
    bytes[i] = (digit(id.charCodeAt(at)) << 4) | digit(id.charCodeAt(at + 1));
  }
  return bytes;
}

/** The id behind 16 bytes. Fails with `wire-malformed` for any other number of bytes, also for none at all. */
export function entityIdOfBytes(bytes: Uint8Array | null | undefined): EntityId {
  const id = readEntityId(bytes);
  if (id === undefined) throw malformed();
  return id;
}

/** The same, but undefined for what is no id. */
export function readEntityId(bytes: Uint8Array | null | undefined): EntityId | undefined {
  if (bytes?.length !== ID_BYTES) return undefined;
  let id = '';
  for (let i = 0; i < ID_BYTES; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) id += '-';
    id += HEX[bytes[i]];
  }
  return id;
}

/** Value of one lower-case hexadecimal digit. */
function digit(code: number): number {
  return code < 0x3a ? code - 0x30 : code - 0x57;
}

function malformed(): WireError {
  return new WireError('wire-malformed', 'An id of an entity is a UUID: 16 bytes, or 36 lower-case characters.');
}
