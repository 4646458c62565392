import {
  applyGainRamp,
  NoiseGate,
  PcmDecoder,
  peakOf,
  type PlayoutStatistics,
  SILENCE_PEAK,
  VoicePlayout,
} from '@app/dsp';
import type { OpusCodec, OpusDecoder } from '@app/opus';
import type { VoicePacket } from './voice-packet.js';

/** What a voice's packets are made of. */
export type SourceCoding = 'opus' | 'pcm';

/** What a source's last block is: nothing, sound, or the end of a source that is leaving. */
type SourceState = 'present' | 'fading' | 'gone';

/** Level from which on down a noise gate would keep nothing out: it is left out. In dBFS. */
export const NOISE_GATE_OFF_DB = -80;

/** How one voice is taken in. */
export interface SourceOptions {
  /** Longest delay that jitter may cost, in ms. */
  jitterMsMax: number;
  /** Level below which a voice is taken for noise and not heard, in dBFS; NOISE_GATE_OFF_DB for none. */
  noiseGateDb: number;
}

/** One voice: its packets, its decoder, and its place in the engine. */
export class Source {
  private readonly playout: VoicePlayout;
  private readonly decoder: OpusDecoder;
  private readonly gate: NoiseGate | undefined;
  private isHeldBack = false;
  private state: SourceState = 'present';
  private lastHeardMs: number;
  private told: PlayoutStatistics | undefined;
  readonly openedMs: number;

  /**
   * @param slot    its place in the engine; given back by whoever removes the source
   * @param coding  of all its packets
   */
  constructor(
    readonly slot: number,
    readonly coding: SourceCoding,
    codec: OpusCodec,
    { jitterMsMax, noiseGateDb }: SourceOptions,
    nowMs: number,
  ) {
    this.openedMs = nowMs;
    this.decoder = coding === 'pcm' ? new PcmDecoder() : codec.createDecoder();
    this.playout = new VoicePlayout(this.decoder, jitterMsMax);
    if (noiseGateDb > NOISE_GATE_OFF_DB) this.gate = new NoiseGate(noiseGateDb);
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

  /** Delay of the last packet played, from the arrival of the fastest packets on, in ms. */
  get delayMs(): number {
    return this.playout.delayMs;
  }

  /** Whether it plays, but so quietly that it was kept out in the last tick. */
  get isGated(): boolean {
    return this.isHeldBack;
  }

  /** @param isTimely  false when this process was asleep before */
  push({ sequence, timestamp, bytes, frames }: VoicePacket, nowMs: number, isTimely: boolean): void {
    this.playout.push(sequence, timestamp, bytes, frames, nowMs, isTimely);
  }

  /** Something came in its name that is no packet at all. */
  distrust(): void {
    this.playout.distrust();
  }

  /** Fills the block of this tick. Returns whether it is to be heard. */
  pull(block: Float32Array, nowMs: number): boolean {
    if (this.state === 'gone') return false;
    const isPlaying = this.playout.pull(block, nowMs);
    if (!isPlaying) this.gate?.close();
    const hasSound = isPlaying && this.passes(block);
    this.isHeldBack = isPlaying && !hasSound;
    if (hasSound || !this.playout.isIdle) this.lastHeardMs = nowMs;
    if (this.state === 'fading') {
      applyGainRamp(block, 1, 0);
      this.state = 'gone';
    }
    return hasSound;
  }

  private passes(block: Float32Array): boolean {
    return this.gate ? this.gate.process(block) : peakOf(block) > SILENCE_PEAK;
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
