import type { ByteReader } from '../coding/byte-reader.js';
import type { ByteWriter } from '../coding/byte-writer.js';
import type { Codec } from '../coding/codec.js';
import { malformed } from '../vircadia.errors.js';

/** Bytes of one structure (specification E.5). */
const STATS_BYTES = 152;
const COUNTER_NAMES = ['received', 'unreasonable', 'early', 'late', 'lost', 'recovered', 'expected'] as const;

/** Packets by what became of them; the order on the wire is not verified in the specification. */
export type StreamCounters = Readonly<Record<(typeof COUNTER_NAMES)[number], number>>;

/** Times between packets in µs. The largest u64 stands for none. */
export interface PacketGaps {
  readonly minUs: bigint;
  readonly maxUs: bigint;
  readonly averageUs: number;
}

/** How one stream of sound arrives: since it began, and in the last seconds (window). */
export interface StreamStats {
  /** -1: what a client hears. */
  readonly streamType: number;
  /** 16 bytes as the sender's machine keeps a UUID; a view. */
  readonly streamId: Uint8Array;
  readonly gaps: PacketGaps;
  readonly windowGaps: PacketGaps;
  readonly framesAvailable: number;
  readonly framesAvailableAverage: number;
  readonly unplayedMs: number;
  readonly desiredJitterFrames: number;
  readonly starveCount: number;
  readonly consecutiveNotMixed: number;
  readonly overflowCount: number;
  readonly framesDropped: number;
  readonly total: StreamCounters;
  readonly window: StreamCounters;
}

export interface AudioStreamStats {
  /** 0x80 in the first, 0x40 in the last packet of a report. */
  readonly flags: number;
  readonly streams: readonly StreamStats[];
}

export const AudioStreamStats: Codec<AudioStreamStats> = {
  read(reader) {
    const flags = reader.u8('flags');
    const count = reader.u16('count');
    if (count * STATS_BYTES > reader.remainingBytes) throw malformed('count', `There are no ${count} structures.`);
    return { flags, streams: Array.from({ length: count }, () => readStats(reader)) };
  },
  write(writer, { flags, streams }) {
    writer.u8(flags, 'flags');
    writer.u16(streams.length, 'count');
    for (const stats of streams) writeStats(writer, stats);
  },
};

// In the order of the wire. It is a structure of a 64-bit machine, with gaps before what must be aligned.

function readStats(reader: ByteReader): StreamStats {
  const streamType = reader.i32('stream type');
  const streamId = reader.bytesOf(16, 'stream id');
  reader.skip(4, 'padding');
  const gaps = readGaps(reader);
  reader.skip(4, 'padding');
  const windowGaps = readGaps(reader);
  const framesAvailable = reader.u32('frames available');
  const framesAvailableAverage = reader.u16('frames available average');
  const unplayedMs = reader.u16('unplayed');
  const desiredJitterFrames = reader.u16('desired jitter frames');
  reader.skip(2, 'padding');
  return {
    streamType,
    streamId,
    gaps,
    windowGaps,
    framesAvailable,
    framesAvailableAverage,
    unplayedMs,
    desiredJitterFrames,
    starveCount: reader.u32('starve count'),
    consecutiveNotMixed: reader.u32('consecutive not mixed'),
    overflowCount: reader.u32('overflow count'),
    framesDropped: reader.u32('frames dropped'),
    total: readCounters(reader),
    window: readCounters(reader),
  };
}

function writeStats(writer: ByteWriter, stats: StreamStats): void {
  writer.i32(stats.streamType, 'stream type');
  writer.bytes(stats.streamId, 'stream id');
  writer.zeros(4, 'padding');
  writeGaps(writer, stats.gaps);
  writer.zeros(4, 'padding');
  writeGaps(writer, stats.windowGaps);
  writer.u32(stats.framesAvailable, 'frames available');
  writer.u16(stats.framesAvailableAverage, 'frames available average');
  writer.u16(stats.unplayedMs, 'unplayed');
  writer.u16(stats.desiredJitterFrames, 'desired jitter frames');
  writer.zeros(2, 'padding');
  writer.u32(stats.starveCount, 'starve count');
  writer.u32(stats.consecutiveNotMixed, 'consecutive not mixed');
  writer.u32(stats.overflowCount, 'overflow count');
  writer.u32(stats.framesDropped, 'frames dropped');
  for (const counters of [stats.total, stats.window]) {
    for (const name of COUNTER_NAMES) writer.u32(counters[name], name);
  }
}

function readGaps(reader: ByteReader): PacketGaps {
  return {
    minUs: reader.u64Wide('gap min'),
    maxUs: reader.u64Wide('gap max'),
    averageUs: reader.f32('gap average'),
  };
}

function writeGaps(writer: ByteWriter, { minUs, maxUs, averageUs }: PacketGaps): void {
  writer.u64Wide(minUs, 'gap min');
  writer.u64Wide(maxUs, 'gap max');
  writer.f32(averageUs, 'gap average');
}

function readCounters(reader: ByteReader): StreamCounters {
  return {
    received: reader.u32('received'),
    unreasonable: reader.u32('unreasonable'),
    early: reader.u32('early'),
    late: reader.u32('late'),
    lost: reader.u32('lost'),
    recovered: reader.u32('recovered'),
    expected: reader.u32('expected'),
  };
}
