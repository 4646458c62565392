import { ENTITY_INTEREST_CHANGE_INTERVAL_MS, ENTITY_INTEREST_INTERVAL_MS } from '@app/world';
import type { Outbox } from '../fanout/outbox.js';
import type { EntityViewer } from './viewer.js';

/** Complete tables without anybody in them that are still sent, so that a lost one does not leave viewers behind. */
const EMPTY_TABLES = 3;

/** Tells the entity-servers of one world where the viewers of this gateway are, and what they want to know. */
export class EntityInterestPublisher {
  private readonly changed = new Set<EntityViewer>();
  private isAllDue = false;
  private isUrgent = false;
  private changesSentAtMs = -Infinity;
  private allSentAtMs = -Infinity;
  private emptyTables = EMPTY_TABLES;

  constructor(
    private readonly world: string,
    private readonly outbox: Outbox,
    private readonly viewers: () => Iterable<EntityViewer>,
  ) {}

  /** What a viewer wants, or who serves it, is new. @param isUrgent  it waits to be told something */
  mark(viewer: EntityViewer, isUrgent = false): void {
    this.changed.add(viewer);
    this.isUrgent ||= isUrgent;
  }

  /** A viewer is gone: whoever is not in the next table is. */
  markGone(viewer: EntityViewer): void {
    this.changed.delete(viewer);
    this.isAllDue = true;
  }

  /** Everybody has to be told: somebody has not heard it. */
  markAll(): void {
    this.isAllDue = true;
    this.isUrgent = true;
  }

  /** Publishes what is due. */
  tick(nowMs: number): void {
    const isDistant = this.isUrgent || nowMs - this.changesSentAtMs >= ENTITY_INTEREST_CHANGE_INTERVAL_MS;
    if (nowMs - this.allSentAtMs >= ENTITY_INTEREST_INTERVAL_MS || (this.isAllDue && isDistant)) {
      this.publishAll(nowMs);
    } else if (isDistant) this.publishChanges(nowMs);
  }

  private publishAll(nowMs: number): void {
    const entries = [...this.viewers()].filter(({ isWanting }) => isWanting).map((viewer) => viewer.entry());
    this.handleSent(nowMs);
    this.allSentAtMs = nowMs;
    this.emptyTables = entries.length > 0 ? 0 : this.emptyTables + 1;
    if (this.emptyTables > EMPTY_TABLES) return;
    this.outbox.publish('entityInterest', this.world, { gatewayId: this.outbox.gatewayId, entries, isComplete: true });
  }

  private publishChanges(nowMs: number): void {
    for (const viewer of this.viewers()) if (viewer.isWanting && viewer.hasMoved) this.changed.add(viewer);
    const entries = [...this.changed].filter(({ isWanting }) => isWanting).map((viewer) => viewer.entry());
    this.handleSent(nowMs);
    if (entries.length === 0) return;
    this.emptyTables = 0;
    this.outbox.publish('entityInterest', this.world, { gatewayId: this.outbox.gatewayId, entries, isComplete: false });
  }

  private handleSent(nowMs: number): void {
    this.changesSentAtMs = nowMs;
    this.changed.clear();
    this.isAllDue = false;
    this.isUrgent = false;
  }
}
