import type { Entity, EntityChange } from '@app/entities';
import { entityIdOfBytes, type vicinity } from '@app/wire';
import { ENTITY_TICK_MS, type EntityId, type InstanceId } from '@app/world';
import { EntityEncodings } from './entity-encodings.js';
import { EntityPlaces } from './entity-places.js';
import { EntitySlots } from './entity-slots.js';
import { Erasures } from './erasures.js';
import { SimulatedBodies } from './simulated-bodies.js';
import { ViewerBook } from './viewer-book.js';
import { settleOne } from './viewer-range.js';
import { type InterestCounts, ViewerRounds } from './viewer-rounds.js';
import type { Viewer } from './viewer.js';

/** Everything that moves by itself is looked at once in so many ticks: a second. */
const ADVANCE_TICKS = Math.round(1_000 / ENTITY_TICK_MS);
/**
 * What is erased, and what is carried elsewhere, concerns all viewers: so often one entity is looked at for one viewer in a
 * tick, for each of the two. About 5 ms.
 */
const LOOKS_MAX = 32_768;
/** To erase an entity, or to place it, costs as much as to look at it for so many viewers. */
const LOOKS_PER_ENTITY = 16;

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

/**
 * Decides who is told what about one world's entities. Pure logic: what comes in arrives through `handle…`, what goes
 * out leaves through `publishTo` during `tick`.
 */
export class WorldInterest {
  private readonly table = new EntitySlots();
  private readonly places = new EntityPlaces(this.table);
  private readonly encodings = new EntityEncodings();
  private readonly bodies = new SimulatedBodies();
  private readonly erasures = new Erasures(this.table, (slot) => this.forget(slot));
  private readonly book: ViewerBook;
  private readonly rounds: ViewerRounds;
  private sequence = 0;
  private wallMs = 0;
  private tickIndex = 0;
  /** How many of those that move by themselves are due, with what was left over of the last one. */
  private moversDue = 0;

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
    const { table, places, encodings, bodies } = this;
    this.book = new ViewerBook(serverId, { table, budget: options, sequence }, publishTo);
    this.rounds = new ViewerRounds({ table, places, encodings, bodies, book: this.book });
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
    this.erasures.clear();
    for (const entity of world.entities()) this.table.add(entity);
    for (let slot = 0; slot < this.table.slotsEnd; slot++) {
      if (this.table.parents[slot] < 0) this.places.update(slot, wallMs, ignore);
    }
    this.places.work(Infinity, wallMs, ignore);
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
      if (slot < 0) {
        if (after) this.add(after);
      } else if (!after) this.erasures.push(slot);
      else {
        // What was simulated was another one.
        if (this.erasures.cancel(slot)) this.bodies.remove(slot);
        this.change(slot, after);
      }
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
    for (const { viewer } of this.book.viewers()) viewer.advance(nowMs);
    this.catchUp();
    this.bodies.expire(nowMs);
    if (this.tickIndex % ADVANCE_TICKS === 0) this.encodings.forgetChanges();
    this.rounds.settle(nowMs);
    // Who is told of an erasure later knows less than the world up to here.
    const sequence = this.erasures.size === 0 && this.places.staleCount === 0 ? this.sequence : 0;
    const counts = this.rounds.tell({ tickIndex: this.tickIndex, nowMs, wallMs, sequence });
    this.book.flush(this.tickIndex, nowMs);
    return counts;
  }

  /** Does some of what is left of large edits, and of what moves by itself. */
  private catchUp(): void {
    const { places, erasures } = this;
    const countMax = Math.ceil(LOOKS_MAX / (LOOKS_PER_ENTITY + this.book.size));
    if (erasures.size > 0) erasures.work(countMax, this.viewers(), this.sequence);
    this.moversDue += Math.min(places.movingCount / ADVANCE_TICKS, countMax);
    const movers = Math.floor(this.moversDue);
    this.moversDue -= movers;
    places.advance(movers);
    places.work(countMax, this.wallMs, this.touch);
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

  private forget(slot: number): void {
    const entity = this.table.entities[slot];
    if (entity) this.encodings.forget(entity);
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

  private viewers(): Viewer[] {
    return this.book.viewers().map(({ viewer }) => viewer);
  }

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
