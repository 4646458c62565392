import type { PlayoutStatistics } from '@app/dsp';

/** What happened in one tick, over all worlds; for metrics. */
export interface MixCounts {
  listeners: number;
  hearing: number;
  sources: number;
  sounding: number;
  /** Voices that play, but were too quiet to be heard. */
  gated: number;
  nearPairs: number;
  /** Voices and beds panned for listeners, and those that were left out. */
  farSignals: number;
  shedSignals: number;
  /** Beds summed, once for everybody. */
  beds: number;
  /** Sounds in the world that are known, and those that were heard by somebody. */
  sounds: number;
  soundsHeard: number;
  packetsOut: number;
  bytesOut: number;
  /** Mixes that were not encoded, because somebody else hears the same. */
  encodesSaved: number;
}

/** What arrived and what was dropped since the last look. */
export interface IntakeCounts {
  packets: number;
  bytes: number;
  unknown: number;
  unheard: number;
  /** Packets of people whose place is not known yet. */
  unplaced: number;
  malformed: number;
  tooMany: number;
  badPose: number;
  /** Tables of sounds that were older than what is known, and entries of others that cannot be. */
  staleSounds: number;
  badSounds: number;
}

/** Nothing has happened yet in this tick. */
export function createMixCounts(): MixCounts {
  return {
    listeners: 0,
    hearing: 0,
    sources: 0,
    sounding: 0,
    gated: 0,
    nearPairs: 0,
    farSignals: 0,
    shedSignals: 0,
    beds: 0,
    sounds: 0,
    soundsHeard: 0,
    packetsOut: 0,
    bytesOut: 0,
    encodesSaved: 0,
  };
}

/** Nothing has come in yet. */
export function createIntakeCounts(): IntakeCounts {
  return {
    packets: 0,
    bytes: 0,
    unknown: 0,
    unheard: 0,
    unplaced: 0,
    malformed: 0,
    tooMany: 0,
    badPose: 0,
    staleSounds: 0,
    badSounds: 0,
  };
}

/** The statistics of no voice at all, to add others to. */
export function createPlayoutSum(): PlayoutStatistics {
  return {
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
}
