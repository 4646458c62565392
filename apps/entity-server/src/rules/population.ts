import { type Entity, type EntityChange, measureProperties } from '@app/entities';
import type { SessionId } from '@app/world';
import { bytesBetween } from './edit-growth.js';
import { isTemporary } from './power-rule.js';

/** How much of something there is. */
export interface Share {
  /** Entities. */
  readonly count: number;
  /** Bytes of their properties. */
  readonly bytes: number;
}

const NOTHING: Share = { count: 0, bytes: 0 };

/** How much of which kind a world has; kept up to date by its changes. */
export class Population {
  /** All entities. */
  count = 0;
  /** Bytes of all properties. */
  bytes = 0;
  /** Entities with a lifetime. */
  temporaryCount = 0;
  /** Sessions that have added something which is still there; no more of them than entities. */
  private readonly bySession = new Map<SessionId, { count: number; bytes: number }>();

  constructor(entities: Iterable<Entity>) {
    for (const entity of entities) this.add(entity, 1, measureProperties(entity.properties).bytes);
  }

  /** What a session has added that is still there, whoever has changed it since. */
  ofSession(sessionId: SessionId): Share {
    return this.bySession.get(sessionId) ?? NOTHING;
  }

  handleChanges(changes: readonly EntityChange[]): void {
    for (const { before, after } of changes) this.handleChange(before, after);
  }

  private handleChange(before: Entity | undefined, after: Entity | undefined): void {
    if (before && after && before.createdBy.sessionId === after.createdBy.sessionId) {
      this.temporaryCount += Number(isTemporary(after)) - Number(isTemporary(before));
      this.addBytes(after, bytesBetween(before.properties, after.properties));
      return;
    }
    if (before) this.add(before, -1, -measureProperties(before.properties).bytes);
    if (after) this.add(after, 1, measureProperties(after.properties).bytes);
  }

  private add(entity: Entity, count: 1 | -1, bytes: number): void {
    this.count += count;
    if (isTemporary(entity)) this.temporaryCount += count;
    const { sessionId } = entity.createdBy;
    const share = this.bySession.get(sessionId);
    if (share) share.count += count;
    else if (sessionId !== 0) this.bySession.set(sessionId, { count, bytes: 0 });
    this.addBytes(entity, bytes);
    if (share?.count === 0) this.bySession.delete(sessionId);
  }

  private addBytes({ createdBy }: Entity, bytes: number): void {
    this.bytes += bytes;
    const share = this.bySession.get(createdBy.sessionId);
    if (share) share.bytes += bytes;
  }
}
