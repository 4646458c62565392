import type { Clock, Timer } from '@app/clock';
import type { Entity, EntityChange, EntityTransaction, EntityWorld } from '@app/entities';
import type { EntityId } from '@app/world';
import type { CommitOutcome } from '../shard/commit.js';
import { ExpiryHeap } from './expiry-heap.js';
import { LockedTrees } from './locked-trees.js';

/** How often it is looked who has come to the end, in ms. */
const LOOK_INTERVAL_MS = 100;
/** Entities that are erased at the same time; the others follow at the next look. */
const ERASING_MAX = 512;
/** An entity that could not be erased is tried again after this time, in ms. */
const RETRY_MS = 1_000;
/** One with which something locked would go is looked at again after this time, in ms. */
const LOCKED_RETRY_MS = 5_000;
const MS_PER_S = 1_000;
const AUTHOR = { sessionId: 0, name: 'lifetime' };

/** What the duty stands on. */
export interface LifetimesGround {
  clock: Clock;
  world: EntityWorld;
  /** Whether this process writes the shard that an entity belongs to. */
  isOwn: (id: EntityId) => boolean;
  submit: (transaction: EntityTransaction) => Promise<CommitOutcome>;
  countExpired: () => void;
}

/**
 * Erases entities at the end of their lifetime, in the shards of this process. The end is a point in time that the entity's
 * own properties say, so that it survives whoever watches. What is locked, or carries something that is, stays until it is
 * unlocked.
 */
export class Lifetimes {
  private readonly heap = new ExpiryHeap();
  private readonly erasing = new Set<EntityId>();
  private readonly locked: LockedTrees;
  private timer: Timer | undefined;

  constructor(private readonly ground: LifetimesGround) {
    this.locked = new LockedTrees(ground.world);
    for (const entity of ground.world.entities()) this.watch(entity);
  }

  start(): void {
    this.timer ??= this.ground.clock.every(LOOK_INTERVAL_MS, () => this.look());
  }

  /** A second call is harmless. */
  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  handleChanges(changes: readonly EntityChange[]): void {
    for (const { before, after } of changes) {
      if (!after && before) this.locked.forget(before.id);
      if (after && (before === undefined || endOf(before) !== endOf(after))) this.watch(after);
    }
    // What was erased or got another end stays in the heap until its old end; when that is most of it, it is made anew.
    if (this.heap.size > 2 * this.ground.world.size + 1_024) this.rebuild();
  }

  private look(): void {
    const nowMs = this.ground.clock.wallMs();
    while (this.erasing.size < ERASING_MAX) {
      const id = this.heap.popDue(nowMs);
      if (id === undefined) return;
      this.consider(id, nowMs);
    }
  }

  private consider(id: EntityId, nowMs: number): void {
    const entity = this.ground.world.get(id);
    const endMs = entity && endOf(entity);
    if (!entity || endMs === undefined || this.erasing.has(id)) return;
    // Its end has been moved; or another process writes its shard now, and may not do so later.
    if (endMs > nowMs) return this.heap.push(id, endMs);
    if (!this.ground.isOwn(id)) return this.heap.push(id, nowMs + RETRY_MS);
    if (this.locked.has(id)) return this.heap.push(id, nowMs + LOCKED_RETRY_MS);
    void this.erase(entity);
  }

  private async erase({ id, createdAtMs, revision }: Entity): Promise<void> {
    this.erasing.add(id);
    try {
      const outcome = await this.ground.submit({
        // Whoever takes over repeats it under the same name; at most 64 characters.
        editId: `life/${id}/${createdAtMs.toString(36)}/${revision.toString(36)}`,
        author: AUTHOR,
        edits: [{ kind: 'erase', id, expectedRevision: revision }],
      });
      if (outcome.kind === 'done') this.ground.countExpired();
      else this.heap.push(id, this.ground.clock.wallMs() + RETRY_MS);
    } finally {
      this.erasing.delete(id);
    }
  }

  private watch(entity: Entity): void {
    const endMs = endOf(entity);
    if (endMs !== undefined) this.heap.push(entity.id, endMs);
  }

  private rebuild(): void {
    this.heap.clear();
    for (const entity of this.ground.world.entities()) this.watch(entity);
  }
}

/** When an entity ends, ms since 1970-01-01 UTC; undefined when it does not. */
export function endOf({ properties, createdAtMs }: Pick<Entity, 'properties' | 'createdAtMs'>): number | undefined {
  const { lifetime } = properties;
  return typeof lifetime === 'number' && lifetime >= 0 ? createdAtMs + lifetime * MS_PER_S : undefined;
}
