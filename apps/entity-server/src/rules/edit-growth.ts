import { type EntityEdit, measureProperties, propertyBytesOf } from '@app/entities';
import type { EntityProperties, EntityValue } from '@app/world';

/** By how many bytes an edit makes a world's properties more (below 0: fewer); 0 for erasures. Pure. */
export function growthOf(edit: EntityEdit, before: EntityProperties | undefined): number {
  if (edit.kind === 'erase') return 0;
  if (edit.kind === 'add' || !before) return measureProperties(edit.properties).bytes;
  let bytes = 0;
  for (const name in edit.properties) bytes += bytesInstead(name, before, edit.properties[name]);
  for (const name of edit.removed) bytes -= ownBytes(before, name);
  return bytes;
}

/** Bytes by which properties differ in size; what has stayed the same value is not measured. Pure. */
export function bytesBetween(before: EntityProperties, after: EntityProperties): number {
  let bytes = 0;
  for (const name in after) {
    if (after[name] !== before[name]) bytes += bytesInstead(name, before, after[name]);
  }
  for (const name in before) {
    if (after[name] !== before[name] && !Object.hasOwn(after, name)) bytes -= propertyBytesOf(name, before[name]);
  }
  return bytes;
}

/** The property that takes most, for whoever has to make room. Pure. */
export function largestProperty(properties: EntityProperties): string | undefined {
  let largest: string | undefined;
  let bytesMax = 0;
  for (const name in properties) {
    const bytes = propertyBytesOf(name, properties[name]);
    if (bytes > bytesMax) [largest, bytesMax] = [name, bytes];
  }
  return largest;
}

function bytesInstead(name: string, before: EntityProperties, value: EntityValue): number {
  // Most of what is edited again and again are numbers.
  if (typeof value === 'number' && typeof before[name] === 'number') return 0;
  return propertyBytesOf(name, value) - ownBytes(before, name);
}

function ownBytes(properties: EntityProperties, name: string): number {
  return Object.hasOwn(properties, name) ? propertyBytesOf(name, properties[name]) : 0;
}
