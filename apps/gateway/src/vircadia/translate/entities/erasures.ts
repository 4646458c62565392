import type { EntityId } from '@app/world';
import type { DataOutlet } from './data-outlet.js';

/** Ids in one EntityErase. */
const IDS_PER_PACKET_MAX = 80;
/** What waits while more is added in vain: whoever does not listen adds in vain for ever. */
const REFUSED_WAITING_MAX = 1_024;

/**
 * Tells one client what is no more: after everything that it was told of it has come, and before it is told of another
 * thing with the same id. Native clients get packets in any order, and the wrong one would leave a ghost behind.
 */
export class Erasures {
  /** By id the last packet that it was in. */
  private readonly waiting = new Map<EntityId, number>();
  /** By id the packet that says so. */
  private readonly underWay = new Map<EntityId, number>();

  constructor(private readonly outlet: DataOutlet) {}

  add(id: EntityId, packet: number): void {
    this.waiting.set(id, packet);
  }

  /** Something that the client has added in vain. */
  refuse(id: EntityId): void {
    if (this.waiting.size < REFUSED_WAITING_MAX) this.add(id, 0);
  }

  /** Whether nothing may be told of the id yet. */
  isBlocked(id: EntityId): boolean {
    return this.waiting.has(id) || this.underWay.has(id);
  }

  /** What was under way may not have come. */
  restart(): void {
    for (const id of this.underWay.keys()) this.add(id, 0);
    this.underWay.clear();
  }

  tick(nowMs: number): void {
    for (const [id, packet] of this.underWay) if (this.outlet.isSettled(packet)) this.underWay.delete(id);
    if (this.waiting.size === 0) return;
    const ids: EntityId[] = [];
    for (const [id, packet] of this.waiting) {
      if (ids.length === IDS_PER_PACKET_MAX) break;
      if (this.outlet.isSettled(packet)) ids.push(id);
    }
    const packet = ids.length > 0 && this.outlet.mayGo(nowMs) ? this.outlet.sendErased(ids, nowMs) : undefined;
    if (packet === undefined) return;
    for (const id of ids) {
      this.waiting.delete(id);
      this.underWay.set(id, packet);
    }
  }
}
