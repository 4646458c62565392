import { VOXEL_TRIANGLES_MAX } from '../visual-limits.js';
import type { Voxels } from './voxel-data.js';

/** A sponge of alternating cubes would have millions. */
const FACES_MAX = VOXEL_TRIANGLES_MAX / 2;

/** Corners and triangles of a body of voxels, in cells from its smallest corner. */
export interface VoxelMesh {
  positions: Float32Array;
  normals: Float32Array;
  indices: Uint32Array;
}

/** Each face: where its neighbour lies, and its four corners against the sun when seen from outside. */
const FACES = [
  {
    normal: [1, 0, 0],
    corners: [
      [1, 0, 0],
      [1, 1, 0],
      [1, 1, 1],
      [1, 0, 1],
    ],
  },
  {
    normal: [-1, 0, 0],
    corners: [
      [0, 0, 1],
      [0, 1, 1],
      [0, 1, 0],
      [0, 0, 0],
    ],
  },
  {
    normal: [0, 1, 0],
    corners: [
      [0, 1, 1],
      [1, 1, 1],
      [1, 1, 0],
      [0, 1, 0],
    ],
  },
  {
    normal: [0, -1, 0],
    corners: [
      [0, 0, 0],
      [1, 0, 0],
      [1, 0, 1],
      [0, 0, 1],
    ],
  },
  {
    normal: [0, 0, 1],
    corners: [
      [0, 0, 1],
      [1, 0, 1],
      [1, 1, 1],
      [0, 1, 1],
    ],
  },
  {
    normal: [0, 0, -1],
    corners: [
      [1, 0, 0],
      [0, 0, 0],
      [0, 1, 0],
      [1, 1, 0],
    ],
  },
] as const;

/** The faces between clay and air. What is beyond FACES_MAX is left out. Pure. */
export function meshVoxels({ width, height, depth, cells }: Voxels): VoxelMesh {
  const positions: number[] = [];
  const normals: number[] = [];
  const indices: number[] = [];
  const isClay = (x: number, y: number, z: number): boolean =>
    x >= 0 && y >= 0 && z >= 0 && x < width && y < height && z < depth && cells[x + width * (y + height * z)] !== 0;
  let faces = 0;
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width && faces < FACES_MAX; x++) {
        if (!isClay(x, y, z)) continue;
        for (const { normal, corners } of FACES) {
          if (isClay(x + normal[0], y + normal[1], z + normal[2])) continue;
          const first = positions.length / 3;
          for (const corner of corners) {
            positions.push(x + corner[0], y + corner[1], z + corner[2]);
            normals.push(normal[0], normal[1], normal[2]);
          }
          indices.push(first, first + 1, first + 2, first, first + 2, first + 3);
          faces++;
        }
      }
    }
  }
  return {
    positions: Float32Array.from(positions),
    normals: Float32Array.from(normals),
    indices: Uint32Array.from(indices),
  };
}
