import type { Quat, Vec3 } from '../pose.js';
import { defaultOf } from './entity-types.js';
import type { EntityProperties, EntityValue } from './entity-value.js';

// Values of known properties as what they are. What is absent, or not of its kind, counts as its default: readers of a
// world meet entities of older and newer programs.

/** A vector of an entity; a new object. */
export function vectorOf(type: string, properties: EntityProperties, name: string): Vec3 {
  const found = asVector(properties[name]) ?? asVector(defaultOf(type, name));
  return found ?? { x: 0, y: 0, z: 0 };
}

/** A rotation of an entity; a new object. */
export function rotationOf(type: string, properties: EntityProperties, name: string): Quat {
  const found = asRotation(properties[name]) ?? asRotation(defaultOf(type, name));
  return found ?? { x: 0, y: 0, z: 0, w: 1 };
}

/** A number of an entity. */
export function numberOf(type: string, properties: EntityProperties, name: string): number {
  const value = properties[name];
  if (isFinite(value)) return value;
  const fallback = defaultOf(type, name);
  return isFinite(fallback) ? fallback : 0;
}

function asVector(value: EntityValue | undefined): Vec3 | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { x, y, z } = value as Record<string, EntityValue | undefined>;
  return isFinite(x) && isFinite(y) && isFinite(z) ? { x, y, z } : undefined;
}

function asRotation(value: EntityValue | undefined): Quat | undefined {
  const vector = asVector(value);
  const w = vector && (value as Record<string, EntityValue | undefined>).w;
  return vector && isFinite(w) ? { ...vector, w } : undefined;
}

function isFinite(value: EntityValue | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
