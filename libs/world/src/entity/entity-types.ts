import { COMMON_PROPERTIES } from './common-properties.js';
import type { EntityValue } from './entity-value.js';
import type { EntityTypeDefinition, PropertyDefinition } from './property-definition.js';
import { BOX } from './types/box.js';
import { EMPTY } from './types/empty.js';
import { GIZMO } from './types/gizmo.js';
import { GRID } from './types/grid.js';
import { IMAGE } from './types/image.js';
import { LIGHT } from './types/light.js';
import { LINE } from './types/line.js';
import { MATERIAL } from './types/material.js';
import { MODEL } from './types/model.js';
import { PARTICLE_EFFECT } from './types/particle-effect.js';
import { POLY_LINE } from './types/poly-line.js';
import { POLY_VOX } from './types/poly-vox.js';
import { SHAPE } from './types/shape.js';
import { SOUND } from './types/sound.js';
import { SPHERE } from './types/sphere.js';
import { TEXT } from './types/text.js';
import { WEB } from './types/web.js';
import { ZONE } from './types/zone.js';

const TYPES = [
  BOX,
  SPHERE,
  SHAPE,
  MODEL,
  TEXT,
  IMAGE,
  WEB,
  LIGHT,
  ZONE,
  PARTICLE_EFFECT,
  LINE,
  POLY_LINE,
  POLY_VOX,
  GRID,
  GIZMO,
  MATERIAL,
  SOUND,
  EMPTY,
];

/** The types that are known, by name. Entities of other types are kept as they are, and shown by nobody. */
export const ENTITY_TYPES: ReadonlyMap<string, EntityTypeDefinition> = new Map(
  TYPES.map((definition) => [definition.type, definition]),
);

type Definitions = ReadonlyMap<string, PropertyDefinition>;

const byName = (properties: readonly PropertyDefinition[]): Definitions =>
  new Map(properties.map((property) => [property.name, property]));

const COMMON: Definitions = byName(COMMON_PROPERTIES);

/** The type's own properties count before the common ones. */
const BY_TYPE: ReadonlyMap<string, Definitions> = new Map(
  TYPES.map(({ type, properties }) => [type, byName([...COMMON_PROPERTIES, ...properties])]),
);

/** All properties that are known of a type, by name; of a type that is not known the common ones. */
export function propertiesOfType(type: string): Definitions {
  return BY_TYPE.get(type) ?? COMMON;
}

/** What is known of a property, also inside others, as in `haze.hazeRange`; undefined when nothing is. */
export function propertyOf(type: string, name: string): PropertyDefinition | undefined {
  const definition = propertiesOfType(type).get(name);
  if (definition || !name.includes('.')) return definition;
  const [first, ...rest] = name.split('.');
  return rest.reduce<PropertyDefinition | undefined>(
    (outer, part) => outer?.properties?.find((property) => property.name === part),
    propertiesOfType(type).get(first),
  );
}

/** What an entity without that property has; null for properties that are not known. */
export function defaultOf(type: string, name: string): EntityValue {
  return propertyOf(type, name)?.default ?? null;
}
