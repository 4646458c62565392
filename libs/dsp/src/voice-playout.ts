import { BLOCK_FRAMES, MIX_TICK_MS, OPUS_DTX_BYTES_MAX, OPUS_PACKET_FRAMES_MAX, SAMPLE_RATE_HZ } from '@app/world';
import { DelayControl } from './delay-control.js';
import { applyGainRamp } from './gain-ramp.js';
import { type BufferedPacket, JitterBuffer, type PushResult } from './jitter-buffer.js';
import { JitterEstimate } from './jitter-estimate.js';
import { LossConcealment } from './loss-concealment.js';
import type { PacketDecoder } from './packet-decoder.js';
import { OutburstGuard } from './outburst-guard.js';
import { RecoveryPolicy } from './recovery-policy.js';
import { SampleQueue } from './sample-queue.js';
import { StreamTrust } from './stream-trust.js';
import { lengthen, shorten, STRETCH_FRAMES_MAX, STRETCH_FRAMES_MIN, STRETCH_LOOK_FRAMES } from './time-stretch.js';

const FRAMES_PER_MS = SAMPLE_RATE_HZ / 1_000;
/** Samples at the beginning of a packet within which the voice fades back in after a gap: 5 ms. */
const RECOVER_FRAMES = 240;
/** Changes of delay beyond which a bad seam is better than waiting, in samples: 60 ms. */
const URGENT_FRAMES = 2_880;
/**
 * Blocks in which no good seam was found, after which a bad one is taken: 200 ms. A voice has good ones far more often;
 * only noise has none at all, and in noise a bad one is not heard.
 */
const PATIENCE_BLOCKS = 10;
/** Packets of background noise in a row after which a resting sender transmits all the time again; it rests with one. */
const REST_PACKETS_MAX = 2;
/** A media time that jumps by more than this starts the measurement of jitter anew, in ms. */
const CLOCK_JUMP_MS = 1_000;

/** What happened to a voice, counted since it began. */
export interface PlayoutStatistics {
  received: number;
  late: number;
  duplicate: number;
  /** Packets that were missing when they were needed, and never came in time. */
  lost: number;
  /** Lost packets that were heard all the same, from the copy in the packet after them. */
  recovered: number;
  /** Packets that could not be decoded, and those after them that were not believed. */
  broken: number;
  /** Samples that were invented. */
  concealedFrames: number;
  /** Samples that were left out or added to change the delay. */
  stretchedFrames: number;
  restarts: number;
}

/**
 * One voice from packets to blocks: puts packets in order, waits as long as their jitter demands, decodes, hides what is
 * lost, and keeps the delay small although sender and receiver have different clocks.
 *
 * In each tick call `pull`. Allocates nothing after it was built.
 */
export class VoicePlayout {
  readonly statistics: PlayoutStatistics = {
    received: 0,
    late: 0,
    duplicate: 0,
    lost: 0,
    recovered: 0,
    broken: 0,
    concealedFrames: 0,
    stretchedFrames: 0,
    restarts: 0,
  };

  private readonly buffer = new JitterBuffer();
  private readonly jitter = new JitterEstimate();
  private readonly control: DelayControl;
  private readonly queue = new SampleQueue(3 * OPUS_PACKET_FRAMES_MAX);
  private readonly concealment = new LossConcealment();
  private readonly recovery = new RecoveryPolicy();
  private readonly trust = new StreamTrust();
  private readonly guard = new OutburstGuard();
  private state: 'idle' | 'playing' | 'ending' = 'idle';
  private startAtMs = NaN;
  private packetFrames = BLOCK_FRAMES;
  private wasDtx = false;
  /** The sender said that it is silent; until it speaks, its packets only say what its background sounds like. */
  private isResting = false;
  /** Packets of background noise in a row since then. */
  private restPackets = 0;
  /** Packets invented while nothing was there; if they turn out to be lost, they have been played already. */
  private inventedAhead = 0;
  /** Samples still to be left out (positive) or added (negative). */
  private pending = 0;
  private blocksWithoutSeam = 0;
  private lastSequence = 0;
  private lastTimestamp = 0;
  /** Media time between the last two packets, in samples. */
  private lastStep = 0;
  private mediaFrames = 0;
  private lastDelayMs = 0;

