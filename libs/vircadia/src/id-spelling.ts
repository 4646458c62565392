import { type EntityProperties, type EntityValue, propertiesOfType, type PropertyDefinition } from '@app/world';

/** What the predecessor writes where there is no entity. */
const ID_OF_NOTHING = '{00000000-0000-0000-0000-000000000000}';

/** An id as the predecessor writes it. */
export function inBraces(id: string): string {
  return `{${id}}`;
}

/** Properties with all ids of entities as the predecessor writes them; the others as they are. */
export function withIdsInBraces(type: string, properties: EntityProperties): EntityProperties {
  const definitions = propertiesOfType(type);
  const spelled: Record<string, EntityValue> = {};
  for (const [name, value] of Object.entries(properties)) spelled[name] = spell(definitions.get(name), value);
  return spelled;
}

function spell(definition: PropertyDefinition | undefined, value: EntityValue): EntityValue {
  if (definition?.kind === 'id') return typeof value === 'string' ? inBraces(value) : ID_OF_NOTHING;
  if (definition?.items?.kind !== 'id' || !Array.isArray(value)) return value;
  return (value as EntityValue[]).map((item) => spell(definition.items, item));
}
