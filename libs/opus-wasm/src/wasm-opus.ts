import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { assert, OPUS_PACKET_BYTES_MAX, OPUS_PACKET_FRAMES_MAX, SAMPLE_RATE_HZ } from '@app/world';

/** Unused decoder states that are kept, some 18 KiB each. */
const SPARE_MAX = 64;
const SCALE = 1 / 32_768;

/** What the package's WebAssembly build of libopus exports, as far as it is used here. Pointers are numbers. */
interface OpusExports {
  memory: { buffer: ArrayBuffer };
  malloc(bytes: number): number;
  free(at: number): void;
  opus_decoder_get_size(channels: number): number;
  opus_decoder_init(state: number, rateHz: number, channels: number): number;
  /** Packet 0 stands for "lost"; with `isFec` 1 the copy of the packet before is decoded. Negative for an error. */
  opus_decode(state: number, packet: number, bytes: number, pcm: number, frames: number, isFec: 0 | 1): number;
}

/** The part of JavaScript's WebAssembly that is used here; the project's types are those of Node, which leave it out. */
interface WebAssemblyApi {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: unknown };
}

/**
 * libopus as WebAssembly, from inside the same package as the native one, which cannot decode redundancy: its `decode` has
 * no such parameter. A fifth to a third slower than native, so only voices that lose packets are given to it.
 *
 * One instance for a process; one packet at a time passes through its memory.
 */
export class WasmOpus {
  private static shared: WasmOpus | undefined;
  private readonly spare: number[] = [];
  private readonly packetAt: number;
  private readonly pcmAt: number;
  private packetBytes = new Uint8Array(0);
  private pcm = new Int16Array(0);

  private constructor(private readonly opus: OpusExports) {
    this.packetAt = opus.malloc(OPUS_PACKET_BYTES_MAX);
    this.pcmAt = opus.malloc(2 * OPUS_PACKET_FRAMES_MAX);
    assert(this.packetAt !== 0 && this.pcmAt !== 0, 'the Opus library has memory');
    this.look();
  }

  /** The process's instance, loaded with the first call. */
  static load(): WasmOpus {
    WasmOpus.shared ??= new WasmOpus(instantiate(() => WasmOpus.shared?.look()));
    return WasmOpus.shared;
  }

  /** A mono decoder that remembers nothing. */
  takeState(): number {
    const state = this.spare.pop() ?? this.opus.malloc(this.opus.opus_decoder_get_size(1));
    assert(state !== 0, 'the Opus library has memory for a decoder');
    this.resetState(state);
    return state;
  }

  resetState(state: number): void {
    assert(this.opus.opus_decoder_init(state, SAMPLE_RATE_HZ, 1) === 0, 'the decoder can be initialised');
  }

  giveState(state: number): void {
    if (this.spare.length < SPARE_MAX) this.spare.push(state);
    else this.opus.free(state);
  }

  /** Decodes into `target`. Returns samples, or 0 for what cannot be decoded. `bytes` undefined stands for a lost packet. */
  decode(
    state: number,
    bytes: Uint8Array | undefined,
    size: number,
    frames: number,
    isFec: 0 | 1,
    target: Float32Array,
    offset: number,
  ): number {
    const room = Math.min(frames, OPUS_PACKET_FRAMES_MAX, target.length - offset);
    if (size > OPUS_PACKET_BYTES_MAX) return 0;
    for (let index = 0; bytes && index < size; index++) this.packetBytes[index] = bytes[index];
    const done = this.opus.opus_decode(state, bytes ? this.packetAt : 0, bytes ? size : 0, this.pcmAt, room, isFec);
    const { pcm } = this;
    for (let index = 0; index < done; index++) target[offset + index] = pcm[index] * SCALE;
    return Math.max(0, done);
  }

  /** Memory that has grown is other memory. */
  private look(): void {
    this.packetBytes = new Uint8Array(this.opus.memory.buffer, this.packetAt, OPUS_PACKET_BYTES_MAX);
    this.pcm = new Int16Array(this.opus.memory.buffer, this.pcmAt, OPUS_PACKET_FRAMES_MAX);
  }
}

/** @param onGrowth  called when the memory has moved */
function instantiate(onGrowth: () => void): OpusExports {
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
  const path = createRequire(import.meta.url).resolve('@evan/opus/wasm/simd.wasm');
  const nothing = (): number => 0;
  const exit = (code: number): never => {
    throw new Error(`the Opus library has given up with code ${code}`);
  };
  const imports = {
    wasi_snapshot_preview1: { proc_exit: exit, fd_close: nothing, fd_write: nothing, fd_seek: nothing },
    env: { emscripten_notify_memory_growth: onGrowth },
  };
  return new Instance(new Module(readFileSync(path)), imports).exports as OpusExports;
}
