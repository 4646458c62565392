import { MIXED_ZONE, type SignalTable } from './signal-table.js';

/** Zone of a cell without members. */
const NO_ZONE = -2;

/**
 * Who is in each cell of a tree, all of them together: sums while members are being added, means after `toMeans`. Those
 * fading out do not count.
 */
export class CellMembers {
  readonly count: Int32Array;
  /** Middle of the members, in metres. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
  /** Where their voices go on average: shorter than a unit vector unless all speak the same way. */
  readonly forwardX: Float64Array;
  readonly forwardY: Float64Array;
  readonly forwardZ: Float64Array;
  /** Largest distance of a member from the middle, in metres; squared while members are being measured. */
  readonly radiusM: Float64Array;
  /** Largest personal space of a member, in metres. */
  readonly spaceM: Float64Array;
  /** Zone of all members, or MIXED_ZONE. */
  readonly zone: Int32Array;
  /** Members who were silent in the block before. */
  readonly startCount: Int32Array;

  constructor(
    cellsMax: number,
    private readonly signals: SignalTable,
  ) {
    this.count = new Int32Array(cellsMax);
    this.x = new Float64Array(cellsMax);
    this.y = new Float64Array(cellsMax);
    this.z = new Float64Array(cellsMax);
    this.forwardX = new Float64Array(cellsMax);
    this.forwardY = new Float64Array(cellsMax);
    this.forwardZ = new Float64Array(cellsMax);
    this.radiusM = new Float64Array(cellsMax);
    this.spaceM = new Float64Array(cellsMax);
    this.zone = new Int32Array(cellsMax);
    this.startCount = new Int32Array(cellsMax);
  }

  /** Nobody is in the cell yet. */
  clear(cell: number): void {
    this.count[cell] = 0;
    this.x[cell] = 0;
    this.y[cell] = 0;
    this.z[cell] = 0;
    this.forwardX[cell] = 0;
    this.forwardY[cell] = 0;
    this.forwardZ[cell] = 0;
    this.radiusM[cell] = 0;
    this.spaceM[cell] = 0;
    this.zone[cell] = NO_ZONE;
    this.startCount[cell] = 0;
  }

  /** Adds a source to its leaf. */
  addSource(cell: number, source: number): void {
    const { signals } = this;
    this.count[cell]++;
    this.x[cell] += signals.x[source];
    this.y[cell] += signals.y[source];
    this.z[cell] += signals.z[source];
    this.forwardX[cell] += signals.forwardX[source];
    this.forwardY[cell] += signals.forwardY[source];
    this.forwardZ[cell] += signals.forwardZ[source];
    if (signals.spaceM[source] > this.spaceM[cell]) this.spaceM[cell] = signals.spaceM[source];
    this.startCount[cell] += signals.starts[source];
    this.mixZone(cell, signals.zone[source]);
  }

  /** Adds all members of a cell to the one above it. */
  addCell(above: number, cell: number): void {
    this.count[above] += this.count[cell];
    this.x[above] += this.x[cell];
    this.y[above] += this.y[cell];
    this.z[above] += this.z[cell];
    this.forwardX[above] += this.forwardX[cell];
    this.forwardY[above] += this.forwardY[cell];
    this.forwardZ[above] += this.forwardZ[cell];
    if (this.spaceM[cell] > this.spaceM[above]) this.spaceM[above] = this.spaceM[cell];
    this.startCount[above] += this.startCount[cell];
    this.mixZone(above, this.zone[cell]);
  }

  private mixZone(cell: number, zone: number): void {
    if (this.zone[cell] === NO_ZONE) this.zone[cell] = zone;
    else if (this.zone[cell] !== zone && zone !== NO_ZONE) this.zone[cell] = MIXED_ZONE;
  }

  /** Turns the sums of the first `cellCount` cells into means. */
  toMeans(cellCount: number): void {
    for (let cell = 0; cell < cellCount; cell++) {
      const share = this.count[cell] > 0 ? 1 / this.count[cell] : 0;
      this.x[cell] *= share;
      this.y[cell] *= share;
      this.z[cell] *= share;
      this.forwardX[cell] *= share;
      this.forwardY[cell] *= share;
      this.forwardZ[cell] *= share;
    }
  }
}
