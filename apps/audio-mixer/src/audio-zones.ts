import type { AudioZone, ZonePair, ZoneReverb } from '@app/dsp';
import type { ReadStructure } from '@app/settings';
import {
  AUDIO_ZONES_MAX,
  AUDIO_ZONE_PAIRS_MAX,
  POSITION_M_MAX,
  REVERB_DECAY_S_MAX,
  REVERB_DECAY_S_MIN,
  REVERB_WET_DB_MAX,
  REVERB_WET_DB_MIN,
  WORLDS_MAX,
  ZONE_NAME_CHARACTERS_MAX,
  isWorldName,
} from '@app/world';

/** The zones of one world, checked: names are unique, pairs name zones that are there. */
export interface WorldZones {
  readonly zones: readonly AudioZone[];
  readonly zonePairs: readonly ZonePair[];
}

/** Zones by the name of their world; other worlds have none. */
export type ZonesByWorld = ReadonlyMap<string, WorldZones>;

/** A world without zones. */
export const NO_ZONES: WorldZones = { zones: [], zonePairs: [] };

/** Stands for everywhere outside all zones. */
const OUTSIDE = '*';
const SIZE_M_MIN = 0.1;
const SIZE_M_MAX = 2 * POSITION_M_MAX;

/** What is wrong, as the end of a sentence that begins with where the setting was given. */
class ZoneProblem extends Error {}

/**
 * Reads the setting `audioZones`: `{ "main": { "zones": […], "pairs": […] } }`, described in docs/operating.md. Everything is
 * checked, and nothing that is not known is taken; a problem names the field, for example `main.zones[2].size`. Pure.
 */
export function readAudioZones(json: unknown): ReadStructure<ZonesByWorld> {
  try {
    const worlds = fieldsOf(json, 'zones by world');
    if (worlds.length > WORLDS_MAX) throw new ZoneProblem(`must have at most ${WORLDS_MAX} worlds`);
    const byWorld = worlds.map(([world, zones]) => [readWorldName(world), readWorld(zones, world)] as const);
    return { value: new Map(byWorld) };
  } catch (error) {
    if (error instanceof ZoneProblem) return { problem: error.message };
    throw error;
  }
}

function readWorldName(name: string): string {
  if (!isWorldName(name)) throw new ZoneProblem(`must have names of worlds, and ${name.slice(0, 40)} is none`);
  return name;
}

function readWorld(json: unknown, path: string): WorldZones {
  const fields = recordOf(json, path, ['zones', 'pairs']);
  const zones = listOf(fields.get('zones'), `${path}.zones`, AUDIO_ZONES_MAX).map((zone, index) =>
    readZone(zone, `${path}.zones[${index}]`),
  );
  const names = new Set<string>();
  for (const [index, { name }] of zones.entries()) {
    if (names.has(name)) fail(`${path}.zones[${index}].name`, 'a name of its own');
    names.add(name);
  }
  return { zones, zonePairs: readPairs(fields.get('pairs'), `${path}.pairs`, names) };
}

function readZone(json: unknown, path: string): AudioZone {
  const known = ['name', 'centre', 'size', 'yawDegrees', 'decayS', 'wetDb', 'isStage'];
  const fields = recordOf(json, path, known);
  const [x, y, z] = readTriple(fields.get('centre'), `${path}.centre`, -POSITION_M_MAX, POSITION_M_MAX);
  const [sizeX, sizeY, sizeZ] = readTriple(fields.get('size'), `${path}.size`, SIZE_M_MIN, SIZE_M_MAX);
  const yawDegrees = fields.has('yawDegrees')
    ? readNumber(fields.get('yawDegrees'), `${path}.yawDegrees`, -360, 360, 'degrees')
    : 0;
  const isStage = fields.get('isStage') ?? false;
  if (typeof isStage !== 'boolean') return fail(`${path}.isStage`, 'true or false');
  const reverb = readReverb(fields, path);
  return {
    name: readName(fields.get('name'), `${path}.name`),
    ...{ x, y, z, sizeX, sizeY, sizeZ },
    yawRad: (yawDegrees * Math.PI) / 180,
    ...(reverb ? { reverb } : {}),
    ...(isStage ? { isStage } : {}),
  };
}

