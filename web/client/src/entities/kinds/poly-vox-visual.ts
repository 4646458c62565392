import { BufferAttribute, BufferGeometry, Group, Mesh, MeshLambertMaterial } from 'three';
import type { EntityId } from '@vicinity/sdk';
import type { EntityVisual, MaterialLook, VisualSurroundings } from '../entity-visual.js';
import { Dress } from '../material-look.js';
import type { ShownValues } from '../shown-values.js';
import { readVoxels } from './voxel-data.js';
import { meshVoxels } from './voxel-mesh.js';

const CLAY = 0xb7a68d;

/** A block of clay, shown as the cubes that it is made of. */
export class PolyVoxVisual implements EntityVisual {
  private readonly mesh = new Mesh(new BufferGeometry(), new MeshLambertMaterial({ color: CLAY }));
  readonly content = new Group();
  private readonly clothes = new Dress();
  private data = '';

  constructor(
    private readonly id: EntityId,
    private readonly surroundings: VisualSurroundings,
  ) {
    this.content.add(this.mesh);
    this.mesh.receiveShadow = true;
  }

  show(values: ShownValues): void {
    const data = values.text('voxelData');
    if (data !== this.data) this.read(data);
    const { x, y, z } = values.vector('dimensions');
    const { middle } = values;
    this.content.position.set(middle.x - x / 2, middle.y - y / 2, middle.z - z / 2);
    this.content.scale.set(x, y, z);
    this.mesh.castShadow = values.truth('canCastShadow');
  }

  dress(look: MaterialLook | undefined): void {
    this.clothes.wear(this.mesh, look);
  }

  dispose(): void {
    this.clothes.takeOff();
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }

  private read(data: string): void {
    this.data = data;
    const voxels = data === '' ? undefined : readVoxels(data);
    const isBroken = data !== '' && !voxels;
    this.surroundings.reportTrouble(this.id, isBroken ? 'Its voxels cannot be read.' : undefined);
    const geometry = new BufferGeometry();
    if (voxels) {
      const { positions, normals, indices } = meshVoxels(voxels);
      geometry.setAttribute('position', new BufferAttribute(positions, 3));
      geometry.setAttribute('normal', new BufferAttribute(normals, 3));
      geometry.setIndex(new BufferAttribute(indices, 1));
      this.mesh.scale.set(1 / voxels.width, 1 / voxels.height, 1 / voxels.depth);
    }
    this.mesh.geometry.dispose();
    this.mesh.geometry = geometry;
  }
}
