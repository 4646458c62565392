import { OPUS_DTX_BYTES_MAX, OPUS_PACKET_BYTES_MAX, OPUS_PACKET_FRAMES_MAX } from '@app/world';

/** Most bytes in one Opus frame (rule R2). */
const FRAME_BYTES_MAX = 1_275;

/** What an Opus packet says about itself. */
export interface OpusPacketInfo {
  /** Opus frames in the packet, 1 to 48. */
  opusFrameCount: number;
  /** Duration of the whole packet, in samples at 48 kHz. */
  frames: number;
  isStereo: boolean;
  mode: 'silk' | 'hybrid' | 'celt';
  /** Whether the packet carries no sound. */
  isDtx: boolean;
}

/** Duration of one Opus frame in samples at 48 kHz, by configuration number (RFC 6716, section 3.1, table 2). */
function framesOfConfiguration(configuration: number): number {
  if (configuration < 12) return [480, 960, 1_920, 2_880][configuration & 3];
  if (configuration < 16) return [480, 960][configuration & 1];
  return [120, 240, 480, 960][configuration & 3];
}

/**
 * Reads the header of an Opus packet (RFC 6716, section 3) without decoding it. Undefined for everything that is not a
 * well-formed packet or is longer than we accept.
 */
export function inspectOpusPacket(bytes: Uint8Array): OpusPacketInfo | undefined {
  const frames = opusPacketFrames(bytes);
  if (frames === 0) return undefined;
  const configuration = bytes[0] >> 3;
  return {
    opusFrameCount: frames / framesOfConfiguration(configuration),
    frames,
    isStereo: (bytes[0] & 4) !== 0,
    mode: configuration < 12 ? 'silk' : configuration < 16 ? 'hybrid' : 'celt',
    isDtx: bytes.length <= OPUS_DTX_BYTES_MAX,
  };
}

/** Duration of a packet in samples at 48 kHz, 120 to 5,760; 0 for everything that `inspectOpusPacket` refuses. */
export function opusPacketFrames(bytes: Uint8Array): number {
  if (bytes.length < 1 || bytes.length > OPUS_PACKET_BYTES_MAX) return 0;
  const frames = countFrames(bytes) * framesOfConfiguration(bytes[0] >> 3);
  return frames > OPUS_PACKET_FRAMES_MAX ? 0 : frames;
}

/** Number of Opus frames, after checking that their lengths fit the packet; 0 when they do not. */
function countFrames(bytes: Uint8Array): number {
  const body = bytes.length - 1;
  switch (bytes[0] & 3) {
    case 0:
      return body <= FRAME_BYTES_MAX ? 1 : 0;
    case 1:
      // Two frames of the same size (rule R3).
      return body % 2 === 0 && body / 2 <= FRAME_BYTES_MAX ? 2 : 0;
    case 2: {
      const first = readLength(bytes, 1);
      if (!first || first.length > body - first.size) return 0;
      return body - first.size - first.length <= FRAME_BYTES_MAX ? 2 : 0;
    }
    default:
      return countSignalled(bytes);
  }
}

/** Code 3: a signalled number of frames, with padding, of equal or different sizes (section 3.2.5). */
function countSignalled(bytes: Uint8Array): number {
  if (bytes.length < 2) return 0;
  const count = bytes[1] & 63;
  if (count === 0) return 0;
  let at = 2;
  let end = bytes.length;
  if ((bytes[1] & 64) !== 0) {
    let more = 255;
    while (more === 255) {
      if (at >= end) return 0;
      more = bytes[at++];
      end -= more === 255 ? 254 : more;
    }
    if (end < at) return 0;
  }
  if ((bytes[1] & 128) === 0) {
    const size = (end - at) / count;
    return Number.isInteger(size) && size <= FRAME_BYTES_MAX ? count : 0;
  }
  for (let frame = 0; frame < count - 1; frame++) {
    const length = readLength(bytes, at, end);
    if (!length) return 0;
    at += length.size;
    end -= length.length;
  }
  return end >= at && end - at <= FRAME_BYTES_MAX ? count : 0;
}

/** A frame length in one or two bytes (section 3.2.1). */
function readLength(bytes: Uint8Array, at: number, end = bytes.length): { length: number; size: number } | undefined {
  if (at >= end) return undefined;
  const first = bytes[at];
  if (first < 252) return { length: first, size: 1 };
  if (at + 1 >= end) return undefined;
  return { length: bytes[at + 1] * 4 + first, size: 2 };
}
