import type { EntityChange, Entity } from '@app/entities';
import type { SessionId } from '@app/world';
import { isTemporary } from './power-rule.js';

/** How many entities of which kind a world has; kept up to date by its changes. */
export class Population {
  /** All entities. */
  count = 0;
  /** Those with a lifetime. */
  temporaryCount = 0;
  /** Sessions that have added something which is still there; no more of them than entities. */
  private readonly bySession = new Map<SessionId, number>();

  constructor(entities: Iterable<Entity>) {
    for (const entity of entities) this.add(entity, 1);
  }

  /** How many entities a session has added that are still there. */
  ofSession(sessionId: SessionId): number {
    return this.bySession.get(sessionId) ?? 0;
  }

  handleChanges(changes: readonly EntityChange[]): void {
    for (const { before, after } of changes) {
      if (before) this.add(before, -1);
      if (after) this.add(after, 1);
    }
  }

  private add(entity: Entity, sign: 1 | -1): void {
    this.count += sign;
    if (isTemporary(entity)) this.temporaryCount += sign;
    const { sessionId } = entity.createdBy;
    if (sessionId === 0) return;
    const count = this.ofSession(sessionId) + sign;
    if (count > 0) this.bySession.set(sessionId, count);
    else this.bySession.delete(sessionId);
  }
}
