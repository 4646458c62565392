import { ENTITY_POSITION_M_MAX, ENTITY_SPEED_MPS_MAX } from '../limits.js';
import type { Quat, Vec3 } from '../pose.js';
import {
  exponentialOf,
  growthOf,
  lengthOf,
  logarithmOf,
  quatAbout,
  secondGrowthOf,
  turnTogether,
} from './entity-math.js';
import type { EntityProperties, EntityValue } from './entity-value.js';
import { numberOf, rotationOf, vectorOf } from './read-property.js';

/** Where an entity is and how it moves, in the frame of its parent or of the world: metres, radians, seconds. */
export interface Motion {
  readonly position: Vec3;
  readonly rotation: Quat;
  readonly velocity: Vec3;
  readonly angularVelocity: Vec3;
}

/** A speed that only falls has come to its end here, in m/s and rad/s: nobody sees the rest. */
const SPEED_AT_REST = 0.001;

/** More than 300 years, in seconds: whatever moves has arrived somewhere, and squares of times are still numbers. */
const ELAPSED_S_MAX = 1e10;

const ZERO: Vec3 = { x: 0, y: 0, z: 0 };

/**
 * The entity's properties after some time in which nobody touched it: position, velocity, rotation and angularVelocity
 * are those of then. The given object itself when nothing moves.
 *
 * In closed form, so that it does not matter in how many steps one gets there, and with the same bits on every machine.
 * Damping takes its share of the velocity in each second; dynamic entities are pulled by `gravity`, others by
 * `acceleration`, all in the frame of their position. What rests stays at rest. What leaves the world stops at its edge.
 *
 * @param elapsedS  since its position and velocities were right, in seconds; negative ones count as 0
 */
export function advanceKinematics(type: string, properties: EntityProperties, elapsedS: number): EntityProperties {
  if (!(elapsedS > 0) || !isMoving(properties)) return properties;
  const { position, rotation, velocity, angularVelocity } = motionAfter(type, properties, elapsedS);
  const advanced: Record<string, EntityValue> = { ...properties };
  if (properties.velocity !== undefined) Object.assign(advanced, { position, velocity });
  if (properties.angularVelocity !== undefined) Object.assign(advanced, { rotation, angularVelocity });
  return advanced;
}

/** The same as advanceKinematics, but only what moves. */
export function motionAfter(type: string, properties: EntityProperties, elapsedS: number): Motion {
  const seconds = elapsedS > 0 ? Math.min(elapsedS, ELAPSED_S_MAX) : 0;
  return { ...slide(type, properties, seconds), ...turn(type, properties, seconds) };
}

/** Whether time alone moves or turns it. */
export function isMoving(properties: EntityProperties): boolean {
  return isRunning(properties.velocity) || isRunning(properties.angularVelocity);
}

function isRunning(speed: EntityValue | undefined): boolean {
  if (typeof speed !== 'object' || speed === null) return false;
  const { x, y, z } = speed as Partial<Vec3>;
  return Boolean(x) || Boolean(y) || Boolean(z);
}

function slide(type: string, properties: EntityProperties, seconds: number): Pick<Motion, 'position' | 'velocity'> {
  const position = vectorOf(type, properties, 'position');
  const velocity = vectorOf(type, properties, 'velocity');
  if (seconds === 0 || !isRunning(properties.velocity)) return { position, velocity };
  const damping = numberOf(type, properties, 'damping');
  const pull = vectorOf(type, properties, properties.dynamic === true ? 'gravity' : 'acceleration');
  // What is damped wholly loses its speed at once; a pull then moves nothing either.
  if (damping >= 1) return { position, velocity: ZERO };
  const decay = decayOf(damping);
  const end = lengthOf(pull) > 0 ? Infinity : secondsToRest(lengthOf(velocity), decay);
  const time = Math.min(seconds, end);
  const way = time * growthOf(-decay * time);
  const fall = time * time * secondGrowthOf(-decay * time);
  const left = exponentialOf(-decay * time);
  const there = along((axis) => position[axis] + velocity[axis] * way + pull[axis] * fall);
  if (!isInside(there)) return { position: along((axis) => clamp(there[axis], ENTITY_POSITION_M_MAX)), velocity: ZERO };
  if (seconds >= end) return { position: there, velocity: ZERO };
  const speed = (axis: keyof Vec3) => clamp(velocity[axis] * left + pull[axis] * way, ENTITY_SPEED_MPS_MAX);
  return { position: there, velocity: along(speed) };
}

function turn(
  type: string,
  properties: EntityProperties,
  seconds: number,
): Pick<Motion, 'rotation' | 'angularVelocity'> {
  const rotation = rotationOf(type, properties, 'rotation');
  const angularVelocity = vectorOf(type, properties, 'angularVelocity');
  const speed = lengthOf(angularVelocity);
  if (seconds === 0 || speed === 0) return { rotation, angularVelocity };
  const damping = numberOf(type, properties, 'angularDamping');
  if (damping >= 1) return { rotation, angularVelocity: ZERO };
  const decay = decayOf(damping);
  const end = secondsToRest(speed, decay);
  const time = Math.min(seconds, end);
  const axis = along((name) => angularVelocity[name] / speed);
  const angleRad = speed * time * growthOf(-decay * time);
  const left = seconds >= end ? 0 : exponentialOf(-decay * time);
  return {
    rotation: turnTogether(quatAbout(axis, angleRad), rotation),
    angularVelocity: along((name) => angularVelocity[name] * left),
  };
}

/** How fast a speed decays, in 1/s, when it loses this share in each second. */
function decayOf(damping: number): number {
  return damping > 0 ? -logarithmOf(1 - damping) : 0;
}

/** When a speed has decayed to SPEED_AT_REST; never without decay. */
function secondsToRest(speed: number, decay: number): number {
  if (decay === 0) return Infinity;
  return speed > SPEED_AT_REST ? logarithmOf(speed / SPEED_AT_REST) / decay : 0;
}

function along(value: (axis: keyof Vec3) => number): Vec3 {
  return { x: value('x'), y: value('y'), z: value('z') };
}

function isInside({ x, y, z }: Vec3): boolean {
  return Math.max(Math.abs(x), Math.abs(y), Math.abs(z)) <= ENTITY_POSITION_M_MAX;
}

function clamp(value: number, max: number): number {
  return Math.min(max, Math.max(-max, value));
}
