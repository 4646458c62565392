import type { OpusCodec, OpusEncoderOptions } from './codec.js';

/** Samples of each packet: 20 ms. */
export const FRAMES = 960;
const HARMONICS = 8;

/**
 * Packets of something that Opus takes for a voice, never silent: harmonics of a wandering pitch, with changing weights,
 * and a breath of noise. For specs.
 */
export function encodeVoice(
  codec: OpusCodec,
  { packets, ...options }: { packets: number } & Partial<OpusEncoderOptions>,
): Uint8Array[] {
  const encoder = codec.createEncoder({ channels: 1, bitrate: 32_000, complexity: 9, application: 'voip', ...options });
  const voice = sampleVoice(packets * FRAMES);
  const encoded = Array.from({ length: packets }, (_, index) =>
    encoder.encode(voice.subarray(index * FRAMES, (index + 1) * FRAMES)),
  );
  encoder.close();
  return encoded;
}

/** The same as samples. */
export function sampleVoice(frames: number): Int16Array {
  const samples = new Int16Array(frames);
  const weights = new Float64Array(HARMONICS + 1);
  let phase = 0;
  let chance = 1;
  for (let n = 0; n < frames; n++) {
    const seconds = n / 48_000;
    if (n % 240 === 0) {
      for (let at = 1; at <= HARMONICS; at++) weights[at] = (1 + Math.sin(3 * seconds * (1 + (at % 3)) + at)) / at;
    }
    phase += (2 * Math.PI * (130 + 25 * Math.sin(4 * seconds))) / 48_000;
    let voice = 0;
    for (let at = 1; at <= HARMONICS; at++) voice += weights[at] * Math.sin(at * phase);
    chance = (chance * 48_271) % 2_147_483_647;
    const loudness = 0.6 + 0.4 * Math.sin(9 * seconds);
    samples[n] = 6_000 * loudness * voice + 60 * (chance / 2_147_483_647 - 0.5);
  }
  return samples;
}
