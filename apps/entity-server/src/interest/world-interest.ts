import type { Entity, EntityChange } from '@app/entities';
import { entityIdOfBytes, entityIdToBytes, type vicinity } from '@app/wire';
import { ENTITY_TICK_MS, type EntityId, type InstanceId } from '@app/world';
import { EntityEncodings } from './entity-encodings.js';
import { EntityPlaces } from './entity-places.js';
import { EntityTable } from './entity-table.js';
import { SimulatedBodies } from './simulated-bodies.js';
import { ViewerBook } from './viewer-book.js';
import { type NewsSources, tellViewer } from './viewer-news.js';
import { hasStrayed, settleAll, settleOne } from './viewer-range.js';
import type { Viewer } from './viewer.js';

/** A viewer's interest follows where it walks at most this often, in ms. */
const SETTLE_INTERVAL_MS = 200;
/** After so many entities no further viewers who are new or have moved are looked at in a tick. */
const SETTLE_ENTITIES_MAX = 100_000;
/** After so many entities no further queues are put into order in a tick. */
const ORDER_ENTITIES_MAX = 150_000;
/** Everything that moves by itself is looked at once in so many ticks: a second. */
const ADVANCE_TICKS = Math.round(1_000 / ENTITY_TICK_MS);
/** No more of it in one tick, whatever moves. */
const ADVANCE_MAX = 2_048;
/** Bytes of news that one world sends in a tick; further viewers wait their turn. */
const TICK_BYTES_MAX = 2_097_152;

/** What an operator can choose. */
export interface InterestOptions {
  /** Bytes per second for one viewer, in the long run; at least 16 KiB. Default 1 MiB. */
  bytesPerSecond: number;
  /** Bytes that a viewer who was told little for a while may get at once; at least 48 KiB. Default 128 KiB. */
  burstBytes: number;
}

/** Defaults of InterestOptions. */
export const INTEREST_DEFAULTS: InterestOptions = { bytesPerSecond: 1_048_576, burstBytes: 131_072 };

/** What interest needs of a world: an EntityWorld has it. */
export interface InterestingWorld {
  entities(): Iterable<Entity>;
  readonly lastSequence: number;
}

/** Numbers of one world's tick; the caller adds them up over worlds. */
export interface InterestCounts {
  viewers: number;
  /** Entities that were told, whole and partial. */
  states: number;
  motions: number;
  reliableBytes: number;
  realtimeBytes: number;
  /** Entities that wait to be told, over all viewers. */
  waiting: number;
  /** The longest that anything has been waiting, in ms. */
  waitMsMax: number;
}

/**
 * Decides who is told what about one world's entities. Pure logic: what comes in arrives through `handle…`, what goes
 * out leaves through `publishTo` during `tick`.
 */
export class WorldInterest {
  private readonly table = new EntityTable();
  private readonly places = new EntityPlaces(this.table);
  private readonly encodings = new EntityEncodings();
  private readonly bodies = new SimulatedBodies();
  private readonly book: ViewerBook;
  private sequence = 0;
  private wallMs = 0;
  private tickIndex = 0;
  /** Where the next tick's round begins: nobody is always last. */
  private turn = 0;

  /**
   * @param serverId   this entity-server: viewers whose entries name another are left alone
   * @param publishTo  sends an encoded EntityDownlink to a gateway (subject entityDown)
   */
  constructor(
    serverId: InstanceId,
    options: InterestOptions,
    publishTo: (gatewayId: InstanceId, message: Uint8Array) => void,
  ) {
    const sequence = (): number => this.sequence;
    this.book = new ViewerBook(serverId, { table: this.table, budget: options, sequence }, publishTo);
  }

  get viewerCount(): number {
    return this.book.size;
  }

  /** No gateway has viewers here. */
  get isEmpty(): boolean {
    return this.book.size === 0;
  }

  /**
   * The world as a whole: once before the first handleChanges, and again if the replica was loaded anew.
   *
   * @param wallMs  ms since 1970-01-01 UTC
   */
  handleWorld(world: InterestingWorld, wallMs: number): void {
    this.wallMs = wallMs;
    this.sequence = world.lastSequence;
    this.table.clear();
    this.places.clear();
    this.bodies.clear();
    this.encodings.clear();
    for (const entity of world.entities()) this.table.add(entity);
    for (let slot = 0; slot < this.table.slotsEnd; slot++) {
      if (this.table.parents[slot] < 0) this.places.update(slot, wallMs, ignore);
    }
    for (const { viewer } of this.book.viewers()) viewer.restart(this.sequence);
  }

  /**
   * What a record has changed, in the log's order: call it for each record that was applied, even if `changes` is empty.
   *
   * @param sequence  place of the record in the log
   */
  handleChanges(changes: readonly EntityChange[], sequence: number): void {
    this.sequence = Math.max(this.sequence, sequence);
    for (const { id, after } of changes) {
      const slot = this.table.slotOf(id);
      if (!after) this.erase(slot, id);
      else if (slot < 0) this.add(after);
      else this.change(slot, after);
    }
  }

  /**
   * A decoded EntityInterestTable. Never throws.
   *
   * @returns entries that were refused: invalid, or beyond a limit
   */
  handleTable(table: vicinity.v1.IEntityInterestTable, nowMs: number): number {
    return this.book.apply(table, nowMs);
  }

  /** A decoded EntityMotionTable, from another server or this one's own physics. Never throws. */
  handleMotions(table: vicinity.v1.IEntityMotionTable, nowMs: number): void {
    for (const motion of table.motions ?? []) {
      const slot = this.table.slotOf(idOf(motion.id));
      if (slot < 0) continue;
      this.bodies.take(slot, motion, nowMs, () => {
        const position = { x: motion.x ?? 0, y: motion.y ?? 0, z: motion.z ?? 0 };
        const { rotationX, rotationY, rotationZ, rotationW } = motion;
        const rotation = { x: rotationX ?? 0, y: rotationY ?? 0, z: rotationZ ?? 0, w: rotationW ?? 0 };
        this.places.override(slot, { position, rotation }, this.wallMs, this.touch);
      });
    }
  }

