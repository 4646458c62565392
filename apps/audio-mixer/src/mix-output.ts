import { type SpatialEngine, StereoHalver } from '@app/dsp';
import { BLOCK_FRAMES, PCM_MIX_BYTES } from '@app/world';
import type { MixEncoding } from './mix-encoding.js';
import { PacketGatherer, type SendPacket } from './packet-gatherer.js';
import type { SharedEncoder } from './shared-encoder.js';

/** The parts of the engine that outputs read. */
export type MixSource = Pick<SpatialEngine, 'mix' | 'pcm' | 'mixHash' | 'isSilent' | 'signalCount'>;

/** Turns one listener's mixes into its packets. */
export interface MixOutput {
  /**
   * Sends what is due of the mix of this tick; nothing when there is nothing to hear: silence is not sent.
   *
   * @param volume  linear, 1 as it comes
   */
  take(tick: number, engine: MixSource, slot: number, volume: number): void;
  /** Whether there was a packet, or a part of one, in the last tick. */
  readonly isHearing: boolean;
  /** A second call is harmless. */
  close(): void;
}

/** Opus packets from an encoder that listeners share as long as they hear the same. */
export class OpusOutput implements MixOutput {
  private share: SharedEncoder | undefined;
  private readonly gatherer: PacketGatherer;
  /** The mix in another volume. */
  private scaled: Int16Array | undefined;

  /**
   * @param frameMs  duration of its packets, in ms: 10, 20, 40 or 60
   * @param send     takes its packets, each with the tick that it ends with
   */
  constructor(
    private readonly encoding: MixEncoding,
    frameMs: number,
    send: SendPacket,
  ) {
    this.gatherer = new PacketGatherer(frameMs, send);
  }

  take(tick: number, engine: MixSource, slot: number, volume: number): void {
    const isSilent = engine.isSilent(slot);
    let pcm = engine.pcm(slot);
    let hash = engine.mixHash(slot);
    if (volume !== 1 && !isSilent) {
      this.scaled ??= new Int16Array(pcm.length);
      scale(pcm, volume, this.scaled);
      pcm = this.scaled;
      // Alike only for those who have the same volume.
      hash = (hash ^ Math.round(volume * 1_000)) >>> 0;
    }
    this.share = this.encoding.encode(this.share, pcm, hash, isSilent, engine.signalCount(slot));
    for (const opus of this.share.packets) this.gatherer.add(tick, opus);
    if (this.share.isLast) this.gatherer.flush();
  }

  get isHearing(): boolean {
    return this.share !== undefined && this.share.packets.length > 0;
  }

  close(): void {
    if (this.share) this.encoding.leave(this.share);
    this.share = undefined;
  }
}

/** Silent blocks that are still sent after the last sound: the filter holds back less than a millisecond of it. */
const PCM_TAIL_BLOCKS = 1;
/** Samples of one packet per channel. */
const PACKET_FRAMES = BLOCK_FRAMES / 2;

/** Samples at 24 kHz. */
export class PcmOutput implements MixOutput {
  isHearing = false;
  private tailLeft = 0;
  private readonly halver = new StereoHalver(PACKET_FRAMES);
  private readonly samples = new Int16Array(2 * PACKET_FRAMES);
  private readonly bytes: Uint8Array;

  /** @param send  must be done with the bytes when the next tick begins: they are always the same memory */
  constructor(private readonly send: SendPacket) {
    // As the machine has them, which is as they travel on all that Node runs on.
    this.bytes = new Uint8Array(this.samples.buffer, 0, PCM_MIX_BYTES);
  }

  take(tick: number, engine: MixSource, slot: number, volume: number): void {
    const isSilent = engine.isSilent(slot);
    this.isHearing = !isSilent || this.tailLeft > 0;
    if (!this.isHearing) return;
    this.tailLeft = isSilent ? this.tailLeft - 1 : PCM_TAIL_BLOCKS;
    const mix = engine.mix(slot);
    this.halver.process(mix.subarray(0, BLOCK_FRAMES), mix.subarray(BLOCK_FRAMES), volume, this.samples);
    this.send(tick, this.bytes);
  }

  close(): void {
    // Nothing was taken from anybody.
  }
}

/** Louder or softer; what becomes too large is cut. */
function scale(pcm: Int16Array, volume: number, target: Int16Array): void {
  for (let index = 0; index < pcm.length; index++) {
    const value = Math.round(pcm[index] * volume);
    target[index] = value > 32_767 ? 32_767 : value < -32_768 ? -32_768 : value;
  }
}
