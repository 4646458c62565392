import { Vector3, type PerspectiveCamera } from 'three';
import { EYE_HEIGHT_M, type Vec3 } from '@vicinity/sdk';
import { floorHeight, type Obstacle } from '../world/place.js';
import { cameraReach, solidReach } from './camera-reach.js';
import type { Solid } from './solids.js';

/** From where the world is seen. */
export type View = 'first-person' | 'third-person';

/** Puts the camera behind the shoulder, or into the head; eases between the two. */
export class CameraRig {
  view: View = 'third-person';
  private away = 1;
  private reach = 1;
  private readonly focus = new Vector3();
  private isPlaced = false;

  constructor(private readonly camera: PerspectiveCamera) {}

  /** Whether the own body would be in the way of the view. */
  get isInHead(): boolean {
    return this.away * this.reach < 0.25;
  }

  /** Follows the body, in front of whatever stands between it and the camera. */
  update(
    feet: Vec3,
    { yaw, pitch, distanceM }: { yaw: number; pitch: number; distanceM: number },
    deltaS: number,
    obstacles: readonly Obstacle[],
    solids: readonly Solid[],
  ): void {
    const wanted = this.view === 'third-person' ? 1 : 0;
    this.away += (wanted - this.away) * Math.min(1, deltaS * 9);
    const target = new Vector3(feet.x, feet.y + EYE_HEIGHT_M, feet.z);
    // Feet step up at once; eyes follow softly. A teleport is not followed but made.
    if (!this.isPlaced || this.focus.distanceTo(target) > 5) this.focus.copy(target);
    this.focus.x = target.x;
    this.focus.z = target.z;
    this.focus.y += (target.y - this.focus.y) * Math.min(1, deltaS * 14);
    this.isPlaced = true;
    const back = distanceM * this.away;
    const rise = 0.42 * this.away;
    const side = 0.42 * this.away;
    this.camera.position.set(
      this.focus.x + Math.sin(yaw) * Math.cos(pitch) * back + Math.cos(yaw) * side,
      this.focus.y + rise - Math.sin(pitch) * back,
      this.focus.z + Math.cos(yaw) * Math.cos(pitch) * back - Math.sin(yaw) * side,
    );
    // Comes closer at once, so that no trunk fills the picture, and goes back softly.
    const { position } = this.camera;
    const reach = Math.min(cameraReach(this.focus, position, obstacles), solidReach(this.focus, position, solids));
    this.reach = Math.min(reach, this.reach + (reach - this.reach) * Math.min(1, deltaS * 4));
    this.camera.position.lerpVectors(this.focus, this.camera.position, this.reach);
    const ground = floorHeight(this.camera.position.x, this.camera.position.z) + 0.25;
    this.camera.position.y = Math.max(this.camera.position.y, ground);
    this.camera.rotation.set(pitch, yaw, 0, 'YXZ');
  }

  /** In the head at once, without easing: the same body gives the same view. */
  stand(feet: Vec3, { yaw, pitch }: { yaw: number; pitch: number }): void {
    this.camera.position.set(feet.x, feet.y + EYE_HEIGHT_M, feet.z);
    this.camera.rotation.set(pitch, yaw, 0, 'YXZ');
  }

  /** A slow flight round the fire, behind the entry screen. */
  orbit(timeS: number): void {
    const angle = 0.55 + Math.sin(timeS * 0.05) * 0.4;
    this.camera.position.set(Math.sin(angle) * 15, 3.1 + Math.sin(timeS * 0.11) * 0.25, 3 + Math.cos(angle) * 12);
    this.camera.lookAt(-1, 2.3, -14);
    this.isPlaced = false;
  }
}
