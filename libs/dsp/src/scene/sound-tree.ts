import { BedTable, NO_BED } from './bed-table.js';
import { CellMembers } from './cell-members.js';
import { CellTable, LEVELS, NO_CELL } from './cell-table.js';
import { Membership, STEP } from './membership.js';
import type { OrderWriter } from './order-writer.js';
import { SPACE_FADE } from './pair-level.js';
import { MIXED_ZONE, REACH, type SignalTable } from './signal-table.js';
import type { SourceTable } from './source-table.js';

/** Cells for each source at most: its leaf and all above it, and some for those who move. */
const CELLS_PER_SOURCE = LEVELS + 3;
/** Smallest distance from which a bed may be heard, in metres, however close its members stand together. */
const DISTANCE_MIN_M = 1;
/** Way of a bed that makes no difference, as a share of the distance from which it is heard: half a degree, 0.1 dB. */
const BED_SLACK = 0.01;
const NO_RECORD = -1;
/** Places in SoundTree.views: middle, squared distance beyond which nobody hears it (0: empty), threshold of the bed. */
export const VIEW = { x: 0, y: 1, z: 2, reachSquared: 3, thresholdSquared: 4, words: 8 } as const;
/** No signal. */
export const NO_SIGNAL = -1;

/**
 * The sources that sound, sorted into an octree of cells. A cell with several of them has a bed: their sum, made once for
 * everybody. Listeners go down from the top to cells that are small enough, seen from where they are.
 *
 * A cell with one child only is the same as its child; such cells are skipped, links lead past them.
 */
export class SoundTree {
  readonly cells: CellTable;
  readonly beds: BedTable;
  /** Sources that are heard by themselves by everybody: stages, and those not in a cell yet. */
  readonly singles: Int32Array;
  singleCount = 0;
  /** Cells where listeners begin. */
  readonly tops: Int32Array;
  topCount = 0;

  // Of each cell, as long as `cells` holds it.
  /** The cell above, past those with one child only; NO_CELL at the top. */
  readonly parent: Int32Array;
  readonly firstChild: Int32Array;
  readonly nextSibling: Int32Array;
  /** Of a leaf: the first of its records. */
  readonly firstRecord: Int32Array;
  readonly members: CellMembers;
  /** Squared distance from which the bed may be heard instead of its members. */
  readonly thresholdSquared: Float64Array;
  /** Once more what listeners look at first: see VIEW. */
  readonly views: Float64Array;
  /** The bed's signal, or NO_SIGNAL. */
  readonly signal: Int32Array;
  private readonly bed: Int32Array;
  private readonly childCount: Int32Array;

  // Records: who is in a leaf, and with which gain it goes into its bed. Real members have recordTo 1.
  readonly recordSource: Int32Array;
  readonly recordNext: Int32Array;
  readonly recordTo: Uint8Array;
  private readonly recordFrom: Uint8Array;
  private recordCount = 0;

  // Of each source.
  /** Leaf of its home in this tick, and its other leaf (see Membership), or NO_CELL. */
  readonly homeCell: Int32Array;
  readonly otherCell: Int32Array;
  private readonly membership: Membership;
  private readonly sourcesMax: number;

  constructor(
    sourcesMax: number,
    private readonly sources: SourceTable,
    private readonly signals: SignalTable,
    private readonly audibleDistanceM: number,
  ) {
    const cellsMax = CELLS_PER_SOURCE * sourcesMax;
    this.sourcesMax = sourcesMax;
    this.cells = new CellTable(cellsMax);
    this.beds = new BedTable(signals.count - sourcesMax);
    this.membership = new Membership(sourcesMax, signals, this.beds);
    this.singles = new Int32Array(sourcesMax);
    this.tops = new Int32Array(cellsMax);
    this.parent = new Int32Array(cellsMax);
    this.firstChild = new Int32Array(cellsMax);
    this.nextSibling = new Int32Array(cellsMax);
    this.firstRecord = new Int32Array(cellsMax);
    this.members = new CellMembers(cellsMax, signals);
    this.thresholdSquared = new Float64Array(cellsMax);
    this.views = new Float64Array(VIEW.words * cellsMax);
    this.signal = new Int32Array(cellsMax);
    this.bed = new Int32Array(cellsMax);
    this.childCount = new Int32Array(cellsMax);
    this.recordSource = new Int32Array(2 * sourcesMax);
    this.recordNext = new Int32Array(2 * sourcesMax);
    this.recordTo = new Uint8Array(2 * sourcesMax);
    this.recordFrom = new Uint8Array(2 * sourcesMax);
    this.homeCell = new Int32Array(sourcesMax);
    this.otherCell = new Int32Array(sourcesMax);
  }

