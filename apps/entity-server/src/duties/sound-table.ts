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
  worldTransformOf,
  ZONE_NAME_CHARACTERS_MAX,
} from '@app/world';

/** Sounds in one table; those beyond, by id, are not heard. */
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
 * The table as mixers get it: sounds and zones where they are at this moment. Pure.
 *
 * @param ids          entities that are heard
 * @param startedAtMs  when an entity's sound has begun, ms since 1970-01-01 UTC
 */
export function soundTableOf(
  world: EntityWorld,
  ids: Iterable<EntityId>,
  atMs: number,
  startedAtMs: (entity: Entity) => number,
): vicinity.v1.EntitySoundTable.$Properties {
  const sounds: SoundFields[] = [];
  const zones: ZoneFields[] = [];
  let urlCharacters = 0;
  const placed = (id: EntityId): PlacedEntity | undefined => {
    const entity = world.get(id);
    return entity && { type: entity.type, properties: propertiesAt(entity, atMs) };
  };
  for (const id of [...ids].sort()) {
    const entity = world.get(id);
    const now = placed(id);
    if (!entity || !now) continue;
    if (now.type === 'Sound') {
      // Asked before anything is placed: a place is looked for through all parents, and most of too many have none.
      const characters = urlOf(now).length;
      if (sounds.length >= SOUNDS_MAX || urlCharacters + characters > SOUND_URL_CHARACTERS_MAX) continue;
      urlCharacters += characters;
      sounds.push(soundOf(id, now, startedAtMs(entity), placed));
    } else if (now.type === 'Zone' && zones.length < SOUND_ZONES_MAX) {
      zones.push(zoneOf(id, now, placed));
    }
  }
  return { sequence: world.lastSequence, sounds, zones };
}

function urlOf({ properties }: PlacedEntity): string {
  return textOf(properties.soundURL).slice(0, ENTITY_URL_CHARACTERS_MAX);
}

type Placed = (id: EntityId) => PlacedEntity | undefined;

function soundOf(id: EntityId, entity: PlacedEntity, startedAtMs: number, placed: Placed): SoundFields {
  const { type, properties } = entity;
  const { position, rotation } = worldTransformOf(entity, placed);
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

function zoneOf(id: EntityId, entity: PlacedEntity, placed: Placed): ZoneFields {
  const { type, properties } = entity;
  const { position, rotation } = worldTransformOf(entity, placed);
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
