import { wrapSection } from '@app/vircadia';
import type { EntityId } from '@app/world';
import type { DataOutlet } from './data-outlet.js';

/** Ids in one EntityErase; records that hide as many fit into one packet. */
const IDS_PER_PACKET_MAX = 24;
/** What waits while more is added in vain: whoever does not listen adds in vain for ever. */
const REFUSED_WAITING_MAX = 1_024;

interface Erased {
  /** The last packet that it was in. */
  readonly packet: number;
  /** A record that makes it unseen: web clients do not know how to erase. */
  readonly hiding: Uint8Array | undefined;
}

/**
 * Tells one client what is no more: after everything that it was told of it has come, and before it is told of another
 * thing with the same id. Native clients get packets in any order, and the wrong one would leave a ghost behind.
 */
export class Erasures {
  private readonly waiting = new Map<EntityId, Erased>();
  /** By id the packet that says so. */
  private readonly underWay = new Map<EntityId, number>();

  constructor(private readonly outlet: DataOutlet) {}

  add(id: EntityId, packet: number, hiding: Uint8Array | undefined): void {
    this.waiting.set(id, { packet, hiding });
  }

  /** Something that the client has added in vain. */
  refuse(id: EntityId): void {
    if (this.waiting.size < REFUSED_WAITING_MAX) this.add(id, 0, undefined);
  }

  /** Whether nothing may be told of the id yet. */
  isBlocked(id: EntityId): boolean {
    return this.waiting.has(id) || this.underWay.has(id);
  }

  /** What was under way may not have come. */
  restart(): void {
    for (const id of this.underWay.keys()) this.add(id, 0, undefined);
    this.underWay.clear();
  }

  tick(nowMs: number): void {
    for (const [id, packet] of this.underWay) if (this.outlet.isSettled(packet)) this.underWay.delete(id);
    if (this.waiting.size === 0) return;
    const ids: EntityId[] = [];
    const hidings: Uint8Array[] = [];
    for (const [id, { packet, hiding }] of this.waiting) {
      if (ids.length === IDS_PER_PACKET_MAX) break;
      if (!this.outlet.isSettled(packet)) continue;
      ids.push(id);
      if (hiding) hidings.push(hiding);
    }
    if (ids.length > 0 && this.outlet.mayGo(nowMs)) this.tell(ids, hidings, nowMs);
  }

  private tell(ids: readonly EntityId[], hidings: readonly Uint8Array[], nowMs: number): void {
    if (hidings.length > 0 && this.outlet.sendData(wrapSection(hidings), nowMs) === undefined) return;
    const packet = this.outlet.sendErased(ids, nowMs);
    if (packet === undefined) return;
    for (const id of ids) {
      this.waiting.delete(id);
      this.underWay.set(id, packet);
    }
  }
}
