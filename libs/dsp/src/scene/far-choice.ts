import type { FarPlan } from './far-plan.js';
import { FarRanking } from './far-ranking.js';
import type { ListenerState } from './listener-state.js';
import { type PairLevel, SPACE_FADE, WAY } from './pair-level.js';
import { REACH, type SignalTable } from './signal-table.js';
import { NO_CELL } from './cell-table.js';
import { NO_SIGNAL, type SoundTree, VIEW } from './sound-tree.js';
import { NO_SLOT } from './spatial-engine.js';

/** Somebody who heard a bed in the last block goes on hearing it from this share of its distance on (squared). */
const STAY_SHARE = 0.81;
const NO_DISTANCE = new Float64Array(1);

/**
 * Chooses which signals stand for those whom a listener does not hear one by one: beds where they are far enough away for
 * their size and nobody is among them who needs to be heard (or not heard) by himself; single sources elsewhere.
 */
export class FarChoice {
  private readonly ranking: FarRanking;
  /** Sources that the listener at work does not hear far away: near ones, its own. */
  private readonly stamps: Float64Array;
  /** Cells whose beds it must not hear. */
  private readonly cellStamps: Float64Array;
  private readonly stack: Int32Array;
  private stamp = 0;
  private listener!: ListenerState;

  constructor(
    private readonly tree: SoundTree,
    private readonly signals: SignalTable,
    private readonly levels: PairLevel,
    private readonly far: FarPlan,
  ) {
    this.ranking = new FarRanking(signals.count);
    this.stamps = new Float64Array(signals.count);
    this.cellStamps = new Float64Array(tree.cells.capacity);
    this.stack = new Int32Array(tree.cells.capacity);
  }

  /** Adds a listener's far signals to its plan, which has begun; at most `countMax`. Returns how many were left out. */
  addFar(listener: ListenerState, countMax: number): number {
    const { ranking, far } = this;
    this.listener = listener;
    this.exclude(listener);
    ranking.clear();
    if (listener.isSolo) this.offerSoloists(listener);
    else this.offerWorld();
    const shed = ranking.shed(countMax);
    for (let index = 0; index < ranking.count; index++) far.add(ranking.signals[index]);
    return shed;
  }

  /** Marks whom the listener does not hear far away, and the cells where somebody needs to be left out. */
  private exclude(listener: ListenerState): void {
    this.stamp++;
    const { near, rules } = listener;
    if (listener.own !== NO_SLOT) this.excludeSource(listener.own);
    for (let place = 0; place < near.capacity; place++) {
      const source = near.sources[place];
      if (source !== NO_SLOT && near.isWanted[place] === 1) this.excludeSource(source);
    }
    if (rules === undefined) return;
    for (let index = 0; index < rules.specialCount; index++) this.markCells(rules.special[index]);
  }

  private excludeSource(source: number): void {
    this.stamps[source] = this.stamp;
    this.markCells(source);
  }

  private markCells(source: number): void {
    this.markFrom(this.tree.homeCell[source]);
    this.markFrom(this.tree.otherCell[source]);
  }

  private markFrom(leaf: number): void {
    const { cellStamps, stamp } = this;
    const { parent } = this.tree;
    for (let cell = leaf; cell !== NO_CELL && cellStamps[cell] !== stamp; cell = parent[cell]) cellStamps[cell] = stamp;
  }

  private offerSoloists(listener: ListenerState): void {
    const { rules } = listener;
    if (rules === undefined) return;
    for (let index = 0; index < rules.soloistCount; index++) {
      const source = rules.soloists[index];
      if (this.signals.sounds[source] === 1) this.offer(source);
    }
  }

  private offerWorld(): void {
    const { tree } = this;
    for (let index = 0; index < tree.topCount; index++) this.descend(tree.tops[index]);
    for (let index = 0; index < tree.singleCount; index++) this.offer(tree.singles[index]);
  }

  /** Offers what is below a cell, as coarsely as it may be. */
  private descend(top: number): void {
    const { tree, stack } = this;
    const { firstChild, nextSibling } = tree;
    let depth = 0;
    stack[depth++] = top;
    while (depth > 0) {
      const cell = stack[--depth];
      if (this.offerBed(cell)) continue;
      let child = firstChild[cell];
      if (child === NO_CELL) this.offerMembers(cell);
      for (; child !== NO_CELL; child = nextSibling[child]) stack[depth++] = child;
    }
  }

  /** Whether the cell is done with: out of reach, or heard as a bed. */
  private offerBed(cell: number): boolean {
    const { tree, listener, levels } = this;
    const { views } = tree;
    const view = cell * VIEW.words;
    const dx = views[view + VIEW.x] - listener.x;
    const dy = views[view + VIEW.y] - listener.y;
    const dz = views[view + VIEW.z] - listener.z;
    const squared = dx * dx + dy * dy + dz * dz;
    if (squared >= views[view + VIEW.reachSquared]) return true;
    const signal = tree.signal[cell];
    if (signal === NO_SIGNAL || this.cellStamps[cell] === this.stamp) return false;
    const share = this.far.wasHeard(signal) ? STAY_SHARE : 1;
    if (squared < views[view + VIEW.thresholdSquared] * share) return false;
    if (listener.spaceM > 0 && squared < (tree.members.radiusM[cell] + SPACE_FADE * listener.spaceM) ** 2) return false;
    levels.way[WAY.squared] = squared;
    if (squared < levels.reachSquares[this.signals.zone[signal]]) this.ranking.add(signal, levels.way, WAY.squared);
    return true;
  }

  private offerMembers(leaf: number): void {
    const { tree } = this;
    for (let record = tree.firstRecord[leaf]; record >= 0; record = tree.recordNext[record]) {
      if (tree.recordTo[record] === 1) this.offer(tree.recordSource[record]);
    }
  }

  private offer(source: number): void {
    const { signals, ranking, levels } = this;
    if (this.stamps[source] === this.stamp || signals.reach[source] === REACH.megaphone) return;
    // Those on a stage are never left out before all others.
    if (signals.reach[source] === REACH.stage) ranking.add(source, NO_DISTANCE, 0);
    else if (!levels.isOutOfReach(source)) ranking.add(source, levels.way, WAY.squared);
  }
}
