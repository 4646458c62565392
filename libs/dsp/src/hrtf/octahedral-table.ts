import { assert } from '@app/world';

/** A shorter direction counts as none; keeps a division by 0 away. */
const LENGTH_MIN = 1e-30;

/**
 * Some words for each direction, on a grid with straight lines between its nodes. The sphere is folded onto a square like
 * paper around an octahedron: straight up is the square's middle, the horizon a diamond around it, and all four corners
 * are straight down. So a place in the grid takes a division and no trigonometry, nodes are about as dense everywhere,
 * and there is neither a pole nor a seam. Rows go from front to back, each of them from left to right: a map from above.
 */
export class OctahedralTable {
  private readonly nodes: Float32Array;
  private readonly half: number;
  private readonly last: number;

  /**
   * @param side  nodes along one side of the square, odd
   * @param words  for each node
   * @param nodes  words of all nodes; those on the square's border that stand for one direction are equal
   */
  constructor(
    private readonly side: number,
    private readonly words: number,
    nodes: readonly number[],
  ) {
    assert(side % 2 === 1 && side >= 3, 'the horizon lies on nodes');
    assert(nodes.length === side * side * words, 'words for each node');
    this.nodes = Float32Array.from(nodes);
    this.half = (side - 1) / 2;
    this.last = side - 2;
  }

  /**
   * Writes the words for a direction, times `gain`, into `target` from `offset` on.
   *
   * @param x  to the right; any length but 0, and what belongs to length 0 is that of straight up
   * @param y  up
   * @param z  to the back
   */
  read(x: number, y: number, z: number, gain: number, target: Float64Array, offset: number): void {
    const { nodes, words, half, last } = this;
    const width = Math.abs(x);
    const depth = Math.abs(z);
    const scale = 1 / Math.max(width + Math.abs(y) + depth, LENGTH_MIN);
    let u = x * scale;
    let v = z * scale;
    if (y < 0) {
      u = x < 0 ? depth * scale - 1 : 1 - depth * scale;
      v = z < 0 ? width * scale - 1 : 1 - width * scale;
    }
    u = (u + 1) * half;
    v = (v + 1) * half;
    const column = Math.min(u | 0, last);
    const row = Math.min(v | 0, last);
    u -= column;
    v -= row;
    const frontLeft = (1 - u) * (1 - v) * gain;
    const frontRight = u * (1 - v) * gain;
    const backLeft = (1 - u) * v * gain;
    const backRight = u * v * gain;
    const front = (row * this.side + column) * words;
    const back = front + this.side * words;
    for (let word = 0; word < words; word++) {
      target[offset + word] =
        frontLeft * nodes[front + word] +
        frontRight * nodes[front + words + word] +
        backLeft * nodes[back + word] +
        backRight * nodes[back + words + word];
    }
  }
}
