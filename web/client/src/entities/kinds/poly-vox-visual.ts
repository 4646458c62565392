import { BufferAttribute, BufferGeometry, Group, Mesh, MeshLambertMaterial } from 'three';
import type { EntityId } from '@vicinity/sdk';
import type { EntityVisual, MaterialLook, VisualSurroundings } from '../entity-visual.js';
import { Dress } from '../material-look.js';
import type { ShownValues } from '../shown-values.js';
import { NO_COST } from '../visual-cost.js';
import type { VisualCost } from '../visual-limits.js';
import { meshSmoothly } from './smooth-voxels.js';
import { readVoxels } from './voxel-data.js';
import { meshVoxels } from './voxel-mesh.js';

const CLAY = 0xb7a68d;

/** As in `voxelSurfaceStyle`; the others are cubes, which are always closed. */
const SMOOTH = 0;
const SMOOTH_CLOSED = 2;

/** A block of clay, smooth or as the cubes that it is made of. */
export class PolyVoxVisual implements EntityVisual {
  private readonly mesh = new Mesh(new BufferGeometry(), new MeshLambertMaterial({ color: CLAY }));
  readonly content = new Group();
  private readonly clothes = new Dress();
  private data = '';
  private style = -1;

  constructor(
    private readonly id: EntityId,
    private readonly surroundings: VisualSurroundings,
  ) {
    this.content.add(this.mesh);
    this.mesh.receiveShadow = true;
  }

  show(values: ShownValues): void {
    const data = values.text('voxelData');
    const style = values.number('voxelSurfaceStyle');
    if (data !== this.data || style !== this.style) this.read(data, style);
    const { x, y, z } = values.vector('dimensions');
    const { middle } = values;
    this.content.position.set(middle.x - x / 2, middle.y - y / 2, middle.z - z / 2);
    this.content.scale.set(x, y, z);
    this.mesh.castShadow = values.truth('canCastShadow');
  }

  get cost(): VisualCost {
    return { ...NO_COST, triangles: (this.mesh.geometry.index?.count ?? 0) / 3, draws: 1 };
  }

  dress(look: MaterialLook | undefined): void {
    this.clothes.wear(this.mesh, look);
  }

  dispose(): void {
    this.clothes.takeOff();
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }

  private read(data: string, style: number): void {
    this.data = data;
    this.style = style;
    const voxels = data === '' ? undefined : readVoxels(data);
    const isBroken = data !== '' && !voxels;
    this.surroundings.reportTrouble(this.id, isBroken ? 'Its voxels cannot be read.' : undefined);
    const geometry = new BufferGeometry();
    if (voxels) {
      const isSmooth = style === SMOOTH || style === SMOOTH_CLOSED;
      const { positions, normals, indices } = isSmooth
        ? meshSmoothly(voxels, style === SMOOTH_CLOSED)
        : meshVoxels(voxels);
      geometry.setAttribute('position', new BufferAttribute(positions, 3));
      geometry.setAttribute('normal', new BufferAttribute(normals, 3));
      geometry.setIndex(new BufferAttribute(indices, 1));
      this.mesh.scale.set(1 / voxels.width, 1 / voxels.height, 1 / voxels.depth);
    }
    this.mesh.geometry.dispose();
    this.mesh.geometry = geometry;
  }
}
