/** Wire type of a field with a length in front (protobuf's encoding). */
const LENGTH_DELIMITED = 2;

/**
 * The same field again and again, each time with one of these messages: what an encoder would make of a repeated field,
 * without encoding anything twice.
 *
 * @param field  its number, 1 to 15
 * @param head   what stands before it, fields of the same message
 */
export function joinFields(
  field: number,
  messages: readonly Uint8Array[],
  head: Uint8Array = new Uint8Array(),
): Uint8Array {
  const joined = new Uint8Array(messages.reduce((size, { length }) => size + fieldBytesOf(length), head.length));
  joined.set(head);
  let at = head.length;
  for (const message of messages) {
    joined[at++] = (field << 3) | LENGTH_DELIMITED;
    let rest = message.length;
    for (; rest > 0x7f; rest >>>= 7) joined[at++] = (rest & 0x7f) | 0x80;
    joined[at++] = rest;
    joined.set(message, at);
    at += message.length;
  }
  return joined;
}

/** Bytes that a message of this length takes as a field with a number from 1 to 15. */
export function fieldBytesOf(length: number): number {
  let frame = 2;
  for (let rest = length; rest > 0x7f; rest >>>= 7) frame++;
  return frame + length;
}
