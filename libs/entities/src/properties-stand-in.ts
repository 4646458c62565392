import type { EntityProperties } from '@app/world';

/** Everything is allowed yet. */
export function checkEntityProperties(
  _type: string,
  properties: unknown,
): { properties: EntityProperties } | { field: string; text: string } {
  return { properties: properties as EntityProperties };
}
