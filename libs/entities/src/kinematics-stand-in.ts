import type { EntityProperties } from '@app/world';

/** Nothing moves yet. */
export function advanceKinematics(_type: string, properties: EntityProperties, _elapsedS: number): EntityProperties {
  return properties;
}

/** Nothing moves yet. */
export function isMoving(_properties: EntityProperties): boolean {
  return false;
}
