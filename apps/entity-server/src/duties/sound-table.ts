import { type Entity, type EntityWorld, propertiesAt } from '@app/entities';
import { rotate, rotateInverse } from '@app/spatial';
import { entityIdToBytes, type vicinity } from '@app/wire';
import {
  ENTITY_URL_CHARACTERS_MAX,
  type EntityId,
  type EntityProperties,
  REVERB_DECAY_S_MAX,
  REVERB_DECAY_S_MIN,
  REVERB_WET_DB_MAX,
  REVERB_WET_DB_MIN,
  ZONE_NAME_CHARACTERS_MAX,
} from '@app/world';
import { vectorOf, worldPlaceOf } from '../world-place.js';

/** Sounds in one table; those beyond, by id, are not heard. */
export const SOUNDS_MAX = 1_024;
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
  const propertiesOf = (id: EntityId): EntityProperties | undefined => {
    const entity = world.get(id);
    return entity && propertiesAt(entity, atMs);
  };
  for (const id of [...ids].sort()) {
    const entity = world.get(id);
    const properties = propertiesOf(id);
    if (!entity || !properties) continue;
    if (entity.type === 'Sound' && sounds.length < SOUNDS_MAX) {
      sounds.push(soundOf(id, properties, startedAtMs(entity), propertiesOf));
    } else if (entity.type === 'Zone' && zones.length < SOUND_ZONES_MAX) {
      zones.push(zoneOf(id, properties, propertiesOf));
    }
  }
  return { sequence: world.lastSequence, sounds, zones };
}

type PropertiesOf = (id: EntityId) => EntityProperties | undefined;

function soundOf(
  id: EntityId,
  properties: EntityProperties,
  startedAtMs: number,
  propertiesOf: PropertiesOf,
): SoundFields {
  const { position, rotation } = worldPlaceOf(properties, propertiesOf);
  const local = worldPlaceOf({ ...properties, parentID: null }, propertiesOf).rotation;
  // The velocity is in the parent's frame, which is the entity's own turned back by its own rotation.
  const velocity = vectorOf(properties.velocity);
  rotateInverse(local, velocity, velocity);
  rotate(rotation, velocity, velocity);
  return {
    id: entityIdToBytes(id),
    url: textOf(properties.soundURL).slice(0, ENTITY_URL_CHARACTERS_MAX),
    position,
    rotation,
    velocity,
    volume: clamp(properties.volume, 0, VOLUME_MAX, 1),
    loop: properties.loop !== false,
    startedAtMs: Math.max(0, Math.round(startedAtMs - clamp(properties.timeOffset, 0, 86_400, 0) * MS_PER_S)),
    isAmbient: properties.positional === false,
  };
}

function zoneOf(id: EntityId, properties: EntityProperties, propertiesOf: PropertiesOf): ZoneFields {
  const { position, rotation } = worldPlaceOf(properties, propertiesOf);
  const dimensions = vectorOf(properties.dimensions, 0.1);
  const registration = vectorOf(properties.registrationPoint, 0.5);
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
    reverbDecayS: clamp(properties.reverbTime, REVERB_DECAY_S_MIN, REVERB_DECAY_S_MAX, 1),
    reverbWetDb: clamp(properties.reverbWetLevel, REVERB_WET_DB_MIN, REVERB_WET_DB_MAX, -12),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function clamp(value: unknown, min: number, max: number, otherwise: number): number {
  return typeof value === 'number' ? Math.min(max, Math.max(min, value)) : otherwise;
}
