import {
  ENTITY_EDITS_MAX,
  ENTITY_INTEREST_BYTES_MAX,
  ENTITY_INTEREST_MATCHING_MAX,
  ENTITY_INTEREST_TYPES_MAX,
  ENTITY_POSITION_M_MAX,
  ENTITY_RADIUS_M_MAX,
  ENTITY_RADIUS_M_MIN,
  ENTITY_TYPE_CHARACTERS_MAX,
  ENTITY_VIEWS_MAX,
  type EntityId,
  isWellFormed,
} from '@app/world';
import {
  type vicinity,
  WireError,
  encodeMessage,
  entityIdToBytes,
  packEntityMotion,
  readEntityId,
  unpackEntityMotion,
  unpackProperties,
} from '@app/wire';
import { SessionError } from '../session/session.errors.js';

/** What clients send about entities, as far as a gateway checks it; whether edits are possible is the entity-server's affair. Pure. */
export type EntityInput =
  | { kind: 'edit'; request: number; edits: readonly vicinity.v1.EntityEdit.$Properties[] }
  | { kind: 'interest'; interest: vicinity.v1.EntityInterest.$Properties }
  | { kind: 'claim'; id: EntityId; claim: vicinity.v1.ClaimEntity.$Properties };

/** A checked EntityMotion. */
export interface EntityMotionInput {
  kind: 'motion';
  id: EntityId;
  motion: vicinity.v1.EntityMotion.$Properties;
}

const PRIORITY_MAX = 255;
/** Eyes may be a little outside of the world. */
const EYE_M_MAX = 2 * ENTITY_POSITION_M_MAX;

/** First byte of a ClientReliable with Post or EditEntities, and of its request's number; docs/protocol has the messages. */
const LARGE_TAGS: ReadonlySet<number> = new Set([0x22, 0x3a]);
const REQUEST_TAG = 0x08;

/**
 * The number of the request in an encoded ClientReliable with Post or EditEntities, without decoding the rest; 0 for anything
 * else, or when fields come in an order that encoders do not make. Only good for telling that it was dropped.
 */
export function requestOf(bytes: Uint8Array): number {
  if (!LARGE_TAGS.has(bytes[0])) return 0;
  let at = 1;
  // The length of the rest, of which nothing else is wanted.
  while (at < 6 && bytes[at++] >= 0x80);
  if (bytes[at++] !== REQUEST_TAG) return 0;
  let request = 0;
  for (let shift = 0; shift <= 28; shift += 7) {
    const byte = bytes[at++] ?? 0;
    request |= (byte & 0x7f) << shift;
    if (byte < 0x80) return request >>> 0;
  }
  return 0;
}

/** Checks how many edits there are; nothing else. */
export function readEdits(request: number, { edits }: vicinity.v1.EditEntities.$Properties): EntityInput {
  const count = edits?.length ?? 0;
  if (!edits || count < 1) throw new SessionError('request-invalid', 'There is nothing to be done.');
  if (count > ENTITY_EDITS_MAX) {
    throw new SessionError('edit-too-many', `At most ${ENTITY_EDITS_MAX} edits are done at once.`);
  }
  return { kind: 'edit', request, edits };
}

/** Checks an interest completely: entity-servers get it from others, too, but other viewers must not pay for it. */
export function readInterest(given: vicinity.v1.EntityInterest.$Properties): EntityInput {
  const radiusM = given.radiusM ?? 0;
  const isRadius = radiusM === 0 || (radiusM >= ENTITY_RADIUS_M_MIN && radiusM <= ENTITY_RADIUS_M_MAX);
  if (!isRadius) throw invalid(`A radius is between ${ENTITY_RADIUS_M_MIN} and ${ENTITY_RADIUS_M_MAX} m.`);
  const interest = {
    generation: given.generation ?? 0,
    radiusM,
    views: readViews(given.views ?? []),
    types: readTypes(given.types ?? []),
    matching: readMatching(given.matching),
    knownSequence: given.knownSequence ?? 0,
  };
  if (encodeMessage('EntityInterest', interest).length > ENTITY_INTEREST_BYTES_MAX) {
    throw invalid(`An interest has at most ${ENTITY_INTEREST_BYTES_MAX} bytes.`);
  }
  return { kind: 'interest', interest };
}

