import { type EntityValue, isEntityId, type PropertyDefinition } from '@app/world';
import type { WireKind, WireValue } from './entity-value-codecs.js';

// One value of a property: as the world has it, and as it is on the wire. Which is which say the property's definition and
// its kind on the wire.

type Numbers = Readonly<Record<string, number>>;

const LARGEST: Readonly<Partial<Record<WireKind, number>>> = {
  u8: 0xff,
  u16: 0xffff,
  u32: 0xffff_ffff,
  u64: Number.MAX_SAFE_INTEGER,
};
const AXES: Readonly<Partial<Record<WireKind, readonly string[]>>> = {
  vec2: ['x', 'y'],
  vec3: ['x', 'y', 'z'],
  quat: ['x', 'y', 'z', 'w'],
  rect: ['x', 'y', 'width', 'height'],
  colour: ['red', 'green', 'blue'],
  vec3OrNull: ['red', 'green', 'blue'],
};
const ITEM_KINDS: Readonly<Partial<Record<WireKind, WireKind>>> = {
  uuids: 'uuid',
  bools: 'bool',
  quats: 'quat',
  vec3s: 'vec3',
  f32s: 'f32',
};
const ITEMS_MAX = 0xffff;
const SINGLE_PRECISION: ReadonlySet<WireKind> = new Set(['f32', 'f32OrNull', 'vec2', 'vec3']);
/** Below this all whole numbers are exact with single precision. */
const INTEGERS_EXACT = 16_777_216;

/** A value of the world for the wire; undefined for what the wire cannot say. */
export function toWireValue(definition: PropertyDefinition, kind: WireKind, value: EntityValue): WireValue | undefined {
  const { choices } = definition;
  switch (kind) {
    case 'bool':
      return typeof value === 'boolean' ? value : undefined;
    case 'u8':
    case 'u16':
    case 'u32':
    case 'u64':
      if (choices) return indexOf(choices, value);
      return isNumber(value) ? toInteger(value, LARGEST[kind] ?? 0) : undefined;
    case 'f32':
      return isNumber(value) ? value : undefined;
    case 'f32OrNull':
      return value === null || isNumber(value) ? value : undefined;
    case 'string':
      return typeof value === 'string' ? value : undefined;
    case 'uuid':
      return typeof value === 'string' && isEntityId(value) ? value : null;
    case 'bytes':
      return typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64')) : undefined;
    default:
      return toWireObject(definition, kind, value);
  }
}

/** A value of the wire for the world, within the property's range; undefined for what the world does not have. */
export function toWorldValue(
  definition: PropertyDefinition,
  kind: WireKind,
  value: WireValue,
): EntityValue | undefined {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return definition.choices?.[value] ?? inRange(definition, kind, value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  const itemKind = ITEM_KINDS[kind];
  if (itemKind) {
    const { items } = definition;
    if (!items || !Array.isArray(value) || value.length > (definition.countMax ?? 0)) return undefined;
    const list = (value as readonly WireValue[]).map((item) => toWorldValue(items, itemKind, item));
    return list.includes(undefined) ? undefined : (list as EntityValue[]);
  }
  return toWorldObject(definition, kind, value as unknown as Numbers);
}

function toWireObject(definition: PropertyDefinition, kind: WireKind, value: EntityValue): WireValue | undefined {
  const itemKind = ITEM_KINDS[kind];
  if (itemKind) {
    const { items } = definition;
    if (!items || !Array.isArray(value) || value.length > ITEMS_MAX) return undefined;
    const list = (value as readonly EntityValue[]).map((item) => toWireValue(items, itemKind, item));
    // A list with a hole would mean something else.
    return list.some((item) => item === undefined || item === null) ? undefined : (list as WireValue);
  }
  if (value === null) return kind === 'vec3OrNull' ? null : undefined;
  const keys = AXES[kind];
  if (!keys || typeof value !== 'object' || Array.isArray(value)) return undefined;
  const given = value as Readonly<Record<string, EntityValue | undefined>>;
  const parts = keys.map((key) => (kind === 'rect' ? (given[key] ?? 0) : given[key]));
  if (!parts.every(isNumber)) return undefined;
  if (kind === 'vec3OrNull') return { x: parts[0], y: parts[1], z: parts[2] };
  const largest = kind === 'colour' ? 0xff : kind === 'rect' ? 0xffff_ffff : undefined;
  const entries = keys.map((key, i) => [key, largest === undefined ? parts[i] : toInteger(parts[i], largest)]);
  return Object.fromEntries(entries) as WireValue;
}

function toWorldObject(definition: PropertyDefinition, kind: WireKind, value: Numbers): EntityValue | undefined {
  switch (kind) {
    case 'vec2':
    case 'vec3':
    case 'rect':
    case 'colour':
      return Object.fromEntries((AXES[kind] ?? []).map((key) => [key, inRange(definition, kind, value[key])]));
    case 'vec3OrNull':
      return { red: toByte(value.x), green: toByte(value.y), blue: toByte(value.z) };
    case 'quat':
      return toRotation(value);
    default:
      return undefined;
  }
}

function toRotation({ x, y, z, w }: Numbers): EntityValue | undefined {
  const length = Math.hypot(x, y, z, w);
  if (!(length > 0.5)) return undefined;
  return { x: x / length, y: y / length, z: z / length, w: w / length };
}

function inRange({ min, max, kind }: PropertyDefinition, wireKind: WireKind, value: number): number {
  const exact = SINGLE_PRECISION.has(wireKind) ? shortest(value) : value;
  // The range of a colour is in its kind.
  if (wireKind === 'colour' || wireKind === 'rect') return exact;
  const bounded = Math.min(max ?? exact, Math.max(min ?? exact, exact));
  return kind === 'integer' ? Math.round(bounded) : bounded;
}

/** The shortest number that is the same with single precision: 0.1 instead of 0.10000000149011612. */
function shortest(value: number): number {
  // Also without the sign of a zero, which means nothing.
  if (Number.isInteger(value) && Math.abs(value) < INTEGERS_EXACT) return value + 0;
  for (const digits of [6, 7, 8]) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return rounded;
  }
  return Number(value.toPrecision(9));
}

function indexOf(choices: readonly string[], value: EntityValue): number | undefined {
  const index = typeof value === 'string' ? choices.indexOf(value) : -1;
  return index < 0 ? undefined : index;
}

function toInteger(value: number, largest: number): number {
  // -1 is how the world spells the largest: no joint.
  if (value === -1) return largest;
  return Math.min(largest, Math.max(0, Math.round(value)));
}

function toByte(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)));
}

function isNumber(value: EntityValue | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
