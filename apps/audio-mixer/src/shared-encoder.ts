import type { OpusCodec, OpusEncoder } from '@app/opus';
import { BLOCK_FRAMES } from '@app/world';

/**
 * Silent blocks that are still encoded after the last sound: the codec holds back 2.5 ms of it, and whoever decodes it fades
 * to silence from what came last.
 */
export const TAIL_BLOCKS = 2;

/** Samples of one block, both channels. */
const BLOCK_SAMPLES = 2 * BLOCK_FRAMES;
const NO_SAMPLES = new Int16Array(0);

/** How one mix is encoded. */
export interface MixEncoderOptions {
  /** In bits per second. */
  bitrate: number;
  /** 0 to 10; how much of it is spent at the moment is said with each block. */
  complexity: number;
  /** Duration of the packets that listeners get, in ms: 10, 20, 40 or 60. */
  frameMs: number;
  /** Whether nothing above 12 kHz is wanted. Default false. */
  isNarrow?: boolean | undefined;
}

/** One encoder, and what its listeners have heard last: everybody in the group hears the same, bit for bit. */
export class SharedEncoder {
  /** Listeners who get its packets. */
  members = 0;
  /** Round in which it has taken its last block. */
  round = -1;
  hash = 0;
  /** Packets of the last block in order, 10 or 20 ms each: none while there is nothing to hear. */
  readonly packets: Uint8Array[] = [];
  /** Whether the last block was the last one before a silence. */
  isLast = false;
  /** A group that hears the same, since which round, and whether all of this one belong to it from this round on. */
  twin: SharedEncoder | undefined;
  twinRound = -1;
  twinBlocks = 0;
  successor: SharedEncoder | undefined;
  /** Groups that have come out of this one in this round. */
  readonly leavers: SharedEncoder[] = [];

  private encoder: OpusEncoder | undefined;
  private complexity: number;
  /** This round's block, in the caller's memory, and whether it has been kept for the next round. */
  private block: Int16Array = NO_SAMPLES;
  private isKept = false;
  private kept: Int16Array = NO_SAMPLES;
  /** The last block before this round that was encoded: those who leave the group have heard it. */
  private last: Int16Array = NO_SAMPLES;
  private hasLast = false;
  private hasEncoded = false;
  private tailLeft = 0;
  private tailLeftBefore = 0;

  /** @param place  in [0, 1): which encoders of a world are made cheaper first */
  constructor(
    private readonly codec: OpusCodec,
    private readonly options: MixEncoderOptions,
    readonly place: number,
  ) {
    this.complexity = options.complexity;
  }

  /** Whether the block of this round is the same. */
  holds(pcm: Int16Array, hash: number): boolean {
    if (hash !== this.hash) return false;
    const { block } = this;
    for (let index = 0; index < BLOCK_SAMPLES; index++) if (block[index] !== pcm[index]) return false;
    return true;
  }

  /** Leaves the last round behind. */
  begin(round: number): void {
    this.round = round;
    this.successor = undefined;
    this.leavers.length = 0;
    this.packets.length = 0;
    this.isLast = false;
    this.tailLeftBefore = this.tailLeft;
    if (!this.hasEncoded) return;
    const { kept } = this;
    this.kept = this.last;
    this.last = kept;
    this.hasLast = this.isKept;
    this.isKept = false;
    this.hasEncoded = false;
  }

  /**
   * Encodes this round's block, unless there is nothing to hear. Returns whether it did.
   *
   * @param pcm  stays as it is until the round is over
   */
  take(pcm: Int16Array, hash: number, isSilent: boolean, complexity: number): boolean {
    this.block = pcm;
    this.hash = hash;
    if (isSilent && this.tailLeft === 0) return false;
    this.tailLeft = isSilent ? this.tailLeft - 1 : TAIL_BLOCKS;
    this.isLast = this.tailLeft === 0;
    this.hasEncoded = true;
    const encoder = this.open(complexity);
    for (let from = 0; from < BLOCK_SAMPLES; from += this.packetSamples) {
      this.packets.push(encoder.encode(this.part(this.block, from)));
    }
    return true;
  }

  /** Another listener gets this round's packets: whoever leaves the next round needs to know what was heard in this one. */
  keep(): void {
    if (this.isKept || !this.hasEncoded) return;
    if (this.kept.length === 0) this.kept = new Int16Array(BLOCK_SAMPLES);
    this.kept.set(this.block);
    this.isKept = true;
  }

  /** Goes on where another group's listeners were before this round. */
  continueFrom(other: SharedEncoder): void {
    if (other.hasLast) this.last = Int16Array.from(other.last);
    this.hasLast = other.hasLast;
    this.tailLeft = other.tailLeftBefore;
    this.tailLeftBefore = other.tailLeftBefore;
  }

  /** Gives the encoder back. A second call is harmless. */
  close(): void {
    this.encoder?.close();
    this.encoder = undefined;
    this.twin = undefined;
    this.successor = undefined;
    this.leavers.length = 0;
    // Others may remember it for a while, but not its sound.
    this.block = NO_SAMPLES;
    this.kept = NO_SAMPLES;
    this.last = NO_SAMPLES;
  }

  /** Samples that the encoder gets at once: a block, or half of one. Longer packets are joined from these. */
  private get packetSamples(): number {
    return this.options.frameMs < 20 ? BLOCK_SAMPLES / 2 : BLOCK_SAMPLES;
  }

  private open(complexity: number): OpusEncoder {
    if (!this.encoder) {
      const { bitrate, isNarrow } = this.options;
      this.encoder = this.codec.createEncoder({ channels: 2, bitrate, complexity, application: 'lowdelay', isNarrow });
      // Those who hear it have decoded this before, from another encoder.
      if (this.hasLast) this.encoder.takeUp(this.part(this.last, BLOCK_SAMPLES - this.packetSamples));
    } else if (complexity !== this.complexity) this.encoder.setComplexity(complexity);
    this.complexity = complexity;
    return this.encoder;
  }

  private part(block: Int16Array, from: number): Int16Array {
    const size = this.packetSamples;
    return size === BLOCK_SAMPLES ? block : block.subarray(from, from + size);
  }
}
