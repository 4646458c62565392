import { assert, BEDS_MAX, FAR_SIGNALS_MAX, MEGAPHONES_MAX, NEAR_SOURCES_MAX, REVERBS_MAX } from '@app/world';
import { BIN, BINS_MAX, ENTRY_WORDS, LISTENER, MixMemory, NEAR, STATUS } from '../mix/mix-memory.js';
import type { PlanRenderer } from '../mix/plan-renderer.js';
import { SlotPool } from './slot-pool.js';
import type { AudioZone, ZonePair } from './audio-zone.js';
import { BinEars } from './bin-ears.js';
import { BinEntries } from './bin-entries.js';
import { FarChoice } from './far-choice.js';
import { FarPlan } from './far-plan.js';
import { ListenerState } from './listener-state.js';
import { LEAVING_MAX, NearSet } from './near-set.js';
import { OrderWriter } from './order-writer.js';
import { PairLevel } from './pair-level.js';
import { PairRules } from './pair-rules.js';
import { ReverbPool } from './reverb-pool.js';
import { SignalTable } from './signal-table.js';
import { SoundTree } from './sound-tree.js';
import { PHASE, SourceTable } from './source-table.js';
import {
  BED_ANGLE_RAD_FINEST,
  BED_ANGLE_RAD_MAX,
  BED_ANGLE_RAD_MIN,
  NO_SLOT,
  type SourceKind,
  type SourceReach,
  type SpatialCounts,
  type SpatialEngine,
  type SpatialEngineOptions,
  type SpatialQuality,
} from './spatial-engine.js';
import { ZoneMap } from './zone-map.js';

/** What is still to come below this is not worth another block: half a step of 16 bits. */
const TAIL_SILENCE = 1.5e-5;
/** Sources in the middle of every head: megaphones, and the ambience. */
const EVERYWHERE_MAX = MEGAPHONES_MAX + 1;

/** Plans who hears whom how, and has a renderer carry it out. */
export class SceneEngine implements SpatialEngine {
  readonly counts: SpatialCounts = { nearPairs: 0, farSignals: 0, beds: 0, shedSignals: 0 };

  private readonly memory: MixMemory;
  private readonly writer: OrderWriter;
  private readonly zones: ZoneMap;
  private readonly signals: SignalTable;
  private readonly sources: SourceTable;
  private readonly listenerSlots: SlotPool;
  private readonly listeners: ListenerState[];
  private readonly levels: PairLevel;
  private readonly near: NearSet;
  private readonly entries: BinEntries;
  private readonly far: FarPlan;
  private readonly tree: SoundTree;
  private readonly choice: FarChoice;
  private readonly binEars: BinEars;
  private readonly reverbs: ReverbPool;
  /** Tick in which a source was near somebody, so that its filters ran. */
  private readonly filterTicks: Float64Array;
  private readonly orderWordsMax: number;
  private quality: SpatialQuality;
  private tick = 0;

  /** @param createRenderer  carries out the orders in the memory it is given */
  constructor(
    readonly options: SpatialEngineOptions,
    createRenderer: (memory: MixMemory) => PlanRenderer,
  ) {
    const { sourcesMax, listenersMax, nearSourcesMax } = options;
    assert(nearSourcesMax >= 1 && nearSourcesMax <= NEAR_SOURCES_MAX, '1 to 64 near sources');
    this.zones = new ZoneMap(options);
    this.memory = new MixMemory({
      sourcesMax,
      listenersMax,
      bedsMax: Math.min(sourcesMax, BEDS_MAX),
      // Zones come and go. Memory that no reverb has used yet is not real.
      reverbsMax: Math.min(listenersMax, REVERBS_MAX),
    });
    this.writer = new OrderWriter(createRenderer(this.memory));
    this.signals = new SignalTable(this.memory);
    this.sources = new SourceTable(this.memory, this.signals, this.zones, MEGAPHONES_MAX);
    this.levels = new PairLevel(this.signals, this.zones, options.directivity, sourcesMax);
    this.tree = new SoundTree(sourcesMax, this.sources, this.signals, options.audibleDistanceM);
    this.near = new NearSet(this.sources, this.signals, this.tree, this.levels, nearSourcesMax, EVERYWHERE_MAX);
    const farMax = Math.min(FAR_SIGNALS_MAX, this.signals.count);
    this.entries = new BinEntries(4 * farMax);
    this.far = new FarPlan(this.signals, this.levels, this.entries, farMax);
    this.choice = new FarChoice(this.tree, this.signals, this.levels, this.far);
    this.reverbs = new ReverbPool(this.memory, this.zones);
    this.binEars = new BinEars(this.entries);
    this.listenerSlots = new SlotPool(listenersMax);
    const nearMax = nearSourcesMax + EVERYWHERE_MAX + LEAVING_MAX;
    this.listeners = Array.from({ length: listenersMax }, () => new ListenerState(nearMax, farMax));
    this.filterTicks = new Float64Array(sourcesMax).fill(-1);
    // Every signal may be in six bins at once, every bin and near source may be ordered twice.
    this.orderWordsMax =
      LISTENER.words + 2 * (BINS_MAX * BIN.words + 12 * farMax * ENTRY_WORDS) + 2 * nearMax * NEAR.words;
    this.quality = { nearSourcesMax, farSignalsMax: farMax, bedAngleRad: BED_ANGLE_RAD_FINEST };
  }

