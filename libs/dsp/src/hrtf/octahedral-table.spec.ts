import { describe, expect, it } from '@jest/globals';
import { OctahedralTable } from './octahedral-table.js';
import { direction, sphere } from './plane-responses.fixture.js';

const SIDE = 9;

/** A table whose words are the direction of each node itself. */
function directions(): OctahedralTable {
  const nodes: number[] = [];
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const [u, v] = [(2 * column) / (SIDE - 1) - 1, (2 * row) / (SIDE - 1) - 1];
      const y = 1 - Math.abs(u) - Math.abs(v);
      const fold = Math.max(-y, 0);
      const [x, z] = [u - Math.sign(u) * fold, v - Math.sign(v) * fold];
      const length = Math.hypot(x, y, z);
      nodes.push(x / length, y / length, z / length);
    }
  }
  return new OctahedralTable(SIDE, 3, nodes);
}

function read(table: OctahedralTable, x: number, y: number, z: number, gain = 1): number[] {
  const words = new Float64Array(4);
  table.read(x, y, z, gain, words, 1);
  return [...words.subarray(1)];
}

describe('OctahedralTable', () => {
  const table = directions();

  it('gives back what was put in, on its nodes exactly and between them closely', () => {
    for (const [x, y, z] of sphere(90)) {
      read(table, x, y, z).forEach((word, axis) => expect(word).toBeCloseTo([x, y, z][axis], 6));
    }
    for (const [x, y, z] of sphere(3)) {
      const [a, b, c] = read(table, x, y, z);
      expect(Math.hypot(a - x, b - y, c - z)).toBeLessThan(0.08);
    }
  });

  it('has no seams: a small step is a small step everywhere', () => {
    let most = 0;
    for (let elevation = -90; elevation < 90; elevation += 0.7) {
      for (let azimuth = -180; azimuth <= 180; azimuth += 1.3) {
        const here = read(table, ...direction(azimuth, elevation));
        const there = read(table, ...direction(azimuth + 0.01, elevation + 0.01));
        most = Math.max(most, Math.hypot(...here.map((word, axis) => word - there[axis])));
      }
    }
    expect(most).toBeLessThan(0.001);
  });

  it('does not care about the length of a direction, multiplies by the gain, and knows no direction as one', () => {
    const [x, y, z] = read(table, 0.3, -0.5, 0.7);
    const scaled = read(table, 3, -5, 7, 2);
    [x, y, z].forEach((word, axis) => expect(scaled[axis]).toBeCloseTo(2 * word, 12));
    expect(read(table, 0, 0, 0)).toEqual([0, 1, 0]);
  });
});
