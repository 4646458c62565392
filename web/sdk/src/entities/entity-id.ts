import type { EntityId } from '@app/world';
import { entityIdOfBytes } from '@app/wire';

/** Draws the id of a new entity: a UUID of version 4. `crypto.randomUUID` would want a secure page. */
export function drawEntityId(): EntityId {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return entityIdOfBytes(bytes);
}
