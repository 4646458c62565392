import { EAR_WORDS, placeNearEars } from '../hrtf/hrtf-model.js';
import { NearestSelection } from './nearest-selection.js';
import { NO_CELL } from './cell-table.js';
import { isDelayJump } from './delay-jump.js';
import type { ListenerState } from './listener-state.js';
import type { NearPlaces } from './near-places.js';
import type { OrderWriter } from './order-writer.js';
import { type PairLevel, WAY } from './pair-level.js';
import { REACH, type SignalTable } from './signal-table.js';
import { PHASE, type SourceTable } from './source-table.js';
import type { SoundTree } from './sound-tree.js';
import { NO_SLOT } from './spatial-engine.js';

/** Near places of a listener beyond those in use, for sources that are just fading out of them. */
export const LEAVING_MAX = 16;
/** A near source stays near until another is closer by this factor (of the squared distance): no flapping. */
const STAY_FACTOR = 0.8;
/** Listeners choose their near sources every so many ticks, each in its turn, and at once when there is a reason. */
const SELECT_TICKS = 4;
/** Somebody on a stage counts as no farther than this, squared metres: well rendered, but never instead of neighbours. */
const STAGE_SQUARED = 16;
/** A thing takes a near place from a voice only if the voice is farther by this factor (of the squared distance). */
const THING_FACTOR = 9;

const LEFT_GAINS = 2;
const RIGHT_GAINS = 6;

/** Decides whom a listener hears one by one, and where their voices reach the ears. */
export class NearSet {
  private readonly nearest: NearestSelection;
  /** Place by source, of the listener at work; NO_SLOT between calls. */
  private readonly placeOf: Int32Array;
  private readonly placed = new Float64Array(EAR_WORDS);
  private readonly target = new Float32Array(EAR_WORDS);
  /** Megaphones that sound in this block. */
  private readonly megaphones: Int32Array;
  private megaphoneCount = 0;
  /** Sources that were offered to the listener at work, or must not be. */
  private readonly stamps: Float64Array;
  private stamp = 0;
  private readonly stack: Int32Array;
  private listener!: ListenerState;
  /** Pairs ordered since it was set to 0. */
  pairs = 0;

  constructor(
    private readonly sources: SourceTable,
    private readonly signals: SignalTable,
    private readonly tree: SoundTree,
    private readonly levels: PairLevel,
    nearSourcesMax: number,
    megaphonesMax: number,
  ) {
    this.nearest = new NearestSelection(nearSourcesMax);
    this.placeOf = new Int32Array(signals.count).fill(NO_SLOT);
    this.stamps = new Float64Array(signals.count);
    this.stack = new Int32Array(tree.cells.capacity);
    this.megaphones = new Int32Array(megaphonesMax);
  }

  /** Finds this block's megaphones. */
  beginBlock(): void {
    const { sources, signals } = this;
    this.megaphoneCount = 0;
    for (let index = 0; index < sources.activeCount; index++) {
      const source = sources.active[index];
      if (signals.reach[source] === REACH.megaphone) this.megaphones[this.megaphoneCount++] = source;
    }
  }

  /** Brings the listener's near places up to date. `levels` must have begun with this listener. */
  select(listener: ListenerState, turn: number, nearSourcesMax: number): void {
    const { near } = listener;
    const isDue = turn % SELECT_TICKS === 0 || listener.wantsSelection || this.sources.hasNewReach;
    if (!isDue && !this.isSomebodyMissing(near) && !this.startsNearby(listener) && !this.wishesNearby(listener)) return;
    listener.wantsSelection = false;
    this.beginPlaces(near);
    this.offerAll(listener, nearSourcesMax);
    this.claimAll(listener);
    this.endPlaces(near);
  }

  /** Whether a near source fell silent, so that its place is for others. */
  private isSomebodyMissing(near: NearPlaces): boolean {
    for (let place = 0; place < near.capacity; place++) {
      const source = near.sources[place];
      if (source !== NO_SLOT && this.sources.phase[source] === PHASE.ending) return true;
    }
    return false;
  }

  /** Whether somebody begins to speak who is closer than the last of the near sources. */
  private startsNearby(listener: ListenerState): boolean {
    const { sources } = this;
    for (let index = 0; index < sources.startingCount; index++) {
      const source = sources.starting[index];
      if (this.signals.reach[source] === REACH.megaphone) return true;
      if (this.squaredTo(listener, source) < listener.nearestSquared) return true;
    }
    return false;
  }