  addSource(kind: SourceKind = 'voice'): number {
    return this.sources.add(kind);
  }

  removeSource(source: number): void {
    const wasHeard = this.signals.sounds[source] === 1 || this.sources.phase[source] !== PHASE.silent;
    if (!this.sources.remove(source)) return;
    this.tree.forget(source);
    for (const listener of this.listeners) {
      if (!listener.isPresent) continue;
      if (listener.own === source) listener.own = NO_SLOT;
      listener.rules?.forget(source);
      if (wasHeard) listener.forget(source);
    }
  }

  input(source: number): Float32Array {
    return this.memory.input(source);
  }

  setSounding(source: number, isSounding: boolean): void {
    this.sources.setSounding(source, isSounding);
  }

  setSourcePose(source: number, x: number, y: number, z: number, qx: number, qy: number, qz: number, qw: number): void {
    this.sources.setPose(source, x, y, z, qx, qy, qz, qw);
  }

  setSourceReach(source: number, reach: SourceReach): void {
    this.sources.setReach(source, reach);
  }

  setSourceSpace(source: number, radiusM: number): void {
    this.sources.setSpace(source, radiusM);
  }

  addListener(): number {
    const slot = this.listenerSlots.take();
    if (slot === NO_SLOT) return NO_SLOT;
    this.listeners[slot].reset();
    this.memory.mix(slot).fill(0);
    this.memory.pcm(slot).fill(0);
    return slot;
  }

  removeListener(listener: number): void {
    if (!this.hasListener(listener)) return;
    this.listenerSlots.give(listener);
    this.listeners[listener].isPresent = false;
    this.reverbs.giveBack(this.listeners[listener]);
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
    if (this.hasListener(listener)) this.listeners[listener].setPose(x, y, z, qx, qy, qz, qw);
  }

  setOwnSource(listener: number, source: number): void {
    if (!this.hasListener(listener) || (source !== NO_SLOT && !this.sources.has(source))) return;
    const state = this.listeners[listener];
    if (state.own === source) return;
    state.own = source;
    state.wantsSelection = true;
    state.ownIsNew = true;
    // Not even a fade of it may be heard, nor what is still on its way to the ears.
    if (source !== NO_SLOT && state.forget(source)) state.isFresh = true;
  }

  setListenerSpace(listener: number, radiusM: number): void {
    if (this.hasListener(listener) && radiusM >= 0) this.listeners[listener].setSpace(radiusM);
  }

  setPairGain(listener: number, source: number, gain: number): void {
    if (!Number.isFinite(gain) || !this.sources.has(source)) return;
    // What is not special need not be remembered.
    if (gain === 1 && this.listeners[listener]?.rules === undefined) return;
    this.rulesOf(listener)?.setGain(source, gain);
  }

  setSolo(listener: number, source: number, isSolo: boolean): void {
    if (!this.sources.has(source)) return;
    if (!isSolo && this.listeners[listener]?.rules === undefined) return;
    this.rulesOf(listener)?.setSolo(source, isSolo);
  }

  setSoloMode(listener: number, isOn: boolean): void {
    if (!this.hasListener(listener) || this.listeners[listener].isSolo === isOn) return;
    this.rulesOf(listener);
    this.listeners[listener].isSolo = isOn;
    this.listeners[listener].setRules();
  }

  /** The rules of a listener, about to be changed. */
  private rulesOf(listener: number): PairRules | undefined {
    if (!this.hasListener(listener)) return undefined;
    const state = this.listeners[listener];
    state.rules ??= new PairRules(this.options.sourcesMax);
    return state.rules;
  }

  private hasListener(listener: number): boolean {
    return this.listeners[listener]?.isPresent === true;
  }

  setQuality(quality: SpatialQuality): void {
    this.quality = {
      nearSourcesMax: clamp(Math.floor(quality.nearSourcesMax), 1, this.options.nearSourcesMax),
      farSignalsMax: clamp(Math.floor(quality.farSignalsMax), 0, FAR_SIGNALS_MAX),
      bedAngleRad: clamp(quality.bedAngleRad, BED_ANGLE_RAD_MIN, BED_ANGLE_RAD_MAX),
    };
    for (const listener of this.listeners) listener.wantsSelection = true;
  }

