/** One packet of the first stream of an Ogg file. */
export interface OggPacket {
  data: Uint8Array;
  /** Place in the sound at the end of the page on which the packet ends, if it is the page's last one; else -1. */
  granule: number;
}

const HEAD_BYTES = 27;
const CONTINUES = 1;
/** A packet larger than this is none of a sound, in bytes. */
const PACKET_BYTES_MAX = 65_536;

/** Whether a file says that it is an Ogg file. */
export function isOgg(bytes: Uint8Array): boolean {
  return isPageAt(bytes, 0);
}

/**
 * The packets of the first stream of an Ogg file (RFC 3533), in order; other streams, and what is no page, are passed over.
 * Checksums are not looked at: files come with a hash of their own.
 */
export function* oggPackets(bytes: Uint8Array): Generator<OggPacket> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let serial: number | undefined;
  let parts: Uint8Array[] = [];
  let size = 0;
  for (let at = nextPage(bytes, 0); at >= 0;) {
    const segments = bytes[at + HEAD_BYTES - 1];
    const body = at + HEAD_BYTES + segments;
    const lacing = bytes.subarray(at + HEAD_BYTES, body);
    const end = lacing.reduce((sum, length) => sum + length, body);
    if (end > bytes.length) return;
    const pageSerial = view.getUint32(at + 14, true);
    serial ??= pageSerial;
    if (pageSerial === serial) {
      const granule = Number(view.getBigInt64(at + 6, true));
      if ((bytes[at + 5] & CONTINUES) === 0) [parts, size] = [[], 0];
      // The rest of a packet whose beginning is lost is no packet.
      let isLost = (bytes[at + 5] & CONTINUES) !== 0 && parts.length === 0;
      const last = lacing.findLastIndex((length) => length < 255);
      for (let index = 0, from = body; index < segments; from += lacing[index++]) {
        const length = lacing[index];
        if (!isLost) parts.push(bytes.subarray(from, from + length));
        size += length;
        if (size > PACKET_BYTES_MAX) return;
        if (length === 255) continue;
        if (!isLost) yield { data: join(parts, size), granule: index === last ? granule : -1 };
        isLost = false;
        [parts, size] = [[], 0];
      }
    }
    at = nextPage(bytes, end);
  }
}

function nextPage(bytes: Uint8Array, from: number): number {
  for (let at = from; at + HEAD_BYTES <= bytes.length; at++) if (isPageAt(bytes, at)) return at;
  return -1;
}

/** `OggS`, version 0. */
function isPageAt(bytes: Uint8Array, at: number): boolean {
  const isNamed = bytes[at] === 0x4f && bytes[at + 1] === 0x67 && bytes[at + 2] === 0x67 && bytes[at + 3] === 0x53;
  return isNamed && bytes[at + 4] === 0;
}

function join(parts: readonly Uint8Array[], size: number): Uint8Array {
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
