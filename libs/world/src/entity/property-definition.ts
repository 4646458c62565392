import type { EntityValue } from './entity-value.js';

/** What a property's value is. A `map` is an object with properties of its own; an `id` is an entity's id or null. */
export type PropertyKind =
  | 'number'
  | 'integer'
  | 'boolean'
  | 'text'
  | 'vector'
  | 'rotation'
  | 'colour'
  | 'id'
  | 'url'
  | 'choice'
  | 'list'
  | 'map';

/** One property of entities: name, range, unit and default in one place, from which checks and docs/entities.md come. */
export interface PropertyDefinition {
  /** As Vircadia's users know it. */
  readonly name: string;
  readonly kind: PropertyKind;
  /** For example `m`; empty when there is none. */
  readonly unit: string;
  /** Of a number, or of each number in a vector. */
  readonly min?: number;
  readonly max?: number;
  /** Of a `vector`: keys other than x, y, z. */
  readonly axes?: readonly string[];
  /** Of a `choice`. */
  readonly choices?: readonly string[];
  /** Of a `text` or `url`; see limits.ts for what holds without it. */
  readonly charactersMax?: number;
  /** Of a `list`: what is in it, with a name and a default that do not count. */
  readonly items?: PropertyDefinition;
  /** Of a `list`: how many there may be. */
  readonly countMax?: number;
  /** Of a `map`: what is known of it. What is absent has its default; what is not known is kept. */
  readonly properties?: readonly PropertyDefinition[];
  /** What an entity without this property has. Where it is null, the help says what that means. */
  readonly default: EntityValue;
  /** One or two plain English sentences. */
  readonly help: string;
}

/** One type of entity, with the properties that others do not have. */
export interface EntityTypeDefinition {
  /** For example `Box`. */
  readonly type: string;
  readonly help: string;
  /** Beyond those of common-properties.ts. */
  readonly properties: readonly PropertyDefinition[];
}