  /** A source that is gone leaves no trace. */
  forget(source: number): void {
    this.membership.forget(source);
  }

  /** Builds the tree of this tick's sources. */
  build(bedAngleRad: number): void {
    this.beds.begin();
    this.cells.clear();
    this.recordCount = 0;
    this.singleCount = 0;
    this.topCount = 0;
    this.homeCell.fill(NO_CELL);
    this.otherCell.fill(NO_CELL);
    this.seatSources();
    this.linkLevels();
    this.measure();
    this.claimBeds(1 / Math.sin(bedAngleRad));
    this.retireBeds();
    this.showCells();
  }

  /** Puts together what listeners look at, so that one cell is one line of a core's cache. */
  private showCells(): void {
    const { views, members } = this;
    for (let cell = 0; cell < this.cells.count; cell++) {
      const view = cell * VIEW.words;
      const reach = this.audibleDistanceM + members.radiusM[cell];
      views[view + VIEW.x] = members.x[cell];
      views[view + VIEW.y] = members.y[cell];
      views[view + VIEW.z] = members.z[cell];
      views[view + VIEW.reachSquared] = members.count[cell] > 0 ? reach * reach : 0;
      views[view + VIEW.thresholdSquared] = this.thresholdSquared[cell];
    }
  }

  /** Puts every source that sounds into its leaf. */
  private seatSources(): void {
    const { phase } = this.sources;
    for (let source = 0; source < phase.length; source++) {
      if (this.signals.sounds[source] === 1) this.seat(source);
      else this.membership.forget(source);
    }
  }

  private seat(source: number): void {
    const { membership } = this;
    membership.advance(source);
    const step = membership.step[source];
    if (step === STEP.none || step === STEP.leaves || step === STEP.knocks) {
      if (this.signals.reach[source] !== REACH.megaphone) this.singles[this.singleCount++] = source;
    } else {
      const from = step === STEP.moves || step === STEP.enters ? 0 : 1;
      this.homeCell[source] = this.enter(membership.home, source, from, 1);
    }
    if (step === STEP.announces || step === STEP.knocks) this.otherCell[source] = this.leaf(membership.other, source);
    else if (step === STEP.moves || step === STEP.leaves)
      this.otherCell[source] = this.enter(membership.other, source, 1, 0);
  }

  /** The leaf at three indices of a source, made if there is none yet. */
  private leaf(places: Int32Array, source: number): number {
    const { cells } = this;
    const known = cells.count;
    const place = 3 * source;
    const cell = cells.claim(0, places[place], places[place + 1], places[place + 2]);
    if (cell === known) this.clearCell(cell);
    return cell;
  }

  /** Records a source in a leaf. The table has room for all of them. */
  private enter(places: Int32Array, source: number, from: number, to: number): number {
    const cell = this.leaf(places, source);
    const record = this.recordCount++;
    this.recordSource[record] = source;
    this.recordFrom[record] = from;
    this.recordTo[record] = to;
    this.recordNext[record] = this.firstRecord[cell];
    this.firstRecord[cell] = record;
    if (to === 1) this.members.addSource(cell, source);
    return cell;
  }

  private clearCell(cell: number): void {
    this.parent[cell] = NO_CELL;
    this.firstChild[cell] = NO_CELL;
    this.nextSibling[cell] = NO_CELL;
    this.firstRecord[cell] = NO_RECORD;
    this.members.clear(cell);
    this.signal[cell] = NO_SIGNAL;
    this.bed[cell] = NO_BED;
    this.childCount[cell] = 0;
  }

  /** Makes all cells above the leaves, level by level. */
  private linkLevels(): void {
    const { cells } = this;
    let begin = 0;
    for (let level = 1; level < LEVELS; level++) {
      const end = cells.count;
      for (let cell = begin; cell < end; cell++) this.linkUp(cell, level);
      begin = end;
    }
    for (let cell = begin; cell < cells.count; cell++) this.tops[this.topCount++] = this.standIn(cell);
  }

  private linkUp(cell: number, level: number): void {
    const { cells } = this;
    const known = cells.count;
    const above = cells.claim(level, cells.x[cell] >> 1, cells.y[cell] >> 1, cells.z[cell] >> 1);
    if (above === known) this.clearCell(above);
    const child = this.standIn(cell);
    if (above === NO_CELL) {
      this.tops[this.topCount++] = child;
      return;
    }
    this.parent[child] = above;
    this.nextSibling[child] = this.firstChild[above];
    this.firstChild[above] = child;
    this.childCount[above]++;
    this.members.addCell(above, cell);
  }

  /** The cell itself, or its only child, which is the same. */
  private standIn(cell: number): number {
    return this.childCount[cell] === 1 ? this.firstChild[cell] : cell;
  }

