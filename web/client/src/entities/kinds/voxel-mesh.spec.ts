import { describe, expect, it } from '@jest/globals';
import { zlibSync } from 'fflate';
import { readVoxels, readVoxelSize, writeVoxels } from './voxel-data.js';
import { meshVoxels } from './voxel-mesh.js';

const block = (width: number, height: number, depth: number, cells: number[]) => ({
  width,
  height,
  depth,
  cells: Uint8Array.from(cells),
});

describe('Clay', () => {
  it('one cube has six faces, each seen from outside', () => {
    const { positions, normals, indices } = meshVoxels(block(1, 1, 1, [255]));
    expect(indices.length).toBe(6 * 6);
    for (let triangle = 0; triangle < indices.length; triangle += 3) {
      const [a, b, c] = [0, 1, 2].map((corner) => [
        ...positions.slice(indices[triangle + corner] * 3, indices[triangle + corner] * 3 + 3),
      ]);
      const [u, v] = [b, c].map((point) => point.map((value, axis) => value - a[axis]));
      const cross = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
      const first = indices[triangle] * 3;
      expect(cross).toEqual(
        [...normals.slice(first, first + 3)].map((value) => (value === 0 ? expect.closeTo(0) : value)),
      );
    }
  });

  it('faces between two cubes are not there', () => {
    expect(meshVoxels(block(2, 1, 1, [1, 1])).indices.length).toBe(10 * 6);
  });

  it('air has nothing', () => {
    expect(meshVoxels(block(3, 3, 3, Array(27).fill(0))).indices.length).toBe(0);
  });

  it('what the predecessor writes is read: sizes and lengths with the big end first, zlib behind', () => {
    const cells = Uint8Array.from({ length: 2 * 3 * 4 }, (_, index) => index % 2);
    const packed = zlibSync(cells);
    const file = Buffer.alloc(14 + packed.length);
    [2, 3, 4].forEach((size, index) => file.writeUInt16BE(size, index * 2));
    file.writeUInt32BE(packed.length + 4, 6);
    file.writeUInt32BE(cells.length, 10);
    file.set(packed, 14);
    const voxels = { width: 2, height: 3, depth: 4, cells };
    expect(readVoxels(file.toString('base64'))).toEqual(voxels);
    expect(readVoxels(writeVoxels(voxels))).toEqual(voxels);
    expect(readVoxelSize(file.toString('base64'))).toEqual({ width: 2, height: 3, depth: 4 });
    for (const text of ['', 'AAAA', '!', file.toString('base64').slice(0, 5)])
      expect(readVoxelSize(text)).toBeUndefined();
  });
});
