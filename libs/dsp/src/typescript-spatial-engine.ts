import { assert, BLOCK_FRAMES } from '@app/world';
import { HISTORY_FRAMES, SOURCE_STRIDE } from './audio-block.js';
import { DistanceAttenuation } from './distance-attenuation.js';
import { farEarGain, lateralOf, placeNear } from './ear-geometry.js';
import { createFarGroup, FAR_GROUP, type FarGroup, mixFarMoving, mixFarSteady } from './far-panner.js';
import { ShadowLowpass } from './head-shadow.js';
import { Limiter } from './limiter.js';
import { createNearPath, type NearPath, renderNear } from './near-renderer.js';
import { NearestSelection } from './nearest-selection.js';
import { SlotPool } from './slot-pool.js';
import { NO_SLOT, type SpatialEngine, type SpatialEngineOptions, type SpatialQuality } from './spatial-engine.js';

/** Near places of a listener beyond those in use, for sources that are just fading out of them. */
const LEAVING_MAX = 16;
/** A near source stays near until another is closer by this factor (of the squared distance): no flapping. */
const STAY_FACTOR = 0.8;
/** Steps of the histogram that finds the radius of the far sources to keep while shedding. */
const RANK_STEPS = 64;

/** One source rendered one by one for one listener. */
interface NearPlace {
  /** NO_SLOT when the place is free. */
  source: number;
  isWanted: boolean;
  path: NearPath;
}

interface ListenerState {
  isPresent: boolean;
  isSilent: boolean;
  own: number;
  x: number;
  y: number;
  z: number;
  /** The listener's right-hand direction, a unit vector. */
  rightX: number;
  rightY: number;
  rightZ: number;
  places: NearPlace[];
  limiter: Limiter;
  /** Gains of the last block by source: [2 * source] left, [2 * source + 1] right. */
  farGains: Float32Array;
}

/** The engine in plain TypeScript: the reference for faster ones, and fast enough to begin with. */
export class TypescriptSpatialEngine implements SpatialEngine {
  nearPairs = 0;
  farPairs = 0;

  private readonly attenuation: DistanceAttenuation;
  /** All sources, each SOURCE_STRIDE long: its past, then its block. One more at the end is only ever read. */
  private readonly direct: Float32Array;
  /** The same places hold the sources' lowpass. */
  private readonly low: Float32Array;
  private readonly outputs: Float32Array;
  private readonly inputViews: Float32Array[];
  private readonly outputViews: Float32Array[];
  private readonly lowpasses: ShadowLowpass[];
  private readonly listeners: ListenerState[];
  private readonly positions: Float64Array;
  private readonly sounding: Uint8Array;
  /** Sources whose last block was heard, so that its end is still on its way to the farther ear. */
  private readonly hasTail: Uint8Array;
  private readonly sourceSlots: SlotPool;
  private readonly listenerSlots: SlotPool;

  // What `render` works with; rubbish between calls.
  private readonly active: Int32Array;
  private activeCount = 0;
  private readonly starts: Uint8Array;
  private readonly squaredDistances: Float64Array;
  private readonly nearIndex: Int32Array;
  private readonly nearest: NearestSelection;
  private readonly rankCounts = new Int32Array(RANK_STEPS);
  private readonly bus = new Float64Array(2 * BLOCK_FRAMES);
  private readonly steady = createFarGroup();
  private readonly moving = createFarGroup();
  private quality: SpatialQuality;

  constructor(readonly options: SpatialEngineOptions) {
    assert(options.nearSourcesMax >= 1 && options.nearSourcesMax <= 64, '1 to 64 near sources');
    const { sourcesMax, listenersMax } = options;
    this.attenuation = new DistanceAttenuation({
      coefficient: options.attenuationCoefficient,
      audibleDistanceM: options.audibleDistanceM,
    });
    this.quality = { nearSourcesMax: options.nearSourcesMax, farSourcesMax: sourcesMax };
    this.direct = new Float32Array((sourcesMax + 1) * SOURCE_STRIDE);
    this.low = new Float32Array((sourcesMax + 1) * SOURCE_STRIDE);
    this.outputs = new Float32Array(listenersMax * 2 * BLOCK_FRAMES);
    this.inputViews = Array.from({ length: sourcesMax }, (_, source) => {
      const begin = source * SOURCE_STRIDE + HISTORY_FRAMES;
      return this.direct.subarray(begin, begin + BLOCK_FRAMES);
    });
    this.outputViews = Array.from({ length: listenersMax }, (_, listener) =>
      this.outputs.subarray(listener * 2 * BLOCK_FRAMES, (listener + 1) * 2 * BLOCK_FRAMES),
    );
    this.lowpasses = Array.from({ length: sourcesMax }, () => new ShadowLowpass());
    this.listeners = Array.from({ length: listenersMax }, () => createListener(options));
    this.positions = new Float64Array(3 * sourcesMax);
    this.sounding = new Uint8Array(sourcesMax);
    this.hasTail = new Uint8Array(sourcesMax);
    this.sourceSlots = new SlotPool(sourcesMax);
    this.listenerSlots = new SlotPool(listenersMax);
    this.active = new Int32Array(sourcesMax);
    this.starts = new Uint8Array(sourcesMax);
    this.squaredDistances = new Float64Array(sourcesMax);
    this.nearIndex = new Int32Array(sourcesMax).fill(NO_SLOT);
    this.nearest = new NearestSelection(options.nearSourcesMax);
  }

