import { isFlac, readFlac } from './flac-file.js';
import { type MonoRecording } from './mono-recording.js';
import { readMp3 } from './mp3-file.js';
import { isOgg } from './ogg-pages.js';
import { readOpusFile } from './opus-file.js';
import { resample } from './resample.js';
import { SoundProblem } from './sound-problem.js';
import { isWave, readWave } from './wave-file.js';

const RATE_HZ = 48_000;

/**
 * Makes mono samples at 48 kHz of a sound file: WAV, FLAC, MP3 or Ogg Opus. Takes whole seconds for long files, so it runs in a
 * thread of its own. Throws SoundProblem for what is no sound.
 */
export async function decodeSound(bytes: Uint8Array, secondsMax: number): Promise<Int16Array<ArrayBuffer>> {
  const { frames, rateHz } = await read(bytes, secondsMax);
  if (frames.length === 0) throw new SoundProblem('sound-broken', 'There is no sound in the file.');
  return resample(frames, rateHz, RATE_HZ);
}

async function read(
  bytes: Uint8Array,
  secondsMax: number,
): Promise<{ frames: Int16Array<ArrayBuffer>; rateHz: number }> {
  if (isWave(bytes)) return takeAll(readWave(bytes, secondsMax));
  if (isFlac(bytes)) return takeAll(readFlac(bytes, secondsMax));
  if (isOgg(bytes)) return { frames: readOpusFile(bytes, secondsMax), rateHz: RATE_HZ };
  return readMp3(bytes, secondsMax);
}

function takeAll(recording: MonoRecording): { frames: Int16Array<ArrayBuffer>; rateHz: number } {
  return { frames: recording.take(), rateHz: recording.rateHz };
}
