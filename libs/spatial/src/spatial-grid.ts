/** Spheres are binned by size: cells of the first level have this edge, in metres. */
const CELL_M_MIN = 32;
/** Each level's cells are this much larger than those of the level below. */
const LEVEL_FACTOR = 4;
/** 32 m, 128 m, ... 131,072 m. */
const LEVELS = 7;
/** Edges of cells by level, in metres. */
const CELL_EDGES_M = Array.from({ length: LEVELS }, (_, level) => CELL_M_MIN * LEVEL_FACTOR ** level);
/** Places beyond are taken for this one, in metres on each axis: nobody can be there to see. */
const PLACE_M_MAX = 60_000;
/** Larger spheres are taken for this large, in metres. */
const RADIUS_M_MAX = 32_768;
/** Cells on each side of the origin, on the finest level. */
const CELLS_MAX = 2_048;

/**
 * A cube of the grid with the spheres whose centre was in it when they came. They may stick out: all of each is within one
 * edge of the cube's centre, on each axis.
 */
export interface GridCell {
  readonly key: number;
  /** Index in CELL_EDGES_M. */
  readonly level: number;
  /** Place in the grid, in edges. Small integers, because all cells are looked at again and again. */
  readonly ix: number;
  readonly iy: number;
  readonly iz: number;
  slots: Int32Array;
  count: number;
}

/**
 * A loose grid of several levels: spheres by slot, in cells of at least their diameter.
 *
 * A cell vouches for twice its edge, so that a sphere stays where it is until it sticks out of that: what moves a
 * little costs nothing. Empty cells go. Numbers that are not finite, or absurd, are brought into range.
 */
export class SpatialGrid {
  x = new Float64Array(0);
  y = new Float64Array(0);
  z = new Float64Array(0);
  radius = new Float64Array(0);
  private readonly levels = Array.from({ length: LEVELS }, (_, level) => new GridLevel(level));
  private cellOf: Array<GridCell | undefined> = [];
  private indexInCell = new Int32Array(0);

  /** Makes room for slots below `capacity`. */
  grow(capacity: number): void {
    if (capacity <= this.x.length) return;
    this.x = enlarged(this.x, capacity);
    this.y = enlarged(this.y, capacity);
    this.z = enlarged(this.z, capacity);
    this.radius = enlarged(this.radius, capacity);
    const indexInCell = new Int32Array(capacity);
    indexInCell.set(this.indexInCell);
    this.indexInCell = indexInCell;
  }

  /** Places a sphere, or moves it; in metres. */
  place(slot: number, x: number, y: number, z: number, radius: number): void {
    this.x[slot] = inRange(x, -PLACE_M_MAX, PLACE_M_MAX);
    this.y[slot] = inRange(y, -PLACE_M_MAX, PLACE_M_MAX);
    this.z[slot] = inRange(z, -PLACE_M_MAX, PLACE_M_MAX);
    this.radius[slot] = inRange(radius, 0, RADIUS_M_MAX);
    const cell = this.cellOf[slot];
    if (cell && this.fits(cell, slot)) return;
    if (cell) this.take(slot, cell);
    this.put(slot);
  }

  /** Forgets a sphere; harmless if there is none. */
  remove(slot: number): void {
    const cell = this.cellOf[slot];
    if (cell) this.take(slot, cell);
  }

  clear(): void {
    for (const level of this.levels) level.cells.clear();
    this.cellOf = [];
  }

  /** Visits all cells of which anything may be within a distance of a point, and perhaps others. */
  visit(x: number, y: number, z: number, reachM: number, visitor: (cell: GridCell) => void): void {
    for (const level of this.levels) level.visit(x, y, z, reachM, visitor);
  }

  /** Whether a sphere may stay in a cell: it is inside what the cell vouches for, and not far too small for it. */
  private fits(cell: GridCell, slot: number): boolean {
    const radius = this.radius[slot];
    if (levelFor(radius) < cell.level - 1) return false;
    const edgeM = CELL_EDGES_M[cell.level];
    const reach = edgeM - radius;
    return (
      Math.abs(this.x[slot] - (cell.ix + 0.5) * edgeM) <= reach &&
      Math.abs(this.y[slot] - (cell.iy + 0.5) * edgeM) <= reach &&
      Math.abs(this.z[slot] - (cell.iz + 0.5) * edgeM) <= reach
    );
  }

  private put(slot: number): void {
    const cell = this.levels[levelFor(this.radius[slot])].cellAt(this.x[slot], this.y[slot], this.z[slot]);
    if (cell.count === cell.slots.length) {
      const slots = new Int32Array(2 * cell.count);
      slots.set(cell.slots);
      cell.slots = slots;
    }
    this.indexInCell[slot] = cell.count;
    cell.slots[cell.count++] = slot;
    this.cellOf[slot] = cell;
  }

