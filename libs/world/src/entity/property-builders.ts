import type { EntityValue } from './entity-value.js';
import type { PropertyDefinition } from './property-definition.js';

// One short line for each property: name, default, range with unit, and what it means.

/** From smallest to largest, and the unit. */
export type Range = readonly [min: number, max: number, unit: string];

/** From nothing to everything. */
export const SHARE: Range = [0, 1, ''];

/** A finite number within a range. */
export function number(name: string, value: number | null, [min, max, unit]: Range, help: string): PropertyDefinition {
  return { name, kind: 'number', unit, min, max, default: value, help };
}

/** A whole number within a range. */
export function integer(name: string, value: number, [min, max, unit]: Range, help: string): PropertyDefinition {
  return { name, kind: 'integer', unit, min, max, default: value, help };
}

/** True or false. */
export function truth(name: string, value: boolean, help: string): PropertyDefinition {
  return { name, kind: 'boolean', unit: '', default: value, help };
}

/** Any well-formed text. */
export function text(name: string, value: string, help: string, charactersMax?: number): PropertyDefinition {
  return { name, kind: 'text', unit: '', charactersMax, default: value, help };
}

/** An address; empty for none. */
export function url(name: string, help: string): PropertyDefinition {
  return { name, kind: 'url', unit: '', default: '', help };
}

/** Another entity's id; null for none. */
export function id(name: string, help: string): PropertyDefinition {
  return { name, kind: 'id', unit: '', default: null, help };
}

/** One of several words; the first is the default. */
export function choice(name: string, choices: readonly string[], help: string): PropertyDefinition {
  return { name, kind: 'choice', unit: '', choices, default: choices[0], help };
}

/** x, y and z, each within a range. */
export function vector(
  name: string,
  [x, y, z]: readonly [number, number, number],
  [min, max, unit]: Range,
  help: string,
): PropertyDefinition {
  return { name, kind: 'vector', unit, min, max, default: { x, y, z }, help };
}

/** x and y, each within a range. */
export function planarVector(
  name: string,
  [x, y]: readonly [number, number],
  [min, max, unit]: Range,
  help: string,
): PropertyDefinition {
  return { name, kind: 'vector', unit, min, max, axes: ['x', 'y'], default: { x, y }, help };
}

/** A unit quaternion. */
export function rotation(
  name: string,
  help: string,
  value: EntityValue = { x: 0, y: 0, z: 0, w: 1 },
): PropertyDefinition {
  return { name, kind: 'rotation', unit: '', default: value, help };
}

/** Red, green and blue from 0 to 255; white unless said otherwise, null where another property decides. */
export function colour(
  name: string,
  help: string,
  value: readonly [number, number, number] | null = [255, 255, 255],
): PropertyDefinition {
  const rgb = value && { red: value[0], green: value[1], blue: value[2] };
  return { name, kind: 'colour', unit: '', default: rgb, help };
}

/** Several values of one kind, none at first. */
export function list(name: string, items: PropertyDefinition, countMax: number, help: string): PropertyDefinition {
  return { name, kind: 'list', unit: items.unit, items, countMax, default: [], help };
}

/** Properties under one name; the default has the default of each. */
export function group(name: string, properties: readonly PropertyDefinition[], help: string): PropertyDefinition {
  const value = Object.fromEntries(properties.map((property) => [property.name, property.default]));
  return { name, kind: 'map', unit: '', properties, default: value, help };
}
