import { triTable } from 'three/examples/jsm/objects/MarchingCubes.js';
import { VOXEL_TRIANGLES_MAX } from '../visual-limits.js';
import type { Voxels } from './voxel-data.js';
import type { VoxelMesh } from './voxel-mesh.js';

/** Between air and clay; cells are 0 to 255. */
const THRESHOLD = 127.5;
/** Corners of a cube in the order of the table, and its edges: the corner that they begin at, and the axis they go along. */
const CORNERS = [
  [0, 0, 0],
  [1, 0, 0],
  [1, 1, 0],
  [0, 1, 0],
  [0, 0, 1],
  [1, 0, 1],
  [1, 1, 1],
  [0, 1, 1],
] as const;
const EDGES = [
  [0, 0],
  [1, 1],
  [3, 0],
  [0, 1],
  [4, 0],
  [5, 1],
  [7, 0],
  [4, 1],
  [0, 2],
  [1, 2],
  [2, 2],
  [3, 2],
] as const;
const ENTRIES_PER_CASE = 16;

/**
 * A smooth surface between clay and air, by marching cubes: a cell is a sample in its middle. What is beyond
 * VOXEL_TRIANGLES_MAX is left out. Pure.
 *
 * @param isClosed  there is air around the block; otherwise it is open where clay reaches its sides, and neighbours go on
 */
export function meshSmoothly(voxels: Voxels, isClosed: boolean): VoxelMesh {
  const { width, height, depth } = voxels;
  const samples = withAirAround(voxels);
  // How far it is to the next sample along each axis, and from the first corner of a cube to the others.
  const steps = [1, width + 2, (width + 2) * (height + 2)];
  const offsets = CORNERS.map(([x, y, z]) => x * steps[0] + y * steps[1] + z * steps[2]);
  const positions: number[] = [];
  const indices: number[] = [];
  const hasRoom = (): boolean => indices.length < 3 * VOXEL_TRIANGLES_MAX;
  // Neighbouring cubes share the corners on their edges, so that light goes round them smoothly.
  const known = new Map<number, number>();
  const vertexAt = (x: number, y: number, z: number, cube: number, edge: number): number => {
    const [corner, axis] = EDGES[edge];
    const at = cube + offsets[corner];
    const key = 3 * at + axis;
    const found = known.get(key);
    if (found !== undefined) return found;
    const [right, up, back] = CORNERS[corner];
    const place = [x + right + 0.5, y + up + 0.5, z + back + 0.5];
    place[axis] += (THRESHOLD - samples[at]) / (samples[at + steps[axis]] - samples[at]);
    const index = positions.length / 3;
    positions.push(place[0], place[1], place[2]);
    known.set(key, index);
    return index;
  };
  const margin = isClosed ? 1 : 0;
  for (let z = -margin; z < depth - 1 + margin; z++) {
    for (let y = -margin; y < height - 1 + margin && hasRoom(); y++) {
      for (let x = -margin; x < width - 1 + margin; x++) {
        const cube = (x + 1) * steps[0] + (y + 1) * steps[1] + (z + 1) * steps[2];
        let air = 0;
        for (let corner = 0; corner < 8; corner++) if (samples[cube + offsets[corner]] < THRESHOLD) air |= 1 << corner;
        const first = air * ENTRIES_PER_CASE;
        for (let entry = first; triTable[entry] >= 0; entry++) {
          if (!hasRoom() && (entry - first) % 3 === 0) break;
          indices.push(vertexAt(x, y, z, cube, triTable[entry]));
        }
      }
    }
  }
  return {
    positions: Float32Array.from(positions),
    normals: normalsOf(positions, indices),
    indices: Uint32Array.from(indices),
  };
}

/** The cells with one of air on each side, so that nobody has to ask where they end. */
function withAirAround({ width, height, depth, cells }: Voxels): Uint8Array {
  const samples = new Uint8Array((width + 2) * (height + 2) * (depth + 2));
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      const row = width * (y + height * z);
      samples.set(cells.subarray(row, row + width), 1 + (width + 2) * (y + 1 + (height + 2) * (z + 1)));
    }
  }
  return samples;
}

/** At each corner the mean of the faces around it, the larger ones counting more. */
function normalsOf(positions: readonly number[], indices: readonly number[]): Float32Array {
  const normals = new Float32Array(positions.length);
  for (let index = 0; index < indices.length; index += 3) {
    const [a, b, c] = [3 * indices[index], 3 * indices[index + 1], 3 * indices[index + 2]];
    const [ux, uy, uz] = [0, 1, 2].map((axis) => positions[b + axis] - positions[a + axis]);
    const [vx, vy, vz] = [0, 1, 2].map((axis) => positions[c + axis] - positions[a + axis]);
    const normal = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    for (const corner of [a, b, c]) for (let axis = 0; axis < 3; axis++) normals[corner + axis] += normal[axis];
  }
  for (let at = 0; at < normals.length; at += 3) {
    const length = Math.hypot(normals[at], normals[at + 1], normals[at + 2]) || 1;
    for (let axis = 0; axis < 3; axis++) normals[at + axis] /= length;
  }
  return normals;
}
