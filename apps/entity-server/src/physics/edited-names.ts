import { type Entity, propertiesAt } from '@app/entities';
import type { EntityProperties, EntityValue } from '@app/world';

const PLACE_NAMES = ['position', 'rotation', 'velocity', 'angularVelocity'] as const;

/** A property that says where something is or how it moves. */
export type PlaceName = (typeof PLACE_NAMES)[number];

/** Which of place and speed an edit has set: what differs from where the log would have come to without it. */
export function placeNamesSet(before: Entity, after: Entity): PlaceName[] {
  const expected: EntityProperties = propertiesAt(before, after.movedAtMs);
  return PLACE_NAMES.filter((name) => !isSame(expected[name], after.properties[name]));
}

function isSame(a: EntityValue | undefined, b: EntityValue | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return false;
  const [left, right] = [a, b] as Array<Record<string, unknown>>;
  return ['x', 'y', 'z', 'w'].every((name) => left[name] === right[name]);
}

/** Properties that say, with the place names, where something is by now, and what hangs on it. */
const WAY_NAMES = [
  ...PLACE_NAMES,
  ...['parentID', 'damping', 'angularDamping', 'acceleration', 'gravity', 'dynamic', 'locked', 'collisionless'],
];

/** Whether an edit may have moved what hangs on it. Values that are equal but not the same count as a change. */
export function isWayChanged(before: Entity, after: Entity): boolean {
  return WAY_NAMES.some((name) => before.properties[name] !== after.properties[name]);
}
