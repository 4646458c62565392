import { Decoder, Encoder } from '@evan/opus';
import { assert, SAMPLE_RATE_HZ } from '@app/world';
import type { OpusCodec, OpusDecoder, OpusEncoder, OpusEncoderOptions } from './codec.js';
import { libraryMemory } from './library-memory.js';
import { libraryMethod } from './library-method.js';
import { NativePool } from './native-pool.js';
import { type PlainDecoder, RecoveringDecoder } from './recovering-decoder.js';

/** Opus frame durations in samples, with the two lowest bits of a CELT configuration number that stand for them. */
const CELT_FRAMES = [120, 240, 480, 960] as const;
/** Configuration of CELT at full bandwidth, for concealment before anything was heard. */
const CELT_FULLBAND = 28;
/** Scale from 16-bit samples to [-1, 1]. */
const SCALE = 1 / 32_768;

const encodeNative = libraryMethod(Encoder.prototype, 'encode');
const decodeNative = libraryMethod(Decoder.prototype, 'decode');
const memory = libraryMemory();

type Application = NonNullable<OpusEncoderOptions['application']>;

/** What the library calls them. */
const APPLICATIONS = { audio: 'audio', lowdelay: 'restricted_lowdelay', voip: 'voip' } as const;

/** Opus by the `@evan/opus` package: native where it has a build, WebAssembly elsewhere. */
export class EvanOpusCodec implements OpusCodec {
  private readonly decoders = new NativePool(() => new Decoder({ channels: 1, sample_rate: SAMPLE_RATE_HZ }));
  private readonly encoders = new Map<string, NativePool<Encoder>>();

  createEncoder(options: OpusEncoderOptions): OpusEncoder {
    const application = options.application ?? 'audio';
    const pool = this.encoderPool(options.channels, application);
    const encoder = pool.take();
    encoder.bitrate = options.bitrate;
    const lossPercent = options.lossPercent ?? 0;
    encoder.inband_fec = lossPercent > 0;
    encoder.packet_loss = lossPercent;
    encoder.dtx = options.isDtx ?? false;
    encoder.max_bandwidth = options.isNarrow ? 'superwideband' : 'fullband';
    const made = new EvanOpusEncoder(encoder, options.channels, pool);
    made.setComplexity(options.complexity);
    return made;
  }

  createDecoder(): OpusDecoder {
    return new RecoveringDecoder(new EvanOpusDecoder(this.decoders.take(), this.decoders));
  }

  private encoderPool(channels: 1 | 2, application: Application): NativePool<Encoder> {
    const key = `${application}-${channels}`;
    let pool = this.encoders.get(key);
    if (!pool) {
      pool = new NativePool(() => makeEncoder(channels, application));
      this.encoders.set(key, pool);
    }
    return pool;
  }
}

function makeEncoder(channels: 1 | 2, application: Application): Encoder {
  return new Encoder({ channels, sample_rate: SAMPLE_RATE_HZ, application: APPLICATIONS[application] });
}

class EvanOpusEncoder implements OpusEncoder {
  private native: Encoder | undefined;
  /** Whether the next packet must not lean on those before it. */
  private isTakingUp = false;

  constructor(
    native: Encoder,
    private readonly channels: 1 | 2,
    private readonly pool: NativePool<Encoder>,
  ) {
    this.native = native;
  }

  encode(samples: Int16Array): Uint8Array {
    assert(this.native, 'the encoder is open');
    assert(samples.length % this.channels === 0, 'whole frames are encoded');
    const packet = packetOf(encodeNative.call(this.native, samples));
    if (this.isTakingUp) this.setTakingUp(this.native, false);
    return packet;
  }

  takeUp(samples: Int16Array): void {
    this.encode(samples);
    if (this.native) this.setTakingUp(this.native, true);
  }

  setComplexity(complexity: number): void {
    assert(this.native, 'the encoder is open');
    this.native.complexity = Math.max(0, Math.min(10, Math.round(complexity))) as 5;
  }

