import {
  checkEntityProperties,
  COMMON_PROPERTY_GROUPS,
  ENTITY_TYPES,
  type EntityProperties,
  type EntityValue,
  type PropertyDefinition,
} from '@app/world';

/** One property as the sheet shows it. */
export interface SheetRow {
  /** For example `position`, or `haze.hazeRange` inside another. */
  path: string;
  /** What is known of it; undefined for properties that nobody here knows. */
  definition: PropertyDefinition | undefined;
  /** What it is now, with its default where nothing is set. */
  value: EntityValue;
  /** Whether the entity has it, instead of the default. */
  isSet: boolean;
  /** Of a map: what is in it. */
  rows: SheetRow[];
}

/** Rows that belong together. */
export interface SheetSection {
  title: string;
  rows: SheetRow[];
}

/** What a person looks for last in the section of its place. */
const LATE = new Set(['registrationPoint', 'parentID', 'parentJointIndex']);
/** What everything has, and everybody gives first. */
const FIRST = 'name';

/** Everything about an entity, its name and the properties of its type first, what nobody here knows last. Pure. */
export function sheetSections(type: string, properties: EntityProperties): SheetSection[] {
  const common = COMMON_PROPERTY_GROUPS.flatMap(([, list]) => list);
  const ofType = ENTITY_TYPES.get(type)?.properties ?? [];
  const own = [...common.filter(({ name }) => name === FIRST), ...ofType.filter(({ name }) => name !== FIRST)];
  const ownNames = new Set(own.map(({ name }) => name));
  const inOrder = (list: readonly PropertyDefinition[]): PropertyDefinition[] =>
    [...list].sort((a, b) => Number(LATE.has(a.name)) - Number(LATE.has(b.name)));
  const groups: Array<readonly [string, readonly PropertyDefinition[]]> = [
    [type, own],
    // A type may mean something else by a common name.
    ...COMMON_PROPERTY_GROUPS.map(
      ([title, list]) => [title, inOrder(list.filter(({ name }) => !ownNames.has(name)))] as const,
    ),
  ];
  const known = new Set(groups.flatMap(([, list]) => list.map(({ name }) => name)));
  const unknown = Object.keys(properties).filter((name) => !known.has(name));
  const sections = groups.map(([title, list]) => ({
    title,
    rows: list.map((definition) => rowOf(definition, properties, '')),
  }));
  sections.push({
    title: 'Other',
    rows: unknown.map((path) => ({ path, definition: undefined, value: properties[path], isSet: true, rows: [] })),
  });
  return sections.filter(({ rows }) => rows.length > 0);
}

function rowOf(definition: PropertyDefinition, properties: EntityProperties, prefix: string): SheetRow {
  const isSet = Object.hasOwn(properties, definition.name);
  const value = isSet ? properties[definition.name] : definition.default;
  const path = prefix + definition.name;
  const inner = isMap(value) ? value : {};
  const rows = (definition.properties ?? []).map((each) => rowOf(each, inner, `${path}.`));
  return { path, definition, value, isSet, rows };
}

/** What a row is changed to: the properties to send, or what is wrong with it and where. */
export type RowChange = { readonly properties: EntityProperties } | { readonly field: string; readonly text: string };

/**
 * The change that gives a row another value; for a row inside another, of all of that one. Checked as the server will
 * check it. Pure.
 */
export function changeOf(type: string, current: EntityProperties, path: string, value: EntityValue): RowChange {
  const [name, ...inside] = path.split('.');
  const outer = inside.length === 0 ? value : within(Object.hasOwn(current, name) ? current[name] : {}, inside, value);
  return checkEntityProperties(type, { [name]: outer });
}

/** A copy of a map in which the value at a path is another. */
function within(value: EntityValue, [name, ...rest]: string[], wanted: EntityValue): EntityValue {
  const map = isMap(value) ? value : {};
  const inner = Object.hasOwn(map, name) ? map[name] : {};
  return { ...map, [name]: rest.length === 0 ? wanted : within(inner, rest, wanted) };
}

function isMap(value: EntityValue | undefined): value is EntityProperties {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads JSON that somebody has typed; what is wrong with it otherwise. Pure. */
export function readJson(text: string): { readonly value: EntityValue } | { readonly text: string } {
  if (text.trim() === '') return { value: null };
  try {
    return { value: JSON.parse(text) as EntityValue };
  } catch {
    return { text: 'This is no JSON: texts have quotes, lists [ ] and maps { }.' };
  }
}

/** Reads a number that somebody has typed, with a point or a comma. Pure. */
export function readNumber(
  text: string,
  { min, max, kind }: Pick<PropertyDefinition, 'min' | 'max' | 'kind'>,
): { readonly value: number } | { readonly text: string } {
  const value = text.trim() === '' ? NaN : Number(text.trim().replace(',', '.'));
  if (!Number.isFinite(value)) return { text: 'A number, please.' };
  if (kind === 'integer' && !Number.isInteger(value)) return { text: 'A whole number, please.' };
  if (min !== undefined && value < min) return { text: `At least ${min}.` };
  if (max !== undefined && value > max) return { text: `At most ${max}.` };
  return { value };
}

/** Whether a fault at `field` is about this row. Pure. */
export function isAbout(path: string, field: string): boolean {
  return field === path || field.startsWith(`${path}.`) || field.startsWith(`${path}[`);
}

/** `parentJointIndex` as `Parent joint index`. Pure. */
export function labelOf(path: string): string {
  const name = path.split('.').at(-1) ?? path;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(' ')
    .map((word) => (/^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase()));
  const text = words.join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