  addSource(): number {
    const source = this.sourceSlots.take();
    if (source !== NO_SLOT) this.positions.fill(0, 3 * source, 3 * source + 3);
    return source;
  }

  removeSource(source: number): void {
    if (!this.sourceSlots.give(source)) return;
    this.sounding[source] = 0;
    this.hasTail[source] = 0;
    this.forgetSignal(source);
    for (const listener of this.listeners) {
      if (listener.own === source) listener.own = NO_SLOT;
      listener.farGains.fill(0, 2 * source, 2 * source + 2);
      for (const place of listener.places) if (place.source === source) place.source = NO_SLOT;
    }
  }

  input(source: number): Float32Array {
    return this.inputViews[source];
  }

  setSounding(source: number, isSounding: boolean): void {
    this.sounding[source] = isSounding ? 1 : 0;
  }

  setSourcePosition(source: number, x: number, y: number, z: number): void {
    if (!Number.isFinite(x + y + z)) return;
    this.positions[3 * source] = x;
    this.positions[3 * source + 1] = y;
    this.positions[3 * source + 2] = z;
  }

  addListener(): number {
    const slot = this.listenerSlots.take();
    if (slot === NO_SLOT) return NO_SLOT;
    const listener = this.listeners[slot];
    listener.isPresent = true;
    listener.isSilent = true;
    listener.own = NO_SLOT;
    listener.limiter.reset();
    listener.farGains.fill(0);
    for (const place of listener.places) place.source = NO_SLOT;
    this.setListenerPose(slot, 0, 0, 0, 0, 0, 0, 1);
    this.outputViews[slot].fill(0);
    return slot;
  }

  removeListener(listener: number): void {
    if (this.listenerSlots.give(listener)) this.listeners[listener].isPresent = false;
  }

  setListenerPose(
    listener: number,
    x: number,
    y: number,
    z: number,
    qx: number,
    qy: number,
    qz: number,
    qw: number,
  ): void {
    if (!Number.isFinite(x + y + z + qx + qy + qz + qw)) return;
    const state = this.listeners[listener];
    state.x = x;
    state.y = y;
    state.z = z;
    // The rotated x axis.
    state.rightX = 1 - 2 * (qy * qy + qz * qz);
    state.rightY = 2 * (qx * qy + qw * qz);
    state.rightZ = 2 * (qx * qz - qw * qy);
  }

  setOwnSource(listener: number, source: number): void {
    const state = this.listeners[listener];
    state.own = source;
    if (source === NO_SLOT) return;
    // Not even a fade of it may be heard.
    state.farGains.fill(0, 2 * source, 2 * source + 2);
    for (const place of state.places) if (place.source === source) place.source = NO_SLOT;
  }

  setQuality(quality: SpatialQuality): void {
    this.quality = { ...quality };
  }

  output(listener: number): Float32Array {
    return this.outputViews[listener];
  }

  isSilent(listener: number): boolean {
    return this.listeners[listener].isSilent;
  }

  render(): void {
    this.nearPairs = 0;
    this.farPairs = 0;
    this.beginSources();
    for (let slot = 0; slot < this.listeners.length; slot++) {
      const listener = this.listeners[slot];
      if (listener.isPresent) this.renderListener(listener, this.outputViews[slot]);
    }
    this.endSources();
  }

  /** Finds the sources that are to be heard, and filters them once for everybody. */
  private beginSources(): void {
    this.activeCount = 0;
    for (let source = 0; source < this.sounding.length; source++) {
      const isSounding = this.sounding[source] === 1;
      if (!isSounding && this.hasTail[source] === 0) continue;
      const begin = source * SOURCE_STRIDE + HISTORY_FRAMES;
      if (!isSounding) this.direct.fill(0, begin, begin + BLOCK_FRAMES);
      this.lowpasses[source].process(this.direct, this.low, begin, BLOCK_FRAMES);
      this.starts[source] = this.hasTail[source] === 0 ? 1 : 0;
      this.active[this.activeCount++] = source;
    }
  }

