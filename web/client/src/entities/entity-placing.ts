import { Quaternion } from 'three';
import { isMoving } from '@app/world';
import type { EntityId, EntityView } from '@vicinity/sdk';
import type { EntityAnchor } from './entity-anchor.js';
import { UNSEEN_PLACED_MAX } from './visual-limits.js';

/** A body of which nothing more is heard glides into place for so long, in ms. */
const MOVED_MS = 2_000;
const DEPTH_MAX = 64;

/** Puts entities where they are. Only those that move, or have been changed, are asked for; the others stand. */
export class EntityPlacing {
  private readonly changed = new Set<EntityId>();
  /** By dead reckoning: moves until its properties say otherwise. */
  private readonly drifting = new Set<EntityId>();
  /** By what is heard of simulated bodies: when it was last heard, in ms. */
  private readonly moved = new Map<EntityId, number>();
  private readonly turn = new Quaternion();
  private unseen: Iterator<EntityId> | undefined;

  constructor(
    private readonly view: EntityView,
    private readonly anchorOf: (id: EntityId) => EntityAnchor | undefined,
    private readonly nowMs: () => number,
    /** An entity stands elsewhere now. */
    private readonly onPlaced: (anchor: EntityAnchor) => void,
  ) {}

  /** An entity is new, or its properties have changed. */
  handleChange({ entity }: EntityAnchor): void {
    this.changed.add(entity.id);
    if (isMoving(entity.shown)) this.drifting.add(entity.id);
    else this.drifting.delete(entity.id);
  }

  handleMoved(ids: ReadonlySet<EntityId>): void {
    const nowMs = this.nowMs();
    for (const id of ids) this.moved.set(id, nowMs);
  }

  /** An entity is gone; what was attached to it is nowhere. */
  forget(id: EntityId): void {
    this.changed.delete(id);
    this.drifting.delete(id);
    this.moved.delete(id);
    for (const child of this.view.childrenOf(id)) this.changed.add(child.id);
  }

  /** @param atMs  by the server's clock */
  update(atMs: number): void {
    const nowMs = this.nowMs();
    for (const id of this.changed) this.place(id, atMs, 0);
    this.changed.clear();
    for (const id of this.drifting) if (this.anchorOf(id)?.isInSight) this.place(id, atMs, 0);
    this.placeUnseen(atMs);
    for (const [id, heardMs] of this.moved) {
      this.place(id, atMs, 0);
      if (nowMs - heardMs > MOVED_MS) this.moved.delete(id);
    }
  }

  /** What nobody sees moves, too, but in turn: what comes into sight is known soon enough. */
  private placeUnseen(atMs: number): void {
    for (let count = Math.min(UNSEEN_PLACED_MAX, this.drifting.size); count > 0; count--) {
      this.unseen ??= this.drifting.values();
      const { value: id, done } = this.unseen.next();
      if (done) this.unseen = undefined;
      else if (!this.anchorOf(id)?.isInSight) this.place(id, atMs, 0);
    }
  }

  private place(id: EntityId, atMs: number, depth: number): void {
    const anchor = this.anchorOf(id);
    if (!anchor || depth > DEPTH_MAX) return;
    const transform = this.view.transformOf(id, atMs);
    anchor.isPlaced = transform !== undefined;
    if (transform) {
      const { position, rotation } = transform;
      const { frame, values } = anchor;
      this.turn.set(rotation.x, rotation.y, rotation.z, rotation.w);
      frame.position.set(position.x, position.y, position.z);
      frame.quaternion.copy(this.turn);
      frame.updateMatrix();
      frame.matrixWorldNeedsUpdate = true;
      const { middle } = values;
      anchor.middle.set(middle.x, middle.y, middle.z).applyQuaternion(this.turn).add(frame.position);
    }
    this.onPlaced(anchor);
    for (const child of this.view.childrenOf(id)) this.place(child.id, atMs, depth + 1);
  }
}
