import type { vicinity } from '@app/wire';
import type { EntityId, EntityProperties } from '@app/world';
import { SharedEntity, stampOf } from './shared-entity.js';

/** The entities of one world that viewers of this gateway know. */
export class SharedEntities {
  private readonly entities = new Map<EntityId, SharedEntity>();

  get size(): number {
    return this.entities.size;
  }

  /** A viewer is told of an entity as a whole. @param properties  without what is private */
  learn(id: EntityId, fields: vicinity.v1.EntityState.$Properties, properties: EntityProperties): SharedEntity {
    const stamp = stampOf(fields);
    const type = fields.type ?? '';
    const createdAtMs = fields.createdAtMs ?? 0;
    const known = this.entities.get(id);
    const isSame = known?.type === type && known.createdAtMs === createdAtMs;
    if (known && (isSame || known.revision >= stamp.revision)) {
      known.take(stamp, properties, undefined);
      return known;
    }
    const entity = new SharedEntity(id, type, createdAtMs, stamp, properties);
    this.entities.set(id, entity);
    return entity;
  }

  /** One viewer less knows it. */
  release(entity: SharedEntity): void {
    entity.viewers--;
    if (entity.viewers <= 0 && this.entities.get(entity.id) === entity) this.entities.delete(entity.id);
  }
}
