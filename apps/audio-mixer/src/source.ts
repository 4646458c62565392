import { applyGainRamp, peakOf, type PlayoutStatistics, SILENCE_PEAK, VoicePlayout } from '@app/dsp';
import type { OpusCodec, OpusDecoder } from '@app/opus';
import type { vicinity } from '@app/wire';

/** What a source's last block is: nothing, sound, or the end of a source that is leaving. */
type SourceState = 'present' | 'fading' | 'gone';

/** One voice: its packets, its decoder, and its place in the engine. */
export class Source {
  private readonly playout: VoicePlayout;
  private readonly decoder: OpusDecoder;
  private state: SourceState = 'present';
  private lastHeardMs: number;
  private told: PlayoutStatistics | undefined;

  /**
   * @param slot         its place in the engine; given back by whoever removes the source
   * @param jitterMsMax  longest delay that jitter may cost, in ms
   */
  constructor(
    readonly slot: number,
    codec: OpusCodec,
    jitterMsMax: number,
    nowMs: number,
  ) {
    this.decoder = codec.createDecoder();
    this.playout = new VoicePlayout(this.decoder, jitterMsMax);
    this.lastHeardMs = nowMs;
  }

  /** Adds what happened since the last call. */
  tellStatistics(sum: PlayoutStatistics): void {
    const now = this.playout.statistics;
    for (const name of Object.keys(now) as (keyof PlayoutStatistics)[]) {
      sum[name] += now[name] - (this.told?.[name] ?? 0);
    }
    this.told = { ...now };
  }

  get targetDelayMs(): number {
    return this.playout.targetDelayMs;
  }

  /** Whether it has faded out after `leave`. */
  get isGone(): boolean {
    return this.state === 'gone';
  }

  /**
   * @param frames    duration of the packet, as its header says
   * @param isTimely  false when this process was asleep before
   */
  push(packet: vicinity.v1.ISourcePacket, opus: Uint8Array, frames: number, nowMs: number, isTimely: boolean): void {
    this.playout.push((packet.sequence ?? 0) & 0xffff, (packet.timestamp ?? 0) >>> 0, opus, frames, nowMs, isTimely);
  }

  /** Fills the block of this tick. Returns whether it is to be heard. */
  pull(block: Float32Array, nowMs: number): boolean {
    if (this.state === 'gone') return false;
    const hasSound = this.playout.pull(block, nowMs) && peakOf(block) > SILENCE_PEAK;
    if (hasSound || !this.playout.isIdle) this.lastHeardMs = nowMs;
    if (this.state === 'fading') {
      applyGainRamp(block, 1, 0);
      this.state = 'gone';
    }
    return hasSound;
  }

  /** How long there has been nothing to play, in ms. */
  idleMs(nowMs: number): number {
    return nowMs - this.lastHeardMs;
  }

  /** Fades out with the next block. */
  leave(): void {
    if (this.state === 'present') this.state = 'fading';
  }

  /** Gives the decoder back. The source must not be used afterwards. */
  close(): void {
    this.decoder.close();
  }
}
