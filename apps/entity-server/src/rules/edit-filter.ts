import type { ReadStructure } from '@app/settings';

/** A point or an extent, in metres. */
export interface FilterVector {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** What nobody but operators may add or change. What is absent is not limited. */
export interface EditFilter {
  /** Only these types may be added and changed. */
  readonly types?: readonly string[];
  /** These types may not. */
  readonly typesForbidden?: readonly string[];
  /** Properties that may not be set, for example `script`. */
  readonly propertiesForbidden?: readonly string[];
  /** Largest extent on any axis, in metres. */
  readonly dimensionsMMax?: number;
  /** Corners of the box in which entities may be, in world coordinates, in metres. */
  readonly positionMin?: FilterVector;
  readonly positionMax?: FilterVector;
  /** Largest numbers of properties, by name: for example `{"intensity": 10}`. */
  readonly numbersMax?: Readonly<Record<string, number>>;
  /** Longest texts of properties, by name, in characters: for example `{"userData": 1000}`. */
  readonly charactersMax?: Readonly<Record<string, number>>;
}

const NAMES_MAX = 256;
const NAME_CHARACTERS_MAX = 64;

type Reader = (value: unknown) => unknown;
const READERS: Readonly<Record<keyof EditFilter, readonly [Reader, what: string]>> = {
  types: [readNames, 'a list of names'],
  typesForbidden: [readNames, 'a list of names'],
  propertiesForbidden: [readNames, 'a list of names'],
  dimensionsMMax: [readPositive, 'a number of metres above 0'],
  positionMin: [readVector, 'an object with the numbers x, y and z'],
  positionMax: [readVector, 'an object with the numbers x, y and z'],
  numbersMax: [readNumbers, 'an object with numbers'],
  charactersMax: [readNumbers, 'an object with numbers'],
};

/** Reads the setting; the problem names the part. Pure. */
export function readEditFilter(json: unknown): ReadStructure<EditFilter> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return { problem: 'must be an object' };
  const filter: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(json)) {
    if (!Object.hasOwn(READERS, name)) return { problem: `has an unknown part ${name.slice(0, NAME_CHARACTERS_MAX)}` };
    const [read, what] = READERS[name as keyof EditFilter];
    const part = read(value);
    if (part === undefined) return { problem: `needs ${what} as ${name}` };
    filter[name] = part;
  }
  return { value: filter };
}

function readNames(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length > NAMES_MAX) return undefined;
  const isName = (name: unknown): boolean =>
    typeof name === 'string' && name.length >= 1 && name.length <= NAME_CHARACTERS_MAX;
  return value.every(isName) ? (value as string[]) : undefined;
}

function readPositive(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined;
}

function readVector(value: unknown): FilterVector | undefined {
  const { x, y, z } = (value ?? {}) as Record<string, unknown>;
  if (typeof x !== 'number' || typeof y !== 'number' || typeof z !== 'number') return undefined;
  return Number.isFinite(x + y + z) ? { x, y, z } : undefined;
}

function readNumbers(value: unknown): Readonly<Record<string, number>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value);
  if (entries.length > NAMES_MAX || !entries.every(([, number]) => Number.isFinite(number))) return undefined;
  return Object.fromEntries(entries) as Record<string, number>;
}
