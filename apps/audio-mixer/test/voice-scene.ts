import { type PlayoutStatistics, StereoHalver } from '@app/dsp';
import { EvanOpusCodec, type OpusCodec, type OpusDecoder } from '@app/opus';
import { sampleVoice, SeededRandom } from '@app/testing';
import { vicinity } from '@app/wire';
import { createPlayoutSum } from '../src/mix-counts.js';
import { Source, type SourceCoding } from '../src/source.js';
import { readVoicePacket, type VoicePacket } from '../src/voice-packet.js';

const FRAMES = 960;
const TICK_MS = 20;
/** Between the arrival of the fastest packets and the tick that may play them. */
const PHASE_MS = 7;
/** Time that a playout is given to learn about a network, before gaps count. */
const SETTLED_MS = 3_000;
/** Samples that are looked at together: 2.5 ms. */
const PIECE_FRAMES = 120;
/** Mean square below which the voice, which is never silent, is not there: -56 dBFS. */
const SILENT_ENERGY = 2.5e-6;
/** Packets of ten seconds: the voice repeats itself after that. */
const LOOP_PACKETS = 500;

export const opusCodec = new EvanOpusCodec();

let loop: Uint8Array[] | undefined;

/** Packet `index` of a voice that never ends and is never silent, from a browser that was told of loss. */
export function voicePacket(index: number): Uint8Array {
  loop ??= encodeLoop();
  return loop[index % LOOP_PACKETS];
}

function encodeLoop(): Uint8Array[] {
  const options = { channels: 1, bitrate: 32_000, complexity: 5, application: 'voip', lossPercent: 10 } as const;
  const encoder = opusCodec.createEncoder(options);
  // The second time round, the encoder has no beginning any more.
  const packets = Array.from({ length: 2 * LOOP_PACKETS }, (_, index) =>
    encoder.encode(sampleVoice(FRAMES, index * FRAMES)),
  );
  encoder.close();
  return packets.slice(LOOP_PACKETS);
}

let pcmLoop: Uint8Array[] | undefined;

/** Packet `index` of the same voice as samples of 10 ms. */
export function pcmPacket(index: number): Uint8Array {
  pcmLoop ??= halveLoop();
  return pcmLoop[index % pcmLoop.length];
}

function halveLoop(): Uint8Array[] {
  const halver = new StereoHalver(FRAMES / 4);
  const pairs = new Int16Array(FRAMES / 2);
  const packets = Array.from({ length: 4 * LOOP_PACKETS }, (_, index) => {
    const samples = sampleVoice(FRAMES / 2, (index * FRAMES) / 2);
    const parts = Float32Array.from(samples, (sample) => sample / 32_768);
    halver.process(parts, parts, 1, pairs);
    return new Uint8Array(Int16Array.from({ length: FRAMES / 4 }, (_, at) => pairs[2 * at]).buffer);
  });
  return packets.slice(2 * LOOP_PACKETS);
}

/** How a network and a sender treat packets. */
export interface Weather {
  /** Share of packets that get lost, 0 to 1. */
  loss?: number;
  /** How much later than the fastest a packet comes, in ms. */
  jitterMs?: (random: SeededRandom, index: number) => number;
  /** How much faster the sender's clock is than ours, in parts per million. */
  ppm?: number;
  seed?: number;
}

/** Each packet by itself comes up to `mostMs` late. */
export function uniformJitter(mostMs: number): NonNullable<Weather['jitterMs']> {
  return (random) => random.next() * mostMs;
}

/** Every second or so all packets are held up for `mostMs`, and then come together. */
export function burstyJitter(mostMs: number): NonNullable<Weather['jitterMs']> {
  let heldMs = 0;
  return (random) => {
    heldMs = Math.max(0, heldMs - TICK_MS);
    if (heldMs === 0 && random.next() < 0.02) heldMs = mostMs;
    return heldMs;
  };
}

/** What became of a voice. */
export interface Heard {
  gaps: GapMeter;
  /** Delay of the playout at each tick, in ms. */
  delaysMs: Float64Array;
  statistics: PlayoutStatistics;
}