  /** Keeps the end of each block as the past of the next one. */
  private endSources(): void {
    for (let index = 0; index < this.activeCount; index++) {
      const source = this.active[index];
      if (this.sounding[source] === 1) {
        const begin = source * SOURCE_STRIDE;
        this.direct.copyWithin(begin, begin + BLOCK_FRAMES, begin + BLOCK_FRAMES + HISTORY_FRAMES);
        this.low.copyWithin(begin, begin + BLOCK_FRAMES, begin + BLOCK_FRAMES + HISTORY_FRAMES);
        this.hasTail[source] = 1;
      } else {
        this.hasTail[source] = 0;
        this.forgetSignal(source);
      }
    }
  }

  private forgetSignal(source: number): void {
    const begin = source * SOURCE_STRIDE;
    this.direct.fill(0, begin, begin + SOURCE_STRIDE);
    this.low.fill(0, begin, begin + SOURCE_STRIDE);
    this.lowpasses[source].reset();
  }

  private renderListener(listener: ListenerState, output: Float32Array): void {
    const { bus } = this;
    const pairsBefore = this.nearPairs + this.farPairs;
    if (this.activeCount > 0) {
      this.selectNearest(listener);
      bus.fill(0);
      this.renderFar(listener);
      this.renderNear(listener);
    }
    if (this.nearPairs + this.farPairs === pairsBefore) {
      if (!listener.isSilent) this.fallSilent(listener, output);
      return;
    }
    listener.isSilent = false;
    for (let index = 0; index < bus.length; index++) output[index] = bus[index];
    listener.limiter.process(output);
  }

  private fallSilent(listener: ListenerState, output: Float32Array): void {
    output.fill(0);
    listener.isSilent = true;
    listener.limiter.reset();
    for (const place of listener.places) place.source = NO_SLOT;
  }

  /** Measures all distances, and decides which sources are near. */
  private selectNearest(listener: ListenerState): void {
    const { active, squaredDistances, nearIndex, positions, nearest } = this;
    for (let index = 0; index < listener.places.length; index++) {
      const place = listener.places[index];
      place.isWanted = false;
      if (place.source !== NO_SLOT) nearIndex[place.source] = index;
    }
    const squaredMax = this.attenuation.audibleDistanceM ** 2;
    nearest.begin(this.quality.nearSourcesMax);
    for (let index = 0; index < this.activeCount; index++) {
      const source = active[index];
      const dx = positions[3 * source] - listener.x;
      const dy = positions[3 * source + 1] - listener.y;
      const dz = positions[3 * source + 2] - listener.z;
      const squared = dx * dx + dy * dy + dz * dz;
      squaredDistances[source] = squared;
      if (source === listener.own || !(squared < squaredMax)) continue;
      nearest.offer(source, nearIndex[source] === NO_SLOT ? squared : squared * STAY_FACTOR);
    }
    for (let index = 0; index < nearest.count; index++) this.claimPlace(listener, nearest.keys[index]);
  }

  private claimPlace(listener: ListenerState, source: number): void {
    const index = this.nearIndex[source];
    if (index !== NO_SLOT) {
      listener.places[index].isWanted = true;
      return;
    }
    for (let free = 0; free < listener.places.length; free++) {
      const place = listener.places[free];
      if (place.source !== NO_SLOT) continue;
      place.source = source;
      place.isWanted = true;
      this.nearIndex[source] = free;
      // It begins at its place; only the gain rises, and not even that if the source itself has just begun.
      this.aim(listener, source, place.path);
      arrive(place.path);
      if (this.starts[source] === 0) mute(place.path);
      return;
    }
    // All places are taken by sources fading out: it is heard as a far source for one more block.
  }

  private aim(listener: ListenerState, source: number, path: NearPath): void {
    const distance = Math.sqrt(this.squaredDistances[source]);
    placeNear(path, this.lateralOf(listener, source, distance), this.attenuation.gainAt(distance));
  }

  private lateralOf(listener: ListenerState, source: number, distance: number): number {
    const dx = this.positions[3 * source] - listener.x;
    const dy = this.positions[3 * source + 1] - listener.y;
    const dz = this.positions[3 * source + 2] - listener.z;
    return lateralOf(dx * listener.rightX + dy * listener.rightY + dz * listener.rightZ, distance);
  }

  private renderNear(listener: ListenerState): void {
    for (let index = 0; index < listener.places.length; index++) {
      const place = listener.places[index];
      const source = place.source;
      if (source === NO_SLOT) continue;
      this.nearIndex[source] = NO_SLOT;
      const isHeard = this.sounding[source] === 1 || this.hasTail[source] === 1;
      if (!isHeard) {
        place.source = NO_SLOT;
        continue;
      }
      this.aim(listener, source, place.path);
      if (!place.isWanted) fadeOut(place.path);
      renderNear(this.direct, this.low, source * SOURCE_STRIDE + HISTORY_FRAMES, place.path, this.bus);
      arrive(place.path);
      this.nearPairs++;
      if (!place.isWanted) place.source = NO_SLOT;
    }
  }

