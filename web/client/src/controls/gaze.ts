import { type PerspectiveCamera, Vector3 } from 'three';
import type { EntityView } from '@vicinity/sdk';

/** The server need not be told more often where somebody looks, in ms. */
const INTERVAL_MS = 200;

/** Tells the server what the camera sees, so that it is told first. */
export class Gaze {
  private toldAtMs = -Infinity;
  private readonly direction = new Vector3();

  constructor(private readonly entities: Pick<EntityView, 'setViews'>) {}

  /** Call for each frame. */
  update(camera: PerspectiveCamera, nowMs: number): void {
    if (nowMs - this.toldAtMs < INTERVAL_MS) return;
    this.toldAtMs = nowMs;
    const { x, y, z } = camera.position;
    camera.getWorldDirection(this.direction);
    // The cone around the picture's corners.
    const vertical = Math.tan((camera.fov * Math.PI) / 360);
    const halfAngleRad = Math.atan(vertical * Math.hypot(1, camera.aspect));
    const direction = { x: this.direction.x, y: this.direction.y, z: this.direction.z };
    this.entities.setViews([{ position: { x, y, z }, direction, halfAngleRad }]);
  }
}
