import { type Entity, parentOf, propertiesAt } from '@app/entities';
import {
  ENTITY_DEPTH_MAX,
  type EntityId,
  isMoving,
  numberOf,
  type PlacedEntity,
  type Vec3,
  type WorldTransform,
  worldTransformOf,
  vectorOf,
} from '@app/world';
import { type Ball, BallIndex } from './ball-index.js';
import { bodyShapeOf, type BodyShape } from './body-shape.js';
import { isSolid } from './body-traits.js';
import type { Surface } from './collider-of.js';
import { collisionGroupsOf } from './collision-groups.js';

/** What is needed of a world: an EntityWorld has it. */
export interface FieldWorld {
  get(id: EntityId): Entity | undefined;
  childrenOf(id: EntityId): Iterable<EntityId>;
  entities(): Iterable<Entity>;
}

/** An obstacle as the engine needs it. */
export interface ObstacleSpec {
  readonly shape: BodyShape;
  readonly surface: Surface;
  readonly place: WorldTransform;
  /** It moves by itself, or what carries it does. */
  readonly moves: boolean;
}

/** Obstacles that move by themselves and are known to; others count as standing where they were last. */
const MOVING_MAX = 1_024;
/** Obstacles that are faster than this come as a surprise, in metres per look. */
const REACH_M_MAX = 50;

/**
 * Everything solid in a world that is no body of the simulation, by where it is. Of the many things in a world only those
 * near bodies are ever handed to the engine.
 */
export class ObstacleField {
  private readonly balls = new BallIndex();
  private readonly movingIds = new Set<EntityId>();
  /** Those whose carrier is somewhere else now, and who have not been looked at since. */
  private readonly carried = new Set<EntityId>();
  private loading: Iterator<Entity> | undefined;

  /** @param isBody  whether an entity is a body of the simulation, which carries what hangs on it */
  constructor(
    private readonly world: FieldWorld,
    private readonly isBody: (id: EntityId) => boolean,
  ) {}

  get size(): number {
    return this.balls.size;
  }

  /** Obstacles that have to be moved on. */
  get moving(): ReadonlySet<EntityId> {
    return this.movingIds;
  }

  /** Takes in the world as it is, some entities at a time. Returns whether that was all. */
  loadSome(countMax: number, atMs: number): boolean {
    this.loading ??= this.world.entities()[Symbol.iterator]();
    for (let count = 0; count < countMax; count++) {
      const { done, value } = this.loading.next();
      if (done) return true;
      this.look(value.id, value, atMs);
    }
    return false;
  }

  /** Whether everything has been looked at that was carried somewhere else. */
  get isUpToDate(): boolean {
    return this.carried.size === 0;
  }

  /**
   * An entity has changed or gone.
   *
   * @param isElsewhere  what hangs on it is somewhere else, too, and is looked at by `followSome`
   */
  update(id: EntityId, atMs: number, isElsewhere: boolean): void {
    this.look(id, this.world.get(id), atMs);
    if (isElsewhere) for (const child of this.world.childrenOf(id)) this.carried.add(child);
  }

  /** Looks at some of those that were carried somewhere else: a tree may hold a whole world. Names each of them. */
  followSome(countMax: number, atMs: number, touched: (id: EntityId) => void): void {
    let left = countMax;
    for (const id of this.carried) {
      if (left-- === 0) return;
      this.carried.delete(id);
      this.update(id, atMs, true);
      touched(id);
    }
  }

  /** Looks where a moving obstacle is by now. */
  refresh(id: EntityId, atMs: number): void {
    this.look(id, this.world.get(id), atMs);
  }

  /** Whether there is an obstacle of that id. */
  has(id: EntityId): boolean {
    return this.balls.has(id);
  }

  /** The ball around an obstacle; undefined when there is none. */
  ballOf(id: EntityId): Ball | undefined {
    return this.balls.get(id);
  }

  /** Names obstacles of which anything may be within a distance of a point; see BallIndex.visitNear. */
  visitNear(point: Vec3, reachM: number, slotsMax: number, visit: (id: EntityId, gapM: number) => void): number {
    return this.balls.visitNear(point, reachM, slotsMax, visit);
  }

  /** An obstacle as it is at a time; undefined when there is none of that id. */
  specOf(id: EntityId, atMs: number): ObstacleSpec | undefined {
    const entity = this.balls.has(id) ? this.world.get(id) : undefined;
    const shape = entity && bodyShapeOf(entity);
    if (!entity || !shape) return undefined;
    const { type, properties } = entity;
    const moves = this.movingIds.has(id);
    const surface = {
      friction: numberOf(type, properties, 'friction'),
      restitution: numberOf(type, properties, 'restitution'),
      groups: collisionGroupsOf(moves ? 'kinematic' : 'static', properties),
    };
    return { shape, surface, place: this.placeOf(entity, atMs), moves };
  }

  /** Where an entity is in the world at a time. */
  placeOf(entity: Entity, atMs: number): WorldTransform {
    const placed = (id: EntityId): PlacedEntity | undefined => {
      const found = this.world.get(id);
      return found && { type: found.type, properties: propertiesAt(found, atMs) };
    };
    return worldTransformOf({ type: entity.type, properties: propertiesAt(entity, atMs) }, placed);
  }

  private look(id: EntityId, entity: Entity | undefined, atMs: number): void {
    const shape = entity && isSolid(entity) && !this.isCarriedByBody(entity) ? bodyShapeOf(entity) : undefined;
    if (!entity || !shape) return this.forget(id);
    const { type, properties } = entity;
    // Most things stand where they are; there are many of them.
    const isPlain = parentOf(properties) === undefined && !isMoving(properties);
    const speed = isPlain ? 0 : this.speedOf(entity, atMs);
    if (speed > 0 && this.movingIds.size < MOVING_MAX) this.movingIds.add(id);
    else if (speed === 0) this.movingIds.delete(id);
    const position = isPlain ? vectorOf(type, properties, 'position') : this.placeOf(entity, atMs).position;
    // Its middle need not be where it is placed; and it may be elsewhere before it is looked at again.
    const { offset, radiusM } = shape;
    this.balls.put(id, position, radiusM + Math.hypot(offset.x, offset.y, offset.z) + Math.min(REACH_M_MAX, speed));
  }

  private forget(id: EntityId): void {
    this.movingIds.delete(id);
    this.balls.remove(id);
  }

  private isCarriedByBody(entity: Entity): boolean {
    return this.anyAbove(entity, ({ id }) => this.isBody(id));
  }

  /** How fast it moves by itself or with what carries it, in m/s, roughly: 1 for what only turns. */
  private speedOf(entity: Entity, atMs: number): number {
    let speed = 0;
    this.anyAbove(entity, (carrier) => {
      const { type } = carrier;
      const properties = propertiesAt(carrier, atMs);
      if (!isMoving(properties)) return false;
      const { x, y, z } = vectorOf(type, properties, 'velocity');
      speed += 1 + Math.hypot(x, y, z);
      return false;
    });
    return speed;
  }

  private anyAbove(entity: Entity, holds: (entity: Entity) => boolean): boolean {
    let current: Entity | undefined = entity;
    for (let depth = 0; current && depth < ENTITY_DEPTH_MAX; depth++) {
      if (holds(current)) return true;
      const parent = parentOf(current.properties);
      current = parent === undefined ? undefined : this.world.get(parent);
    }
    return false;
  }
}