  /** The broker or this process was away: silence of gateways meant nothing. */
  forgive(nowMs: number): void {
    this.book.forgive(nowMs);
  }

  /**
   * One tick, every ENTITY_TICK_MS.
   *
   * @param nowMs      the monotonic clock
   * @param wallMs     ms since 1970-01-01 UTC: entities move by it
   * @param mayExpire  false while the broker is away: gateways that are silent keep their viewers
   */
  tick(nowMs: number, wallMs: number, mayExpire: boolean): InterestCounts {
    this.tickIndex++;
    this.wallMs = wallMs;
    if (mayExpire) this.book.expire(nowMs);
    const counts = { viewers: 0, states: 0, motions: 0, reliableBytes: 0, realtimeBytes: 0, waiting: 0, waitMsMax: 0 };
    for (const { viewer } of this.book.viewers()) viewer.advance(nowMs);
    const moving = Math.ceil(this.places.movingCount / ADVANCE_TICKS);
    this.places.advance(Math.min(ADVANCE_MAX, moving), wallMs, this.touch);
    this.bodies.expire(nowMs);
    if (this.tickIndex % ADVANCE_TICKS === 0) this.encodings.forgetChanges();
    this.settleViewers(nowMs);
    this.tellViewers(nowMs, counts);
    this.book.flush(this.tickIndex, nowMs);
    this.turn++;
    return counts;
  }

  private settleViewers(nowMs: number): void {
    const { table, places } = this;
    let entities = 0;
    for (const { viewer } of this.turned()) {
      const { isUnsettled } = viewer;
      if (nowMs - viewer.settledAtMs < SETTLE_INTERVAL_MS || !(isUnsettled || hasStrayed(viewer))) continue;
      if (entities > SETTLE_ENTITIES_MAX) break;
      entities += settleAll(viewer, table, places.grid);
      viewer.settledAtMs = nowMs;
      if (isUnsettled) viewer.queue.mark();
      viewer.queue.noteView();
    }
  }

  private tellViewers(nowMs: number, counts: InterestCounts): void {
    const { table, encodings, sequence, wallMs } = this;
    const ordering = { entitiesLeft: ORDER_ENTITIES_MAX };
    const sources: NewsSources = { table, grid: this.places.grid, encodings, ordering, sequence, nowMs, wallMs };
    for (const { viewer, batch } of this.turned()) {
      const { sessionId, stay } = viewer;
      const bytesMax = TICK_BYTES_MAX - counts.reliableBytes;
      const told = tellViewer(viewer, sources, bytesMax, (reliable) =>
        batch.add(this.tickIndex, { sessionId, stay, reliable }),
      );
      const motions = this.bodies.tell(viewer, sources.grid, this.tickIndex);
      if (motions) batch.add(this.tickIndex, { sessionId, stay, realtime: motions.realtime });
      counts.viewers++;
      counts.states += told.states;
      counts.reliableBytes += told.bytes;
      counts.motions += motions?.count ?? 0;
      counts.realtimeBytes += motions?.realtime.length ?? 0;
      counts.waiting += viewer.waitingCount;
      if (viewer.isHeld) continue;
      counts.waitMsMax = Math.max(counts.waitMsMax, nowMs - viewer.queue.oldestSinceMs(viewer.waits, nowMs));
    }
  }

  /** All viewers, beginning with another one in each tick. */
  private turned(): ReturnType<ViewerBook['viewers']> {
    const all = this.book.viewers();
    const first = all.length > 0 ? this.turn % all.length : 0;
    return first === 0 ? all : [...all.slice(first), ...all.slice(0, first)];
  }

  private add(entity: Entity): void {
    const slot = this.table.add(entity);
    // Children that were there before it.
    for (const child of this.table.childrenOf(slot)) this.forAll((viewer) => viewer.noteParent(child, -1, slot));
    this.places.update(slot, this.wallMs, this.touch);
  }

  private change(slot: number, after: Entity): void {
    const { table } = this;
    const before = table.entities[slot] as Entity;
    const parent = table.parents[slot];
    table.replace(slot, after);
    this.encodings.forget(before);
    this.forAll((viewer) => {
      viewer.noteParent(slot, parent, table.parents[slot]);
      viewer.noteChange(slot, before);
    });
    this.places.handleEdit(slot, before, this.wallMs, this.touch);
  }

  private erase(slot: number, id: EntityId): void {
    const entity = this.table.entities[slot];
    if (slot < 0 || !entity) return;
    const idBytes = entityIdToBytes(id);
    this.forAll((viewer) => viewer.noteErased(slot, id, idBytes));
    this.encodings.forget(entity);
    this.places.remove(slot);
    this.bodies.remove(slot);
    this.table.remove(slot);
  }

  /** An entity is new, another, or elsewhere: whose interest is it now? */
  private readonly touch = (slot: number): void => {
    const { table, places } = this;
    this.forAll((viewer) => {
      if (!viewer.isUnsettled) settleOne(viewer, slot, table, places.grid);
    });
  };

  private forAll(work: (viewer: Viewer) => void): void {
    const all = this.book.viewers();
    for (let i = 0; i < all.length; i++) work(all[i].viewer);
  }
}

function ignore(): void {}

function idOf(bytes: Uint8Array | null | undefined): EntityId {
  try {
    return entityIdOfBytes(bytes ?? new Uint8Array(0));
  } catch {
    return '';
  }
}
