import type { AudioZone, ZonePair } from './audio-zone.js';

/** What an engine is built with. Memory is laid out once from it. */
export interface SpatialEngineOptions {
  /** Sources that exist at the same time. */
  sourcesMax: number;
  /** Listeners that exist at the same time. */
  listenersMax: number;
  /** Sources that each listener hears rendered one by one, the nearest first. 1 to 64. */
  nearSourcesMax: number;
  /** Loss per doubling of the distance, see DistanceAttenuation. In [0, 1]. */
  attenuationCoefficient: number;
  /** Distance from which on nothing is heard, in metres. */
  audibleDistanceM: number;
  /** How much quieter a voice is behind its speaker's back: 0 not at all, 0.5 half the level, 1 silent. In [0, 1]. */
  directivity: number;
  /** Volumes with rules of their own. */
  zones: readonly AudioZone[];
  zonePairs: readonly ZonePair[];
}

/** How much work the engine may do for each listener; less is heard as a coarser crowd, never as a missing neighbour. */
export interface SpatialQuality {
  /** Sources rendered one by one. */
  nearSourcesMax: number;
  /** Far signals (sources and beds) that are panned; the most distant ones are left out. */
  farSignalsMax: number;
  /**
   * Angle within which a bed's members may lie around its centre as seen by a listener, in radians. Larger is cheaper and
   * coarser. In [BED_ANGLE_RAD_MIN, BED_ANGLE_RAD_MAX].
   */
  bedAngleRad: number;
}

/** Angle of a bed as long as nothing has to be saved, in radians: the bed as a whole is then well within 15 degrees. */
export const BED_ANGLE_RAD_FINEST = 0.3;
/** Range of that angle, in radians. */
export const BED_ANGLE_RAD_MIN = 0.1;
export const BED_ANGLE_RAD_MAX = 1;

/** How far a source is heard. */
export type SourceReach =
  /** As far as its voice carries. */
  | 'local'
  /** Everywhere in the world, from its direction, as loud as at the reference distance. */
  | 'stage'
  /** Everywhere in the world, in the middle of every head: the same for everybody. */
  | 'megaphone'
  /** The same, for what is not a person's: one source has it, and it takes no megaphone away. Others are on a stage. */
  | 'ambience';

/** What a source is. */
export type SourceKind =
  /** A person's: louder in front of the speaker. */
  | 'voice'
  /** Sounds alike on all sides, as loud as a voice on average, and leaves near places to voices that are not far. */
  | 'thing';

/** No slot is free. */
export const NO_SLOT = -1;

/**
 * Turns the voices of a world into one stereo mix for each listener.
 *
 * All samples lie in memory that the engine owns and lays out once, sources and listeners are small integers (slots),
 * positions and rules are set when they change, and there is one `render` for each tick. Nothing is allocated while
 * processing.
 *
 * In each tick: write `input` of every source that sounds, tell by `setSounding` which ones those are, call `render`,
 * read `pcm` of every listener that is not silent.
 *
 * Everything that changes glides over one block: sources that move, turn near or far, listeners that turn, come or go,
 * gains and rules. The signal itself must begin and end smoothly, because a source that was silent starts at its place at
 * once. Numbers that are not finite change nothing.
 */
export interface SpatialEngine {
  readonly options: SpatialEngineOptions;

  /** A free slot for a source, or NO_SLOT. It is silent, local, and stands at the origin. Default a voice. */
  addSource(kind?: SourceKind): number;
  /** Frees a source's slot. Let it fall silent first: a source that sounds is cut off. */
  removeSource(source: number): void;
  /** BLOCK_FRAMES samples of the source's next block, to be written before `render`. Always the same memory. */
  input(source: number): Float32Array;
  /** Whether the next block of the source is to be heard; false makes it silence, whatever `input` holds. Stays set. */
  setSounding(source: number, isSounding: boolean): void;
  /** Position in metres, orientation as a unit quaternion (a voice goes ahead, along -z). */
  setSourcePose(source: number, x: number, y: number, z: number, qx: number, qy: number, qz: number, qw: number): void;
  setSourceReach(source: number, reach: SourceReach): void;
  /** Radius around the source's person within which nobody hears it, and it hears nobody, in metres; 0 for none. */
  setSourceSpace(source: number, radiusM: number): void;

  /** A free slot for a listener, or NO_SLOT. */
  addListener(): number;
  /** Frees a listener's slot. */
  removeListener(listener: number): void;
  /** Position in metres, orientation as a unit quaternion; glides like a source's. */
  setListenerPose(
    listener: number,
    x: number,
    y: number,
    z: number,
    qx: number,
    qy: number,
    qz: number,
    qw: number,
  ): void;
  /** The source that this listener never hears, because it is its own voice; NO_SLOT for none. */
  setOwnSource(listener: number, source: number): void;
  /** The listener's own personal space, see setSourceSpace. */
  setListenerSpace(listener: number, radiusM: number): void;
  /**
   * How loud this listener has this source: linear, 1 unless set, at most PERSON_GAIN_MAX. 0 means ignored: the next block
   * fades, the one after it holds the millisecond that was on its way to the ears, and then not a trace of it is heard.
   */
  setPairGain(listener: number, source: number, gain: number): void;
  /** Whether the listener hears this source when it hears only some (see setSoloMode). */
  setSolo(listener: number, source: number, isSolo: boolean): void;
  /** Whether the listener hears only the sources of setSolo. */
  setSoloMode(listener: number, isOn: boolean): void;

  setQuality(quality: SpatialQuality): void;
  /** Other zones from the next block on, instead of those the engine was built with. Reverb glides, levels as always. */
  setZones(zones: readonly AudioZone[], zonePairs: readonly ZonePair[]): void;

  /** Mixes one block for every listener. */
  render(): void;

  /** The listener's mix after `render`: left in [0, BLOCK_FRAMES), right behind it, in [-1, 1]. Always the same memory. */
  mix(listener: number): Float32Array;
  /** The same as interleaved 16-bit samples. Always the same memory. */
  pcm(listener: number): Int16Array;
  /** Whether the mix of the last `render` is nothing but zeros. */
  isSilent(listener: number): boolean;
  /** A hash of `pcm`, to find equal mixes; equal hashes have to be compared. */
  mixHash(listener: number): number;

  /** Voices and beds that the listener's last mix was made of. */
  signalCount(listener: number): number;

  /** What the last `render` did, for metrics, over all listeners. */
  readonly counts: SpatialCounts;
}

/** What one `render` did for all listeners together. */
export interface SpatialCounts {
  /** Pairs rendered one by one. */
  nearPairs: number;
  /** Sources and beds panned. */
  farSignals: number;
  /** Beds summed, once for everybody. */
  beds: number;
  /** Signals left out because farSignalsMax was reached. */
  shedSignals: number;
}
