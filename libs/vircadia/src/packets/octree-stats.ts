import type { Codec } from '../coding/codec.js';

/** Counters of a scene, in the order of the wire (specification H.8). */
const COUNTER_NAMES = [
  'internalTotal',
  'leavesTotal',
  'internal',
  'leaves',
  'skippedByDistanceInternal',
  'skippedByDistanceLeaves',
  'outOfViewInternal',
  'outOfViewLeaves',
  'wasInViewInternal',
  'wasInViewLeaves',
  'noChangeInternal',
  'noChangeLeaves',
  'occludedInternal',
  'occludedLeaves',
  'colorSentInternal',
  'colorSentLeaves',
  'didNotFitInternal',
  'didNotFitLeaves',
  'colorBits',
  'existsBits',
  'existsInPacketBits',
  'treesRemoved',
] as const;

export type OctreeCounters = Readonly<Record<(typeof COUNTER_NAMES)[number], number>>;

/** How sending a scene went; may bring an EntityData along. */
export interface OctreeStats {
  readonly startUs: number;
  readonly endUs: number;
  readonly elapsedUs: number;
  readonly encodeUs: number;
  readonly isFullScene: boolean;
  readonly isMoving: boolean;
  readonly packetCount: number;
  readonly byteCount: number;
  readonly counters: OctreeCounters;
  /** A whole datagram with both headers, as if it had come by itself; empty: none. A view. */
  readonly piggyback: Uint8Array;
}

export const OctreeStats: Codec<OctreeStats> = {
  read: (reader) => ({
    startUs: reader.u64('start'),
    endUs: reader.u64('end'),
    elapsedUs: reader.u64('elapsed'),
    encodeUs: reader.u64('encode time'),
    isFullScene: reader.bool('is full scene'),
    isMoving: reader.bool('is moving'),
    packetCount: reader.u32('packets'),
    byteCount: reader.u64('bytes'),
    counters: Object.fromEntries(COUNTER_NAMES.map((name) => [name, reader.u64(name)])) as OctreeCounters,
    piggyback: reader.rest(),
  }),
  write(writer, stats) {
    for (const time of [stats.startUs, stats.endUs, stats.elapsedUs, stats.encodeUs]) writer.u64(time, 'time');
    writer.bool(stats.isFullScene, 'is full scene');
    writer.bool(stats.isMoving, 'is moving');
    writer.u32(stats.packetCount, 'packets');
    writer.u64(stats.byteCount, 'bytes');
    for (const name of COUNTER_NAMES) writer.u64(stats.counters[name], name);
    writer.bytes(stats.piggyback, 'piggyback');
  },
};
