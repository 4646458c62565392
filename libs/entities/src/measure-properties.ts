import {
  ENTITY_BYTES_MAX,
  ENTITY_PROPERTIES_MAX,
  ENTITY_VALUES_MAX,
  type EntityProperties,
  type EntityValue,
} from '@app/world';
import { Buffer } from 'node:buffer';

/** What properties take. */
export interface Measure {
  /** Bytes when encoded, or a few more: never fewer. */
  bytes: number;
  /** Values, lists and objects and what is in them counted one by one. */
  values: number;
}

/** Bytes of an encoded entity without its properties, at most: id, type, numbers, two authors, frames. */
const ENTITY_FRAME_BYTES = 1_024;
/** Bytes of fields and lengths around a value, at most. */
const VALUE_FRAME_BYTES = 12;
/** Texts up to this length are taken for as large as they can be, 3 bytes a UTF-16 unit, which is quicker than counting. */
const SHORT_CHARACTERS_MAX = 40;

/** What large properties take, so that whoever changes one of them again and again does not make the server count all. */
const measured = new WeakMap<EntityProperties, Measure>();
/** From here on the difference costs less than the whole. */
const LARGE_BYTES = 4_096;

/** Measures properties; once ENTITY_VALUES_MAX is passed the rest is left out. */
export function measureProperties(properties: EntityProperties): Measure {
  const measure: Measure = { bytes: 0, values: 0 };
  addObject(properties, measure);
  return measure;
}

/** Bytes of one property when encoded, or a few more: never fewer. What measureProperties adds up. */
export function propertyBytesOf(name: string, value: EntityValue): number {
  const measure: Measure = { bytes: 0, values: 0 };
  addProperty(name, value, measure);
  return measure.bytes;
}

/**
 * What is too much about the properties of an entity, as a sentence; undefined when it can be.
 *
 * @param before  what they have come from, of which only the difference is measured if it was large
 */
export function findExcess(properties: EntityProperties, before?: EntityProperties): string | undefined {
  const count = Object.keys(properties).length;
  if (count > ENTITY_PROPERTIES_MAX) return `An entity has at most ${ENTITY_PROPERTIES_MAX} properties.`;
  const known = before && measured.get(before);
  const measure = (known && measureDifference(known, before, properties)) ?? measureProperties(properties);
  const { bytes, values } = measure;
  if (values > ENTITY_VALUES_MAX) return `An entity has at most ${ENTITY_VALUES_MAX} values in its properties.`;
  if (bytes > ENTITY_BYTES_MAX - ENTITY_FRAME_BYTES) return `An entity has at most ${ENTITY_BYTES_MAX} bytes.`;
  if (bytes > LARGE_BYTES) measured.set(properties, measure);
  return undefined;
}

/** What measureProperties would say, as each property has its share; undefined when so much has come that it was not counted. */
function measureDifference(
  { bytes, values }: Measure,
  before: EntityProperties,
  after: EntityProperties,
): Measure | undefined {
  const gone: Measure = { bytes: 0, values: 0 };
  const come: Measure = { bytes, values };
  for (const name in before) if (before[name] !== after[name]) addProperty(name, before[name], gone);
  for (const name in after) if (before[name] !== after[name]) addProperty(name, after[name], come);
  if (come.values > ENTITY_VALUES_MAX) return undefined;
  return { bytes: come.bytes - gone.bytes, values: come.values - gone.values };
}

function addObject(object: { readonly [key: string]: EntityValue }, measure: Measure): void {
  for (const name in object) {
    addProperty(name, object[name], measure);
    if (measure.values > ENTITY_VALUES_MAX) return;
  }
}

function addProperty(name: string, value: EntityValue, measure: Measure): void {
  measure.bytes += bytesOf(name) + VALUE_FRAME_BYTES;
  addValue(value, measure);
}

function addValue(value: EntityValue, measure: Measure): void {
  measure.values++;
  measure.bytes += VALUE_FRAME_BYTES;
  if (typeof value === 'string') measure.bytes += bytesOf(value);
  else if (typeof value === 'number') measure.bytes += 8;
  else if (typeof value === 'object' && value !== null) {
    if (!isList(value)) return addObject(value, measure);
    for (const item of value) {
      addValue(item, measure);
      if (measure.values > ENTITY_VALUES_MAX) return;
    }
  }
}

function bytesOf(text: string): number {
  return text.length <= SHORT_CHARACTERS_MAX ? 3 * text.length : Buffer.byteLength(text);
}

/** Array.isArray with a type that knows readonly lists. */
function isList(value: EntityValue): value is readonly EntityValue[] {
  return Array.isArray(value);
}