  /** @param targetMsMax  the delay never aims higher than this, in ms */
  constructor(
    private readonly decoder: PacketDecoder,
    targetMsMax = 200,
  ) {
    this.control = new DelayControl(targetMsMax);
  }

  /** Delay that the measured jitter demands, and the copies of lost packets, which are in the next ones; in ms. */
  get targetDelayMs(): number {
    const copyMs = this.recovery.isWanted ? this.packetFrames / FRAMES_PER_MS : 0;
    return this.control.targetMs(this.jitter.jitterMs + copyMs);
  }

  /** Delay of the last packet played, counted from the arrival of the fastest packets, in ms. */
  get delayMs(): number {
    return this.lastDelayMs;
  }

  /** Whether there is nothing to play now and nothing waits. */
  get isIdle(): boolean {
    return this.state === 'idle' && this.buffer.count === 0;
  }

  /**
   * A packet has arrived.
   *
   * @param sequence   RTP sequence number, 16 bits
   * @param timestamp  RTP timestamp, 32 bits, in samples at 48 kHz
   * @param bytes      copied
   * @param frames     the packet's duration in samples
   * @param isTimely   false when this process was asleep before, so that the time of arrival is not the network's doing
   */
  push(
    sequence: number,
    timestamp: number,
    bytes: Uint8Array,
    frames: number,
    nowMs: number,
    isTimely = true,
  ): PushResult {
    this.statistics.received++;
    const lateMs = this.measure(sequence, timestamp, nowMs, isTimely);
    if (this.isIdle && this.isSilence(bytes, frames)) {
      // Nothing to wait for, and nothing to decode.
      this.buffer.clear();
      return 'kept';
    }
    this.isResting = false;
    const result = this.buffer.push(sequence, bytes, frames, nowMs, lateMs);
    if (result === 'late') {
      this.statistics.late++;
    } else if (result === 'duplicate') {
      this.statistics.duplicate++;
    } else {
      if (result === 'restarted') {
        this.statistics.restarts++;
        this.inventedAhead = 0;
      }
      if (this.state === 'idle' && Number.isNaN(this.startAtMs)) {
        // A block needs several short packets, and the last of them counts.
        const restMs = Math.max(0, BLOCK_FRAMES - frames) / FRAMES_PER_MS;
        this.startAtMs = nowMs + restMs + Math.max(0, this.targetDelayMs - lateMs);
      }
    }
    return result;
  }

  /** Something came that is no packet at all. What comes next is looked at twice before it is played. */
  distrust(): void {
    this.statistics.broken++;
    this.trust.packetBroken();
  }

  /** Fills one block. Returns whether there is any sound in it; if not, it is all zeros. */
  pull(block: Float32Array, nowMs: number): boolean {
    if (this.state === 'idle') {
      if (!(nowMs >= this.startAtMs)) {
        block.fill(0);
        return false;
      }
      this.begin();
    }
    while (this.queue.count < BLOCK_FRAMES && this.decodeNext(nowMs)) {
      // Until there is enough, or nothing more comes.
    }
    this.changeDelay(nowMs);
    this.queue.take(block);
    this.control.tickPlayed(this.queue.count);
    if (this.state === 'ending' && this.queue.count === 0) this.end();
    return true;
  }

  private begin(): void {
    this.state = 'playing';
    this.startAtMs = NaN;
    this.pending = 0;
    this.inventedAhead = 0;
    this.control.restart();
  }

  private end(): void {
    this.state = 'idle';
    this.startAtMs = NaN;
    this.isResting = this.wasDtx;
    this.queue.clear();
    this.buffer.clear();
  }