  private renderFar(listener: ListenerState): void {
    const { farGains } = listener;
    const squaredMax = Math.min(this.attenuation.audibleDistanceM ** 2, this.farSquaredMax(listener));
    for (let index = 0; index < this.activeCount; index++) {
      const source = this.active[index];
      const place = this.nearIndex[source];
      const isNear = place !== NO_SLOT && listener.places[place].isWanted;
      let left = 0;
      let right = 0;
      if (!isNear && source !== listener.own && this.squaredDistances[source] < squaredMax) {
        const distance = Math.sqrt(this.squaredDistances[source]);
        const gain = this.attenuation.gainAt(distance);
        const lateral = this.lateralOf(listener, source, distance);
        left = Math.fround(gain * farEarGain(-lateral));
        right = Math.fround(gain * farEarGain(lateral));
      }
      const isStart = this.starts[source] === 1;
      const fromLeft = isStart ? left : farGains[2 * source];
      const fromRight = isStart ? right : farGains[2 * source + 1];
      farGains[2 * source] = left;
      farGains[2 * source + 1] = right;
      if (fromLeft === 0 && fromRight === 0 && left === 0 && right === 0) continue;
      this.farPairs++;
      const isSteady = fromLeft === left && fromRight === right;
      const group = isSteady ? this.steady : this.moving;
      group.begins[group.count] = source * SOURCE_STRIDE + HISTORY_FRAMES;
      group.from[group.count] = fromLeft;
      group.from[group.count + FAR_GROUP] = fromRight;
      group.to[group.count] = left;
      group.to[group.count + FAR_GROUP] = right;
      if (++group.count === FAR_GROUP) this.flush(group);
    }
    if (this.steady.count > 0) this.flush(this.steady);
    if (this.moving.count > 0) this.flush(this.moving);
  }

  private flush(group: FarGroup): void {
    if (group === this.steady) mixFarSteady(this.direct, group, this.bus);
    else mixFarMoving(this.direct, group, this.bus);
  }

  /** Squared distance within which the far sources lie that may be kept; infinite as long as nothing is shed. */
  private farSquaredMax(listener: ListenerState): number {
    const allowed = this.quality.farSourcesMax + this.quality.nearSourcesMax;
    if (this.activeCount <= allowed) return Infinity;
    const { rankCounts } = this;
    rankCounts.fill(0);
    for (let index = 0; index < this.activeCount; index++) {
      const source = this.active[index];
      if (source !== listener.own) rankCounts[rankOf(this.squaredDistances[source])]++;
    }
    let seen = 0;
    for (let rank = 0; rank < RANK_STEPS; rank++) {
      seen += rankCounts[rank];
      if (seen > allowed) return squaredOfRank(rank);
    }
    return Infinity;
  }
}

/** Distances are ranked in steps of an eighth of a doubling, from 1 m on. */
function rankOf(squared: number): number {
  const rank = Math.floor(4 * Math.log2(Math.max(1, squared)));
  return rank < RANK_STEPS ? rank : RANK_STEPS - 1;
}

function squaredOfRank(rank: number): number {
  return Math.pow(2, rank / 4);
}

function createListener(options: SpatialEngineOptions): ListenerState {
  return {
    isPresent: false,
    isSilent: true,
    own: NO_SLOT,
    x: 0,
    y: 0,
    z: 0,
    rightX: 1,
    rightY: 0,
    rightZ: 0,
    places: Array.from({ length: options.nearSourcesMax + LEAVING_MAX }, () => ({
      source: NO_SLOT,
      isWanted: false,
      path: createNearPath(),
    })),
    limiter: new Limiter(),
    farGains: new Float32Array(2 * options.sourcesMax),
  };
}

/** What was aimed at is where the next block begins. */
function arrive(path: NearPath): void {
  path.fromDelayLeft = path.toDelayLeft;
  path.fromDelayRight = path.toDelayRight;
  path.fromDirectLeft = path.toDirectLeft;
  path.fromDirectRight = path.toDirectRight;
  path.fromLowLeft = path.toLowLeft;
  path.fromLowRight = path.toLowRight;
}

function mute(path: NearPath): void {
  path.fromDirectLeft = 0;
  path.fromDirectRight = 0;
  path.fromLowLeft = 0;
  path.fromLowRight = 0;
}

function fadeOut(path: NearPath): void {
  path.toDirectLeft = 0;
  path.toDirectRight = 0;
  path.toLowLeft = 0;
  path.toLowRight = 0;
}
