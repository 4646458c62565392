import { type EntityWorld, parentOf, propertiesAt } from '@app/entities';
import { multiply, rotate } from '@app/spatial';
import { ENTITY_DEPTH_MAX, type EntityId, type WorldTransform, worldTransformOf } from '@app/world';

const ORIGIN: WorldTransform = { position: { x: 0, y: 0, z: 0 }, rotation: { x: 0, y: 0, z: 0, w: 1 } };

/** Where entities are in the world at one moment. What carries several of them is looked for once. */
export class WorldPlaces {
  private readonly known = new Map<EntityId, WorldTransform>();

  /** @param atMs  ms since 1970-01-01 UTC */
  constructor(
    private readonly world: Pick<EntityWorld, 'get'>,
    private readonly atMs: number,
  ) {}

  /** Entities that were looked at. */
  get size(): number {
    return this.known.size;
  }

  /** As worldTransformOf has it. */
  of(id: EntityId): WorldTransform {
    const chain: EntityId[] = [];
    let place: WorldTransform | undefined;
    for (let next: EntityId | undefined = id; next !== undefined && chain.length < ENTITY_DEPTH_MAX;) {
      place = this.known.get(next);
      const entity = place ? undefined : this.world.get(next);
      if (!entity) break;
      chain.push(next);
      next = parentOf(entity.properties);
    }
    let carrier = place ?? ORIGIN;
    for (const each of chain.reverse()) this.known.set(each, (carrier = this.within(carrier, each)));
    return carrier;
  }

  private within(carrier: WorldTransform, id: EntityId): WorldTransform {
    const entity = this.world.get(id);
    if (!entity) return carrier;
    const { position, rotation } = worldTransformOf(
      { type: entity.type, properties: propertiesAt(entity, this.atMs) },
      () => undefined,
    );
    const offset = rotate(carrier.rotation, position, { x: 0, y: 0, z: 0 });
    return {
      position: {
        x: carrier.position.x + offset.x,
        y: carrier.position.y + offset.y,
        z: carrier.position.z + offset.z,
      },
      rotation: multiply(carrier.rotation, rotation, { x: 0, y: 0, z: 0, w: 1 }),
    };
  }
}
