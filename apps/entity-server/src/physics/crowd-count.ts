import type { Ball } from './ball-index.js';

/** Edges of cells are this and its doubles, in metres. */
const EDGE_M_MIN = 1 / 64;
/** Up to 131 km. */
const LEVELS = 24;

/** What has its middle in one cell. */
interface Cell {
  /** Bodies and obstacles of the cell's own size. */
  bodies: number;
  obstacles: number;
  smaller: number;
}

/**
 * How many others each body may touch, roughly: those of its size in the cell of that size in which it is, larger ones in
 * whose cells it is, and smaller ones in its own. Takes time for each body and obstacle, not for each pair. Pure.
 *
 * @returns a count for each body, in their order
 */
export function countNeighbours(bodies: readonly Ball[], obstacles: Iterable<Ball>): number[] {
  const cells = new Map<number, Cell>();
  const levels = new Set<number>();
  const cellOf = (ball: Ball, level: number): Cell => {
    const key = keyOf(ball, level);
    let cell = cells.get(key);
    if (!cell) cells.set(key, (cell = { bodies: 0, obstacles: 0, smaller: 0 }));
    levels.add(level);
    return cell;
  };
  for (const body of bodies) cellOf(body, levelOf(body)).bodies++;
  const standing = [...obstacles];
  for (const obstacle of standing) cellOf(obstacle, levelOf(obstacle)).obstacles++;
  const visitLarger = (ball: Ball, visit: (cell: Cell) => void): void => {
    const own = levelOf(ball);
    for (const level of levels) {
      const cell = level > own ? cells.get(keyOf(ball, level)) : undefined;
      if (cell) visit(cell);
    }
  };
  for (const balls of [bodies, standing]) for (const ball of balls) visitLarger(ball, (cell) => cell.smaller++);
  return bodies.map((body) => {
    const own = cellOf(body, levelOf(body));
    let count = own.bodies - 1 + own.obstacles + own.smaller;
    visitLarger(body, (cell) => (count += cell.bodies + cell.obstacles));
    return count;
  });
}

/** Cells are as large as the ball, and less than twice that. */
function levelOf({ radiusM }: Ball): number {
  const level = Math.ceil(Math.log2((2 * radiusM) / EDGE_M_MIN));
  return Math.min(LEVELS - 1, Math.max(0, level));
}

/** Two cells may have the same key, but hardly ever do. */
function keyOf({ centre: { x, y, z } }: Ball, level: number): number {
  const edgeM = EDGE_M_MIN * 2 ** level;
  let key = Math.imul(level + 1, 0x9e37_79b1);
  for (const coordinate of [x, y, z]) {
    key = Math.imul(key ^ Math.floor(coordinate / edgeM), 0x85eb_ca6b);
    key ^= key >>> 15;
  }
  return key;
}
