import { EvanOpusCodec, type OpusDecoder } from '@app/opus';
import { AUDIO_FRAME_MS } from '@app/vircadia';
import { findMarker, MARKER_FRAME_SAMPLES, markerSamples } from './marker.js';
import type { Recording, VoiceBank } from './voice-bank.js';

/** Frames that are kept: 1.28 s. */
const KEPT_FRAMES = 128;
/** How long after it was said a marker is waited for, in ms; the next one comes after 500. */
export const MARKER_WAIT_MS = 450;
/** Samples that Opus may give for one packet: 120 ms. */
const DECODED_SAMPLES_MAX = 5_760;
/** One for all, because it keeps decoders for those who come later. */
const OPUS = new EvanOpusCodec();

/** What those say who are listened to, and how much later it comes out of the decoder than it went into the encoder. */
export interface MarkerVoice {
  readonly recording: Recording;
  /** The look-ahead of the speaker's own encoder, in ms. */
  readonly lookAheadMs: number;
}

export function markerVoice(bank: VoiceBank, codec: string): MarkerVoice {
  const recording = bank.record(markerSamples(3), codec, 'audio', markerSamples(1).length / (48 * AUDIO_FRAME_MS));
  const ear = new MarkerDecoder(codec);
  const sound = new Float32Array(recording.frames.length * MARKER_FRAME_SAMPLES);
  recording.frames.forEach((frame, index) => ear.decode(frame, sound, index * MARKER_FRAME_SAMPLES));
  ear.close();
  // The decoder begins in the middle of the stream: the first marker may be spoilt, the second is not.
  const second = sound.length / 2;
  const at = findMarker(sound.subarray(second)) ?? 0;
  return { recording, lookAheadMs: (at * AUDIO_FRAME_MS) / MARKER_FRAME_SAMPLES };
}

/** The ear of a pair: keeps the last second of what it hears, with the times at which it came. */
export class DelayProbe {
  private readonly decoder: MarkerDecoder;
  private readonly sound = new Float32Array(KEPT_FRAMES * MARKER_FRAME_SAMPLES);
  private readonly arrivedMs = new Float64Array(KEPT_FRAMES).fill(-Infinity);
  private newest = -1;

  constructor(
    codec: string,
    private readonly lookAheadMs: number,
  ) {
    this.decoder = new MarkerDecoder(codec);
  }

  /**
   * @param frame  its number, without gaps where nothing is lost
   * @param audio  undefined for silence
   */
  take(frame: number, audio: Uint8Array | undefined, nowMs: number): void {
    for (let missing = Math.max(this.newest + 1, frame - KEPT_FRAMES); missing < frame; missing++) this.forget(missing);
    this.newest = Math.max(this.newest, frame);
    const place = frame % KEPT_FRAMES;
    const from = place * MARKER_FRAME_SAMPLES;
    if (audio) this.decoder.decode(audio, this.sound, from);
    else this.sound.fill(0, from, from + MARKER_FRAME_SAMPLES);
    this.arrivedMs[place] = nowMs;
  }

  /**
   * How long a marker took from its speaker's socket to this ear's, in ms, as if both ends sent and played each sample at
   * its own time; the speaker's encoder is taken out, the server's is not. Undefined: it was not heard.
   *
   * @param sentMs  when its first frame was sent
   */
  delayOf(sentMs: number): number | undefined {
    let first = this.newest;
    const oldest = Math.max(0, this.newest - KEPT_FRAMES + 1);
    while (first > oldest && this.arrivedMs[(first - 1) % KEPT_FRAMES] >= sentMs) first--;
    const frames = this.newest - first + 1;
    const sound = new Float32Array(frames * MARKER_FRAME_SAMPLES);
    for (let index = 0; index < frames; index++) {
      const from = ((first + index) % KEPT_FRAMES) * MARKER_FRAME_SAMPLES;
      sound.set(this.sound.subarray(from, from + MARKER_FRAME_SAMPLES), index * MARKER_FRAME_SAMPLES);
    }
    const at = findMarker(sound);
    if (at === undefined) return undefined;
    const frame = first + Math.floor(at / MARKER_FRAME_SAMPLES);
    const withinMs = ((at % MARKER_FRAME_SAMPLES) * AUDIO_FRAME_MS) / MARKER_FRAME_SAMPLES;
    return this.arrivedMs[frame % KEPT_FRAMES] + withinMs - sentMs - this.lookAheadMs;
  }

  close(): void {
    this.decoder.close();
  }

  private forget(frame: number): void {
    const place = frame % KEPT_FRAMES;
    this.sound.fill(0, place * MARKER_FRAME_SAMPLES, (place + 1) * MARKER_FRAME_SAMPLES);
    // It counts as heard when its neighbour was: there is nothing in it.
    this.arrivedMs[place] = this.arrivedMs[(place + KEPT_FRAMES - 1) % KEPT_FRAMES];
  }
}

/** Makes mono samples at MARKER_RATE_HZ of what bots send and hear. */
class MarkerDecoder {
  private readonly opus: OpusDecoder | undefined;
  private readonly decoded = new Float32Array(DECODED_SAMPLES_MAX);

  constructor(codec: string) {
    this.opus = codec === 'opus' ? OPUS.createDecoder() : undefined;
  }

  /** Writes MARKER_FRAME_SAMPLES samples to `at`. */
  decode(audio: Uint8Array, target: Float32Array, at: number): void {
    const values = this.opus ? this.opus.decode(audio, audio.length, this.decoded, 0) : this.readSamples(audio);
    const group = Math.max(1, Math.floor(values / MARKER_FRAME_SAMPLES));
    for (let n = 0; n < MARKER_FRAME_SAMPLES; n++) {
      let sum = 0;
      for (let k = 0; k < group; k++) sum += this.decoded[n * group + k];
      target[at + n] = values > 0 ? sum / group : 0;
    }
  }

  close(): void {
    this.opus?.close();
  }

  /** All channels in a row: groups of neighbours are added up anyway. */
  private readSamples(audio: Uint8Array): number {
    const view = new DataView(audio.buffer, audio.byteOffset, audio.byteLength);
    const values = Math.min(DECODED_SAMPLES_MAX, audio.byteLength >> 1);
    for (let n = 0; n < values; n++) this.decoded[n] = view.getInt16(2 * n, true) / 32_768;
    return values;
  }
}