  /** Whether a wish changed about somebody who is near, or may be so from now on. */
  private wishesNearby(listener: ListenerState): boolean {
    const { rules } = listener;
    if (rules === undefined) return false;
    for (let index = 0; index < rules.changedCount; index++) {
      if (this.mayBeNear(listener, rules.changed[index])) return true;
    }
    return false;
  }

  private mayBeNear(listener: ListenerState, source: number): boolean {
    const { signals } = this;
    if (signals.sounds[source] === 0) return false;
    if (signals.reach[source] === REACH.megaphone || listener.near.sources.includes(source)) return true;
    const squared = this.squaredTo(listener, source);
    const near = signals.reach[source] === REACH.stage && squared > STAGE_SQUARED ? STAGE_SQUARED : squared;
    const score = this.sources.isThing[source] === 1 ? THING_FACTOR * near : near;
    return score < listener.nearestScore * this.levels.wishOf(source) ** 2;
  }

  private squaredTo(listener: ListenerState, source: number): number {
    const dx = this.signals.x[source] - listener.x;
    const dy = this.signals.y[source] - listener.y;
    const dz = this.signals.z[source] - listener.z;
    return dx * dx + dy * dy + dz * dz;
  }

  private beginPlaces(near: NearPlaces): void {
    for (let place = 0; place < near.capacity; place++) {
      near.isWanted[place] = 0;
      if (near.sources[place] !== NO_SLOT) this.placeOf[near.sources[place]] = place;
    }
  }

  private endPlaces(near: NearPlaces): void {
    for (let place = 0; place < near.capacity; place++) {
      if (near.sources[place] !== NO_SLOT) this.placeOf[near.sources[place]] = NO_SLOT;
    }
  }

  /** Offers whom the listener might hear, those first who are likely to be chosen, because that rules out most others. */
  private offerAll(listener: ListenerState, nearSourcesMax: number): void {
    const { nearest, tree } = this;
    const { near, rules } = listener;
    this.listener = listener;
    this.stamp++;
    if (listener.own !== NO_SLOT) this.stamps[listener.own] = this.stamp;
    nearest.begin(nearSourcesMax);
    for (let place = 0; place < near.capacity; place++) {
      if (near.sources[place] !== NO_SLOT) this.offer(near.sources[place]);
    }
    if (rules !== undefined) {
      // Loud ones may be chosen from afar, where the search below does not look.
      const count = listener.isSolo ? rules.soloistCount : rules.specialCount;
      const list = listener.isSolo ? rules.soloists : rules.special;
      for (let index = 0; index < count; index++) this.offer(list[index]);
    }
    if (!listener.isSolo) {
      for (let index = 0; index < tree.singleCount; index++) this.offer(tree.singles[index]);
      for (let index = 0; index < tree.topCount; index++) this.search(tree.tops[index]);
    }
    const isFull = nearest.count === nearSourcesMax;
    listener.nearestScore = nearest.worst;
    listener.nearestSquared = isFull ? this.squaredTo(listener, nearest.keys[nearest.count - 1]) : Infinity;
  }

  /** Offers the members of a cell and of all below it, as far as they are close enough. */
  private search(top: number): void {
    const { tree, stack, nearest } = this;
    const { members } = tree;
    let depth = 0;
    stack[depth++] = top;
    while (depth > 0) {
      const cell = stack[--depth];
      const dx = members.x[cell] - this.listener.x;
      const dy = members.y[cell] - this.listener.y;
      const dz = members.z[cell] - this.listener.z;
      const reach = members.radiusM[cell] + Math.sqrt(nearest.worst);
      if (members.count[cell] === 0 || dx * dx + dy * dy + dz * dz > reach * reach) continue;
      for (let record = tree.firstRecord[cell]; record >= 0; record = tree.recordNext[record]) {
        if (tree.recordTo[record] === 1) this.offer(tree.recordSource[record]);
      }
      for (let child = tree.firstChild[cell]; child !== NO_CELL; child = tree.nextSibling[child])
        stack[depth++] = child;
    }
  }

  /** Offers one source, unless it was offered before or is nothing for a near place. */
  private offer(source: number): void {
    const { signals, levels, listener, stamps } = this;
    if (stamps[source] === this.stamp || signals.sounds[source] === 0) return;
    stamps[source] = this.stamp;
    const isOutOfReach = levels.isOutOfReach(source);
    let score = levels.way[WAY.squared];
    if (signals.reach[source] !== REACH.local) {
      if (signals.reach[source] === REACH.megaphone) return;
      if (score > STAGE_SQUARED) score = STAGE_SQUARED;
    } else if (isOutOfReach) return;
    if (this.sources.isThing[source] === 1) score *= THING_FACTOR;
    if (listener.rules !== undefined) {
      const wish = levels.wishOf(source);
      if (wish === 0) return;
      score /= wish * wish;
    }
    this.nearest.offer(source, this.placeOf[source] === NO_SLOT ? score : score * STAY_FACTOR);
  }

