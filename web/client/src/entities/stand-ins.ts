import { BufferAttribute, BufferGeometry, LineBasicMaterial, LineSegments, Vector3 } from 'three';
import type { EntityAnchor } from './entity-anchor.js';
import { STAND_INS_MAX } from './visual-limits.js';

/** The edges of a box, from corner to corner; each bit of a corner says which side of x, y and z it is on. */
const EDGES = [0, 1, 0, 2, 0, 4, 1, 3, 1, 5, 2, 3, 2, 6, 3, 7, 4, 5, 4, 6, 5, 7, 6, 7];

/** Frames of lines in place of what is left out because there is too much; all of them are drawn at once. */
export class StandIns {
  private readonly positions = new BufferAttribute(new Float32Array(STAND_INS_MAX * EDGES.length * 3), 3);
  private readonly corner = new Vector3();
  readonly object = new LineSegments(
    new BufferGeometry().setAttribute('position', this.positions),
    new LineBasicMaterial({ color: 0xd8dee8, transparent: true, opacity: 0.55 }),
  );
  private shownCount = 0;

  constructor() {
    this.object.frustumCulled = false;
    this.object.visible = false;
    // They are met by no pointer: there is nothing to be taken.
    this.object.raycast = () => undefined;
  }

  get count(): number {
    return this.shownCount;
  }

  /** From now on these; beyond STAND_INS_MAX nothing. */
  show(anchors: readonly EntityAnchor[]): void {
    this.shownCount = Math.min(anchors.length, STAND_INS_MAX);
    this.object.visible = this.shownCount > 0;
    this.object.geometry.setDrawRange(0, this.shownCount * EDGES.length);
    if (this.shownCount === 0) return;
    let vertex = 0;
    for (const { frame, middle, values } of anchors.slice(0, STAND_INS_MAX)) {
      const { x, y, z } = values.vector('dimensions');
      for (const bits of EDGES) {
        this.corner.set(bits & 1 ? x / 2 : -x / 2, bits & 2 ? y / 2 : -y / 2, bits & 4 ? z / 2 : -z / 2);
        this.corner.applyQuaternion(frame.quaternion).add(middle);
        this.positions.setXYZ(vertex++, this.corner.x, this.corner.y, this.corner.z);
      }
    }
    this.positions.needsUpdate = true;
  }
}