/** Checks a claim. */
export function readClaim(given: vicinity.v1.ClaimEntity.$Properties): EntityInput {
  const priority = given.priority ?? 0;
  if (priority > PRIORITY_MAX) throw new SessionError('claim-invalid', `A priority is at most ${PRIORITY_MAX}.`);
  const id = readEntityId(given.id);
  if (id === undefined) throw new SessionError('claim-invalid', 'An id of an entity has 16 bytes.');
  return { kind: 'claim', id, claim: { id: entityIdToBytes(id), priority } };
}

/** Checks a motion completely. */
export function readMotion(given: vicinity.v1.EntityMotion.$Properties): EntityMotionInput {
  const read = unpackEntityMotion(given);
  if (typeof read === 'string') throw new SessionError('motion-invalid', 'Nothing in this world moves like that.');
  // Whose it is, is for the server to say.
  return { kind: 'motion', id: read.id, motion: packEntityMotion(read.id, { ...read.motion, ownerId: 0 }) };
}

function readViews(views: readonly vicinity.v1.EntityView.$Properties[]): vicinity.v1.EntityView.$Properties[] {
  if (views.length > ENTITY_VIEWS_MAX) throw invalid(`At most ${ENTITY_VIEWS_MAX} views are possible.`);
  return views.map(({ position, direction, halfAngleRad }) => {
    const eye = vectorOf(position);
    const { x, y, z } = vectorOf(direction);
    const length = Math.hypot(x, y, z);
    const angle = halfAngleRad ?? 0;
    const isAngle = angle >= 0 && angle <= Math.fround(Math.PI);
    if (!areWithin(EYE_M_MAX, eye.x, eye.y, eye.z) || !(length > 1e-6 && length < 1e6) || !isAngle) {
      throw invalid('A view has an eye in the world, a direction, and half an angle from 0 to π.');
    }
    return { position: eye, direction: { x: x / length, y: y / length, z: z / length }, halfAngleRad: angle };
  });
}

function readTypes(types: readonly string[]): string[] {
  const isType = (type: string): boolean =>
    type.length >= 1 && type.length <= ENTITY_TYPE_CHARACTERS_MAX && isWellFormed(type);
  if (types.length > ENTITY_INTEREST_TYPES_MAX || !types.every(isType)) {
    throw invalid(`At most ${ENTITY_INTEREST_TYPES_MAX} types can be chosen, by their names.`);
  }
  return [...types];
}

function readMatching(map: vicinity.v1.EntityMap.$Properties | null | undefined): typeof map {
  if (!map?.properties?.length) return null;
  if (map.properties.length > ENTITY_INTEREST_MATCHING_MAX) {
    throw invalid(`At most ${ENTITY_INTEREST_MATCHING_MAX} properties can be asked for.`);
  }
  try {
    unpackProperties(map);
  } catch (cause) {
    if (!(cause instanceof WireError)) throw cause;
    throw new SessionError('interest-invalid', cause.message, { cause });
  }
  return map;
}

function vectorOf(vector: vicinity.v1.EntityVector.$Properties | null | undefined): {
  x: number;
  y: number;
  z: number;
} {
  return { x: vector?.x ?? 0, y: vector?.y ?? 0, z: vector?.z ?? 0 };
}

/** Written so that NaN is not within anything. */
function areWithin(max: number, ...values: ReadonlyArray<number | null | undefined>): boolean {
  return values.every((value) => Math.abs(value ?? 0) <= max);
}

function invalid(sentence: string): SessionError {
  return new SessionError('interest-invalid', sentence);
}
