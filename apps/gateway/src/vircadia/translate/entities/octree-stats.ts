import type { OctreeCounters, OctreeStats } from '@app/vircadia';

const NO_COUNTERS: OctreeCounters = {
  internalTotal: 0,
  leavesTotal: 0,
  internal: 0,
  leaves: 0,
  skippedByDistanceInternal: 0,
  skippedByDistanceLeaves: 0,
  outOfViewInternal: 0,
  outOfViewLeaves: 0,
  wasInViewInternal: 0,
  wasInViewLeaves: 0,
  noChangeInternal: 0,
  noChangeLeaves: 0,
  occludedInternal: 0,
  occludedLeaves: 0,
  colorSentInternal: 0,
  colorSentLeaves: 0,
  didNotFitInternal: 0,
  didNotFitLeaves: 0,
  colorBits: 0,
  existsBits: 0,
  existsInPacketBits: 0,
  treesRemoved: 0,
};

/** What a client may show of how it is served: one leaf for everything, because everything is at the root. */
export function octreeStatsOf(
  traffic: { entityCount: number; packetCount: number; byteCount: number; isFullScene: boolean },
  wallMs: number,
  elapsedMs: number,
): OctreeStats {
  const endUs = Math.floor(wallMs * 1_000);
  const elapsedUs = Math.floor(elapsedMs * 1_000);
  const { entityCount, packetCount, byteCount, isFullScene } = traffic;
  return {
    startUs: endUs - elapsedUs,
    endUs,
    elapsedUs,
    encodeUs: 0,
    isFullScene,
    isMoving: false,
    packetCount,
    byteCount,
    counters: { ...NO_COUNTERS, leavesTotal: entityCount, leaves: entityCount },
    piggyback: new Uint8Array(0),
  };
}
