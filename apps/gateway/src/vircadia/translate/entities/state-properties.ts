import { unpackProperties, type vicinity } from '@app/wire';
import type { EntityProperties, EntityValue } from '@app/world';

/** What only some may see. */
export const PRIVATE_NAME = 'privateUserData';

/** What a state says to everybody, and what only to this viewer. Fails with WireError. */
export function readStateProperties(fields: vicinity.v1.EntityState.$Properties): {
  shown: EntityProperties;
  privateText: string | undefined;
} {
  const properties = unpackProperties(fields.properties);
  const text: EntityValue | undefined = properties[PRIVATE_NAME];
  if (text === undefined) return { shown: properties, privateText: undefined };
  return { shown: without(properties, [PRIVATE_NAME]), privateText: typeof text === 'string' ? text : undefined };
}

/** Properties without some; the given object itself when there are none to leave out. */
export function without(properties: EntityProperties, names: readonly string[]): EntityProperties {
  if (names.length === 0) return properties;
  const rest: Record<string, EntityValue> = { ...properties };
  for (const name of names) delete rest[name];
  return rest;
}
