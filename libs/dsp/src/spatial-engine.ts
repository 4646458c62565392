/** What an engine is built with. Memory is laid out once from it. */
export interface SpatialEngineOptions {
  /** Sources that exist at the same time. */
  sourcesMax: number;
  /** Listeners that exist at the same time. */
  listenersMax: number;
  /** Sources that each listener hears rendered one by one, nearest first. 1 to 64. */
  nearSourcesMax: number;
  /** Loss per doubling of the distance, see DistanceAttenuation. In [0, 1]. */
  attenuationCoefficient: number;
  /** Distance from which on nothing is heard, in metres. */
  audibleDistanceM: number;
}

/** How much work the engine may do for each listener; less is heard as a coarser crowd, never as a missing neighbour. */
export interface SpatialQuality {
  /** Sources rendered one by one. */
  nearSourcesMax: number;
  /** Further sources that are panned; the most distant ones are left out. */
  farSourcesMax: number;
}

/** No slot is free. */
export const NO_SLOT = -1;

/**
 * Turns the voices of a world into one stereo mix for each listener.
 *
 * The seam behind which the inner loops can be replaced: all samples lie in memory that the engine owns and lays out
 * once, sources and listeners are small integers (slots), positions are set when they change, and there is one call for
 * each tick, not one for each pair of people. Nothing is allocated while processing.
 *
 * In each tick: write `input` of every source that sounds, tell by `setSounding` which ones those are, call `render`,
 * read `output` of every listener that is not silent.
 *
 * Everything that changes glides over one block: sources that move, turn near or far, listeners that turn, come or go.
 * The signal itself must begin and end smoothly, because a source that was silent starts at its place at once.
 */
export interface SpatialEngine {
  readonly options: SpatialEngineOptions;

  /** A free slot for a source, or NO_SLOT. It is silent and stands at the origin. */
  addSource(): number;
  /** Frees a source's slot. Let it fall silent first: a source that sounds is cut off. */
  removeSource(source: number): void;
  /** BLOCK_FRAMES samples of the source's next block, to be written before `render`. Always the same memory. */
  input(source: number): Float32Array;
  /** Whether the next block of the source is to be heard; false makes it silence, whatever `input` holds. Stays set. */
  setSounding(source: number, isSounding: boolean): void;
  /** Metres; takes effect gliding over the next block. Numbers that are not finite change nothing. */
  setSourcePosition(source: number, x: number, y: number, z: number): void;

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

  setQuality(quality: SpatialQuality): void;

  /** Mixes one block for every listener. */
  render(): void;

  /** The listener's mix after `render`: left in [0, BLOCK_FRAMES), right behind it, in [-1, 1]. Always the same memory. */
  output(listener: number): Float32Array;
  /** Whether the mix of the last `render` is nothing but zeros. */
  isSilent(listener: number): boolean;

  /** Pairs of the last `render`, for metrics: sources rendered one by one, and sources panned, over all listeners. */
  readonly nearPairs: number;
  readonly farPairs: number;
}
