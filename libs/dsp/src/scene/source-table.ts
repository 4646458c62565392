import type { MixMemory } from '../mix/mix-memory.js';
import { SlotPool } from './slot-pool.js';
import { clampCoordinate, isPose } from './hostile-pose.js';
import { PLACE_SLACK_M, REACH, type SignalTable } from './signal-table.js';
import { NO_SLOT, type SourceKind, type SourceReach } from './spatial-engine.js';
import type { ZoneMap } from './zone-map.js';

/** What a source does in this block. Numbers because they lie in a table. */
export const PHASE = {
  silent: 0,
  /** It sounds, and was silent before. */
  starting: 1,
  sounding: 2,
  /** It fell silent: only what its filters still hold is heard. */
  ending: 3,
} as const;

/** Those who may be heard: their places, and in each block the list of those who sound. */
export class SourceTable {
  private readonly slots: SlotPool;
  private readonly taken: Uint8Array;
  private readonly sounding: Uint8Array;
  private readonly wishedReach: Uint8Array;
  /** 1 for those who have one of the megaphones, as long as they wish for it. */
  private readonly hasMegaphone: Uint8Array;
  private megaphoneCount = 0;
  /** The source that everybody hears in the middle of the head without a megaphone, as long as it wishes for it. */
  private ambience = NO_SLOT;
  /** 1 for those who are no voices, see SourceKind. */
  readonly isThing: Uint8Array;
  private readonly zoneIsStale: Uint8Array;
  /** One of PHASE, of this block. */
  readonly phase: Uint8Array;
  /** Sources that sound in this block, ascending. */
  readonly active: Int32Array;
  activeCount = 0;
  /** Those of them that were silent before. */
  readonly starting: Int32Array;
  startingCount = 0;
  /** Somebody who sounds got another reach in this block. */
  hasNewReach = false;

  constructor(
    private readonly memory: MixMemory,
    private readonly signals: SignalTable,
    private readonly zones: ZoneMap,
    private readonly megaphonesMax: number,
  ) {
    const { sourcesMax } = memory.options;
    this.slots = new SlotPool(sourcesMax);
    this.taken = new Uint8Array(sourcesMax);
    this.sounding = new Uint8Array(sourcesMax);
    this.wishedReach = new Uint8Array(sourcesMax);
    this.hasMegaphone = new Uint8Array(sourcesMax);
    this.isThing = new Uint8Array(sourcesMax);
    this.zoneIsStale = new Uint8Array(sourcesMax);
    this.phase = new Uint8Array(sourcesMax);
    this.active = new Int32Array(sourcesMax);
    this.starting = new Int32Array(sourcesMax);
  }

  /** Whether somebody has this slot. */
  has(source: number): boolean {
    return this.taken[source] === 1;
  }

  add(kind: SourceKind): number {
    const source = this.slots.take();
    if (source === NO_SLOT) return NO_SLOT;
    this.taken[source] = 1;
    this.isThing[source] = kind === 'thing' ? 1 : 0;
    this.wishedReach[source] = REACH.local;
    this.signals.spaceM[source] = 0;
    this.setPose(source, 0, 0, 0, 0, 0, 0, 1);
    this.zoneIsStale[source] = 1;
    return source;
  }

  /** Whether there was something to remove. */
  remove(source: number): boolean {
    if (!this.has(source)) return false;
    this.slots.give(source);
    this.wishedReach[source] = REACH.local;
    this.giveUpMegaphone(source);
    if (this.ambience === source) this.ambience = NO_SLOT;
    this.taken[source] = 0;
    this.sounding[source] = 0;
    this.phase[source] = PHASE.silent;
    this.signals.sounds[source] = 0;
    return true;
  }

  setSounding(source: number, isSounding: boolean): void {
    if (this.has(source)) this.sounding[source] = isSounding ? 1 : 0;
  }

  setPose(source: number, x: number, y: number, z: number, qx: number, qy: number, qz: number, qw: number): void {
    if (!this.has(source) || !isPose(x, y, z, qx, qy, qz, qw)) return;
    // The rotated -z axis, of unit length whatever the quaternion's; nothing for those without a front.
    const isVoice = this.isThing[source] === 0;
    const scale = 2 / (qx * qx + qy * qy + qz * qz + qw * qw);
    const forwardX = isVoice ? -scale * (qx * qz + qw * qy) : 0;
    const forwardY = isVoice ? -scale * (qy * qz - qw * qx) : 0;
    const forwardZ = isVoice ? scale * (qx * qx + qy * qy) - 1 : 0;
    this.signals.place(
      source,
      clampCoordinate(x),
      clampCoordinate(y),
      clampCoordinate(z),
      forwardX,
      forwardY,
      forwardZ,
      PLACE_SLACK_M,
    );
    this.zoneIsStale[source] = 1;
  }