  close(): void {
    if (!this.native) return;
    if (this.isTakingUp) this.setTakingUp(this.native, false);
    this.pool.give(this.native);
    this.native = undefined;
  }

  private setTakingUp(native: Encoder, isTakingUp: boolean): void {
    native.prediction_disabled = isTakingUp;
    this.isTakingUp = isTakingUp;
  }
}

class EvanOpusDecoder implements PlainDecoder {
  private native: Decoder | undefined;
  /** Upper six bits of the last good packet's first byte: how the stream is coded. */
  private streamHeader = CELT_FULLBAND << 3;
  private readonly lossPacket = new Uint8Array(1);

  constructor(
    native: Decoder,
    private readonly pool: NativePool<Decoder>,
  ) {
    this.native = native;
  }

  decode(bytes: Uint8Array, size: number, target: Float32Array, offset: number): number {
    if (size < 1) return 0;
    const frames = this.decodeInto(size === bytes.length ? bytes : bytes.subarray(0, size), target, offset);
    if (frames > 0) this.streamHeader = bytes[0] & 0xfc;
    return frames;
  }

  /**
   * The library does not pass an empty packet on to libopus, which would mean "lost". But a packet that is nothing but its
   * header has one frame without data, and libopus treats that as lost, too (RFC 6716, section 4.4).
   */
  conceal(frames: number, target: Float32Array, offset: number): number {
    let done = 0;
    while (done < frames) {
      this.lossPacket[0] = this.lossHeader(frames - done);
      const invented = this.decodeInto(this.lossPacket, target, offset + done);
      if (invented === 0) break;
      done += invented;
    }
    return done;
  }

  reset(): void {
    this.native?.reset();
    this.streamHeader = CELT_FULLBAND << 3;
  }

  close(): void {
    if (!this.native) return;
    this.pool.give(this.native);
    this.native = undefined;
  }

  /** Header of a packet without data, as the stream was coded, of at most `frames` samples if that can be said. */
  private lossHeader(frames: number): number {
    const configuration = this.streamHeader >> 3;
    const rest = this.streamHeader & 4;
    if (configuration >= 16) {
      let step = CELT_FRAMES.length - 1;
      while (step > 0 && CELT_FRAMES[step] > frames) step--;
      return (((configuration & 0x1c) | step) << 3) | rest;
    }
    // SILK and hybrid both know 10 and 20 ms under their two lowest numbers.
    const base = configuration < 12 ? configuration & 0x1c : configuration & 0x1e;
    return ((base | (frames >= 960 ? 1 : 0)) << 3) | rest;
  }

  private decodeInto(bytes: Uint8Array, target: Float32Array, offset: number): number {
    assert(this.native, 'the decoder is open');
    let decoded: Uint8Array | number;
    try {
      decoded = decodeNative.call(this.native, bytes);
    } catch {
      // The library throws for what is no Opus packet. What that means is the caller's decision.
      return 0;
    }
    const samples = samplesOf(decoded);
    const count = typeof decoded === 'number' ? decoded >> 1 : samples.length;
    const frames = Math.min(count, target.length - offset);
    for (let index = 0; index < frames; index++) target[offset + index] = samples[index] * SCALE;
    return frames;
  }
}

/** Where the library has put the samples: its own memory, or the result. */
function samplesOf(decoded: Uint8Array | number): Int16Array {
  if (typeof decoded !== 'number') return new Int16Array(decoded.buffer, decoded.byteOffset, decoded.byteLength >> 1);
  assert(memory, 'the native library has memory');
  return memory.samples;
}

/** The packet that the library has made, in memory of its own. */
function packetOf(encoded: Uint8Array | number): Uint8Array {
  if (typeof encoded !== 'number') return encoded;
  assert(memory, 'the native library has memory');
  return memory.packet.slice(0, encoded);
}
