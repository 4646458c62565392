import type { Ball } from './ball-index.js';

/** Edges of cells are this and its doubles, in metres: up to 131 km. */
const EDGE_M_MIN = 1 / 64;
const LEVELS = 24;
const PER_EDGE = Array.from({ length: LEVELS }, (_, level) => 1 / (EDGE_M_MIN * 2 ** level));
/** Cells are told apart by a hash of this many bits: two of them may count as one, but not many. */
const HASH_BITS = 18;

/** Things whose middle is in a cell: those of its own size, and smaller ones. Only good during one count. */
const own = new Int32Array(2 ** HASH_BITS);
const smaller = new Int32Array(2 ** HASH_BITS);

/**
 * How many others each body may touch, roughly: those of its size in the cell of that size in which it is, larger ones in
 * whose cells it is, and smaller ones in its own. Takes time for each body and obstacle, not for each pair. Pure.
 *
 * @returns a count for each body, in their order
 */
export function countNeighbours(bodies: readonly Ball[], obstacles: Iterable<Ball>): number[] {
  own.fill(0);
  smaller.fill(0);
  const all = [...bodies, ...obstacles];
  const levels = all.map(levelOf);
  all.forEach((ball, index) => own[cellOf(ball, levels[index])]++);
  const used = [...new Set(levels)].sort((a, b) => a - b);
  all.forEach((ball, index) => {
    for (const level of used) if (level > levels[index]) smaller[cellOf(ball, level)]++;
  });
  return bodies.map((body, index) => {
    const cell = cellOf(body, levels[index]);
    let count = own[cell] - 1 + smaller[cell];
    for (const level of used) if (level > levels[index]) count += own[cellOf(body, level)];
    return count;
  });
}

/** Cells are as large as the ball, and less than twice that. */
function levelOf({ radiusM }: Ball): number {
  const level = Math.ceil(Math.log2(2 * radiusM * PER_EDGE[0]));
  return Math.min(LEVELS - 1, Math.max(0, level));
}

function cellOf({ centre }: Ball, level: number): number {
  const perEdge = PER_EDGE[level];
  let hash = mixed(Math.imul(level + 1, 0x9e37_79b1), Math.floor(centre.x * perEdge));
  hash = mixed(hash, Math.floor(centre.y * perEdge));
  return mixed(hash, Math.floor(centre.z * perEdge)) >>> (32 - HASH_BITS);
}

function mixed(hash: number, index: number): number {
  const product = Math.imul(hash ^ index, 0x85eb_ca6b);
  return Math.imul(product ^ (product >>> 15), 0xc2b2_ae35);
}
