import { ENTITY_POSITION_M_MAX, ENTITY_SPEED_MPS_MAX } from '../limits.js';
import type { Quat, Vec3 } from '../pose.js';
import { decayBy, lengthOf, logarithmOf, quatAbout, turnTogether } from './entity-math.js';
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

/** The same as advanceKinematics, but only what moves: for every frame of those who draw it. */
export function motionAfter(type: string, properties: EntityProperties, elapsedS: number): Motion {
  const seconds = elapsedS > 0 ? Math.min(elapsedS, ELAPSED_S_MAX) : 0;
  const { position, velocity } = slide(type, properties, seconds);
  const { rotation, angularVelocity } = turn(type, properties, seconds);
  return { position, rotation, velocity, angularVelocity };
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
  // What is damped wholly loses its speed at once; a pull then moves nothing either.
  if (damping >= 1) return { position, velocity: ZERO };
  const pull = vectorOf(type, properties, properties.dynamic === true ? 'gravity' : 'acceleration');
  const rate = rateOf(damping);
  const end = lengthOf(pull) > 0 ? Infinity : secondsToRest(lengthOf(velocity), rate);
  const time = Math.min(seconds, end);
  const { left, way, fall } = decayBy(-rate * time);
  const there = combined(position, 1, velocity, time * way, pull, time * time * fall);
  if (!isInside(there)) return { position: clamped(there, ENTITY_POSITION_M_MAX), velocity: ZERO };
  if (seconds >= end) return { position: there, velocity: ZERO };
  const speed = combined(velocity, left, pull, time * way, ZERO, 0);
  return { position: there, velocity: clamped(speed, ENTITY_SPEED_MPS_MAX) };
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
  const rate = rateOf(damping);
  const end = secondsToRest(speed, rate);
  const time = Math.min(seconds, end);
  const { left, way } = decayBy(-rate * time);
  const axis = scaled(angularVelocity, 1 / speed);
  return {
    rotation: turnTogether(quatAbout(axis, speed * time * way), rotation),
    angularVelocity: seconds >= end ? ZERO : scaled(angularVelocity, left),
  };
}

/** The damping for which the rate was asked last, and the answer: most entities have the same. */
let lastDamping = 0;
let lastRate = 0;

/** How fast a speed decays, in 1/s, when it loses this share in each second. */
function rateOf(damping: number): number {
  if (damping !== lastDamping) {
    lastDamping = damping;
    lastRate = damping > 0 ? -logarithmOf(1 - damping) : 0;
  }
  return lastRate;
}

/** When a speed has decayed to SPEED_AT_REST; never without decay. */
function secondsToRest(speed: number, rate: number): number {
  // Each axis of a speed is finite, its length need not be: nobody checks what an older or a hostile server has said.
  if (rate === 0 || !(speed < Infinity)) return Infinity;
  return speed > SPEED_AT_REST ? logarithmOf(speed / SPEED_AT_REST) / rate : 0;
}

function combined(a: Vec3, timesA: number, b: Vec3, timesB: number, c: Vec3, timesC: number): Vec3 {
  return {
    x: a.x * timesA + b.x * timesB + c.x * timesC,
    y: a.y * timesA + b.y * timesB + c.y * timesC,
    z: a.z * timesA + b.z * timesB + c.z * timesC,
  };
}

function scaled({ x, y, z }: Vec3, scale: number): Vec3 {
  return { x: x * scale, y: y * scale, z: z * scale };
}

function isInside({ x, y, z }: Vec3): boolean {
  return Math.max(Math.abs(x), Math.abs(y), Math.abs(z)) <= ENTITY_POSITION_M_MAX;
}

function clamped({ x, y, z }: Vec3, max: number): Vec3 {
  return { x: clamp(x, max), y: clamp(y, max), z: clamp(z, max) };
}

function clamp(value: number, max: number): number {
  return Math.min(max, Math.max(-max, value));
}