  setZones(zones: readonly AudioZone[], zonePairs: readonly ZonePair[]): void {
    this.zones.replace(zones, zonePairs);
    // No signal may have the number of a zone that is not there any more.
    this.signals.zone.fill(this.zones.outside);
    this.sources.forgetZones();
    this.levels.forgetZones();
    this.reverbs.forgetZones();
    for (const listener of this.listeners) {
      listener.zone = this.zones.outside;
      listener.zoneIsStale = true;
      listener.setRules();
    }
  }

  render(): void {
    const { sources, near, counts } = this;
    this.tick++;
    near.pairs = 0;
    counts.farSignals = 0;
    counts.shedSignals = 0;
    sources.beginBlock();
    near.beginBlock();
    this.tree.build(this.quality.bedAngleRad);
    for (let slot = 0; slot < this.listeners.length; slot++) {
      if (this.listeners[slot].isPresent) this.selectNear(slot);
    }
    this.writer.finishFilters();
    this.tree.writeBeds(this.writer);
    for (let slot = 0; slot < this.listeners.length; slot++) {
      if (this.listeners[slot].isPresent) this.orderListener(slot);
    }
    this.writer.finishListeners();
    for (let slot = 0; slot < this.listeners.length; slot++) this.finishListener(slot);
    sources.endBlock();
    this.tree.endBlock();
    counts.nearPairs = near.pairs;
    counts.beds = this.tree.beds.claimed;
  }

  private selectNear(slot: number): void {
    const listener = this.listeners[slot];
    if (listener.zoneIsStale) {
      const zone = this.zones.zoneAt(listener.x, listener.y, listener.z);
      if (zone !== listener.zone) listener.setRules();
      listener.zone = zone;
      listener.zoneIsStale = false;
    }
    this.levels.begin(listener);
    this.near.select(listener, this.tick + slot, this.quality.nearSourcesMax);
    const { near } = listener;
    for (let place = 0; place < near.capacity; place++) {
      if (near.sources[place] !== NO_SLOT) this.filterSource(near.sources[place]);
    }
  }

  /** Has a source's planes made, once in each tick. */
  private filterSource(source: number): void {
    const before = this.filterTicks[source];
    if (before === this.tick) return;
    this.filterTicks[source] = this.tick;
    this.writer.filter(source, before !== this.tick - 1 || this.signals.starts[source] === 1);
  }

  private orderListener(slot: number): void {
    const listener = this.listeners[slot];
    const { entries, far, near, writer } = this;
    this.levels.begin(listener);
    entries.clear();
    // A bed with what is one's own voice from now on is cut off, too.
    if (listener.ownIsNew && listener.farBefore.dropFrom(this.options.sourcesMax)) listener.isFresh = true;
    far.begin(listener);
    this.counts.shedSignals += this.choice.addFar(listener, this.quality.farSignalsMax);
    far.end();
    this.counts.farSignals += listener.farBefore.count;
    const isIdle = entries.isEmpty && near.isEmpty(listener) && listener.tailPeak < TAIL_SILENCE;
    listener.isOrdered = !isIdle;
    if (isIdle) this.fallSilent(slot);
    else {
      this.reverbs.update(listener);
      const { isFresh, wet, wetTo, reverb } = listener;
      writer.beginListener(slot, isFresh, wet, wetTo, reverb, this.orderWordsMax);
      listener.wet = wetTo;
      this.binEars.write(listener, writer, this.tick);
      const pairsBefore = near.pairs;
      near.write(listener, writer);
      listener.signalCount = near.pairs - pairsBefore + listener.farBefore.count;
      listener.isFresh = false;
    }
    listener.isStale = false;
    listener.isFarStale = false;
    listener.ownIsNew = false;
    listener.rules?.settle();
  }

  /** Reads what became of a listener's order. */
  private finishListener(slot: number): void {
    const listener = this.listeners[slot];
    if (!listener.isPresent || !listener.isOrdered) return;
    const { status, statusInts } = this.memory;
    const place = STATUS.words * slot;
    listener.isSilent = status[place + STATUS.peak] === 0;
    listener.tailPeak = status[place + STATUS.tailPeak];
    listener.hash = statusInts[place + STATUS.hash];
  }

  private fallSilent(slot: number): void {
    const listener = this.listeners[slot];
    if (listener.isSilent) return;
    this.memory.mix(slot).fill(0);
    this.memory.pcm(slot).fill(0);
    this.reverbs.giveBack(listener);
    listener.fallSilent();
  }

  mix(listener: number): Float32Array {
    return this.memory.mix(listener);
  }

  pcm(listener: number): Int16Array {
    return this.memory.pcm(listener);
  }

  isSilent(listener: number): boolean {
    return this.listeners[listener]?.isSilent ?? true;
  }

  signalCount(listener: number): number {
    return this.listeners[listener]?.signalCount ?? 0;
  }

  mixHash(listener: number): number {
    return this.listeners[listener]?.hash ?? 0;
  }
}

function clamp(value: number, min: number, max: number): number {
  return value >= min ? (value <= max ? value : max) : min;
}
