import { assert } from '@app/world';
import type { WasmOpus } from './wasm-opus.js';

/** One stream decoded in WebAssembly. */
export class WasmOpusDecoder {
  private state: number;

  constructor(private readonly opus: WasmOpus) {
    this.state = opus.takeState();
  }

  /** As OpusDecoder. */
  decode(bytes: Uint8Array, size: number, target: Float32Array, offset: number): number {
    assert(this.state !== 0, 'the decoder is open');
    if (size < 1) return 0;
    return this.opus.decode(this.state, bytes, size, target.length, 0, target, offset);
  }

  /** As OpusDecoder. */
  conceal(frames: number, target: Float32Array, offset: number): number {
    assert(this.state !== 0, 'the decoder is open');
    return this.opus.decode(this.state, undefined, 0, frames, 0, target, offset);
  }

  /** As OpusDecoder; the packet must have a copy inside. */
  recover(bytes: Uint8Array, size: number, frames: number, target: Float32Array, offset: number): number {
    assert(this.state !== 0, 'the decoder is open');
    return this.opus.decode(this.state, bytes, size, frames, 1, target, offset);
  }

  reset(): void {
    this.opus.resetState(this.state);
  }

  /** Gives the state back. A second call is harmless. */
  close(): void {
    if (this.state === 0) return;
    this.opus.giveState(this.state);
    this.state = 0;
  }
}