  /** Whether a packet that comes in silence leaves it silent. */
  private isSilence(bytes: Uint8Array, frames: number): boolean {
    if (bytes.length <= OPUS_DTX_BYTES_MAX) {
      this.isResting = true;
      this.restPackets = 0;
      return true;
    }
    if (!this.isResting || !this.decoder.isBackground(bytes, bytes.length)) return false;
    this.restPackets = this.lastStep <= 2 * frames ? this.restPackets + 1 : 1;
    return this.restPackets <= REST_PACKETS_MAX;
  }

  private measure(sequence: number, timestamp: number, nowMs: number, isTimely: boolean): number {
    const step = (timestamp - this.lastTimestamp) | 0;
    const packets = ((sequence - this.lastSequence) << 16) >> 16;
    this.lastTimestamp = timestamp >>> 0;
    this.lastStep = step;
    this.lastSequence = sequence;
    const isBackwards = packets > 0 && step < 0;
    if (this.statistics.received === 1 || isBackwards || Math.abs(step) > CLOCK_JUMP_MS * FRAMES_PER_MS) {
      this.jitter.restartClock();
    }
    this.mediaFrames += step;
    return this.jitter.add(nowMs, this.mediaFrames / FRAMES_PER_MS, isTimely);
  }

  /** Puts one packet's samples into the queue, real or invented. Returns false when the voice has ended. */
  private decodeNext(nowMs: number): boolean {
    if (this.state === 'ending') {
      // New packets after the end continue where the fade left off.
      if (this.buffer.count === 0) return false;
      this.state = 'playing';
    }
    const packet = this.buffer.peek();
    if (packet) {
      this.decodePacket(nowMs);
      return true;
    }
    if (this.buffer.count > 0) {
      this.skipLost();
      return true;
    }
    this.bridge();
    return true;
  }

  private decodePacket(nowMs: number): void {
    const packet = this.buffer.peek();
    if (!packet) return;
    const ticksAhead = Math.floor(this.queue.count / BLOCK_FRAMES);
    this.lastDelayMs = nowMs + ticksAhead * MIX_TICK_MS - packet.arrivedMs + packet.lateMs;
    this.control.packetPlayed(this.lastDelayMs);
    this.inventedAhead = 0;
    this.packetFrames = packet.frames;
    this.wasDtx = packet.size <= OPUS_DTX_BYTES_MAX;
    const frames = this.decode(packet);
    this.buffer.advance();
    if (frames > 0) this.appear(frames);
    else this.invent(false);
  }

  /** Decodes a packet behind the queue. Returns the number of samples, or 0 if they must not be heard. */
  private decode(packet: BufferedPacket): number {
    const { decoder, trust } = this;
    const place = this.queue.reserve(OPUS_PACKET_FRAMES_MAX);
    if (place === undefined) return 0;
    if (trust.isSuspended) {
      trust.packetGood();
      this.statistics.broken++;
      // What the decoder remembers may be garbage.
      if (!trust.isSuspended) decoder.reset();
      return 0;
    }
    if (this.guard.isNew) decoder.reset();
    if (this.recovery.packetPlayed(decoder.hasRedundancy(packet.bytes, packet.size))) {
      decoder.setRecovery(this.recovery.isWanted);
    }
    const frames = decoder.decode(packet.bytes, packet.size, this.queue.samples, place);
    if (frames > 0) trust.packetGood();
    else this.distrust();
    return frames;
  }

  /** Samples behind the queue become part of it, faded in if there was a gap before, and not louder than is likely. */
  private appear(frames: number): void {
    const { queue } = this;
    const from = this.concealment.currentLevel;
    const place = queue.begin + queue.count;
    const to = this.concealment.recover(this.guard.process(queue.samples, place, frames));
    const fade = from === to ? 0 : Math.min(frames, RECOVER_FRAMES);
    if (fade > 0) applyGainRamp(queue.samples, from, to, place, fade);
    if (to < 1) applyGainRamp(queue.samples, to, to, place + fade, frames - fade);
    queue.count += frames;
  }

