import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { MonoRecording } from './mono-recording.js';
import { findMp3Frames } from './mp3-frames.js';
import { SoundProblem } from './sound-problem.js';
import { type WasmModule, wasm } from './web-assembly.js';

/** What is decoded at once, in seconds. */
const PIECE_S = 1;

/** What the module has to offer, as far as it is used here. */
interface Minimp3 {
  memory: { readonly buffer: ArrayBuffer };
  decoder_init(): void;
  decoder_set_mp3_data_size(bytes: number): void;
  decoder_mp3_data_offset(): number;
  decoder_seek(seconds: number): void;
  decoder_decode(seconds: number): void;
  decoder_pcm_data_offset(): number;
  decode_results_num_samples(): number;
  decode_results_num_channels(): number;
}

let compiled: Promise<WasmModule> | undefined;

/** Reads an MP3 file, its channels mixed down to one. Throws SoundProblem. */
export async function readMp3(
  bytes: Uint8Array,
  secondsMax: number,
): Promise<{ frames: Int16Array<ArrayBuffer>; rateHz: number }> {
  const found = findMp3Frames(bytes);
  if (!found) throw new SoundProblem('sound-format-unknown', 'The file is no WAV, FLAC, MP3 or Ogg Opus.');
  const { rateHz, length, skip, padding } = found;
  if (length > rateHz * secondsMax) throw new SoundProblem('sound-too-long', `It is longer than ${secondsMax} s.`);
  const recording = new MonoRecording(rateHz, secondsMax + PIECE_S);
  const decoder = await open(found.data);
  // What the frames promise is the most there can be, whatever the decoder makes of them.
  while (recording.length < length && decodePiece(decoder, recording));
  return { frames: recording.take(skip, length - skip - padding), rateHz };
}

async function open(data: Uint8Array): Promise<Minimp3> {
  compiled ??= compile();
  const { exports } = await wasm.instantiate(await compiled, {});
  const decoder = exports as unknown as Minimp3;
  decoder.decoder_init();
  decoder.decoder_set_mp3_data_size(data.length);
  new Uint8Array(decoder.memory.buffer, decoder.decoder_mp3_data_offset(), data.length).set(data);
  decoder.decoder_seek(0);
  return decoder;
}

async function compile(): Promise<WasmModule> {
  const path = createRequire(import.meta.url).resolve('minimp3-wasm/dist/decoder.opt.wasm');
  return wasm.compile(await readFile(path));
}

/** Whether there was more. */
function decodePiece(decoder: Minimp3, recording: MonoRecording): boolean {
  decoder.decoder_decode(PIECE_S);
  const count = decoder.decode_results_num_samples();
  const channels = decoder.decode_results_num_channels();
  if (count <= 0 || channels < 1) return false;
  const pcm = new Int16Array(decoder.memory.buffer, decoder.decoder_pcm_data_offset(), count);
  for (let at = 0; at + channels <= count; at += channels) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += pcm[at + channel];
    recording.add(sum / channels / 32_768);
  }
  return true;
}