  private claimAll(listener: ListenerState): void {
    for (let index = 0; index < this.nearest.count; index++) this.claim(listener.near, this.nearest.keys[index]);
    for (let index = 0; index < this.megaphoneCount; index++) {
      const source = this.megaphones[index];
      if (source !== listener.own && this.levels.wishOf(source) > 0) this.claim(listener.near, source);
    }
  }

  private claim(near: NearPlaces, source: number): void {
    const held = this.placeOf[source];
    if (held !== NO_SLOT) {
      near.isWanted[held] = 1;
      return;
    }
    for (let place = 0; place < near.capacity; place++) {
      if (near.sources[place] !== NO_SLOT) continue;
      near.sources[place] = source;
      near.isWanted[place] = 1;
      near.isNew[place] = 1;
      this.placeOf[source] = place;
      return;
    }
    // All places are taken by sources fading out: it is heard as a far source for one more block.
  }

  /** Whether the listener hears nobody one by one. */
  isEmpty(listener: ListenerState): boolean {
    const { near } = listener;
    for (let place = 0; place < near.capacity; place++) if (near.sources[place] !== NO_SLOT) return false;
    return true;
  }

  /** Orders all near sources, and frees the places of those who are not heard any more. */
  write(listener: ListenerState, writer: OrderWriter): void {
    const { near } = listener;
    for (let place = 0; place < near.capacity; place++) {
      const source = near.sources[place];
      if (source === NO_SLOT) continue;
      this.pairs++;
      const address = this.signals.address[source];
      const { ears } = near;
      const offset = place * EAR_WORDS;
      const isEnding = this.sources.phase[source] === PHASE.ending;
      if (near.isWanted[place] === 1 && !isEnding) this.writeWanted(listener, place, source, writer);
      else {
        // Of one who fell silent only the end of the filters is left, which needs no fade.
        if (near.isNew[place] === 0) writer.near(address, ears, offset, 1, ears, offset, isEnding ? 1 : 0);
        near.sources[place] = NO_SLOT;
      }
      near.isNew[place] = 0;
    }
  }

  private writeWanted(listener: ListenerState, place: number, source: number, writer: OrderWriter): void {
    const { signals, target } = this;
    const { near } = listener;
    const { ears } = near;
    const address = signals.address[source];
    const offset = place * EAR_WORDS;
    if (near.isNew[place] === 1) {
      this.aim(listener, source);
      writer.near(address, target, 0, signals.starts[source], target, 0, 1);
    } else if (!listener.isStale && signals.moved[source] === 0 && listener.rules?.isChanged[source] !== 1) {
      writer.near(address, ears, offset, 1, ears, offset, 1);
      return;
    } else {
      this.aim(listener, source);
      if (isDelayJump(ears, offset, target, 0)) {
        writer.near(address, ears, offset, 1, ears, offset, 0);
        writer.near(address, target, 0, 0, target, 0, 1);
      } else writer.near(address, ears, offset, 1, target, 0, 1);
    }
    for (let word = 0; word < EAR_WORDS; word++) ears[offset + word] = target[word];
  }

  /** Places a source between the ears, into `target`. */
  private aim(listener: ListenerState, source: number): void {
    const { signals, placed, target } = this;
    if (signals.reach[source] === REACH.megaphone) {
      target.fill(0);
      target[LEFT_GAINS] = target[RIGHT_GAINS] = this.levels.wishOf(source);
      return;
    }
    this.levels.measure(source);
    const { way } = this.levels;
    const dx = way[WAY.x];
    const dy = way[WAY.y];
    const dz = way[WAY.z];
    const distance = way[WAY.distance];
    const level = way[WAY.level];
    const inverse = distance > 1e-6 ? 1 / distance : 0;
    const right = (dx * listener.rightX + dy * listener.rightY + dz * listener.rightZ) * inverse;
    const up = (dx * listener.upX + dy * listener.upY + dz * listener.upZ) * inverse;
    const back = (dx * listener.backX + dy * listener.backY + dz * listener.backZ) * inverse;
    placeNearEars(right, up, back, distance, placed, 0);
    target[0] = placed[0];
    target[1] = placed[1];
    for (let word = LEFT_GAINS; word < EAR_WORDS; word++) target[word] = level * placed[word];
  }
}
