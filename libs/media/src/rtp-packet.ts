/**
 * RTP packets (RFC 3550) with header extensions (RFC 8285), read and written without allocating anything.
 * Pure: bytes in, numbers out.
 */

const VERSION = 2;
const FIXED_HEADER_BYTES = 12;
const ONE_BYTE_PROFILE = 0xbede;
const TWO_BYTE_PROFILE_MASK = 0xfff0;
const TWO_BYTE_PROFILE = 0x1000;
const ONE_BYTE_STOP_ID = 15;

/** What `readRtpPacket` found. Reused from packet to packet by its owner. */
export interface RtpPacketView {
  payloadType: number;
  isMarked: boolean;
  /** 16 bits; rises by one for each packet and wraps. */
  sequence: number;
  /** 32 bits, in samples of the codec's clock; wraps. */
  timestamp: number;
  ssrc: number;
  /** Where the payload begins and how long it is, padding left out. */
  payloadOffset: number;
  payloadBytes: number;
  /** Level of the audio in -dBov, 0 (loudest) to 127 (silence); -1 when the packet does not say. */
  audioLevel: number;
}

/** A view to be filled. */
export function makeRtpPacketView(): RtpPacketView {
  return {
    payloadType: 0,
    isMarked: false,
    sequence: 0,
    timestamp: 0,
    ssrc: 0,
    payloadOffset: 0,
    payloadBytes: 0,
    audioLevel: -1,
  };
}

/**
 * Reads one packet into `view`.
 *
 * @param bytes              anything
 * @param view               rubbish afterwards when the result is false
 * @param audioLevelExtensionId  the negotiated number of the audio level extension; 0 when there is none
 * @returns whether the bytes are an RTP packet whose every length is right
 */
export function readRtpPacket(bytes: Uint8Array, view: RtpPacketView, audioLevelExtensionId: number): boolean {
  const length = bytes.length;
  if (length < FIXED_HEADER_BYTES || bytes[0] >> 6 !== VERSION) return false;
  const hasPadding = (bytes[0] & 0x20) !== 0;
  const hasExtension = (bytes[0] & 0x10) !== 0;
  view.isMarked = (bytes[1] & 0x80) !== 0;
  view.payloadType = bytes[1] & 0x7f;
  view.sequence = (bytes[2] << 8) | bytes[3];
  view.timestamp = readUint32(bytes, 4);
  view.ssrc = readUint32(bytes, 8);
  view.audioLevel = -1;

  let offset = FIXED_HEADER_BYTES + 4 * (bytes[0] & 0x0f);
  if (hasExtension) {
    if (offset + 4 > length) return false;
    const profile = (bytes[offset] << 8) | bytes[offset + 1];
    const extensionBytes = 4 * ((bytes[offset + 2] << 8) | bytes[offset + 3]);
    const begin = offset + 4;
    offset = begin + extensionBytes;
    if (offset > length) return false;
    if (audioLevelExtensionId !== 0)
      view.audioLevel = findAudioLevel(bytes, begin, offset, profile, audioLevelExtensionId);
  }
  if (offset > length) return false;
  let paddingBytes = 0;
  if (hasPadding) {
    paddingBytes = bytes[length - 1];
    if (paddingBytes === 0 || offset + paddingBytes > length) return false;
  }
  view.payloadOffset = offset;
  view.payloadBytes = length - offset - paddingBytes;
  return true;
}

/** Level in -dBov of the extension `id`, or -1. A block that contradicts itself ends the search, as RFC 8285 allows. */
function findAudioLevel(bytes: Uint8Array, begin: number, end: number, profile: number, id: number): number {
  const isTwoByte = (profile & TWO_BYTE_PROFILE_MASK) === TWO_BYTE_PROFILE;
  if (!isTwoByte && profile !== ONE_BYTE_PROFILE) return -1;
  let offset = begin;
  while (offset < end) {
    if (bytes[offset] === 0) {
      offset++;
      continue;
    }
    let elementId: number;
    let elementBytes: number;
    if (isTwoByte) {
      if (offset + 2 > end) return -1;
      elementId = bytes[offset];
      elementBytes = bytes[offset + 1];
      offset += 2;
    } else {
      elementId = bytes[offset] >> 4;
      elementBytes = (bytes[offset] & 0x0f) + 1;
      offset += 1;
      if (elementId === ONE_BYTE_STOP_ID) return -1;
    }
    if (offset + elementBytes > end) return -1;
    // The highest bit tells whether the encoder takes it for speech; only the level is of interest here.
    if (elementId === id) return elementBytes >= 1 ? bytes[offset] & 0x7f : -1;
    offset += elementBytes;
  }
  return -1;
}

/** What `writeRtpPacket` writes besides the payload. */
export interface RtpHeader {
  payloadType: number;
  isMarked: boolean;
  sequence: number;
  timestamp: number;
  ssrc: number;
}

/** Bytes that `writeRtpPacket` puts before the payload. */
export const RTP_HEADER_BYTES = FIXED_HEADER_BYTES;

/**
 * Writes a packet without extensions.
 *
 * @param out  at least RTP_HEADER_BYTES + payload.length bytes
 * @returns the packet's length in bytes
 */
export function writeRtpPacket(out: Uint8Array, header: RtpHeader, payload: Uint8Array): number {
  out[0] = VERSION << 6;
  out[1] = (header.isMarked ? 0x80 : 0) | (header.payloadType & 0x7f);
  out[2] = (header.sequence >> 8) & 0xff;
  out[3] = header.sequence & 0xff;
  writeUint32(out, 4, header.timestamp);
  writeUint32(out, 8, header.ssrc);
  out.set(payload, FIXED_HEADER_BYTES);
  return FIXED_HEADER_BYTES + payload.length;
}

function readUint32(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] << 24) | (bytes[offset + 1] << 16) | (bytes[offset + 2] << 8) | bytes[offset + 3]) >>> 0;
}

function writeUint32(out: Uint8Array, offset: number, value: number): void {
  out[offset] = (value >>> 24) & 0xff;
  out[offset + 1] = (value >>> 16) & 0xff;
  out[offset + 2] = (value >>> 8) & 0xff;
  out[offset + 3] = value & 0xff;
}