  setReach(source: number, reach: SourceReach): void {
    if (!this.has(source)) return;
    this.wishedReach[source] = REACH[reach];
    this.zoneIsStale[source] = 1;
    if (reach !== 'megaphone') this.giveUpMegaphone(source);
    if (reach !== 'ambience' && this.ambience === source) this.ambience = NO_SLOT;
  }

  /** The zones have changed: everybody who sounds finds his own anew. */
  forgetZones(): void {
    this.zoneIsStale.fill(1);
  }

  /** Frees a megaphone for those who are heard from a stage because there was none left. */
  private giveUpMegaphone(source: number): void {
    if (this.hasMegaphone[source] === 0) return;
    this.hasMegaphone[source] = 0;
    this.megaphoneCount--;
    for (let other = 0; other < this.wishedReach.length; other++) {
      if (this.wishedReach[other] === REACH.megaphone) this.zoneIsStale[other] = 1;
    }
  }

  /** Whether a source has one of the megaphones, taken if there is one left. */
  private takeMegaphone(source: number): boolean {
    if (this.hasMegaphone[source] === 1) return true;
    if (this.megaphoneCount === this.megaphonesMax) return false;
    this.megaphoneCount++;
    this.hasMegaphone[source] = 1;
    return true;
  }

  private takeAmbience(source: number): boolean {
    if (this.ambience === NO_SLOT) this.ambience = source;
    return this.ambience === source;
  }

  setSpace(source: number, radiusM: number): void {
    if (!this.has(source) || !(radiusM >= 0)) return;
    this.signals.spaceM[source] = clampCoordinate(radiusM);
    this.signals.setMoved(source);
  }

  /** Finds out who sounds in this block, and where. Must run before `render` plans anything. */
  beginBlock(): void {
    this.activeCount = 0;
    this.startingCount = 0;
    this.hasNewReach = false;
    for (let source = 0; source < this.phase.length; source++) {
      const before = this.phase[source];
      const wasHeard = before === PHASE.starting || before === PHASE.sounding;
      if (this.sounding[source] === 1) this.beginSource(source, wasHeard);
      else if (wasHeard) this.endSource(source);
      else if (before !== PHASE.silent) this.phase[source] = PHASE.silent;
    }
  }

  private beginSource(source: number, wasHeard: boolean): void {
    this.phase[source] = wasHeard ? PHASE.sounding : PHASE.starting;
    this.signals.starts[source] = wasHeard ? 0 : 1;
    this.signals.sounds[source] = 1;
    this.active[this.activeCount++] = source;
    if (!wasHeard) this.starting[this.startingCount++] = source;
    if (this.zoneIsStale[source] === 1) this.settle(source);
  }

  private endSource(source: number): void {
    this.phase[source] = PHASE.ending;
    this.signals.starts[source] = 0;
    this.signals.sounds[source] = 0;
    this.memory.input(source).fill(0);
  }

  /** Finds the source's zone, which may make a stage of it. */
  private settle(source: number): void {
    const { signals } = this;
    const zone = this.zones.zoneAt(signals.x[source], signals.y[source], signals.z[source]);
    const reach = this.reachIn(zone, source);
    if (zone !== signals.zone[source] || reach !== signals.reach[source]) signals.setMoved(source);
    if (reach !== signals.reach[source]) this.hasNewReach = true;
    signals.zone[source] = zone;
    signals.reach[source] = reach;
    this.zoneIsStale[source] = 0;
  }

  private reachIn(zone: number, source: number): number {
    const wished = this.wishedReach[source];
    if (wished === REACH.megaphone) return this.takeMegaphone(source) ? REACH.megaphone : REACH.stage;
    if (wished === REACH.ambience) return this.takeAmbience(source) ? REACH.megaphone : REACH.stage;
    return wished === REACH.local && this.zones.isStage(zone) ? REACH.stage : wished;
  }

  /** What has been told is known now. */
  endBlock(): void {
    const { active, signals } = this;
    for (let index = 0; index < this.activeCount; index++) {
      signals.moved[active[index]] = 0;
      signals.movedFar[active[index]] = 0;
    }
  }
}
