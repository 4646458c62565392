import { multiply, rotate } from '@app/spatial';
import { ENTITY_DEPTH_MAX, type EntityId, isMoving as hasSpeed, type SessionId } from '@app/world';
import type { BodyMotion } from '@app/wire';
import type { EntityTransform } from './entity-types.js';
import { transformAfter } from './local-motion.js';
import { MotionTrack } from './motion-track.js';
import type { RemoteEntity } from './remote-entity.js';

/** Bodies that are shown by what is heard of them; a server tells of far fewer. */
const TRACKS_MAX = 4_096;
/** Motions from the future beyond this are nonsense, in ms. */
const FUTURE_MS_MAX = 2_000;

/** Where everything is: what the log says, goes on by dead reckoning; simulated bodies follow what is heard of them. */
export class ShownTransforms {
  private readonly tracks = new Map<EntityId, MotionTrack>();
  /** Where the entity that is changing just now has been shown. */
  private changing: EntityTransform | undefined;

  constructor(
    private readonly entityOf: (id: EntityId) => RemoteEntity | undefined,
    private readonly serverNowMs: () => number,
  ) {}

  /** In the frame of its parent. */
  localOf(entity: RemoteEntity, atMs: number): EntityTransform {
    const atLog = this.logTransform(entity, atMs);
    // What this person drags is where it has dragged it.
    if (entity.isDragged) return atLog;
    return this.tracks.get(entity.id)?.sample(atMs, atLog) ?? atLog;
  }

  /** In world coordinates; undefined when it is not known. A parent that is not there counts as the world's origin. */
  worldOf(id: EntityId, atMs: number): EntityTransform | undefined {
    let entity = this.entityOf(id);
    if (!entity) return undefined;
    let { position, rotation } = this.localOf(entity, atMs);
    for (let depth = 1; depth < ENTITY_DEPTH_MAX && entity.parentId !== undefined; depth++) {
      const parent: RemoteEntity | undefined = this.entityOf(entity.parentId);
      if (!parent) break;
      const frame = this.localOf(parent, atMs);
      const turned = rotate(frame.rotation, position, { x: 0, y: 0, z: 0 });
      position = {
        x: turned.x + frame.position.x,
        y: turned.y + frame.position.y,
        z: turned.z + frame.position.z,
      };
      rotation = multiply(frame.rotation, rotation, { x: 0, y: 0, z: 0, w: 1 });
      entity = parent;
    }
    return { position, rotation };
  }

  /** Whether an entity moves without anybody saying so: by itself, by what is heard of it, or with its parents. */
  isMoving(id: EntityId): boolean {
    let entity = this.entityOf(id);
    for (let depth = 0; entity && depth < ENTITY_DEPTH_MAX; depth++) {
      if (this.tracks.has(entity.id) || (!entity.isDragged && hasSpeed(entity.shown))) return true;
      entity = entity.parentId === undefined ? undefined : this.entityOf(entity.parentId);
    }
    return false;
  }

  /** Who simulates a body at the moment; undefined when nobody does. 0 for the server. */
  ownerOf(id: EntityId): SessionId | undefined {
    return this.tracks.get(id)?.motion?.ownerId;
  }

  /** A body's motion. Returns whether it was news. */
  take(id: EntityId, motion: BodyMotion): boolean {
    const entity = this.entityOf(id);
    const nowMs = this.serverNowMs();
    if (!entity || motion.atMs > nowMs + FUTURE_MS_MAX || motion.atMs < entity.movedAtMs) return false;
    let track = this.tracks.get(id);
    if (track?.motion && track.motion.atMs >= motion.atMs) return false;
    const shown = this.localOf(entity, nowMs);
    if (!track) {
      if (this.tracks.size >= TRACKS_MAX) return false;
      this.tracks.set(id, (track = new MotionTrack()));
    }
    track.take(motion, shown, this.logTransform(entity, nowMs), nowMs);
    return true;
  }

  /** A body that this client moves itself is where it says, without any smoothing. */
  put(id: EntityId, motion: BodyMotion): boolean {
    const entity = this.entityOf(id);
    if (!entity || (!this.tracks.has(id) && this.tracks.size >= TRACKS_MAX)) return false;
    const track = new MotionTrack();
    const place = { position: motion.position, rotation: motion.rotation };
    track.take(motion, place, place, motion.atMs);
    this.tracks.set(id, track);
    return true;
  }

  /** An entity is about to change: a body that came to rest must not jump. */
  handleChanging(entity: RemoteEntity): void {
    this.changing = this.tracks.has(entity.id) ? this.localOf(entity, this.serverNowMs()) : undefined;
  }

  /** The log says more about an entity: older words about its motion count no more. */
  handleChanged(entity: RemoteEntity): void {
    const shown = this.changing;
    const track = this.tracks.get(entity.id);
    if (!track || !shown) return;
    const nowMs = this.serverNowMs();
    if (track.motion && track.motion.atMs > entity.movedAtMs) return;
    if (track.motion) track.take(undefined, shown, this.logTransform(entity, nowMs), nowMs);
    else if (track.isDone(nowMs)) this.tracks.delete(entity.id);
  }

  forget(id: EntityId): void {
    this.tracks.delete(id);
  }

  /** Forgets bodies that are where the log says. Call now and then. */
  sweep(): void {
    const nowMs = this.serverNowMs();
    for (const [id, track] of this.tracks) if (track.isDone(nowMs)) this.tracks.delete(id);
  }

  private logTransform(entity: RemoteEntity, atMs: number): EntityTransform {
    return transformAfter(entity.type, entity.shown, entity.isDragged ? 0 : (atMs - entity.movedAtMs) / 1_000);
  }
}
