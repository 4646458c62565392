import { BoxGeometry, EdgesGeometry, LineBasicMaterial, LineSegments } from 'three';
import type { EntityAnchor } from '../entities/entity-anchor.js';

const edges = new EdgesGeometry(new BoxGeometry(1, 1, 1));

/** A frame of lines around the dimensions of a thing; seen through everything. */
export class Outline {
  readonly object = new LineSegments(
    edges,
    new LineBasicMaterial({
      color: 0xffc765,
      depthTest: false,
      transparent: true,
      opacity: 0.95,
      fog: false,
      toneMapped: false,
    }),
  );

  constructor() {
    this.object.renderOrder = 20;
    this.object.visible = false;
    this.object.frustumCulled = false;
  }

  /** @param anchor  undefined shows none */
  update(anchor: EntityAnchor | undefined): void {
    this.object.visible = anchor?.isPlaced === true;
    if (!anchor?.isPlaced) return;
    const { x, y, z } = anchor.values.vector('dimensions');
    const isLocked = anchor.values.truth('locked');
    this.object.material.color.setHex(isLocked ? 0xff9c8a : 0xffc765);
    this.object.position.copy(anchor.middle);
    this.object.quaternion.copy(anchor.frame.quaternion);
    this.object.scale.set(x + 0.012, y + 0.012, z + 0.012);
  }
}
