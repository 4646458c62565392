import type { AudioZone } from '@app/dsp';
import type { vicinity } from '@app/wire';
import {
  AUDIO_ZONES_MAX,
  ENTITY_SPEED_MPS_MAX,
  ENTITY_URL_CHARACTERS_MAX,
  SOUNDS_PER_WORLD_MAX,
  SOUND_VOLUME_MAX,
  type Vec3,
} from '@app/world';
import { readSoundZone } from './sound-zone.js';

/** A sound in the world as an entity-server tells it, checked. */
export interface SoundSpec {
  /** The entity's id: 32 hexadecimal digits. */
  id: string;
  url: string;
  /** In metres. */
  position: Readonly<Vec3>;
  /** In metres per second. */
  velocity: Readonly<Vec3>;
  /** Linear, 0 to SOUND_VOLUME_MAX. */
  volume: number;
  isLoop: boolean;
  /** Milliseconds since 1970-01-01 UTC. */
  startedAtMs: number;
  isAmbient: boolean;
}

/** All sounds and sound zones of a world. */
export interface SoundTable {
  /** The world's log was looked at up to here. */
  sequence: number;
  /** Ids are unique. */
  sounds: readonly SoundSpec[];
  zones: readonly AudioZone[];
  /** Entries that were left out because they cannot be, or are too many. */
  refused: number;
}

const ID_BYTES = 16;
const NOWHERE: Readonly<Vec3> = { x: 0, y: 0, z: 0 };

/** Takes what can be used of a table that came over the broker. Never throws; changes nothing. */
export function readSoundTable(table: vicinity.v1.EntitySoundTable): SoundTable {
  const sounds = new Map<string, SoundSpec>();
  for (const entry of table.sounds.slice(0, SOUNDS_PER_WORLD_MAX)) {
    const sound = readSound(entry);
    if (sound) sounds.set(sound.id, sound);
  }
  const zones = table.zones.slice(0, AUDIO_ZONES_MAX).map(readSoundZone);
  const knownZones = zones.filter((zone) => zone !== undefined);
  return {
    sequence: wholeNumber(table.sequence),
    sounds: [...sounds.values()],
    zones: knownZones,
    refused: table.sounds.length - sounds.size + (table.zones.length - knownZones.length),
  };
}

function readSound(entry: vicinity.v1.IEntitySound): SoundSpec | undefined {
  const { id, url, volume = 0 } = entry;
  const position = readVector(entry.position);
  const isNamed = id?.length === ID_BYTES && typeof url === 'string' && url !== '';
  if (!isNamed || url.length > ENTITY_URL_CHARACTERS_MAX || !position || !Number.isFinite(volume)) return undefined;
  const velocity = readVector(entry.velocity) ?? NOWHERE;
  return {
    id: Buffer.from(id).toString('hex'),
    url,
    position,
    velocity: Math.hypot(velocity.x, velocity.y, velocity.z) <= 2 * ENTITY_SPEED_MPS_MAX ? velocity : NOWHERE,
    volume: Math.min(SOUND_VOLUME_MAX, Math.max(0, volume ?? 0)),
    isLoop: entry.loop === true,
    startedAtMs: wholeNumber(entry.startedAtMs),
    isAmbient: entry.isAmbient === true,
  };
}

/** The origin for an absent one; undefined for one that is nowhere. */
function readVector(vector: vicinity.v1.IEntityVector | null | undefined): Vec3 | undefined {
  const { x, y, z } = { x: vector?.x ?? 0, y: vector?.y ?? 0, z: vector?.z ?? 0 };
  return Number.isFinite(x) && Number.isFinite(y) && Number.isFinite(z) ? { x, y, z } : undefined;
}

/** What the decoder makes of 64 bits is a number as long as it is exact; anything else counts as 0. */
function wholeNumber(value: unknown): number {
  const number = Number(value ?? 0);
  return Number.isSafeInteger(number) && number >= 0 ? number : 0;
}
