import { type BodyMotion, unpackEntityMotion, type vicinity } from '@app/wire';
import { ENTITY_BODIES_MAX, type EntityId, type Motion } from '@app/world';

/** Older words about a body than these are of no use to whoever takes over, in ms: the log is never behind so far. */
const AGE_MS_MAX = 30_000;

/** What the server that simulates has said last of each body: where another one goes on. */
export class HeardMotions {
  private readonly newest = new Map<EntityId, BodyMotion>();

  /** Takes a decoded EntityMotionTable. Never throws. */
  take({ motions }: vicinity.v1.IEntityMotionTable): void {
    for (const fields of motions ?? []) {
      const told = unpackEntityMotion(fields);
      if (typeof told === 'string') continue;
      const { id, motion } = told;
      const { atMs } = motion;
      if ((this.newest.get(id)?.atMs ?? 0) >= atMs) continue;
      // At the end of the order: those of which nothing is heard go first.
      this.newest.delete(id);
      this.newest.set(id, motion);
      if (this.newest.size > ENTITY_BODIES_MAX) this.newest.delete(this.newest.keys().next().value as EntityId);
    }
  }

  /**
   * Where a body was said to be, if that is newer than what the log says of it.
   *
   * @param movedAtMs  of the log, ms since 1970-01-01 UTC, as is `wallMs`
   */
  newerThan(id: EntityId, movedAtMs: number, wallMs: number): Motion | undefined {
    const heard = this.newest.get(id);
    return heard && heard.atMs > movedAtMs && wallMs - heard.atMs <= AGE_MS_MAX ? heard : undefined;
  }

  clear(): void {
    this.newest.clear();
  }
}
