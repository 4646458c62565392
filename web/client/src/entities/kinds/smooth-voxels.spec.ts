import { describe, expect, it } from '@jest/globals';
import { VOXEL_TRIANGLES_MAX } from '../visual-limits.js';
import { meshSmoothly } from './smooth-voxels.js';

const block = (size: number, clay: (x: number, y: number, z: number) => boolean) => ({
  width: size,
  height: size,
  depth: size,
  cells: Uint8Array.from({ length: size ** 3 }, (_, at) =>
    clay(at % size, Math.floor(at / size) % size, Math.floor(at / size ** 2)) ? 255 : 0,
  ),
});

/** How often each edge between two corners is gone along, in each direction. */
function edgesOf(indices: Uint32Array): Map<string, number> {
  const edges = new Map<string, number>();
  for (let at = 0; at < indices.length; at += 3) {
    for (const [from, to] of [
      [0, 1],
      [1, 2],
      [2, 0],
    ]) {
      const key = `${indices[at + from]} ${indices[at + to]}`;
      edges.set(key, (edges.get(key) ?? 0) + 1);
    }
  }
  return edges;
}

describe('Smooth clay', () => {
  it('one cell is a small body with eight sides, about its middle, seen from outside', () => {
    const { positions, normals, indices } = meshSmoothly(
      block(1, () => true),
      true,
    );
    expect(indices.length).toBe(8 * 3);
    for (let at = 0; at < positions.length; at += 3) {
      const outwards = [0, 1, 2].reduce((sum, axis) => sum + (positions[at + axis] - 0.5) * normals[at + axis], 0);
      expect(outwards).toBeGreaterThan(0);
    }
  });

  it('is closed: each edge belongs to two faces that go round it in opposite directions', () => {
    const ball = block(9, (x, y, z) => Math.hypot(x - 4, y - 4, z - 4) < 3.6);
    for (const voxels of [ball, block(4, () => true)]) {
      const edges = edgesOf(meshSmoothly(voxels, true).indices);
      expect(edges.size).toBeGreaterThan(0);
      for (const key of edges.keys()) expect(edges.get(key.split(' ').reverse().join(' '))).toBe(1);
    }
  });

  it('is open at its sides when it goes on in others', () => {
    expect(
      meshSmoothly(
        block(4, () => true),
        false,
      ).indices.length,
    ).toBe(0);
    const floor = meshSmoothly(
      block(4, (_x, y) => y < 2),
      false,
    );
    expect([...floor.positions].filter((_, at) => at % 3 === 1).every((height) => height === 2)).toBe(true);
  });

  it('of whatever form has no more triangles than there is room for', () => {
    const sponge = block(100, (x, y, z) => (x + y + z) % 2 === 0);
    const { indices, normals } = meshSmoothly(sponge, true);
    expect(indices.length % 3).toBe(0);
    expect(indices.length / 3).toBeLessThanOrEqual(VOXEL_TRIANGLES_MAX);
    expect(normals.every(Number.isFinite)).toBe(true);
  });
});
