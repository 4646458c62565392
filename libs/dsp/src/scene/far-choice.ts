import type { FarPlan } from './far-plan.js';
import type { ListenerState } from './listener-state.js';
import type { PairLevel } from './pair-level.js';
import { FarRanking } from './far-ranking.js';
import { REACH, type SignalTable } from './signal-table.js';
import type { SourceTable } from './source-table.js';
import { NO_SLOT } from './spatial-engine.js';

/** Chooses which signals stand for those whom a listener does not hear one by one. */
export class FarChoice {
  /** Sources that the listener at work does not hear far away: near ones, its own. */
  private readonly stamps: Float64Array;
  private readonly ranking: FarRanking;
  private stamp = 0;

  constructor(
    private readonly sources: SourceTable,
    private readonly signals: SignalTable,
    private readonly levels: PairLevel,
  ) {
    this.ranking = new FarRanking(signals.count);
    this.stamps = new Float64Array(signals.count);
  }

  /** Adds a listener's far signals to its plan; at most `countMax`. Returns how many were left out. */
  addFar(listener: ListenerState, far: FarPlan, countMax: number): number {
    const { sources, signals, ranking } = this;
    this.exclude(listener);
    ranking.clear();
    for (let index = 0; index < sources.activeCount; index++) {
      const source = sources.active[index];
      if (this.stamps[source] === this.stamp || signals.reach[source] === REACH.megaphone) continue;
      this.offer(listener, source);
    }
    const shed = ranking.shed(countMax);
    for (let index = 0; index < ranking.count; index++) far.add(ranking.signals[index]);
    return shed;
  }

  private offer(listener: ListenerState, source: number): void {
    const { signals } = this;
    const dx = signals.x[source] - listener.x;
    const dy = signals.y[source] - listener.y;
    const dz = signals.z[source] - listener.z;
    const squared = dx * dx + dy * dy + dz * dz;
    if (signals.reach[source] === REACH.stage) this.ranking.add(source, 0);
    else if (!this.levels.isOutOfReach(source, squared)) this.ranking.add(source, squared);
  }

  private exclude(listener: ListenerState): void {
    this.stamp++;
    if (listener.own !== NO_SLOT) this.stamps[listener.own] = this.stamp;
    const { near } = listener;
    for (let place = 0; place < near.capacity; place++) {
      if (near.sources[place] !== NO_SLOT && near.isWanted[place] === 1) this.stamps[near.sources[place]] = this.stamp;
    }
  }
}
