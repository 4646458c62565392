import {
  ENTITY_NAME_CHARACTERS_MAX,
  ENTITY_VALUE_DEPTH_MAX,
  ENTITY_VALUES_MAX,
  type EntityProperties,
  type EntityValue,
} from '@app/world';
import type { vicinity } from './generated/wire.js';
import { WireError } from './wire.errors.js';

type MapFields = vicinity.v1.EntityMap.$Properties;
type PropertyFields = vicinity.v1.EntityProperty.$Properties;
type ValueFields = vicinity.v1.EntityValue.$Properties;
type ListOrMap = readonly EntityValue[] | { readonly [key: string]: EntityValue };

/** How many values were read or written, so that nobody makes much of little. */
interface Count {
  values: number;
}

const NOTHING: ValueFields = { nothing: true };
const TRUE: ValueFields = { truth: true };
const FALSE: ValueFields = { truth: false };

/**
 * Properties as fields of an EntityMap in the canonical form: sorted by name, so that equal properties have equal bytes.
 *
 * Objects with exactly the keys of a vector, a rotation or a colour travel as such, and come back with their keys in
 * that order. Fails with `wire-malformed` for what no property can hold (deeper than ENTITY_VALUE_DEPTH_MAX and so on);
 * whether texts are well-formed has been checked by the caller.
 */
export function packProperties(properties: EntityProperties): MapFields {
  return packMap(properties, 1, { values: 0 });
}

/**
 * Properties of a decoded EntityMap; an absent one has none. Fails with `wire-malformed` for names that are repeated,
 * empty, too long or `__proto__`, for values of no kind, for numbers that are not finite, and beyond
 * ENTITY_VALUE_DEPTH_MAX and ENTITY_VALUES_MAX; never otherwise. What the properties mean is not checked here.
 */
export function unpackProperties(map: MapFields | null | undefined): EntityProperties {
  return map ? unpackMap(map, 1, { values: 0 }) : {};
}

/** One value as fields of an EntityValue; see packProperties. */
export function packValue(value: EntityValue): ValueFields {
  return packAt(value, 1, { values: 0 });
}

/** The value of a decoded EntityValue; an absent one is null. See unpackProperties. */
export function unpackValue(value: ValueFields | null | undefined): EntityValue {
  return unpackAt(value, 1, { values: 0 });
}

function packMap(map: { readonly [key: string]: EntityValue }, depth: number, count: Count): MapFields {
  const names = Object.keys(map).sort();
  const properties: PropertyFields[] = new Array(names.length);
  for (let i = 0; i < names.length; i++) {
    checkName(names[i]);
    properties[i] = { name: names[i], value: packAt(map[names[i]], depth, count) };
  }
  return { properties };
}

function packAt(value: EntityValue, depth: number, count: Count): ValueFields {
  countOne(depth, count);
  if (typeof value === 'number') return { number: finite(value) };
  if (typeof value === 'string') return { text: value };
  if (typeof value === 'boolean') return value ? TRUE : FALSE;
  if (value === null) return NOTHING;
  if (typeof value !== 'object') throw malformed('A property holds something that JSON cannot hold.');
  return packObject(value, depth, count);
}

function packObject(value: ListOrMap, depth: number, count: Count): ValueFields {
  if (isList(value)) return { list: { values: value.map((item) => packAt(item, depth + 1, count)) } };
  return packKnownShape(value) ?? { map: packMap(value, depth + 1, count) };
}

/** A vector, a rotation or a colour; undefined for any other object. */
function packKnownShape(value: { readonly [key: string]: EntityValue }): ValueFields | undefined {
  const keysCount = Object.keys(value).length;
  if (keysCount !== 3 && keysCount !== 4) return undefined;
  const { x, y, z, w, red, green, blue } = value;
  if (typeof x === 'number' && typeof y === 'number' && typeof z === 'number') {
    if (keysCount === 3) return { vector: { x: finite(x), y: finite(y), z: finite(z) } };
    return typeof w === 'number' ? { rotation: { x: finite(x), y: finite(y), z: finite(z), w: finite(w) } } : undefined;
  }
  if (keysCount === 3 && isByte(red) && isByte(green) && isByte(blue)) {
    return { colour: ((red << 16) | (green << 8) | blue) >>> 0 };
  }
  return undefined;
}

function unpackMap(map: MapFields, depth: number, count: Count): Record<string, EntityValue> {
  const result: Record<string, EntityValue> = {};
  const properties = map.properties ?? [];
  for (let i = 0; i < properties.length; i++) {
    const name = properties[i].name ?? '';
    checkName(name);
    if (Object.hasOwn(result, name)) throw malformed(`The property ${JSON.stringify(name)} is there twice.`);
    result[name] = unpackAt(properties[i].value, depth, count);
  }
  return result;
}

function unpackAt(value: ValueFields | null | undefined, depth: number, count: Count): EntityValue {
  countOne(depth, count);
  if (!value) return null;
  if (value.number != null) return finite(value.number);
  if (value.vector != null) {
    const { x, y, z } = value.vector;
    return { x: finite(x ?? 0), y: finite(y ?? 0), z: finite(z ?? 0) };
  }
  if (value.text != null) return value.text;
  if (value.rotation != null) {
    const { x, y, z, w } = value.rotation;
    return { x: finite(x ?? 0), y: finite(y ?? 0), z: finite(z ?? 0), w: finite(w ?? 0) };
  }
  if (value.truth != null) return value.truth;
  if (value.colour != null) return unpackColour(value.colour);
  if (value.map != null) return unpackMap(value.map, depth + 1, count);
  if (value.list != null) return (value.list.values ?? []).map((item) => unpackAt(item, depth + 1, count));
  if (value.nothing === true) return null;
  throw malformed('A property has a value of no known kind.');
}

function unpackColour(colour: number): EntityValue {
  if (colour > 0xff_ffff) throw malformed('A colour has more than three bytes.');
  return { red: colour >> 16, green: (colour >> 8) & 0xff, blue: colour & 0xff };
}

function countOne(depth: number, count: Count): void {
  if (depth > ENTITY_VALUE_DEPTH_MAX) throw malformed(`Values are more than ${ENTITY_VALUE_DEPTH_MAX} deep.`);
  if (++count.values > ENTITY_VALUES_MAX) throw malformed(`There are more than ${ENTITY_VALUES_MAX} values.`);
}

function checkName(name: string): void {
  // Assigning to __proto__ changes what an object is, and nobody calls a property so in good faith.
  if (name.length < 1 || name.length > ENTITY_NAME_CHARACTERS_MAX || name === '__proto__') {
    throw malformed(`A property's name has 1 to ${ENTITY_NAME_CHARACTERS_MAX} characters and is not __proto__.`);
  }
}

/** Array.isArray with a type that knows readonly lists. */
function isList(value: ListOrMap): value is readonly EntityValue[] {
  return Array.isArray(value);
}

function isByte(value: EntityValue | undefined): value is number {
  // Minus zero is no byte: it would come back as zero.
  return typeof value === 'number' && Number.isInteger(value) && value <= 255 && (value > 0 || Object.is(value, 0));
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw malformed('A number of a property is not finite.');
  return value;
}

function malformed(sentence: string): WireError {
  return new WireError('wire-malformed', sentence);
}
