import type { EntityId, EntityProperties } from '@app/world';

/** How "no parent" is written in worlds of the predecessors. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** The parent that properties name; undefined for none. Whether there is such an entity is another question. */
export function parentOf(properties: EntityProperties): EntityId | undefined {
  const id = properties.parentID;
  return typeof id === 'string' && id !== '' && id !== NOBODY ? id : undefined;
}
