import { sampleVoice } from '@app/testing';
import type { OpusCodec, OpusEncoderOptions } from '../src/codec.js';

/** Samples of each packet: 20 ms. */
export const FRAMES = 960;

/** Packets of a voice that is never silent. For specs. */
export function encodeVoice(
  codec: OpusCodec,
  { packets, ...options }: { packets: number } & Partial<OpusEncoderOptions>,
): Uint8Array[] {
  const encoder = codec.createEncoder({ channels: 1, bitrate: 32_000, complexity: 5, application: 'voip', ...options });
  const encoded = Array.from({ length: packets }, (_, index) => encoder.encode(sampleVoice(FRAMES, index * FRAMES)));
  encoder.close();
  return encoded;
}
