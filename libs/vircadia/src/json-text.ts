import type { EntityValue } from '@app/world';

/** How far each level is moved in. */
export const STEP = '    ';

/**
 * JSON as the predecessor writes it: keys sorted, four spaces for each level, and -0 with its sign.
 *
 * @param indent  of the line on which it begins
 */
export function renderJson(value: EntityValue, indent = ''): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = indent + STEP;
  if (Array.isArray(value)) {
    const items = (value as EntityValue[]).map((item) => `${inner}${renderJson(item, inner)}`);
    return enclosed('[', items, indent, ']');
  }
  const map = value as { readonly [key: string]: EntityValue };
  const members = Object.keys(map)
    .sort()
    .map((key) => `${inner}${JSON.stringify(key)}: ${renderJson(map[key], inner)}`);
  return enclosed('{', members, indent, '}');
}

function enclosed(opening: string, lines: readonly string[], indent: string, closing: string): string {
  const content = lines.length > 0 ? `${lines.join(',\n')}\n` : '';
  return `${opening}\n${content}${indent}${closing}`;
}
