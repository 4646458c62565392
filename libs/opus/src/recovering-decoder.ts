import { OPUS_PACKET_FRAMES_MAX } from '@app/world';
import type { OpusDecoder } from './codec.js';
import { hasRedundancy, isBackground } from './silk-header.js';
import { WasmOpus, WasmOpusDecoder } from '@app/opus-wasm';

/**
 * Packets that both decoders are given before one takes over from the other: 320 ms of 20 ms packets. What a decoder
 * remembers of the time before fades with each packet; after so many, both differ by less than -55 dBFS in loud speech.
 */
const PRIMING_PACKETS = 16;

/** What a decoder that is being primed says; nobody hears it. */
const unheard = new Float32Array(OPUS_PACKET_FRAMES_MAX);

/** A decoder that knows nothing of redundancy. */
export type PlainDecoder = Pick<OpusDecoder, 'decode' | 'conceal' | 'reset' | 'close'>;

/**
 * Decodes with the native library, and while `recover` is wanted with the WebAssembly one, which is slower but can decode
 * redundancy. Each change is prepared by giving the packets to both for a while, and is a cross-fade over one packet.
 */
export class RecoveringDecoder implements OpusDecoder {
  private wasm: WasmOpusDecoder | undefined;
  /** Who is heard. */
  private current: PlainDecoder;
  /** Who is going to be heard, when `primingLeft` packets have been given to it. */
  private next: PlainDecoder | undefined;
  private primingLeft = 0;

  constructor(private readonly native: PlainDecoder) {
    this.current = native;
  }

  decode(bytes: Uint8Array, size: number, target: Float32Array, offset: number): number {
    const frames = this.current.decode(bytes, size, target, offset);
    if (this.next) this.prime(this.next, bytes, size, target, offset, frames);
    return frames;
  }

  conceal(frames: number, target: Float32Array, offset: number): number {
    this.next?.conceal(frames, unheard, 0);
    return this.current.conceal(frames, target, offset);
  }

  hasRedundancy(bytes: Uint8Array, size: number): boolean {
    return hasRedundancy(bytes, size);
  }

  isBackground(bytes: Uint8Array, size: number): boolean {
    return isBackground(bytes, size);
  }

  recover(bytes: Uint8Array, size: number, frames: number, target: Float32Array, offset: number): number {
    if (!this.wasm || this.current !== this.wasm || !hasRedundancy(bytes, size)) return 0;
    this.next?.conceal(frames, unheard, 0);
    return this.wasm.recover(bytes, size, frames, target, offset);
  }

  setRecovery(isWanted: boolean): void {
    if (isWanted) this.wasm ??= new WasmOpusDecoder(WasmOpus.load());
    const wanted = isWanted ? this.wasm : this.native;
    if (!wanted || wanted === this.next) return;
    if (wanted === this.current) {
      this.next = undefined;
      return;
    }
    wanted.reset();
    this.next = wanted;
    this.primingLeft = PRIMING_PACKETS;
  }

  reset(): void {
    this.current.reset();
    this.next?.reset();
  }

  close(): void {
    this.native.close();
    this.wasm?.close();
  }

  /** Gives a packet to the decoder that is to take over as well; with the last one, it does. */
  private prime(
    next: PlainDecoder,
    bytes: Uint8Array,
    size: number,
    target: Float32Array,
    offset: number,
    frames: number,
  ): void {
    const same = next.decode(bytes, size, unheard, 0) === frames;
    if (!same || frames === 0 || --this.primingLeft > 0) return;
    for (let index = 0; index < frames; index++) {
      const at = offset + index;
      target[at] += (unheard[index] - target[at]) * (index / frames);
    }
    this.current = next;
    this.next = undefined;
    if (next === this.native) {
      this.wasm?.close();
      this.wasm = undefined;
    }
  }
}
