import type { EntityValue } from '@app/world';

/** JSON in one form only: keys sorted by UTF-16 code units, no spaces. Equal values make equal texts. */
export function canonicalJson(value: EntityValue): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
  return `{${members.join(',')}}`;
}

/** Array.isArray with a type that knows readonly lists. */
function isList(value: EntityValue): value is readonly EntityValue[] {
  return Array.isArray(value);
}
