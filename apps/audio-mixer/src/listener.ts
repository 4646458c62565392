import { planarToPcm16 } from '@app/dsp';
import type { OpusCodec, OpusEncoder } from '@app/opus';
import { BLOCK_FRAMES } from '@app/world';

/**
 * Silent blocks that are still encoded after the last sound: the codec holds back 6.5 ms of it, and whoever decodes it
 * fades to silence from what came last.
 */
const TAIL_BLOCKS = 2;

/** 16-bit samples of the mix being encoded; one at a time, so one for all. */
const pcm = new Int16Array(2 * BLOCK_FRAMES);

export interface ListenerOptions {
  /** In bits per second. */
  bitrate: number;
  /** 0 to 10. */
  complexity: number;
}

/** One session that receives a mix: its encoder, and its place in the engine. */
export class Listener {
  private encoder: OpusEncoder | undefined;
  private tailLeft = 0;

  /** @param slot  its place in the engine; given back by whoever removes the listener */
  constructor(
    readonly slot: number,
    private readonly codec: OpusCodec,
    private readonly options: ListenerOptions,
  ) {}

  /** The Opus packet of this tick, or undefined when there is nothing to hear: silence is not sent. */
  encode(mix: Float32Array, isSilent: boolean): Uint8Array | undefined {
    if (isSilent && this.tailLeft === 0) return undefined;
    this.tailLeft = isSilent ? this.tailLeft - 1 : TAIL_BLOCKS;
    this.encoder ??= this.codec.createEncoder({ channels: 2, ...this.options });
    planarToPcm16(mix, pcm);
    return this.encoder.encode(pcm);
  }

  /** Gives the encoder back. A second call is harmless. */
  close(): void {
    this.encoder?.close();
    this.encoder = undefined;
  }
}