  /** Turns sums into means, and finds how far members are from the middle. */
  private measure(): void {
    const { radiusM } = this.members;
    this.members.toMeans(this.cells.count);
    for (let record = 0; record < this.recordCount; record++) {
      if (this.recordTo[record] === 1) this.measureMember(this.recordSource[record]);
    }
    for (let cell = 0; cell < this.cells.count; cell++) radiusM[cell] = Math.sqrt(radiusM[cell]);
  }

  private measureMember(source: number): void {
    const { signals, members } = this;
    const x = signals.x[source];
    const y = signals.y[source];
    const z = signals.z[source];
    for (let cell = this.homeCell[source]; cell !== NO_CELL; cell = this.parent[cell]) {
      const dx = x - members.x[cell];
      const dy = y - members.y[cell];
      const dz = z - members.z[cell];
      const squared = dx * dx + dy * dy + dz * dz;
      if (squared > members.radiusM[cell]) members.radiusM[cell] = squared;
    }
  }

  /** Gives beds to the cells that can use one; the large ones first, in case there are too few. */
  private claimBeds(distancePerRadius: number): void {
    const { cells, members } = this;
    for (let cell = cells.count - 1; cell >= 0; cell--) {
      if (members.count[cell] < 2 || this.childCount[cell] === 1 || members.zone[cell] === MIXED_ZONE) continue;
      const radius = members.radiusM[cell];
      const threshold = Math.max(
        radius * distancePerRadius,
        radius + SPACE_FADE * members.spaceM[cell],
        DISTANCE_MIN_M,
      );
      if (threshold >= this.audibleDistanceM) continue;
      const bed = this.beds.claim(cells.level[cell], cells.x[cell], cells.y[cell], cells.z[cell]);
      this.bed[cell] = bed;
      if (bed === NO_BED) continue;
      this.thresholdSquared[cell] = threshold * threshold;
      this.describe(cell, this.sourcesMax + bed);
    }
  }

  /** Tells the signal of a cell's bed where it is. */
  private describe(cell: number, signal: number): void {
    const { signals, members } = this;
    this.signal[cell] = signal;
    signals.place(
      signal,
      members.x[cell],
      members.y[cell],
      members.z[cell],
      members.forwardX[cell],
      members.forwardY[cell],
      members.forwardZ[cell],
      BED_SLACK * Math.sqrt(this.thresholdSquared[cell]),
    );
    if (signals.zone[signal] !== members.zone[cell] || signals.spaceM[signal] !== members.spaceM[cell])
      signals.setMoved(signal);
    signals.zone[signal] = members.zone[cell];
    signals.spaceM[signal] = members.spaceM[cell];
    signals.starts[signal] = members.startCount[cell] === members.count[cell] ? 1 : 0;
    signals.sounds[signal] = 1;
  }

  /** Beds that lost their cell are filled once more with what is left there, for those who fade out of them. */
  private retireBeds(): void {
    const { beds, cells, signals } = this;
    for (let bed = 0; bed < beds.capacity; bed++) {
      if (!beds.isRetiring(bed)) continue;
      const cell = cells.findKey(beds.keyOf(bed));
      signals.sounds[this.sourcesMax + bed] = cell === NO_CELL ? 0 : 1;
      if (cell !== NO_CELL) this.bed[cell] = bed;
    }
  }

  /** Orders the sums of all beds; small cells come before the larger ones that they are a part of. */
  writeBeds(writer: OrderWriter): void {
    const { bed, cells } = this;
    for (let cell = 0; cell < cells.count; cell++) {
      if (bed[cell] === NO_BED) continue;
      writer.beginBed(bed[cell], this.recordCount + cells.count);
      this.writeContent(cell, writer);
    }
    writer.finishBeds();
  }

  private writeContent(cell: number, writer: OrderWriter): void {
    const { signals } = this;
    for (let record = this.firstRecord[cell]; record !== NO_RECORD; record = this.recordNext[record]) {
      writer.bedEntry(signals.address[this.recordSource[record]], this.recordFrom[record], this.recordTo[record]);
    }
    // The only child of a skipped cell has siblings elsewhere.
    const isSkipped = this.childCount[cell] === 1;
    for (let child = this.firstChild[cell]; child !== NO_CELL; child = isSkipped ? NO_CELL : this.nextSibling[child]) {
      if (this.bed[child] === NO_BED) this.writeContent(child, writer);
      else writer.bedEntry(signals.address[this.sourcesMax + this.bed[child]], 1, 1);
    }
  }

  /** What has been told is known now. */
  endBlock(): void {
    this.signals.moved.fill(0, this.sourcesMax);
    this.signals.movedFar.fill(0, this.sourcesMax);
  }
}
