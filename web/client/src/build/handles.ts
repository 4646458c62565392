import { Object3D, type PerspectiveCamera, type Scene, Vector3 } from 'three';
import { TransformControls } from 'three/examples/jsm/controls/TransformControls.js';
import type { EntityProperties } from '@vicinity/sdk';
import type { EntityAnchor } from '../entities/entity-anchor.js';
import { snapExtents, type SnapSteps, tidyRotation, tidyVector } from './snapping.js';

/** What the handles change. */
export type HandleMode = 'translate' | 'rotate' | 'scale';

/** What somebody does with the handles. */
export interface HandleListener {
  onBegin(): void;
  /** The thing is there now: in the world's coordinates, or with other dimensions. */
  onMove(change: HandleChange): void;
  onEnd(): void;
}

/** Where the handles have put something; only what they changed. */
export interface HandleChange {
  place?: { position: Vector3Like; rotation: QuatLike };
  dimensions?: Vector3Like;
}

interface Vector3Like {
  x: number;
  y: number;
  z: number;
}

interface QuatLike extends Vector3Like {
  w: number;
}

/** Nothing becomes thinner than this, in metres. */
const EXTENT_M_MIN = 0.001;

/** Arrows, rings and cubes around a thing, to move, turn and stretch it. */
export class Handles {
  private readonly controls: TransformControls;
  /** Stands where the thing is; the controls move this, and nothing else. */
  private readonly proxy = new Object3D();
  private anchor: EntityAnchor | undefined;
  private dimensions = new Vector3(1, 1, 1);
  private steps: SnapSteps = { lengthM: 0, angleRad: 0 };

  constructor(
    private readonly scene: Scene,
    camera: PerspectiveCamera,
    canvas: HTMLElement,
    private readonly listener: HandleListener,
  ) {
    this.controls = new TransformControls(camera, canvas);
    this.controls.size = 0.85;
    this.controls.addEventListener('mouseDown', () => this.begin());
    this.controls.addEventListener('objectChange', () => this.tell());
    this.controls.addEventListener('mouseUp', () => listener.onEnd());
    this.controls.enabled = false;
  }

  /** Whether something is being dragged. */
  get isDragging(): boolean {
    return this.controls.dragging;
  }

  get mode(): HandleMode {
    return this.controls.mode;
  }

  setMode(mode: HandleMode): void {
    this.controls.setMode(mode);
    // Extents are along a thing's own axes; places are the world's.
    this.controls.setSpace(mode === 'translate' ? 'world' : 'local');
  }

  setSteps(steps: SnapSteps): void {
    this.steps = steps;
    this.controls.setTranslationSnap(steps.lengthM || null);
    this.controls.setRotationSnap(steps.angleRad || null);
  }

  /** Takes a thing; undefined takes none. */
  hold(anchor: EntityAnchor | undefined): void {
    if (anchor === this.anchor) return;
    this.anchor = anchor;
    this.controls.enabled = anchor !== undefined;
    if (!anchor) {
      this.controls.detach();
      this.scene.remove(this.proxy, this.controls.getHelper());
      return;
    }
    this.scene.add(this.proxy, this.controls.getHelper());
    this.follow();
    this.controls.attach(this.proxy);
  }

  /** For each frame: stays with what moves by itself. */
  follow(): void {
    const { anchor } = this;
    if (!anchor || this.isDragging) return;
    this.proxy.position.copy(anchor.frame.position);
    this.proxy.quaternion.copy(anchor.frame.quaternion);
    this.proxy.scale.set(1, 1, 1);
    this.proxy.updateMatrixWorld();
  }

  /** Whether a pointer that goes down here takes a handle, so that the view must not turn. */
  claims(event: PointerEvent): boolean {
    if (!this.anchor || document.pointerLockElement) return false;
    // A finger has not hovered before it touches.
    const { left, top, width, height } = (event.target as HTMLElement).getBoundingClientRect();
    const x = ((event.clientX - left) / width) * 2 - 1;
    const y = 1 - ((event.clientY - top) / height) * 2;
    this.controls.pointerHover({ x, y, button: event.button } as unknown as PointerEvent);
    return this.controls.axis !== null;
  }

  dispose(): void {
    this.hold(undefined);
    this.controls.dispose();
  }

  private begin(): void {
    const { x, y, z } = this.anchor!.values.vector('dimensions');
    this.dimensions.set(x, y, z);
    this.listener.onBegin();
  }

  private tell(): void {
    const { position, quaternion, scale } = this.proxy;
    if (this.mode !== 'scale') {
      const place = { position: tidyVector(position), rotation: tidyRotation(quaternion) };
      return this.listener.onMove({ place });
    }
    const extents = this.dimensions.clone().multiply(scale);
    const wanted = { x: Math.abs(extents.x), y: Math.abs(extents.y), z: Math.abs(extents.z) };
    // An axis that nobody pulls keeps its odd extent.
    const snapped = snapExtents(wanted, this.steps.lengthM, EXTENT_M_MIN);
    const dimensions = {
      x: scale.x === 1 ? this.dimensions.x : snapped.x,
      y: scale.y === 1 ? this.dimensions.y : snapped.y,
      z: scale.z === 1 ? this.dimensions.z : snapped.z,
    };
    this.listener.onMove({ dimensions: tidyVector(dimensions) });
  }
}

/** The properties that a change by handles stands for. @param toParent  from the world into the frame of its parent */
export function propertiesOf(
  { place, dimensions }: HandleChange,
  mode: HandleMode,
  toParent: (place: NonNullable<HandleChange['place']>) => NonNullable<HandleChange['place']>,
): EntityProperties {
  if (dimensions) return { dimensions: { ...dimensions } };
  if (!place) return {};
  const { position, rotation } = toParent(place);
  const isTurned = mode === 'rotate';
  return isTurned ? { rotation: { ...tidyRotation(rotation) } } : { position: { ...tidyVector(position) } };
}
