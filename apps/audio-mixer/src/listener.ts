import type { MixEncoding } from './mix-encoding.js';
import { PacketGatherer, type SendPacket } from './packet-gatherer.js';
import type { SharedEncoder } from './shared-encoder.js';

/** One session that receives a mix: its share of an encoder, and its place in the engine. */
export class Listener {
  private share: SharedEncoder | undefined;
  private readonly gatherer: PacketGatherer;

  /**
   * @param slot     its place in the engine; given back by whoever removes the listener
   * @param frameMs  duration of its packets, in ms: 10, 20, 40 or 60
   * @param send     takes its packets, each with the tick that it ends with
   */
  constructor(
    readonly slot: number,
    private readonly encoding: MixEncoding,
    frameMs: number,
    send: SendPacket,
  ) {
    this.gatherer = new PacketGatherer(frameMs, send);
  }

  /**
   * Encodes the mix of this tick and sends what is due; nothing when there is nothing to hear: silence is not sent.
   *
   * @param pcm      interleaved 16-bit samples of one block
   * @param hash     of `pcm`
   * @param signals  voices and beds in it
   */
  encode(tick: number, pcm: Int16Array, hash: number, isSilent: boolean, signals: number): void {
    this.share = this.encoding.encode(this.share, pcm, hash, isSilent, signals);
    for (const opus of this.share.packets) this.gatherer.add(tick, opus);
    if (this.share.isLast) this.gatherer.flush();
  }

  /** Whether it got a packet, or a part of one, in the last tick. */
  get isHearing(): boolean {
    return this.share !== undefined && this.share.packets.length > 0;
  }

  /** Gives its share of the encoder back. A second call is harmless. */
  close(): void {
    if (this.share) this.encoding.leave(this.share);
    this.share = undefined;
  }
}
