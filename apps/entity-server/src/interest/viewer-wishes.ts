import { isDeepStrictEqual } from 'node:util';
import { type Entity, PRIVATE_PROPERTY } from '@app/entities';
import { unpackProperties, type vicinity } from '@app/wire';
import {
  ENTITY_INTEREST_MATCHING_MAX,
  ENTITY_INTEREST_TYPES_MAX,
  ENTITY_RADIUS_M_DEFAULT,
  ENTITY_RADIUS_M_MAX,
  ENTITY_RADIUS_M_MIN,
  ENTITY_VIEWS_MAX,
  type EntityProperties,
  type Vec3,
} from '@app/world';

/** Places beyond are taken for this one, in metres on each axis. */
const PLACE_M_MAX = 60_000;

/** A cone that a viewer looks into. */
export interface ViewerView {
  readonly eye: Vec3;
  /** Length one. */
  readonly forward: Vec3;
  readonly cosHalfAngle: number;
}

/** What a viewer wants to know, checked. */
export interface ViewerWishes {
  readonly generation: number;
  readonly radiusM: number;
  readonly views: readonly ViewerView[];
  /** Absent for all types. */
  readonly types: ReadonlySet<string> | undefined;
  /** Absent for any properties. */
  readonly matching: ReadonlyArray<readonly [string, unknown]> | undefined;
  readonly knownSequence: number;
}

/** What an absent EntityInterest means. */
export const DEFAULT_WISHES: ViewerWishes = {
  generation: 0,
  radiusM: ENTITY_RADIUS_M_DEFAULT,
  views: [],
  types: undefined,
  matching: undefined,
  knownSequence: 0,
};

/** Reads a decoded EntityInterest. What is out of range is brought into it; undefined when it makes no sense. */
export function wishesOf(interest: vicinity.v1.IEntityInterest | null | undefined): ViewerWishes | undefined {
  if (!interest) return DEFAULT_WISHES;
  const radiusM = interest.radiusM ?? 0;
  const types = interest.types ?? [];
  const views = interest.views ?? [];
  const matching = matchingOf(interest.matching);
  if (
    !Number.isFinite(radiusM) ||
    types.length > ENTITY_INTEREST_TYPES_MAX ||
    views.length > ENTITY_VIEWS_MAX ||
    !matching
  )
    return undefined;
  return {
    generation: interest.generation ?? 0,
    radiusM:
      radiusM === 0 ? ENTITY_RADIUS_M_DEFAULT : Math.min(ENTITY_RADIUS_M_MAX, Math.max(ENTITY_RADIUS_M_MIN, radiusM)),
    views: views.map(viewOf).filter((view) => view !== undefined),
    types: types.length > 0 ? new Set(types) : undefined,
    matching: matching.length > 0 ? matching : undefined,
    knownSequence: Math.max(0, interest.knownSequence ?? 0),
  };
}

/** Whether both want the same entities; where they look from does not matter. */
export function wantTheSame(a: ViewerWishes, b: ViewerWishes): boolean {
  return (
    a.radiusM === b.radiusM &&
    a.types?.size === b.types?.size &&
    [...(a.types ?? [])].every((type) => b.types?.has(type)) &&
    isDeepStrictEqual(a.matching, b.matching)
  );
}

/**
 * Whether an entity is of the wanted types and has the wanted properties. Distance is another matter.
 *
 * @param seesAll  the viewer may see what is private of it; others cannot find it out by asking for it, either
 */
export function isWanted(wishes: ViewerWishes, entity: Entity, seesAll: boolean): boolean {
  if (wishes.types && !wishes.types.has(entity.type)) return false;
  if (!wishes.matching) return true;
  return wishes.matching.every(
    ([name, value]) =>
      (seesAll || name !== PRIVATE_PROPERTY) &&
      Object.hasOwn(entity.properties, name) &&
      isDeepStrictEqual((entity.properties as EntityProperties)[name], value),
  );
}

/** A place in metres; undefined when it is not finite. */
export function placeOf(vector: vicinity.v1.IEntityVector | null | undefined): Vec3 | undefined {
  const { x, y, z } = vector ?? {};
  const place = { x: clamp(x ?? 0), y: clamp(y ?? 0), z: clamp(z ?? 0) };
  return Number.isFinite(place.x + place.y + place.z) ? place : undefined;
}

function viewOf(view: vicinity.v1.IEntityView): ViewerView | undefined {
  const eye = placeOf(view.position);
  const { x, y, z } = view.direction ?? {};
  const forward = { x: x ?? 0, y: y ?? 0, z: z ?? 0 };
  const length = Math.hypot(forward.x, forward.y, forward.z);
  const halfAngleRad = view.halfAngleRad ?? 0;
  if (!eye || !(length > 0) || !Number.isFinite(length) || !Number.isFinite(halfAngleRad)) return undefined;
  return {
    eye,
    forward: { x: forward.x / length, y: forward.y / length, z: forward.z / length },
    cosHalfAngle: Math.cos(Math.min(Math.PI, Math.max(0, halfAngleRad))),
  };
}

/** Names and values that are asked for; undefined when they cannot be read or are too many. */
function matchingOf(
  map: vicinity.v1.IEntityMap | null | undefined,
): ReadonlyArray<readonly [string, unknown]> | undefined {
  try {
    const matching = Object.entries(unpackProperties(map));
    return matching.length > ENTITY_INTEREST_MATCHING_MAX ? undefined : matching;
  } catch {
    return undefined;
  }
}

function clamp(value: number): number {
  return Math.min(PLACE_M_MAX, Math.max(-PLACE_M_MAX, value));
}
