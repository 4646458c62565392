import { WasmOpus, WasmOpusDecoder } from '@app/opus-wasm';
import { MonoRecording } from './mono-recording.js';
import { oggPackets } from './ogg-pages.js';
import { SoundProblem } from './sound-problem.js';

const RATE_HZ = 48_000;
/** Samples of the longest packet. */
const PACKET_FRAMES_MAX = 5_760;
/** Bytes of a packet that the decoder takes. */
const PACKET_BYTES_MAX = 1_275;
/** Gains are given in this part of a decibel. */
const GAIN_UNIT = 256;
const GAIN_DB_MAX = 24;

interface OpusHead {
  /** Samples at the beginning that are not to be heard. */
  preSkip: number;
  /** Linear. */
  gain: number;
}

/** Reads an Ogg Opus file (RFC 7845) of one or two channels, mixed down to one. Throws SoundProblem. */
export function readOpusFile(bytes: Uint8Array, secondsMax: number): Int16Array<ArrayBuffer> {
  // The native library ends the whole process when a thread that has loaded it ends.
  const decoder = new WasmOpusDecoder(WasmOpus.load());
  try {
    return decodeAll(decoder, bytes, secondsMax);
  } finally {
    decoder.close();
  }
}

function decodeAll(decoder: WasmOpusDecoder, bytes: Uint8Array, secondsMax: number): Int16Array<ArrayBuffer> {
  const block = new Float32Array(PACKET_FRAMES_MAX);
  const recording = new MonoRecording(RATE_HZ, secondsMax);
  let head: OpusHead | undefined;
  let end = Infinity;
  let index = 0;
  for (const { data, granule } of oggPackets(bytes)) {
    index++;
    if (!head) {
      head = readHead(data);
      continue;
    }
    // The second packet holds comments.
    if (index === 2) continue;
    // A packet that is none costs its own time only.
    if (data.length > PACKET_BYTES_MAX) continue;
    const frames = decoder.decode(data, data.length, block, 0);
    for (let frame = 0; frame < frames; frame++) recording.add(head.gain * block[frame]);
    if (granule >= 0) end = granule;
  }
  if (!head) throw new SoundProblem('sound-broken', 'There is no stream in it.');
  const { preSkip } = head;
  // A file may end within its last packet, but hardly before: then its places are wrong.
  const isEndSound = end >= recording.length - PACKET_FRAMES_MAX && end > preSkip;
  return recording.take(preSkip, isEndSound ? end - preSkip : Infinity);
}

function readHead(data: Uint8Array): OpusHead {
  const name = String.fromCharCode(...data.subarray(0, 8));
  if (name !== 'OpusHead') throw new SoundProblem('sound-format-unknown', 'Ogg files are played if they hold Opus.');
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (data.length < 19) throw new SoundProblem('sound-broken', 'The head is too short.');
  const channels = data[9];
  const family = data[18];
  if (family !== 0 || channels < 1 || channels > 2) {
    throw new SoundProblem('sound-format-unknown', `Opus with ${channels} channels of family ${family} is not known.`);
  }
  const gainDb = Math.max(-GAIN_DB_MAX, Math.min(GAIN_DB_MAX, view.getInt16(16, true) / GAIN_UNIT));
  return { preSkip: view.getUint16(10, true), gain: 10 ** (gainDb / 20) };
}
