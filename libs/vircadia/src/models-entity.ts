import {
  checkEntityProperties,
  ENTITY_TYPE_CHARACTERS_MAX,
  type EntityProperties,
  isEntityId,
  isWellFormed,
  type PropertyDefinition,
  propertiesOfType,
} from '@app/world';
import type { ModelsEntity } from './models-file.js';

/** An entity, with the names of what had to be left out; or what is wrong with it. */
export type EntityReading =
  | { readonly entity: ModelsEntity; readonly dropped: readonly string[] }
  | { readonly id: string; readonly field: string; readonly text: string };

/** Reads one element of `Entities`, by itself: whether its parent is there is not known here. Never throws. */
export function readEntity(element: unknown): EntityReading {
  if (typeof element !== 'object' || element === null || Array.isArray(element)) {
    return { id: '', field: '', text: 'It is no object.' };
  }
  const { id: givenId, type, ...rest } = element as Record<string, unknown>;
  const shownId = typeof givenId === 'string' ? givenId.slice(0, 64) : '';
  const id = shownId.replace(/^\{(.*)\}$/s, '$1').toLowerCase();
  if (!isEntityId(id)) return { id: shownId, field: 'id', text: 'Its id is no UUID.' };
  if (!isTypeName(type)) {
    return { id: shownId, field: 'type', text: `Its type has 1 to ${ENTITY_TYPE_CHARACTERS_MAX} characters.` };
  }
  const { properties, dropped } = withoutNulls(type, rest);
  const checked = checkEntityProperties(type, properties);
  if ('field' in checked) return { id: shownId, ...checked };
  return { entity: { id, type, properties: checked.properties }, dropped };
}

/** Numbers that are none come out of the predecessor as null, and mean what an absent property means. */
function withoutNulls(
  type: string,
  given: Record<string, unknown>,
): { properties: Record<string, unknown>; dropped: string[] } {
  const definitions = propertiesOfType(type);
  const dropped = Object.keys(given).filter((name) => {
    const definition = definitions.get(name);
    return definition !== undefined && isNoNumber(definition, given[name]);
  });
  if (dropped.length === 0) return { properties: given, dropped };
  const properties = { ...given };
  for (const name of dropped) delete properties[name];
  return { properties, dropped };
}

function isNoNumber({ kind, default: fallback }: PropertyDefinition, value: unknown): boolean {
  if (value === null) return fallback !== null;
  // A colour with a part that is none counts as no colour at all.
  return kind === 'colour' && typeof value === 'object' && Object.values(value as object).includes(null);
}

function isTypeName(type: unknown): type is string {
  return (
    typeof type === 'string' && type.length >= 1 && type.length <= ENTITY_TYPE_CHARACTERS_MAX && isWellFormed(type)
  );
}

/** The id of an entity's parent; undefined when it has none. */
export function parentOf(properties: EntityProperties): string | undefined {
  return typeof properties.parentID === 'string' ? properties.parentID : undefined;
}
