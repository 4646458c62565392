import { type BedTable, NO_BED } from './bed-table.js';
import { leafEdge, LEAF_M, leafIndex, LEVELS } from './cell-table.js';
import { REACH, type SignalTable } from './signal-table.js';

/** No home. */
const NOWHERE = -1;
/** Somebody stays in a cell until this far outside of it, in metres, so that nobody on an edge flutters. */
const STAY_M = 0.1;
/** Somebody farther than this outside of a cell is away: not to be heard from there for even one more block, in metres. */
const AWAY_M = LEAF_M + STAY_M;
/** Ticks for which somebody who was away at once has to stay about one place before a cell takes him in. */
const REST_TICKS = 10;

/** What a source does in the tree in this tick. Numbers because they lie in a table. */
export const STEP = {
  /** It is not in the tree: silent, or heard by everybody one by one. */
  none: 0,
  /** It is in its home. */
  stays: 1,
  /** It is in its home and told the next one. */
  announces: 2,
  /** It fades into its home, and out of the last one. */
  moves: 3,
  /** It is heard by itself, and told its home-to-be. */
  knocks: 4,
  /** It fades into its home, having been heard by itself before. */
  enters: 5,
  /** It is in its home from the beginning of its sound on. */
  begins: 6,
  /** It fades out of its last home, and is heard by itself. */
  leaves: 7,
} as const;

/**
 * In which leaf each source lives. Nobody moves into a cell that was not told one tick before: those who must not hear the
 * newcomer (because it is their own voice, or ignored) have left the cell's beds by then.
 */
export class Membership {
  /** One of STEP, for this tick. */
  readonly step: Uint8Array;
  /** Home, three leaf indices for each source; NOWHERE first when there is none. */
  readonly home: Int32Array;
  /** The other cell of this tick: the next home, or the last one, as the step says. */
  readonly other: Int32Array;
  /** The next home, told in the last tick; while somebody rests, where that is. */
  private readonly pending: Int32Array;
  /** Ticks of rest to come. */
  private readonly rest: Uint8Array;

  constructor(
    sourcesMax: number,
    private readonly signals: SignalTable,
    private readonly beds: BedTable,
  ) {
    this.step = new Uint8Array(sourcesMax);
    this.home = new Int32Array(3 * sourcesMax).fill(NOWHERE);
    this.other = new Int32Array(3 * sourcesMax);
    this.pending = new Int32Array(3 * sourcesMax).fill(NOWHERE);
    this.rest = new Uint8Array(sourcesMax);
  }

  /** Forgets a source, at once. */
  forget(source: number): void {
    this.step[source] = STEP.none;
    this.home[3 * source] = NOWHERE;
    this.pending[3 * source] = NOWHERE;
    this.rest[source] = 0;
  }

  /** Decides what a source does in this tick that sounds in it. */
  advance(source: number): void {
    const place = 3 * source;
    const hasHome = this.home[place] !== NOWHERE;
    const hasPending = this.pending[place] !== NOWHERE;
    if (this.signals.reach[source] !== REACH.local) this.step[source] = this.leave(source, place, hasHome);
    else if (hasHome && !this.isWithin(this.home, source, AWAY_M)) this.step[source] = this.flee(source, place, true);
    else if (this.rest[source] > 0) this.step[source] = this.takeRest(source, place);
    else if (hasPending) this.step[source] = this.arrive(source, place, hasHome);
    else if (hasHome) this.step[source] = this.look(source, place);
    else this.step[source] = this.begin(source, place);
  }

  private leave(source: number, place: number, hasHome: boolean): number {
    this.rest[source] = 0;
    if (hasHome) copy(this.home, this.other, place);
    this.home[place] = NOWHERE;
    this.pending[place] = NOWHERE;
    return hasHome ? STEP.leaves : STEP.none;
  }

  /** It is away from its home all of a sudden, or from where it would have had one. */
  private flee(source: number, place: number, hasHome: boolean): number {
    const step = this.leave(source, place, hasHome);
    this.point(this.pending, source, place);
    this.rest[source] = REST_TICKS;
    return step;
  }

  private takeRest(source: number, place: number): number {
    if (!this.isWithin(this.pending, source, AWAY_M)) return this.flee(source, place, false);
    if (--this.rest[source] > 0) return STEP.none;
    return this.knock(source, place);
  }

  private arrive(source: number, place: number, hasHome: boolean): number {
    if (!this.isWithin(this.pending, source, AWAY_M)) {
      return hasHome ? this.look(source, place) : this.flee(source, place, false);
    }
    copy(this.home, this.other, place);
    copy(this.pending, this.home, place);
    this.pending[place] = NOWHERE;
    return hasHome ? STEP.moves : STEP.enters;
  }

  private look(source: number, place: number): number {
    this.pending[place] = NOWHERE;
    if (this.isWithin(this.home, source, STAY_M)) return STEP.stays;
    this.point(this.pending, source, place);
    copy(this.pending, this.other, place);
    return STEP.announces;
  }

  private begin(source: number, place: number): number {
    if (this.signals.starts[source] === 1 && this.isUnknownGround(source)) {
      this.point(this.home, source, place);
      return STEP.begins;
    }
    return this.knock(source, place);
  }

  private knock(source: number, place: number): number {
    this.point(this.pending, source, place);
    copy(this.pending, this.other, place);
    return STEP.knocks;
  }

  /** Whether a source is in a leaf, or at most so many metres outside of it on each axis. */
  private isWithin(leaves: Int32Array, source: number, slackM: number): boolean {
    const { x, y, z } = this.signals;
    const place = 3 * source;
    return (
      isBeside(x[source], leaves[place], slackM) &&
      isBeside(y[source], leaves[place + 1], slackM) &&
      isBeside(z[source], leaves[place + 2], slackM)
    );
  }

  /** Writes the leaf of a source's place. */
  private point(target: Int32Array, source: number, place: number): void {
    target[place] = leafIndex(this.signals.x[source]);
    target[place + 1] = leafIndex(this.signals.y[source]);
    target[place + 2] = leafIndex(this.signals.z[source]);
  }

  /** Whether nobody can have heard a bed here in the last tick, so that there is nobody to be warned. */
  private isUnknownGround(source: number): boolean {
    const x = leafIndex(this.signals.x[source]);
    const y = leafIndex(this.signals.y[source]);
    const z = leafIndex(this.signals.z[source]);
    for (let level = 0; level < LEVELS; level++) {
      if (this.beds.find(level, x >> level, y >> level, z >> level) !== NO_BED) return false;
    }
    return true;
  }
}

function isBeside(metres: number, index: number, slackM: number): boolean {
  const inside = metres - leafEdge(index);
  return inside >= -slackM && inside <= LEAF_M + slackM;
}

function copy(from: Int32Array, to: Int32Array, place: number): void {
  to[place] = from[place];
  to[place + 1] = from[place + 1];
  to[place + 2] = from[place + 2];
}
