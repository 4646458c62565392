import { EvanOpusCodec, type OpusEncoderOptions } from '@app/opus';
import { AUDIO_FRAME_MS } from '@app/vircadia';
import { seeded, synthesiseVoice } from './speech-synthesis.js';

const OPUS_RATE_HZ = 48_000;
/** Samples of 10 ms at Opus' rate. */
export const OPUS_FRAME_SAMPLES = (OPUS_RATE_HZ * AUDIO_FRAME_MS) / 1_000;
const VOICES = 10;
const VOICE_SECONDS = 4;
const VOICE_BITRATE = 32_000;

/** Sound of 10 ms each, without an end: after the last frame comes the first. */
export interface Recording {
  /** Encoded, or 16-bit samples at 24 kHz. */
  readonly frames: readonly Uint8Array[];
}

/** What bots say, encoded once for all of them: nobody can tell a hundred mouths from ten at other places of a recording. */
export class VoiceBank {
  private readonly codec = new EvanOpusCodec();
  private readonly recordings = new Map<string, Recording[]>();

  constructor(private readonly isStereo: boolean) {}

  /** @param codec  `opus`, or anything else for samples as they are */
  voices(codec: string): readonly Recording[] {
    const known = this.recordings.get(codec);
    if (known) return known;
    const made = Array.from({ length: VOICES }, (_, voice) => {
      const samples = synthesiseVoice(voice + 1, VOICE_SECONDS * OPUS_RATE_HZ, OPUS_RATE_HZ);
      return this.record(samples, codec, 'voip');
    });
    this.recordings.set(codec, made);
    return made;
  }

  /**
   * @param samples  mono, 48 kHz
   * @param from     frames that are encoded before it, and left away, so that the end fits to the beginning
   */
  record(samples: Int16Array, codec: string, application: OpusEncoderOptions['application'], from = 0): Recording {
    const channels = this.isStereo ? 2 : 1;
    const encoder =
      codec === 'opus'
        ? this.codec.createEncoder({ channels, bitrate: VOICE_BITRATE, complexity: 5, application })
        : undefined;
    const frames: Uint8Array[] = [];
    for (let begin = 0; begin < samples.length; begin += OPUS_FRAME_SAMPLES) {
      const frame = samples.subarray(begin, begin + OPUS_FRAME_SAMPLES);
      const encoded = encoder ? encoder.encode(interleaved(frame, channels)) : halfRateBytes(frame, channels);
      if (begin >= from * OPUS_FRAME_SAMPLES) frames.push(encoded);
    }
    encoder?.close();
    return { frames };
  }
}

/** Noise so soft that nobody hears it, but no digital silence: microphones know none. */
export function breath(samples: Int16Array): Int16Array {
  const chance = seeded(99);
  return samples.map((sample) => sample + 30 * (chance() - 0.5));
}

function interleaved(mono: Int16Array, channels: number): Int16Array {
  return Int16Array.from({ length: mono.length * channels }, (_, index) => mono[Math.floor(index / channels)]);
}

/** 16-bit little-endian samples at 24 kHz. */
function halfRateBytes(mono: Int16Array, channels: number): Uint8Array {
  const half = Int16Array.from({ length: mono.length / 2 }, (_, n) => (mono[2 * n] + mono[2 * n + 1]) / 2);
  return new Uint8Array(interleaved(half, channels).buffer);
}
