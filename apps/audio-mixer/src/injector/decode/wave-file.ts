import { MonoRecording } from './mono-recording.js';
import { SoundProblem } from './sound-problem.js';

const CHANNELS_MAX = 32;
const RATE_HZ_MIN = 1_000;
const RATE_HZ_MAX = 384_000;
const FORMAT = { pcm: 1, float: 3, extensible: 0xfffe } as const;
/** Bytes of a chunk's name and size. */
const CHUNK_HEAD_BYTES = 8;
/** Bytes of the file's own head, before the first chunk. */
const FILE_HEAD_BYTES = 12;

interface WaveFormat {
  channels: number;
  rateHz: number;
  /** Bytes of one sample. */
  width: number;
  isFloat: boolean;
}

type ReadSample = (view: DataView, at: number) => number;

/** Whether a file says that it is a WAV file. */
export function isWave(bytes: Uint8Array): boolean {
  return textAt(bytes, 0) === 'RIFF' && textAt(bytes, 8) === 'WAVE';
}

/**
 * Reads a WAV file: PCM of 8, 16, 24 or 32 bits, or floats of 32 or 64, at any rate, its channels mixed down to one. A file
 * that ends too early is played as far as it goes. Throws SoundProblem.
 */
export function readWave(bytes: Uint8Array, secondsMax: number): MonoRecording {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let format: WaveFormat | undefined;
  for (let at = FILE_HEAD_BYTES; at + CHUNK_HEAD_BYTES <= bytes.length;) {
    const name = textAt(bytes, at);
    const begin = at + CHUNK_HEAD_BYTES;
    const size = Math.min(view.getUint32(at + 4, true), bytes.length - begin);
    if (name === 'fmt ') format = readFormat(new DataView(view.buffer, view.byteOffset + begin, size));
    if (name === 'data') {
      if (!format) throw broken('The samples come before their format.');
      return readSamples(new DataView(view.buffer, view.byteOffset + begin, size), format, secondsMax);
    }
    // Chunks begin at even places.
    at = begin + size + (size & 1);
  }
  throw broken('There are no samples.');
}

function readFormat(view: DataView): WaveFormat {
  if (view.byteLength < 16) throw broken('The format is too short.');
  let tag = view.getUint16(0, true);
  if (tag === FORMAT.extensible && view.byteLength >= 26) tag = view.getUint16(24, true);
  const channels = view.getUint16(2, true);
  const rateHz = view.getUint32(4, true);
  const bits = view.getUint16(14, true);
  const isFloat = tag === FORMAT.float;
  const isKnown = isFloat ? bits === 32 || bits === 64 : tag === FORMAT.pcm && [8, 16, 24, 32].includes(bits);
  if (!isKnown) throw new SoundProblem('sound-format-unknown', `WAV of format ${tag} with ${bits} bits is not known.`);
  if (channels < 1 || channels > CHANNELS_MAX) throw broken(`There are ${channels} channels.`);
  if (rateHz < RATE_HZ_MIN || rateHz > RATE_HZ_MAX) throw broken(`The rate is ${rateHz} Hz.`);
  return { channels, rateHz, width: bits / 8, isFloat };
}

function readSamples(view: DataView, { channels, rateHz, width, isFloat }: WaveFormat, secondsMax: number) {
  const read = isFloat ? FLOAT_READERS[width] : PCM_READERS[width];
  const frameBytes = channels * width;
  const recording = new MonoRecording(rateHz, secondsMax);
  for (let at = 0; at + frameBytes <= view.byteLength; at += frameBytes) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += read(view, at + channel * width);
    recording.add(sum / channels);
  }
  return recording;
}

const PCM_READERS: Readonly<Record<number, ReadSample>> = {
  1: (view, at) => (view.getUint8(at) - 128) / 128,
  2: (view, at) => view.getInt16(at, true) / 32_768,
  3: (view, at) => (view.getUint16(at, true) / 256 + (view.getInt8(at + 2) << 8)) / 32_768,
  4: (view, at) => view.getInt32(at, true) / 2_147_483_648,
};

const FLOAT_READERS: Readonly<Record<number, ReadSample>> = {
  4: (view, at) => view.getFloat32(at, true),
  8: (view, at) => view.getFloat64(at, true),
};

function textAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

function broken(text: string): SoundProblem {
  return new SoundProblem('sound-broken', text);
}
