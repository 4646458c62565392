import { BufferAttribute, BufferGeometry, DoubleSide, Matrix4, Mesh, MeshBasicMaterial, Vector3 } from 'three';
import type { EntityId, Vec3 } from '@vicinity/sdk';
import { BorrowedTexture } from '../borrowed-texture.js';
import type { EntityVisual, Frame, VisualSurroundings } from '../entity-visual.js';
import { asVector, type ShownValues } from '../shown-values.js';
import { makeRibbon, type RibbonPlan } from './ribbon.js';

/** Ribbons with more points keep their normals instead of turning to the viewer. */
const TURNING_POINTS_MAX = 512;
/** A viewer who moved less sees the same ribbon, in metres. */
const VIEWER_MOVE_M = 0.05;

/** A ribbon as a brush draws it. */
export class PolyLineVisual implements EntityVisual {
  readonly content = new Mesh(
    new BufferGeometry(),
    new MeshBasicMaterial({ side: DoubleSide, vertexColors: true, transparent: true }),
  );
  private plan: RibbonPlan | undefined;
  private isTurning = false;
  private readonly picture: BorrowedTexture;
  private readonly seenFrom = new Vector3(Infinity, 0, 0);
  private readonly viewer = new Vector3();
  private readonly toLocal = new Matrix4();

  constructor(id: EntityId, surroundings: VisualSurroundings) {
    this.picture = new BorrowedTexture(id, surroundings, () => {
      this.content.material.map = this.picture.texture ?? null;
      this.content.material.needsUpdate = true;
    });
  }

  show(values: ShownValues): void {
    const vectors = (name: string): Vec3[] => values.list(name).flatMap((value) => asVector(value) ?? []);
    this.plan = {
      points: vectors('linePoints'),
      widths: values.list('strokeWidths').flatMap((value) => (typeof value === 'number' ? value : [])),
      normals: vectors('normals'),
      colours: vectors('strokeColors'),
      isStretched: values.truth('isUVModeStretch'),
    };
    this.isTurning = values.truth('faceCamera') && this.plan.points.length <= TURNING_POINTS_MAX;
    this.content.material.color.setHex(this.plan.colours.length > 0 ? 0xffffff : values.colour('color'));
    this.picture.ask(values.text('textures'));
    this.seenFrom.set(Infinity, 0, 0);
    this.build(this.plan);
  }

  handleFrame({ viewer }: Frame): void {
    if (!this.plan || !this.isTurning) return;
    this.viewer.copy(viewer).applyMatrix4(this.toLocal.copy(this.content.matrixWorld).invert());
    if (this.viewer.distanceTo(this.seenFrom) < VIEWER_MOVE_M) return;
    this.seenFrom.copy(this.viewer);
    const { x, y, z } = this.viewer;
    this.build({ ...this.plan, normals: this.plan.points.map((p) => ({ x: x - p.x, y: y - p.y, z: z - p.z })) });
  }

  dispose(): void {
    this.picture.dispose();
    this.content.geometry.dispose();
    this.content.material.dispose();
  }

  private build(plan: RibbonPlan): void {
    const { positions, colours, uvs, indices } = makeRibbon(plan);
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', new BufferAttribute(positions, 3));
    geometry.setAttribute('color', new BufferAttribute(colours, 3));
    geometry.setAttribute('uv', new BufferAttribute(uvs, 2));
    geometry.setIndex(new BufferAttribute(indices, 1));
    this.content.geometry.dispose();
    this.content.geometry = geometry;
  }
}
