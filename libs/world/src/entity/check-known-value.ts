import { ENTITY_TEXT_CHARACTERS_MAX, ENTITY_URL_CHARACTERS_MAX } from '../limits.js';
import { checkAnyValue, checkKey, checkText } from './check-any-value.js';
import type { Checking } from './checking.js';
import { type EntityValue, isEntityId } from './entity-value.js';
import type { PropertyDefinition } from './property-definition.js';

const XYZ = ['x', 'y', 'z'] as const;
const RGB = ['red', 'green', 'blue'] as const;
const ID_OF_NOTHING = '00000000-0000-0000-0000-000000000000';
const CONTROL_PATTERN = /[\u0000-\u001f\u007f]/;
/** Addresses that would run in the page of whoever follows them. */
const SCRIPT_PATTERN = /^\s*(javascript|vbscript):/i;

/** How far beyond its range a number may be: the predecessor's have single precision, where π is larger than it is. */
const ROUNDING = 1e-6;

/** How far the squared length of a rotation may be from 1: less is rounding, more is mended, much more is a mistake. */
const ROTATION_ROUNDING = 1e-4;
const ROTATION_MENDED = 0.1;

/**
 * Checks a value of a known property; gives it as it shall be kept, which is itself wherever possible. Fails through
 * `checking`.
 *
 * @param field  where it is, for example `haze.hazeRange`
 */
export function checkKnownValue(
  definition: PropertyDefinition,
  value: unknown,
  field: string,
  checking: Checking,
): EntityValue {
  checking.countOne(field);
  if (value === null && definition.default === null) return null;
  switch (definition.kind) {
    case 'number':
    case 'integer':
      return checkNumber(definition, value, field, checking);
    case 'boolean':
      if (typeof value !== 'boolean') checking.fail(field, `${field} is true or false.`);
      return value;
    case 'text':
      if (typeof value !== 'string') checking.fail(field, `${field} is a text.`);
      return checkText(value, field, checking, definition.charactersMax);
    case 'url':
      return checkUrl(definition, value, field, checking);
    case 'choice':
      return checkChoice(definition, value, field, checking);
    case 'vector':
      return checkNumbers(definition, definition.axes ?? XYZ, value, field, checking);
    case 'colour':
      return checkNumbers({ ...definition, min: 0, max: 255 }, RGB, value, field, checking);
    case 'rotation':
      return checkRotation(value, field, checking);
    case 'id':
      return checkId(value, field, checking);
    case 'list':
      return checkList(definition, value, field, checking);
    case 'map':
      return checkMap(definition, value, field, checking);
  }
}

function checkNumber(
  { kind, min = 0, max = 0, unit }: PropertyDefinition,
  value: unknown,
  field: string,
  checking: Checking,
): number {
  const isGood =
    kind === 'integer'
      ? Number.isInteger(value) && (value as number) >= min && (value as number) <= max
      : typeof value === 'number' && value >= min - Math.abs(min) * ROUNDING && value <= max + Math.abs(max) * ROUNDING;
  if (isGood) return value as number;
  const noun = kind === 'integer' ? 'whole number' : 'number';
  checking.fail(field, `${field} is a ${noun} from ${min} to ${max}${unit && ` ${unit}`}.`);
}

/** An object of exactly these numbers. */
function checkNumbers(
  definition: PropertyDefinition,
  keys: readonly string[],
  value: unknown,
  field: string,
  checking: Checking,
): EntityValue {
  const sentence = () => `${field} is an object with the numbers ${keys.join(', ')}.`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) checking.fail(field, sentence());
  checking.requirePlainObject(value, field);
  for (const key of keys) checkNumber(definition, value[key], `${field}.${key}`, checking);
  if (Object.keys(value).length !== keys.length) checking.fail(field, sentence());
  return value as EntityValue;
}

const ROTATION: PropertyDefinition = {
  name: '',
  kind: 'number',
  unit: '',
  min: -1.1,
  max: 1.1,
  default: 0,
  help: '',
};

function checkRotation(given: unknown, field: string, checking: Checking): EntityValue {
  const value = checkNumbers(ROTATION, ['x', 'y', 'z', 'w'], given, field, checking);
  const { x, y, z, w } = value as { x: number; y: number; z: number; w: number };
  const lengthSquared = x * x + y * y + z * z + w * w;
  const error = Math.abs(lengthSquared - 1);
  if (error <= ROTATION_ROUNDING) return value;
  if (error > ROTATION_MENDED) checking.fail(field, `${field} is a quaternion of length 1.`);
  const scale = 1 / Math.sqrt(lengthSquared);
  return { x: x * scale, y: y * scale, z: z * scale, w: w * scale };
}

/** Addresses are short, but for those that hold the data themselves. */
function checkUrl({ charactersMax }: PropertyDefinition, value: unknown, field: string, checking: Checking): string {
  if (typeof value !== 'string') checking.fail(field, `${field} is an address.`);
  const max = value.startsWith('data:') ? ENTITY_TEXT_CHARACTERS_MAX : ENTITY_URL_CHARACTERS_MAX;
  checkText(value, field, checking, charactersMax ?? max);
  if (CONTROL_PATTERN.test(value)) checking.fail(field, `${field} is an address, without control characters.`);
  if (SCRIPT_PATTERN.test(value)) checking.fail(field, `${field} is an address, not a script.`);
  return value;
}

function checkChoice({ choices = [] }: PropertyDefinition, value: unknown, field: string, checking: Checking): string {
  if (typeof value === 'string' && choices.includes(value)) return value;
  checking.fail(field, `${field} is one of ${choices.join(', ')}.`);
}

function checkId(value: unknown, field: string, checking: Checking): string | null {
  if (value === null || value === '') return null;
  const sentence = `${field} is an entity's id, or null.`;
  if (typeof value !== 'string' || value.length > 38) checking.fail(field, sentence);
  const id = (/^\{(.*)\}$/.exec(value)?.[1] ?? value).toLowerCase();
  if (!isEntityId(id)) checking.fail(field, sentence);
  return id === ID_OF_NOTHING ? null : id;
}

function checkList(definition: PropertyDefinition, value: unknown, field: string, checking: Checking): EntityValue {
  const { items, countMax = 0 } = definition;
  if (!Array.isArray(value)) checking.fail(field, `${field} is a list.`);
  if (value.length > countMax) checking.fail(field, `${field} has more than ${countMax} values.`);
  let changed: EntityValue[] | undefined;
  for (let i = 0; i < value.length; i++) {
    const given: unknown = value[i];
    const item = items
      ? checkKnownValue(items, given, `${field}.${i}`, checking)
      : checkAnyValue(given, `${field}.${i}`, checking, 2);
    if (item !== given) (changed ??= [...(value as EntityValue[])])[i] = item;
  }
  return changed ?? (value as EntityValue[]);
}

function checkMap(definition: PropertyDefinition, value: unknown, field: string, checking: Checking): EntityValue {
  checking.requirePlainObject(value, field);
  let changed: Record<string, EntityValue> | undefined;
  for (const key of Object.keys(value)) {
    checkKey(key, field, checking);
    const known = definition.properties?.find(({ name }) => name === key);
    const given = value[key];
    const inner = `${field}.${key}`;
    const kept = known ? checkKnownValue(known, given, inner, checking) : checkAnyValue(given, inner, checking, 2);
    if (kept !== given) (changed ??= { ...(value as Record<string, EntityValue>) })[key] = kept;
  }
  return changed ?? (value as EntityValue);
}
