import { COMMON_PROPERTY_GROUPS, ENTITY_TYPES, type PropertyDefinition } from '@app/world';

const INTRO = `# Entities

The things in a world: their types and properties, with the names that Vircadia's users know. This page is rendered from
the definitions in the code (\`libs/world/src/entity\`), and a test compares the two; \`UPDATE_DOCS=1 npm run test:jest --
tools/entities-page\` writes it again.

- A property that an entity does not have counts as its default. Setting a property replaces it as a whole; an edit may
  also remove it. \`haze.hazeRange\` is the property \`hazeRange\` inside the property \`haze\`.
- Values outside their range, of another kind, or not finite are refused, and nothing changes; the error names the
  property, for example \`position.x\`.
- Properties that are not on this page are kept as they came, and so are entities of other types; nobody shows them. They
  may hold what JSON can hold, within the limits of \`libs/world/src/limits.ts\`.
- Lengths are metres, times seconds, angles as said. y is up. A vector is an object with x, y and z; a rotation a unit
  quaternion with x, y, z and w; a colour an object with red, green and blue from 0 to 255. An id is a UUID in lower case
  without braces, or null for none. An address is a URL of at most 2,048 characters, or a data URL.

`;

/** The whole of docs/entities.md. */
export function renderEntitiesPage(): string {
  const common = COMMON_PROPERTY_GROUPS.map(([title, properties]) => `### ${title}\n\n${tableOf(properties)}`).join(
    '\n',
  );
  const types = [...ENTITY_TYPES.values()].map(
    ({ type, help, properties }) =>
      `## ${type}\n\n${help}\n\n${properties.length > 0 ? tableOf(properties) : 'It has the properties of all entities only.\n'}`,
  );
  return `${INTRO}## All entities\n\n${common}\n${types.join('\n')}`;
}

function tableOf(properties: readonly PropertyDefinition[]): string {
  const rows = properties.flatMap((property) => rowsOf(property, ''));
  const header = ['| property | kind | unit | range | default | meaning |', '| --- | --- | --- | --- | --- | --- |'];
  return [...header, ...rows, ''].join('\n');
}

/** The row of a property, and of those inside it. */
function rowsOf(property: PropertyDefinition, prefix: string): string[] {
  const { name, kind, unit, help, properties = [] } = property;
  const cells = [
    `\`${prefix}${name}\``,
    describeKind(property),
    unit,
    describeRange(property),
    describeDefault(property),
    help,
  ];
  const row = `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [row, ...(kind === 'map' ? properties.flatMap((inner) => rowsOf(inner, `${prefix}${name}.`)) : [])];
}

const KINDS: Readonly<Record<PropertyDefinition['kind'], string>> = {
  number: 'number',
  integer: 'whole number',
  boolean: 'true or false',
  text: 'text',
  vector: 'vector',
  rotation: 'rotation',
  colour: 'colour',
  id: 'id',
  url: 'address',
  choice: 'word',
  list: 'list',
  map: 'object',
};

function describeKind({ kind, items, axes }: PropertyDefinition): string {
  if (kind === 'list' && items) return `list of: ${describeKind(items)}`;
  return axes ? `${KINDS[kind]} of ${axes.join(' and ')}` : KINDS[kind];
}

function describeRange({ kind, min, max, choices, charactersMax, items, countMax }: PropertyDefinition): string {
  if (kind === 'choice') return (choices ?? []).map((word) => `\`${word}\``).join(', ');
  if (kind === 'list') {
    const inner = items ? describeRange(items) : '';
    return `at most ${countMax} values${inner && `, each ${inner}`}`;
  }
  if (min !== undefined && max !== undefined) return `${shown(min)} to ${shown(max)}`;
  return charactersMax ? `at most ${charactersMax} characters` : '';
}

/** Angles in radians look better as what they are. */
function shown(value: number): string {
  const pis = value / Math.PI;
  if (Math.abs(pis) === 1 || Math.abs(pis) === 2) return `${pis === 1 ? '' : pis === -1 ? '-' : pis}π`;
  return String(value);
}

function describeDefault({ kind, default: value }: PropertyDefinition): string {
  if (value === '') return 'empty';
  if (kind === 'map') return 'as below';
  if (Array.isArray(value)) return 'empty';
  if (typeof value === 'number') return shown(value);
  if (typeof value !== 'object' || value === null) return `\`${String(value)}\``;
  return Object.values(value).join(', ');
}
