import { type Entity, type EntityWorld, propertiesAt } from '@app/entities';
import { rotate, rotateInverse } from '@app/spatial';
import { entityIdToBytes, type vicinity } from '@app/wire';
import {
  ENTITY_URL_CHARACTERS_MAX,
  type EntityId,
  numberOf,
  type PlacedEntity,
  REVERB_DECAY_S_MAX,
  REVERB_DECAY_S_MIN,
  REVERB_WET_DB_MAX,
  REVERB_WET_DB_MIN,
  rotationOf,
  vectorOf,
  type WorldTransform,
  ZONE_NAME_CHARACTERS_MAX,
} from '@app/world';
import { inTurns } from './fair-order.js';
import { WorldPlaces } from './world-places.js';

/** Sounds in one table; those beyond are not heard. */
export const SOUNDS_MAX = 1_024;
/** Characters of all addresses in one table: with them it fits one message of the broker, also as four bytes each. */
export const SOUND_URL_CHARACTERS_MAX = 196_608;
/** Zones in one table. */
export const SOUND_ZONES_MAX = 64;
const VOLUME_MAX = 4;
const MS_PER_S = 1_000;

type SoundFields = vicinity.v1.EntitySound.$Properties;
type ZoneFields = vicinity.v1.EntitySoundZone.$Properties;

/** Whether mixers have to know of an entity: a sound that plays, or a zone that reverberates. */
export function isHeard({ type, properties }: Pick<Entity, 'type' | 'properties'>): boolean {
  if (type === 'Sound')
    return properties.playing !== false && typeof properties.soundURL === 'string' && properties.soundURL !== '';
  return type === 'Zone' && properties.reverbEnabled === true;
}

/**
 * Those of many sounds and zones that are told: of each author the same number if there are too many, whoever came first
 * before the others. Pure.
 *
 * @param entities  in the order in which they came
 */
export function chooseHeard(entities: Iterable<Entity>): Entity[] {
  const chosen: Entity[] = [];
  let [sounds, zones, urlCharacters] = [0, 0, 0];
  for (const entity of inTurns(entities)) {
    if (entity.type === 'Zone' && zones < SOUND_ZONES_MAX) {
      zones++;
      chosen.push(entity);
    } else if (entity.type === 'Sound' && sounds < SOUNDS_MAX) {
      const characters = urlOf(entity).length;
      if (urlCharacters + characters > SOUND_URL_CHARACTERS_MAX) continue;
      sounds++;
      urlCharacters += characters;
      chosen.push(entity);
    }
    if (sounds === SOUNDS_MAX && zones === SOUND_ZONES_MAX) break;
  }
  return chosen;
}

/**
 * The table as mixers get it: sounds and zones where they are at this moment. Pure.
 *
 * @param chosen       see chooseHeard
 * @param startedAtMs  when an entity's sound has begun, ms since 1970-01-01 UTC
 */
export function soundTableOf(
  world: EntityWorld,
  chosen: Iterable<EntityId>,
  atMs: number,
  startedAtMs: (entity: Entity) => number,
): vicinity.v1.EntitySoundTable.$Properties {
  const sounds: SoundFields[] = [];
  const zones: ZoneFields[] = [];
  const places = new WorldPlaces(world, atMs);
  for (const id of chosen) {
    const entity = world.get(id);
    if (!entity) continue;
    const now = { type: entity.type, properties: propertiesAt(entity, atMs) };
    if (now.type === 'Sound') sounds.push(soundOf(id, now, startedAtMs(entity), places.of(id)));
    else zones.push(zoneOf(id, now, places.of(id)));
  }
  return { sequence: world.lastSequence, sounds, zones };
}

function urlOf({ properties }: PlacedEntity): string {
  return textOf(properties.soundURL).slice(0, ENTITY_URL_CHARACTERS_MAX);
}

function soundOf(id: EntityId, entity: PlacedEntity, startedAtMs: number, place: WorldTransform): SoundFields {
  const { type, properties } = entity;
  const { position, rotation } = place;
  // The velocity is in the parent's frame, which is the entity's own turned back by its own rotation.
  const velocity = vectorOf(type, properties, 'velocity');
  rotateInverse(rotationOf(type, properties, 'rotation'), velocity, velocity);
  rotate(rotation, velocity, velocity);
  const offsetMs = within(entity, 'timeOffset', 0, Infinity) * MS_PER_S;
  return {
    id: entityIdToBytes(id),
    url: urlOf(entity),
    position,
    rotation,
    velocity,
    volume: within(entity, 'volume', 0, VOLUME_MAX),
    loop: properties.loop !== false,
    startedAtMs: Math.max(0, Math.round(startedAtMs - offsetMs)),
    isAmbient: properties.positional === false,
  };
}

function zoneOf(id: EntityId, entity: PlacedEntity, { position, rotation }: WorldTransform): ZoneFields {
  const { type, properties } = entity;
  const dimensions = vectorOf(type, properties, 'dimensions');
  const registration = vectorOf(type, properties, 'registrationPoint');
  const centre = {
    x: (0.5 - registration.x) * dimensions.x,
    y: (0.5 - registration.y) * dimensions.y,
    z: (0.5 - registration.z) * dimensions.z,
  };
  rotate(rotation, centre, centre);
  return {
    id: entityIdToBytes(id),
    name: (textOf(properties.name) || id).slice(0, ZONE_NAME_CHARACTERS_MAX),
    position: { x: position.x + centre.x, y: position.y + centre.y, z: position.z + centre.z },
    rotation,
    dimensions,
    reverbDecayS: within(entity, 'reverbTime', REVERB_DECAY_S_MIN, REVERB_DECAY_S_MAX),
    reverbWetDb: within(entity, 'reverbWetLevel', REVERB_WET_DB_MIN, REVERB_WET_DB_MAX),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function within({ type, properties }: PlacedEntity, name: string, min: number, max: number): number {
  return Math.min(max, Math.max(min, numberOf(type, properties, name)));
}
