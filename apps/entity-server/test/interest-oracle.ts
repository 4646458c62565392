import { isDeepStrictEqual } from 'node:util';
import type { Entity } from '@app/entities';
import { multiply, rotate } from '@app/spatial';
import { unpackProperties } from '@app/wire';
import type { EntityId, Quat, Vec3 } from '@app/world';
import { marginOf } from '../src/interest/viewer-range.js';
import type { InterestStage, StageViewer } from './interest-stage.js';

/** Where an entity is, found out in the plainest way. */
interface OraclePlace {
  readonly position: Vec3;
  readonly rotation: Quat;
}

/** What is wrong with what a viewer knows, in words; undefined when all is well. Nothing may be under way. */
export function findError(stage: InterestStage, viewer: StageViewer, oracle: InterestOracle): string | undefined {
  const { entities } = viewer.model;
  const who = `viewer ${viewer.sessionId}`;
  const radiusM = viewer.interest.radiusM || 1_000;
  for (const id of oracle.within(viewer, radiusM)) if (!entities.has(id)) return `${who} misses ${id}`;
  const atMost = oracle.within(viewer, radiusM + 4 * marginOf(radiusM));
  for (const [id, known] of entities) {
    const entity = stage.entities.get(id);
    if (!entity) return `${who} knows ${id}, which is gone`;
    if (!atMost.has(id)) return `${who} knows ${id}, which is far away`;
    const { type, revision, properties } = entity;
    if (known.type !== type || known.revision !== revision) return `${who} knows an old ${id}`;
    if (!isDeepStrictEqual(known.properties, properties)) return `${who} knows ${id} otherwise than it is`;
  }
  return undefined;
}

/** The world as it is, at rest. */
export class InterestOracle {
  private readonly places = new Map<EntityId, OraclePlace>();
  private readonly balls: ReadonlyArray<{ entity: Entity; centre: Vec3; radiusM: number }>;

  constructor(private readonly entities: ReadonlyMap<EntityId, Entity>) {
    this.balls = [...entities.values()].map((entity) => {
      const { x, y, z } = this.vectorOf(entity.id, 'dimensions');
      return { entity, centre: this.placeOf(entity.id).position, radiusM: Math.hypot(x, y, z) / 2 };
    });
  }

  /** Entities that a viewer wants whose bounds are within a distance, and those that carry them. */
  within(viewer: StageViewer, radiusM: number): Set<EntityId> {
    const found = new Set<EntityId>();
    const types = viewer.interest.types ?? [];
    const matching = Object.entries(unpackProperties(viewer.interest.matching));
    const from = viewer.position;
    for (const { entity, centre, radiusM: ownM } of this.balls) {
      if (Math.hypot(centre.x - from.x, centre.y - from.y, centre.z - from.z) - ownM > radiusM) continue;
      const { id, type, properties } = entity;
      if (types.length > 0 && !types.includes(type)) continue;
      if (!matching.every(([name, value]) => isDeepStrictEqual(properties[name], value))) continue;
      for (let at: EntityId | undefined = id; at !== undefined && !found.has(at); at = this.parentOf(at)) found.add(at);
    }
    return found;
  }

  private placeOf(id: EntityId): OraclePlace {
    const known = this.places.get(id);
    if (known) return known;
    const { rotation } = (this.entities.get(id) as Entity).properties;
    const own = {
      position: this.vectorOf(id, 'position'),
      rotation: (rotation ?? { x: 0, y: 0, z: 0, w: 1 }) as unknown as Quat,
    };
    const parentId = this.parentOf(id);
    const place = parentId === undefined ? own : within(this.placeOf(parentId), own);
    this.places.set(id, place);
    return place;
  }

  private parentOf(id: EntityId): EntityId | undefined {
    const parentId = this.entities.get(id)?.properties.parentID;
    return typeof parentId === 'string' && this.entities.has(parentId) ? parentId : undefined;
  }

  private vectorOf(id: EntityId, name: string): Vec3 {
    return this.entities.get(id)?.properties[name] as unknown as Vec3;
  }
}

function within(frame: OraclePlace, own: OraclePlace): OraclePlace {
  const position = rotate(frame.rotation, own.position, { x: 0, y: 0, z: 0 });
  return {
    position: {
      x: position.x + frame.position.x,
      y: position.y + frame.position.y,
      z: position.z + frame.position.z,
    },
    rotation: multiply(frame.rotation, own.rotation, { x: 0, y: 0, z: 0, w: 1 }),
  };
}
