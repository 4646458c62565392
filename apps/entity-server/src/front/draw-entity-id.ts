import type { Random } from '@app/clock';
import type { EntityId } from '@app/world';

/** A random UUID (RFC 9562, version 4). */
export function drawEntityId(random: Random): EntityId {
  const words = [0, 0, 0, 0].map(() => random.nextUint32());
  words[1] = (words[1] & 0xffff_0fff) | 0x0000_4000;
  words[2] = (words[2] & 0x3fff_ffff) | 0x8000_0000;
  const hex = words.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
