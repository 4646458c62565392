import type { OpusCodec, OpusDecoder, OpusEncoder, OpusEncoderOptions } from '@app/opus';

/** Header of a packet of 20 ms, mono, that real decoders take, too (RFC 6716: CELT, full band, one frame). */
export const PACKET_HEADER = 0xf8;
const PACKET_FRAMES = 960;

/** Coders that are open at this moment, and what they have done. */
export interface CoderCounts {
  decoders: number;
  encoders: number;
  decoded: number;
  encoded: number;
}

/** A codec that counts its coders, so that those which nobody closed are found. */
export class CountingCodec implements OpusCodec {
  readonly counts: CoderCounts = { decoders: 0, encoders: 0, decoded: 0, encoded: 0 };

  /** @param codec  does the work; without it a tone stands for every voice, and three bytes for every mix */
  constructor(private readonly codec: OpusCodec = new CheapCodec()) {}

  createEncoder(options: OpusEncoderOptions): OpusEncoder {
    const { counts } = this;
    const encoder = this.codec.createEncoder(options);
    const encode = encoder.encode.bind(encoder);
    encoder.encode = (samples) => {
      counts.encoded++;
      return encode(samples);
    };
    counts.encoders++;
    return countClose(encoder, () => counts.encoders--);
  }

  createDecoder(): OpusDecoder {
    const { counts } = this;
    const decoder = this.codec.createDecoder();
    const decode = decoder.decode.bind(decoder);
    decoder.decode = (...args) => {
      counts.decoded++;
      return decode(...args);
    };
    counts.decoders++;
    return countClose(decoder, () => counts.decoders--);
  }
}

/** Tells when the coder is closed, once. */
function countClose<Coder extends { close(): void }>(coder: Coder, tell: () => void): Coder {
  const close = coder.close.bind(coder);
  let isOpen = true;
  coder.close = () => {
    if (isOpen) tell();
    isOpen = false;
    close();
  };
  return coder;
}

/** One voice for everybody: a tone that begins and ends each packet at zero, so that packets can be left out. */
const TONE = Float32Array.from({ length: PACKET_FRAMES }, (_, n) => 0.2 * Math.sin((2 * Math.PI * 250 * n) / 48_000));

/** Costs next to nothing, so that hours can be simulated in seconds. */
class CheapCodec implements OpusCodec {
  createEncoder(): OpusEncoder {
    return {
      encode: () => Uint8Array.of(PACKET_HEADER, 1, 2),
      takeUp: () => undefined,
      setComplexity: () => undefined,
      close: () => undefined,
    };
  }

  createDecoder(): OpusDecoder {
    return {
      decode: (_bytes, _size, target, offset) => writeTone(PACKET_FRAMES, target, offset),
      conceal: writeTone,
      hasRedundancy: () => false,
      isBackground: () => false,
      recover: () => 0,
      setRecovery: () => undefined,
      reset: () => undefined,
      close: () => undefined,
    };
  }
}

function writeTone(frames: number, target: Float32Array, offset: number): number {
  const count = Math.min(frames, PACKET_FRAMES);
  target.set(count === PACKET_FRAMES ? TONE : TONE.subarray(0, count), offset);
  return count;
}
