import type { OpusCodec } from '@app/opus';
import { HashTable } from './hash-table.js';
import { type MixEncoderOptions, SharedEncoder } from './shared-encoder.js';

/** Blocks that two groups of listeners must have heard alike before they share an encoder. */
export const ALIKE_BLOCKS = 3;

/** Signals in a mix beyond which it is a crowd: with more voices at once, what more effort improves is covered by them. */
const CROWD_SIGNALS = 8;

/** Spreads encoders over [0, 1) evenly, however many there are. */
const GOLDEN_RATIO = 0.6180339887498949;

/** How the mixes of one world are encoded. */
export interface MixEncodingOptions extends MixEncoderOptions {
  /** Effort for mixes of many voices, at most, 0 to 10. */
  crowdComplexity: number;
}

/**
 * Encodes the mixes of one world, each different one once: listeners whose mixes have been the same bit for bit for
 * ALIKE_BLOCKS share an encoder, until the first block that differs.
 *
 * Who joins gets packets of an encoder that has coded the same blocks as his own; what is left of the difference is below what
 * coding loses. Who leaves gets an encoder that takes up the stream. When nothing is alike this costs one look into
 * a table for each listener.
 */
export class MixEncoding {
  /** Mixes that were encoded in this round, and packets' worth of work that sharing has saved. */
  encoded = 0;
  saved = 0;
  private round = 0;
  private made = 0;
  private complexity: number;
  /** Of the mix at work. */
  private isCrowd = false;
  private readonly byHash: HashTable<SharedEncoder>;

  /** @param listenersMax  mixes in one round */
  constructor(
    private readonly codec: OpusCodec,
    private readonly options: MixEncodingOptions,
    listenersMax: number,
  ) {
    this.complexity = options.complexity;
    this.byHash = new HashTable(listenersMax);
  }

  /** Begins a tick. */
  begin(): void {
    this.round++;
    this.encoded = 0;
    this.saved = 0;
    this.byHash.clear();
  }

  /** Effort from now on, in [0, 10]: between two levels, some encoders have the one and some the other. */
  setComplexity(complexity: number): void {
    this.complexity = Math.min(complexity, this.options.complexity);
  }

  /**
   * Encodes a listener's mix, or finds that it has been encoded already; once for each listener and tick.
   *
   * @param share    what the last call for this listener returned
   * @param pcm      stays as it is until all listeners have been encoded
   * @param hash     of `pcm`: the same for the same samples
   * @param signals  voices and beds in it
   * @returns whose packets the listener gets; holds good until the next `begin`
   */
  encode(
    share: SharedEncoder | undefined,
    pcm: Int16Array,
    hash: number,
    isSilent: boolean,
    signals: number,
  ): SharedEncoder {
    this.isCrowd = signals > CROWD_SIGNALS;
    const own = share ?? this.enter(this.make());
    if (own.round !== this.round) return this.encodeFirst(own, pcm, hash, isSilent);
    const same = own.successor ?? own;
    if (!same.holds(pcm, hash)) return this.split(own, pcm, hash, isSilent);
    return this.shareWith(own, same);
  }

  /** The listener leaves. */
  leave(share: SharedEncoder): void {
    share.members--;
    if (share.members === 0) share.close();
  }

  /** The first of a group in this tick says what the group hears. */
  private encodeFirst(own: SharedEncoder, pcm: Int16Array, hash: number, isSilent: boolean): SharedEncoder {
    own.begin(this.round);
    if (!isSilent) {
      const twin = this.twinOf(own, pcm, hash);
      if (twin) {
        own.successor = twin;
        return this.shareWith(own, twin);
      }
    }
    if (own.take(pcm, hash, isSilent, this.complexityOf(own))) this.encoded++;
    return own;
  }

  /** A group that this one has been alike for long enough to become one with it. */
  private twinOf(own: SharedEncoder, pcm: Int16Array, hash: number): SharedEncoder | undefined {
    const found = this.byHash.findOrAdd(hash, own);
    if (found === own || !found.holds(pcm, hash)) return undefined;
    const isStill = own.twin === found && own.twinRound === this.round - 1;
    own.twinBlocks = isStill ? own.twinBlocks + 1 : 1;
    own.twin = found;
    own.twinRound = this.round;
    return own.twinBlocks > ALIKE_BLOCKS ? found : undefined;
  }

  /** One of a group hears something else: alone, or with others who have left the group in this tick. */
  private split(own: SharedEncoder, pcm: Int16Array, hash: number, isSilent: boolean): SharedEncoder {
    for (const leaver of own.leavers) if (leaver.holds(pcm, hash)) return this.shareWith(own, leaver);
    const alone = this.make();
    own.leavers.push(alone);
    alone.begin(this.round);
    alone.continueFrom(own);
    if (alone.take(pcm, hash, isSilent, this.complexityOf(alone))) this.encoded++;
    return this.move(own, alone);
  }

  private shareWith(own: SharedEncoder, same: SharedEncoder): SharedEncoder {
    if (same.packets.length > 0) this.saved++;
    same.keep();
    return this.move(own, same);
  }

  private move(from: SharedEncoder, to: SharedEncoder): SharedEncoder {
    if (from === to) return to;
    this.enter(to);
    this.leave(from);
    return to;
  }

  private enter(share: SharedEncoder): SharedEncoder {
    share.members++;
    return share;
  }

  private make(): SharedEncoder {
    return new SharedEncoder(this.codec, this.options, (this.made++ * GOLDEN_RATIO) % 1);
  }

  private complexityOf(share: SharedEncoder): number {
    const { complexity, isCrowd, options } = this;
    const effort = isCrowd ? Math.min(complexity, options.crowdComplexity) : complexity;
    const whole = Math.floor(effort);
    return share.place < effort - whole ? whole + 1 : whole;
  }
}