  /** The next packet is missing, but later ones are there: it is too late for it. */
  private skipLost(): void {
    const missing = this.buffer.missingCount;
    this.statistics.lost += missing;
    this.recovery.packetsLost(missing);
    // What was invented while waiting stands for what is now known to be lost.
    const invented = Math.min(missing, this.inventedAhead);
    this.inventedAhead = 0;
    for (let count = 0; count < missing; count++) {
      this.buffer.advance();
      if (count < invented || this.recover()) continue;
      if (!this.concealment.isExhausted) this.invent(false);
    }
  }

  /** Plays the copy of the lost packet that is in the packet after it, if that is there and has one. */
  private recover(): boolean {
    const packet = this.recovery.isWanted && !this.trust.isSuspended ? this.buffer.peek() : undefined;
    const place = packet && this.queue.reserve(OPUS_PACKET_FRAMES_MAX);
    if (!packet || place === undefined) return false;
    const { bytes, size } = packet;
    const frames = this.decoder.recover(bytes, size, this.packetFrames, this.queue.samples, place);
    if (frames <= 0) return false;
    this.appear(frames);
    this.statistics.recovered++;
    return true;
  }

  /** Nothing is there: either the sender is silent, or its packets are late or lost. */
  private bridge(): void {
    if (this.wasDtx || this.concealment.isExhausted) {
      if (!this.concealment.isExhausted) this.invent(true);
      this.state = 'ending';
      return;
    }
    this.inventedAhead++;
    this.invent(false);
  }

  /** Adds one invented packet, the last one if `isLast`. */
  private invent(isLast: boolean): void {
    // What came before a broken packet may have been garbage, too: it is not spun out.
    const isEnd = isLast || this.trust.isSuspended;
    const from = this.concealment.currentLevel;
    const to = isEnd ? this.concealment.end() : this.concealment.conceal();
    const place = this.queue.reserve(OPUS_PACKET_FRAMES_MAX);
    if (place === undefined) return;
    const isHeard = from > 0 || to > 0;
    let frames = isHeard ? this.decoder.conceal(this.packetFrames, this.queue.samples, place) : 0;
    if (frames <= 0) {
      frames = this.packetFrames;
      this.queue.samples.fill(0, place, place + frames);
    }
    const fade = isEnd ? Math.min(frames, BLOCK_FRAMES) : frames;
    applyGainRamp(this.queue.samples, from, to, place, fade);
    this.queue.samples.fill(0, place + fade, place + frames);
    this.queue.count += frames;
    if (isHeard) this.statistics.concealedFrames += frames;
  }

  /** Leaves out or repeats a little of the voice when the delay is not what it should be. */
  private changeDelay(nowMs: number): void {
    if (this.pending === 0) this.pending = this.control.decide(this.targetDelayMs, this.packetFrames);
    if (this.pending === 0 || this.state !== 'playing') return;
    const isUrgent = Math.abs(this.pending) > URGENT_FRAMES || this.blocksWithoutSeam > PATIENCE_BLOCKS;
    const piece = Math.max(STRETCH_FRAMES_MIN, Math.min(STRETCH_FRAMES_MAX, Math.abs(this.pending)));
    let changed = 0;
    if (this.pending > 0) {
      const needed = BLOCK_FRAMES + piece + STRETCH_LOOK_FRAMES;
      while (this.queue.count < needed && this.buffer.peek()) this.decodePacket(nowMs);
      if (this.queue.count >= BLOCK_FRAMES + piece) changed = shorten(this.queue, piece, isUrgent);
      this.pending = Math.max(0, this.pending - changed);
    } else {
      changed = lengthen(this.queue, piece, isUrgent);
      this.pending = Math.min(0, this.pending + changed);
    }
    this.statistics.stretchedFrames += changed;
    this.blocksWithoutSeam = changed > 0 ? 0 : this.blocksWithoutSeam + 1;
    if (Math.abs(this.pending) < STRETCH_FRAMES_MIN) this.pending = 0;
    if (this.pending === 0) this.control.restart();
  }
}