/** Decay and level come together or not at all. */
function readReverb(fields: ReadonlyMap<string, unknown>, path: string): ZoneReverb | undefined {
  if (!fields.has('decayS') && !fields.has('wetDb')) return undefined;
  return {
    decayS: readNumber(fields.get('decayS'), `${path}.decayS`, REVERB_DECAY_S_MIN, REVERB_DECAY_S_MAX, 's'),
    wetDb: readNumber(fields.get('wetDb'), `${path}.wetDb`, REVERB_WET_DB_MIN, REVERB_WET_DB_MAX, 'dB'),
  };
}

function readPairs(json: unknown, path: string, names: ReadonlySet<string>): ZonePair[] {
  const seen = new Set<string>();
  return listOf(json, path, AUDIO_ZONE_PAIRS_MAX).map((item, index) => {
    const place = `${path}[${index}]`;
    const fields = recordOf(item, place, ['from', 'to', 'attenuation']);
    const from = readEnd(fields.get('from'), `${place}.from`, names);
    const to = readEnd(fields.get('to'), `${place}.to`, names);
    const key = JSON.stringify([from, to]);
    if (seen.has(key)) fail(place, 'a pair that has not been before');
    seen.add(key);
    return {
      from,
      to,
      attenuation: readNumber(fields.get('attenuation'), `${place}.attenuation`, 0, 1, 'coefficient'),
    };
  });
}

function readEnd(json: unknown, path: string, names: ReadonlySet<string>): string {
  if (json === OUTSIDE || (typeof json === 'string' && names.has(json))) return json;
  return fail(path, `the name of a zone of this world, or ${OUTSIDE}`);
}

function readName(json: unknown, path: string): string {
  const isName = typeof json === 'string' && json.length >= 1 && json.length <= ZONE_NAME_CHARACTERS_MAX;
  if (isName && json !== OUTSIDE) return json;
  return fail(path, `a name of 1 to ${ZONE_NAME_CHARACTERS_MAX} characters other than ${OUTSIDE}`);
}

function readTriple(json: unknown, path: string, min: number, max: number): [number, number, number] {
  const isTriple = Array.isArray(json) && json.length === 3;
  if (isTriple && json.every((value) => isWithin(value, min, max))) return json as [number, number, number];
  return fail(path, `three numbers from ${min} to ${max} (m)`);
}

function readNumber(json: unknown, path: string, min: number, max: number, unit: string): number {
  return isWithin(json, min, max) ? json : fail(path, `a number from ${min} to ${max} (${unit})`);
}

function isWithin(json: unknown, min: number, max: number): json is number {
  return typeof json === 'number' && json >= min && json <= max;
}

/** An absent list is an empty one. */
function listOf(json: unknown, path: string, itemsMax: number): unknown[] {
  if (json === undefined) return [];
  return Array.isArray(json) && json.length <= itemsMax ? json : fail(path, `a list of at most ${itemsMax} items`);
}

function recordOf(json: unknown, path: string, known: readonly string[]): ReadonlyMap<string, unknown> {
  const fields = fieldsOf(json, `at ${path} an object with ${known.join(', ')}`);
  const stranger = fields.find(([name]) => !known.includes(name));
  if (stranger) throw new ZoneProblem(`must not have ${path}.${stranger[0].slice(0, 40)}`);
  return new Map(fields);
}

function fieldsOf(json: unknown, what: string): [string, unknown][] {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new ZoneProblem(`must have ${what}`);
  return Object.entries(json);
}

function fail(path: string, what: string): never {
  throw new ZoneProblem(`must have at ${path} ${what}`);
}
