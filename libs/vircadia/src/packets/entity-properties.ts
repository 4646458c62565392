import type { ByteReader } from '../coding/byte-reader.js';
import type { ByteWriter } from '../coding/byte-writer.js';
import { readByteCountCoded, writeByteCountCoded } from '../coding/byte-count-coded.js';
import type { Codec } from '../coding/codec.js';
import { readPropertyFlags, writePropertyFlags } from '../coding/property-flags.js';
import { malformed, tooLarge } from '../vircadia.errors.js';
import { COMMON_WIRE_PROPERTIES, WIRE_ENTITY_TYPES, type WireProperty } from './entity-property-table.js';
import { ENTITY_VALUE_CODECS, type WireValue } from './entity-value-codecs.js';

/** Properties by name, groups with a dot: `animation.url`. What is absent keeps its value. */
export type WireProperties = ReadonlyMap<string, WireValue>;

/** A type's properties in the order of the wire. */
const LAYOUTS: ReadonlyMap<string, readonly WireProperty[]> = new Map(
  WIRE_ENTITY_TYPES.map(([type, properties]) => [type, [...COMMON_WIRE_PROPERTIES, ...properties]]),
);

/** What the wire knows of a type, in its order; undefined for types that it does not know, such as Empty and Sound. */
export function wireLayoutOf(type: string): readonly WireProperty[] | undefined {
  return LAYOUTS.get(type);
}

/** A type by its number. Nothing behind an unknown type can be read. */
export function readEntityType(reader: ByteReader): string {
  const number = readByteCountCoded(reader, 'entity type');
  const entry = WIRE_ENTITY_TYPES[number - 1];
  if (!entry) throw malformed('entity type', `There is no entity type ${number}.`);
  return entry[0];
}

export function writeEntityType(writer: ByteWriter, type: string): void {
  const index = WIRE_ENTITY_TYPES.findIndex(([name]) => name === type);
  if (index < 0) throw tooLarge('entity type', `${type} has no number on the wire.`);
  writeByteCountCoded(writer, index + 1, 'entity type');
}

/** Flags, then the values of what is flagged. */
export function readProperties(reader: ByteReader, type: string): WireProperties {
  const flags = readPropertyFlags(reader, 'property flags');
  const properties = new Map<string, WireValue>();
  for (const [flag, name, kind] of layoutOf(type)) {
    if (flags.has(flag)) properties.set(name, codecOf(kind).read(reader));
  }
  // What a flag means that is not in the table nobody knows, and so neither what its bytes are.
  if (properties.size !== flags.size) throw malformed('property flags', `${type} has a property that is unknown.`);
  return properties;
}

export function writeProperties(writer: ByteWriter, type: string, properties: WireProperties): void {
  const written = layoutOf(type).filter(([, name]) => properties.has(name));
  if (written.length !== properties.size) throw tooLarge('properties', `${type} has a property that is unknown.`);
  writePropertyFlags(
    writer,
    written.map(([flag]) => flag),
    'property flags',
  );
  for (const [, name, kind] of written) codecOf(kind).write(writer, properties.get(name) as WireValue);
}

function layoutOf(type: string): readonly WireProperty[] {
  const layout = LAYOUTS.get(type);
  if (!layout) throw tooLarge('entity type', `${type} has no number on the wire.`);
  return layout;
}

function codecOf(kind: WireProperty[2]): Codec<WireValue> {
  return ENTITY_VALUE_CODECS[kind];
}