/** A codec whose decoders count their calls. */
export function countingCodec(): { codec: OpusCodec; calls: { decode: number; conceal: number } } {
  const calls = { decode: 0, conceal: 0 };
  const createDecoder = (): OpusDecoder => {
    const decoder = opusCodec.createDecoder();
    return new Proxy(decoder, {
      get(target, name: keyof OpusDecoder) {
        if (name === 'decode' || name === 'conceal') calls[name]++;
        return target[name].bind(target);
      },
    });
  };
  return { codec: { createEncoder: (options) => opusCodec.createEncoder(options), createDecoder }, calls };
}

/** One source and its network, in virtual time. */
export class VoiceScene {
  readonly source: Source;
  readonly block = new Float32Array(FRAMES);
  nowMs = 0;

  constructor(
    noiseGateDb = -56,
    codec: OpusCodec = opusCodec,
    private readonly coding: SourceCoding = 'opus',
  ) {
    this.source = new Source(0, coding, codec, { jitterMsMax: 200, noiseGateDb }, 0);
  }

  push(sequence: number, timestamp: number, bytes: Uint8Array, atMs = this.nowMs): void {
    const numbers = { sequence: sequence & 0xffff, timestamp: timestamp >>> 0 };
    const packet = vicinity.v1.SourcePacket.create({ ...numbers, [this.coding]: bytes });
    const read: VoicePacket = { ...numbers, coding: 'opus', bytes, frames: 0, isRest: false };
    if (readVoicePacket(packet, read)) this.source.push(read, atMs, true);
    else this.source.distrust();
  }

  /** Plays one block; it is in `block` until the next. */
  tick(): boolean {
    this.nowMs += TICK_MS;
    const isHeard = this.source.pull(this.block, this.nowMs);
    if (!isHeard) this.block.fill(0);
    return isHeard;
  }

  /** Plays the voice for a time through a network. */
  play(weather: Weather, durationMs: number): Heard {
    const packetMs = this.coding === 'pcm' ? TICK_MS / 2 : TICK_MS;
    const arrivals = arrivalsOf(weather, durationMs, packetMs);
    const ticks = Math.floor(durationMs / TICK_MS);
    const delaysMs = new Float64Array(ticks);
    const gaps = new GapMeter();
    let next = 0;
    for (let tick = 0; tick < ticks; tick++) {
      for (; next < arrivals.length && arrivals[next].atMs <= this.nowMs + TICK_MS; next++) {
        const { index, atMs } = arrivals[next];
        const bytes = this.coding === 'pcm' ? pcmPacket(index) : voicePacket(index);
        this.push(index, index * packetMs * (FRAMES / TICK_MS), bytes, atMs);
      }
      this.tick();
      if (tick >= SETTLED_MS / TICK_MS) gaps.process(this.block);
      delaysMs[tick] = this.source.delayMs;
    }
    return { gaps, delaysMs, statistics: this.statistics() };
  }

  statistics(): PlayoutStatistics {
    const statistics = createPlayoutSum();
    this.source.tellStatistics(statistics);
    return statistics;
  }
}

function arrivalsOf(
  { loss = 0, jitterMs = () => 0, ppm = 0, seed = 1 }: Weather,
  durationMs: number,
  packetMs: number,
) {
  const random = new SeededRandom(seed);
  const arrivals: { atMs: number; index: number }[] = [];
  const intervalMs = packetMs / (1 + ppm / 1e6);
  for (let index = 0; index * intervalMs < durationMs; index++) {
    const atMs = packetMs - PHASE_MS + index * intervalMs + jitterMs(random, index);
    if (random.next() >= loss) arrivals.push({ atMs, index });
  }
  return arrivals.sort((a, b) => a.atMs - b.atMs);
}

/** Finds stretches without sound in a voice that is never silent. */
export class GapMeter {
  longestMs = 0;
  totalMs = 0;
  private runMs = 0;

  process(block: Float32Array): void {
    for (let at = 0; at < block.length; at += PIECE_FRAMES) {
      let energy = 0;
      for (let n = at; n < at + PIECE_FRAMES; n++) energy += block[n] * block[n];
      const pieceMs = PIECE_FRAMES / 48;
      this.runMs = energy / PIECE_FRAMES < SILENT_ENERGY ? this.runMs + pieceMs : 0;
      if (this.runMs > 0) this.totalMs += pieceMs;
      if (this.runMs > this.longestMs) this.longestMs = this.runMs;
    }
  }
}
