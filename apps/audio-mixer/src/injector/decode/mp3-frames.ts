/** The frames of an MP3 file, one behind the other, without anything else. */
export interface Mp3Frames {
  data: Uint8Array;
  rateHz: number;
  /** Samples of each channel in all frames. */
  length: number;
  /** Samples at the beginning and at the end that the encoder has added, if it says so. */
  skip: number;
  padding: number;
}

interface FrameHead {
  rateHz: number;
  sizeBytes: number;
  /** Samples of each channel. */
  length: number;
  isMono: boolean;
  /** MPEG 1; 2 and 2.5 otherwise. */
  isFirst: boolean;
}

const RATES_HZ: Readonly<Record<number, readonly number[]>> = {
  0: [11_025, 12_000, 8_000],
  2: [22_050, 24_000, 16_000],
  3: [44_100, 48_000, 32_000],
};
const KBITS_FIRST = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const KBITS_LATER = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const HEAD_BYTES = 4;
const MPEG_FIRST = 3;
const LAYER_3 = 1;
const MONO = 3;
/** Samples by which every decoder of this format is late. */
const DECODER_DELAY = 529;
/** From the name of an information frame to what its encoder says of its delays, in bytes. */
const DELAYS_AT = 141;

/**
 * Finds the frames of an MP3 file (MPEG 1, 2 and 2.5, layer III). What is no frame is left out; undefined when there are not
 * two that follow each other. Time is proportional to the size of the file, whatever is in it.
 */
export function findMp3Frames(bytes: Uint8Array): Mp3Frames | undefined {
  let at = firstFrame(bytes);
  const first = at < 0 ? undefined : readHead(bytes, at);
  if (!first) return undefined;
  const delays = readDelays(bytes, at, first);
  if (delays) at += first.sizeBytes;
  const data = new Uint8Array(bytes.length - at);
  let [size, length] = [0, 0];
  while (at + HEAD_BYTES <= bytes.length) {
    const head = readHead(bytes, at);
    if (head?.rateHz !== first.rateHz || at + head.sizeBytes > bytes.length) {
      at++;
      continue;
    }
    data.set(bytes.subarray(at, at + head.sizeBytes), size);
    at += head.sizeBytes;
    size += head.sizeBytes;
    length += head.length;
  }
  const { skip, padding } = delays ?? { skip: 0, padding: 0 };
  return { data: data.subarray(0, size), rateHz: first.rateHz, length, skip, padding };
}

/** Place of the first frame that another one follows; -1 for none. */
function firstFrame(bytes: Uint8Array): number {
  for (let at = tagBytes(bytes); at + HEAD_BYTES <= bytes.length; at++) {
    const head = readHead(bytes, at);
    if (head && readHead(bytes, at + head.sizeBytes)?.rateHz === head.rateHz) return at;
  }
  return -1;
}

/** Bytes of the tag (ID3v2) at the beginning. */
function tagBytes(bytes: Uint8Array): number {
  if (bytes.length < 10 || bytes[0] !== 0x49 || bytes[1] !== 0x44 || bytes[2] !== 0x33) return 0;
  return 10 + ((bytes[6] & 127) << 21) + ((bytes[7] & 127) << 14) + ((bytes[8] & 127) << 7) + (bytes[9] & 127);
}

function readHead(bytes: Uint8Array, at: number): FrameHead | undefined {
  if (at + HEAD_BYTES > bytes.length || bytes[at] !== 0xff || bytes[at + 1] >> 5 !== 7) return undefined;
  const version = (bytes[at + 1] >> 3) & 3;
  const layer = (bytes[at + 1] >> 1) & 3;
  const rateHz = RATES_HZ[version]?.[(bytes[at + 2] >> 2) & 3];
  const isFirst = version === MPEG_FIRST;
  const kbits = (isFirst ? KBITS_FIRST : KBITS_LATER)[bytes[at + 2] >> 4];
  if (layer !== LAYER_3 || !rateHz || !kbits) return undefined;
  const padding = (bytes[at + 2] >> 1) & 1;
  const sizeBytes = Math.floor(((isFirst ? 144_000 : 72_000) * kbits) / rateHz) + padding;
  return { rateHz, sizeBytes, length: isFirst ? 1_152 : 576, isMono: bytes[at + 3] >> 6 === MONO, isFirst };
}

/** What the frame of information says, if this is one: it holds no sound. */
function readDelays(bytes: Uint8Array, at: number, head: FrameHead): { skip: number; padding: number } | undefined {
  const side = head.isFirst ? (head.isMono ? 17 : 32) : head.isMono ? 9 : 17;
  const tag = at + HEAD_BYTES + side;
  const name = String.fromCharCode(...bytes.subarray(tag, tag + 4));
  if (name !== 'Xing' && name !== 'Info') return undefined;
  const delays = tag + DELAYS_AT;
  // An encoder that says nothing has nulls here.
  if (delays + 3 > at + head.sizeBytes || bytes[delays - 21] === 0) return { skip: 0, padding: 0 };
  const skip = ((bytes[delays] << 4) | (bytes[delays + 1] >> 4)) + DECODER_DELAY;
  const padding = ((bytes[delays + 1] & 15) << 8) | bytes[delays + 2];
  return { skip, padding: Math.max(0, padding - DECODER_DELAY) };
}
