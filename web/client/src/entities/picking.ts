import { type Object3D, type PerspectiveCamera, Raycaster, Vector2, type Vector3 } from 'three';
import type { EntityId } from '@vicinity/sdk';

/** What a pointer meets. */
export interface Pick {
  id: EntityId;
  point: Vector3;
  distanceM: number;
}

/** Metres beside a line or point that still count as meeting it. */
const THRESHOLD_M = 0.06;

/** Finds the entity under a pointer. */
export class Picking {
  private readonly raycaster = new Raycaster();
  private readonly place = new Vector2();

  constructor(
    private readonly canvas: HTMLElement,
    private readonly camera: PerspectiveCamera,
  ) {
    this.raycaster.params.Line.threshold = THRESHOLD_M;
    this.raycaster.params.Points.threshold = THRESHOLD_M;
  }

  /** The ray through a place of the page, in pixels; through the middle while the mouse is locked. */
  rayAt(clientX: number, clientY: number): Raycaster {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const isLocked = document.pointerLockElement === this.canvas;
    const x = isLocked ? 0 : ((clientX - left) / width) * 2 - 1;
    const y = isLocked ? 0 : 1 - ((clientY - top) / height) * 2;
    this.raycaster.setFromCamera(this.place.set(x, y), this.camera);
    return this.raycaster;
  }

  /**
   * The nearest entity under a place of the page.
   *
   * @param roots  where entities are looked for; objects, or something above them, have `userData.entityId`
   */
  pick(clientX: number, clientY: number, roots: Object3D[], isWanted: (id: EntityId) => boolean): Pick | undefined {
    const hits = this.rayAt(clientX, clientY).intersectObjects(roots, true);
    for (const { object, point, distance } of hits) {
      const id = entityOf(object);
      if (id !== undefined && isWanted(id)) return { id, point, distanceM: distance };
    }
    return undefined;
  }
}

function entityOf(object: Object3D): EntityId | undefined {
  for (let current: Object3D | null = object; current; current = current.parent) {
    if (!current.visible) return undefined;
    if (typeof current.userData.entityId === 'string') return current.userData.entityId;
  }
  return undefined;
}
