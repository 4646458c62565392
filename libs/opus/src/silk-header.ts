/**
 * The bits at the beginning of a SILK or hybrid packet (RFC 6716, section 4.2.3): for each channel, whether each of its
 * SILK frames is voice, then whether a coarse copy of the packet before is inside ("in-band FEC", LBRR). They are coded
 * with even chances, so they can be read without a range decoder.
 *
 * All functions take a well-formed packet: its first `size` bytes.
 */

/** CELT packets have no such bits; configurations from here on are CELT. */
const CELT_FROM = 16;
const TOP_BIT = 0x80;

/** Whether the packet holds a coarse copy of the sound of the packet before it. */
export function hasRedundancy(bytes: Uint8Array, size: number): boolean {
  const at = firstFrameAt(bytes, size);
  if (at < 0) return false;
  const flags = silkFrames(bytes) + 1;
  if ((bytes[at] & (TOP_BIT >> (flags - 1))) !== 0) return true;
  return isStereo(bytes) && (bytes[at] & (TOP_BIT >> (2 * flags - 1))) !== 0;
}

/** Whether the encoder took the packet for background noise only. Always false for CELT, which does not say. */
export function isBackground(bytes: Uint8Array, size: number): boolean {
  const at = firstFrameAt(bytes, size);
  if (at < 0) return false;
  const frames = silkFrames(bytes);
  const activity = (0xff00 >> frames) & 0xff;
  const side = isStereo(bytes) ? activity >> (frames + 1) : 0;
  return (bytes[at] & (activity | side)) === 0;
}

/** Where the first Opus frame begins; -1 when it has no SILK part or no data. */
function firstFrameAt(bytes: Uint8Array, size: number): number {
  if (size < 2 || bytes[0] >> 3 >= CELT_FROM) return -1;
  let at = 1;
  const code = bytes[0] & 3;
  if (code === 2) {
    if (bytes[at] === 0) return -1;
    at += lengthBytes(bytes[at]);
  } else if (code === 3) {
    const count = bytes[at] & 63;
    const isVariable = (bytes[at] & 128) !== 0;
    const isPadded = (bytes[at] & 64) !== 0;
    at++;
    if (isPadded) {
      while (at < size && bytes[at] === 255) at++;
      at++;
    }
    if (isVariable) {
      if (bytes[at] === 0) return -1;
      for (let frame = 0; frame < count - 1; frame++) at += at < size ? lengthBytes(bytes[at]) : 1;
    }
  }
  return at < size ? at : -1;
}

function lengthBytes(first: number): number {
  return first < 252 ? 1 : 2;
}

/** SILK frames in one Opus frame: those of 40 and 60 ms have two and three. */
function silkFrames(bytes: Uint8Array): number {
  const configuration = bytes[0] >> 3;
  return configuration < 12 ? Math.max(1, configuration & 3) : 1;
}

function isStereo(bytes: Uint8Array): boolean {
  return (bytes[0] & 4) !== 0;
}
