import { BitReader } from './bit-reader.js';
import { type FlacFormat, readFlacFrame } from './flac-frame.js';
import { MonoRecording } from './mono-recording.js';
import { SoundProblem } from './sound-problem.js';

const MARK = 'fLaC';
/** STREAMINFO is the first block of metadata, and the only one that is needed. */
const STREAM_INFO = 0;
const STREAM_INFO_BYTES = 34;
/** Silence of any length takes a few bytes, so what a file may claim has limits of its own. */
const RATE_HZ_MIN = 1_000;
const RATE_HZ_MAX = 96_000;
const BITS_MIN = 4;
const BITS_MAX = 24;

/** Whether a file says that it is a FLAC file. */
export function isFlac(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(0, MARK.length)) === MARK;
}

/**
 * Reads a FLAC file (RFC 9639), its channels mixed down to one. It is played as far as its frames are whole. Throws
 * SoundProblem.
 */
export function readFlac(bytes: Uint8Array, secondsMax: number): MonoRecording {
  const reader = new BitReader(bytes, MARK.length);
  const format = readMetadata(reader);
  const recording = new MonoRecording(format.rateHz, secondsMax);
  const channels = Array.from({ length: format.channels }, () => new Int32Array(0));
  while (reader.at < bytes.length) {
    let length: number;
    try {
      length = readFlacFrame(reader, bytes, format, channels);
    } catch (error) {
      if (error instanceof SoundProblem && recording.length > 0) break;
      throw error;
    }
    mix(recording, channels, length, format.bits);
  }
  return recording;
}

function readMetadata(reader: BitReader): FlacFormat {
  let format: FlacFormat | undefined;
  for (let isLast = false; !isLast;) {
    isLast = reader.unsigned(1) === 1;
    const type = reader.unsigned(7);
    const size = reader.unsigned(24);
    if (type !== STREAM_INFO || format) reader.skip(8 * size);
    else if (size !== STREAM_INFO_BYTES) throw new SoundProblem('sound-broken', 'The format has no such length.');
    else format = readFormat(reader);
  }
  if (!format) throw new SoundProblem('sound-broken', 'The format is missing.');
  return format;
}

function readFormat(reader: BitReader): FlacFormat {
  // Sizes of blocks and frames.
  reader.skip(2 * 16 + 2 * 24);
  const rateHz = reader.unsigned(20);
  const channels = reader.unsigned(3) + 1;
  const bits = reader.unsigned(5) + 1;
  // The number of samples, which nobody has to believe, and a hash.
  reader.skip(36 + 128);
  if (rateHz < RATE_HZ_MIN || rateHz > RATE_HZ_MAX || bits < BITS_MIN || bits > BITS_MAX) {
    throw new SoundProblem('sound-format-unknown', `FLAC of ${rateHz} Hz with ${bits} bits is not known.`);
  }
  return { rateHz, channels, bits };
}

function mix(recording: MonoRecording, channels: readonly Int32Array[], length: number, bits: number): void {
  const scale = 1 / (channels.length * 2 ** (bits - 1));
  for (let index = 0; index < length; index++) {
    let sum = 0;
    for (const channel of channels) sum += channel[index];
    recording.add(sum * scale);
  }
}
