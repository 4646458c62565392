import { defaultOf, type EntityProperties, type EntityValue, type PropertyDefinition, propertyOf } from '@app/world';
import { isDeepStrictEqual } from 'node:util';
import { type WireProperties, wireLayoutOf } from './entity-properties.js';
import { WIRE_ENTITY_TYPES } from './entity-property-table.js';
import type { WireKind, WireValue } from './entity-value-codecs.js';
import { toWireValue, toWorldValue } from './world-values.js';

/** A property that both have. */
interface SharedProperty {
  /** With a dot: `grab.grabbable`. */
  readonly wireName: string;
  /** Of the property of the world, which may be a group. */
  readonly name: string;
  /** Within the group; undefined when it is none. */
  readonly inner: string | undefined;
  readonly kind: WireKind;
  readonly definition: PropertyDefinition;
  readonly fallback: WireValue | undefined;
}

type Group = Readonly<Record<string, EntityValue | undefined>>;

/** What may be nobody's business is only told when it is there. */
const ONLY_IF_THERE: ReadonlySet<string> = new Set(['privateUserData']);

/** The world has this twice: as words, which count, and as bits. */
const MASK_WORDS = ['static', 'dynamic', 'kinematic', 'myAvatar', 'otherAvatar'] as const;

const SHARED: ReadonlyMap<string, readonly SharedProperty[]> = new Map(
  WIRE_ENTITY_TYPES.map(([type]) => [type, sharedPropertiesOf(type)]),
);

const TYPE_PROPERTIES = new Map(WIRE_ENTITY_TYPES);

/** The names on the wire of all properties that both have; empty for types that the wire does not know. */
export function sharedNamesOf(type: string): readonly string[] {
  return (SHARED.get(type) ?? []).map(({ wireName }) => wireName);
}

/** Whether properties of one type are those of the other on the wire. */
export function isSameLayout(type: string, other: string): boolean {
  const one = TYPE_PROPERTIES.get(type);
  return one !== undefined && one === TYPE_PROPERTIES.get(other);
}

/**
 * All properties of an entity for the wire, so that a client has the whole entity whatever it knew before: where the
 * entity does not have a property, its default. What the wire cannot say is left out.
 *
 * @param type  one of those that the wire knows
 */
export function toWireProperties(type: string, properties: EntityProperties): Map<string, WireValue> {
  const wire = new Map<string, WireValue>();
  for (const { wireName, name, inner, kind, definition, fallback } of SHARED.get(type) ?? []) {
    const value = valueOf(properties, name, inner);
    if (value === undefined && ONLY_IF_THERE.has(name)) continue;
    const said = value === undefined ? undefined : toWireValue(definition, kind, value);
    const told = said === undefined ? fallback : said;
    if (told !== undefined) wire.set(wireName, told);
  }
  if (typeof properties.collidesWith === 'string') wire.set('collisionMask', maskOf(properties.collidesWith));
  return wire;
}

/**
 * Properties of the wire as a change of an entity: groups as a whole, values within their ranges. A value that is the same
 * on the wire as what the entity has stays what it is, with all its digits. What the world does not have is left out.
 *
 * @param current  what the entity has
 * @param isNew    it is new, and has none: what is as it would be anyway is left out
 */
export function toWorldProperties(
  type: string,
  wire: WireProperties,
  current: EntityProperties,
  isNew = false,
): EntityProperties {
  const changed: Record<string, EntityValue> = {};
  for (const { wireName, name, inner, kind, definition, fallback } of SHARED.get(type) ?? []) {
    const given = wire.get(wireName);
    if (given === undefined || (isNew && fallback !== undefined && isSameOnWire(kind, fallback, given))) continue;
    const value = keptOr(definition, kind, given, valueOf(current, name, inner));
    if (value === undefined) continue;
    if (inner === undefined) changed[name] = value;
    else changed[name] = { ...((changed[name] ?? groupOf(current[name])) as object), [inner]: value };
  }
  const mask = wire.get('collisionMask');
  if (typeof mask === 'number' && changed.collisionMask !== undefined) changed.collidesWith = wordsOf(mask);
  return changed;
}

function keptOr(
  definition: PropertyDefinition,
  kind: WireKind,
  given: WireValue,
  current: EntityValue | undefined,
): EntityValue | undefined {
  const said = current === undefined ? undefined : toWireValue(definition, kind, current);
  return said !== undefined && current !== undefined && isSameOnWire(kind, said, given)
    ? current
    : toWorldValue(definition, kind, given);
}

function isSameOnWire(kind: WireKind, one: WireValue, other: WireValue): boolean {
  return isDeepStrictEqual(rounded(kind, one), rounded(kind, other));
}

/** With the precision of the wire. */
function rounded(kind: WireKind, value: WireValue): unknown {
  if (typeof value === 'number') return kind === 'f32' || kind === 'f32OrNull' ? Math.fround(value) : value;
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  const isQuat = kind === 'quat' || kind === 'quats';
  const isWhole = kind === 'colour' || kind === 'rect';
  const round = (part: number): number =>
    isWhole ? part : isQuat ? Math.round((part + 1) * 32_767.5) : Math.fround(part);
  return JSON.parse(JSON.stringify(value), (_, part: unknown) => (typeof part === 'number' ? round(part) : part));
}

function valueOf(properties: EntityProperties, name: string, inner: string | undefined): EntityValue | undefined {
  const value: EntityValue | undefined = properties[name];
  return inner === undefined ? value : groupOf(value)[inner];
}

function groupOf(value: EntityValue | undefined): Group {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Group) : {};
}

function sharedPropertiesOf(type: string): SharedProperty[] {
  return (wireLayoutOf(type) ?? []).flatMap(([, wireName, kind]) => {
    const definition = propertyOf(type, wireName);
    if (!definition) return [];
    const [name, inner] = wireName.split('.');
    const fallback = toWireValue(definition, kind, defaultOf(type, wireName));
    return [{ wireName, name, inner, kind, definition, fallback }];
  });
}

function maskOf(words: string): number {
  const named = words.split(',').map((word) => word.trim());
  return MASK_WORDS.reduce((mask, word, bit) => (named.includes(word) ? mask | (1 << bit) : mask), 0);
}

function wordsOf(mask: number): string {
  return MASK_WORDS.map((word, bit) => (mask & (1 << bit) ? `${word},` : '')).join('');
}
