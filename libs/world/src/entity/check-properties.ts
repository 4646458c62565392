import { ENTITY_NAME_CHARACTERS_MAX, ENTITY_PROPERTIES_MAX, ENTITY_VALUES_MAX } from '../limits.js';
import { isWellFormed } from '../channel.js';
import { Checking, CheckFailure } from './checking.js';
import { checkAnyValue } from './check-any-value.js';
import { checkKnownValue } from './check-known-value.js';
import { propertiesOfType } from './entity-types.js';
import type { EntityProperties, EntityValue } from './entity-value.js';

/** What is wrong, and where: a name like `position.x` or `haze.hazeRange`, and one plain English sentence. */
export interface PropertyFault {
  readonly field: string;
  readonly text: string;
}

/** Names that say what an entity is, and so are no properties of it. */
const RESERVED = new Set(['id', 'type', '__proto__']);

/**
 * Checks properties of an entity that come from outside. Never throws, whatever `properties` is.
 *
 * Known ones must be of their kind, finite, and within their range. Ids lose braces and capitals, ids of nothing become
 * null, and rotations that are nearly unit quaternions become such. Others are kept as they are when JSON can hold them
 * and limits.ts allows their size. When nothing had to change, the answer has the given object itself.
 */
export function checkEntityProperties(
  type: string,
  properties: unknown,
): { readonly properties: EntityProperties } | PropertyFault {
  try {
    return { properties: check(type, properties) };
  } catch (error) {
    if (error instanceof CheckFailure) return { field: error.field, text: error.message };
    // Only objects with tricks (proxies, getters) get here; nothing that came over a wire.
    return { field: '', text: 'The properties cannot be read.' };
  }
}

/** Checks names of properties that shall go back to their defaults. Never throws; see checkEntityProperties. */
export function checkRemovedNames(names: unknown): { readonly names: readonly string[] } | PropertyFault {
  if (!Array.isArray(names)) return { field: '', text: 'Removed properties are a list of names.' };
  if (names.length > ENTITY_PROPERTIES_MAX) return tooMany();
  for (const name of names as unknown[]) {
    const fault = typeof name === 'string' ? wrongName(name) : { field: '', text: 'A name is a text.' };
    if (fault) return fault;
  }
  return { names: names as string[] };
}

function check(type: string, properties: unknown): EntityProperties {
  const checking: Checking = new Checking(ENTITY_VALUES_MAX);
  checking.requirePlainObject(properties, '');
  const names = Object.keys(properties);
  if (names.length > ENTITY_PROPERTIES_MAX) throw failureOf(tooMany());
  const definitions = propertiesOfType(type);
  let changed: Record<string, EntityValue> | undefined;
  for (const name of names) {
    const fault = wrongName(name);
    if (fault) throw failureOf(fault);
    const definition = definitions.get(name);
    const given = properties[name];
    const value = definition
      ? checkKnownValue(definition, given, name, checking)
      : checkAnyValue(given, name, checking);
    if (value !== given) (changed ??= { ...(properties as EntityProperties) })[name] = value;
  }
  return changed ?? (properties as EntityProperties);
}

function wrongName(name: string): PropertyFault | undefined {
  if (RESERVED.has(name)) return { field: name, text: `${name} is no property.` };
  if (name.length >= 1 && name.length <= ENTITY_NAME_CHARACTERS_MAX && isWellFormed(name)) return undefined;
  const text = `A property's name is well-formed and has 1 to ${ENTITY_NAME_CHARACTERS_MAX} characters.`;
  return { field: name.slice(0, ENTITY_NAME_CHARACTERS_MAX), text };
}

function tooMany(): PropertyFault {
  return { field: '', text: `An entity has at most ${ENTITY_PROPERTIES_MAX} properties.` };
}

function failureOf({ field, text }: PropertyFault): CheckFailure {
  return new CheckFailure(field, text);
}