  private take(slot: number, cell: GridCell): void {
    const index = this.indexInCell[slot];
    const last = cell.slots[--cell.count];
    cell.slots[index] = last;
    this.indexInCell[last] = index;
    this.cellOf[slot] = undefined;
    if (cell.count === 0) this.levels[cell.level].cells.delete(cell.key);
  }
}

/** Cells of one size. */
class GridLevel {
  readonly cells = new Map<number, GridCell>();
  private readonly edgeM: number;
  /** Worlds are flat: no cell has ever been below or above. */
  private minY = Infinity;
  private maxY = -Infinity;

  constructor(private readonly level: number) {
    this.edgeM = CELL_EDGES_M[level];
  }

  /** The cell in which a point is. */
  cellAt(x: number, y: number, z: number): GridCell {
    const [ix, iy, iz] = [this.indexOf(x), this.indexOf(y), this.indexOf(z)];
    const key = keyOf(ix, iy, iz);
    let cell = this.cells.get(key);
    if (cell) return cell;
    cell = { key, level: this.level, ix, iy, iz, slots: new Int32Array(4), count: 0 };
    this.cells.set(key, cell);
    this.minY = Math.min(this.minY, iy);
    this.maxY = Math.max(this.maxY, iy);
    return cell;
  }

  visit(x: number, y: number, z: number, reachM: number, visitor: (cell: GridCell) => void): void {
    // A cell vouches for half an edge around itself.
    const reach = reachM + this.edgeM / 2;
    const [fromX, toX] = [this.indexOf(x - reach), this.indexOf(x + reach)];
    const [fromZ, toZ] = [this.indexOf(z - reach), this.indexOf(z + reach)];
    const fromY = Math.max(this.minY, this.indexOf(y - reach));
    const toY = Math.min(this.maxY, this.indexOf(y + reach));
    const count = (toX - fromX + 1) * (toZ - fromZ + 1) * (toY - fromY + 1);
    if (!(count < this.cells.size)) {
      for (const cell of this.cells.values()) visitor(cell);
      return;
    }
    for (let iy = fromY; iy <= toY; iy++) {
      for (let ix = fromX; ix <= toX; ix++) {
        for (let iz = fromZ; iz <= toZ; iz++) {
          const cell = this.cells.get(keyOf(ix, iy, iz));
          if (cell) visitor(cell);
        }
      }
    }
  }

  private indexOf(coordinate: number): number {
    return Math.min(CELLS_MAX - 1, Math.max(-CELLS_MAX, Math.floor(coordinate / this.edgeM)));
  }
}

function keyOf(ix: number, iy: number, iz: number): number {
  return ((ix + CELLS_MAX) * 2 * CELLS_MAX + iy + CELLS_MAX) * 2 * CELLS_MAX + iz + CELLS_MAX;
}

/** The distance from a point to the nearest point of what a cell vouches for, in metres; 0 inside. */
export function nearestOf(cell: GridCell, x: number, y: number, z: number): number {
  const edgeM = CELL_EDGES_M[cell.level];
  const dx = Math.max(0, Math.abs(x - (cell.ix + 0.5) * edgeM) - edgeM);
  const dy = Math.max(0, Math.abs(y - (cell.iy + 0.5) * edgeM) - edgeM);
  const dz = Math.max(0, Math.abs(z - (cell.iz + 0.5) * edgeM) - edgeM);
  return Math.sqrt(dx * dx + dy * dy + dz * dz);
}

/** The distance from a point to the farthest point of what a cell vouches for, in metres. */
export function farthestOf(cell: GridCell, x: number, y: number, z: number): number {
  const edgeM = CELL_EDGES_M[cell.level];
  const dx = Math.abs(x - (cell.ix + 0.5) * edgeM) + edgeM;
  const dy = Math.abs(y - (cell.iy + 0.5) * edgeM) + edgeM;
  const dz = Math.abs(z - (cell.iz + 0.5) * edgeM) + edgeM;
  return Math.sqrt(dx * dx + dy * dy + dz * dz);
}

/** The finest level whose cells are at least as wide as the sphere. */
function levelFor(radius: number): number {
  let level = 0;
  while (CELL_EDGES_M[level] < 2 * radius && level < LEVELS - 1) level++;
  return level;
}

function inRange(value: number, min: number, max: number): number {
  return value >= min ? Math.min(value, max) : value < min ? min : 0;
}

function enlarged(from: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const to = new Float64Array(capacity);
  to.set(from);
  return to;
}
