import { type Entity, parentOf } from '@app/entities';
import { type EntityProperties, type Motion, numberOf, type Vec3, vectorOf, worldTransformOf } from '@app/world';
import { bodyShapeOf, type BodyShape } from './body-shape.js';
import { collisionGroupsOf } from './collision-groups.js';

/** How a body behaves. */
export interface BodyTraits {
  readonly shape: BodyShape;
  /** See collisionGroupsOf. */
  readonly groups: number;
  /** kg/m³. */
  readonly density: number;
  readonly friction: number;
  readonly restitution: number;
  /** m/s². */
  readonly gravity: Vec3;
  /** The share of its velocity that it loses in each second, 0 to 1. */
  readonly damping: number;
  readonly angularDamping: number;
}

/** Properties that make another body of a body. */
const TRAITS = [
  ...['dimensions', 'registrationPoint', 'shape', 'shapeType', 'collidesWith', 'collisionMask'],
  ...['density', 'friction', 'restitution', 'gravity', 'damping', 'angularDamping'],
];
type Placed = Pick<Entity, 'type' | 'properties'>;

/** Whether it can be hit: it has a body and does not pass through everything. */
export function isSolid(entity: Placed): boolean {
  return entity.properties.collisionless !== true && bodyShapeOf(entity) !== undefined;
}

/**
 * Whether forces and collisions move it. What hangs on something moves with that, what is locked does not move, and what
 * passes through everything needs nobody to say where it is: everybody moves it on alike.
 */
export function isSimulable(entity: Placed): boolean {
  const { dynamic, locked } = entity.properties;
  return dynamic === true && locked !== true && parentOf(entity.properties) === undefined && isSolid(entity);
}

/** Whether a client may take it into its hand. */
export function isGrabbable({ properties }: Placed): boolean {
  const { grab } = properties;
  return !(typeof grab === 'object' && grab !== null && (grab as Record<string, unknown>).grabbable === false);
}

/** How the body of a simulable entity behaves. */
export function traitsOf({ type, properties }: Placed, shape: BodyShape): BodyTraits {
  const number = (name: string): number => numberOf(type, properties, name);
  return {
    shape,
    groups: collisionGroupsOf('dynamic', properties),
    density: number('density'),
    friction: number('friction'),
    restitution: number('restitution'),
    gravity: vectorOf(type, properties, 'gravity'),
    damping: number('damping'),
    angularDamping: number('angularDamping'),
  };
}

/** Whether an edit has made another body of it. Values that are equal but not the same count as a change. */
export function areTraitsChanged(before: EntityProperties, after: EntityProperties): boolean {
  return TRAITS.some((name) => before[name] !== after[name]);
}

/** Where the log says that something without a parent is and how it moves. */
export function motionOf(entity: Placed): Motion {
  const { type, properties } = entity;
  const { position, rotation } = worldTransformOf(entity, nobody);
  const velocity = vectorOf(type, properties, 'velocity');
  return { position, rotation, velocity, angularVelocity: vectorOf(type, properties, 'angularVelocity') };
}

const nobody = (): undefined => undefined;
