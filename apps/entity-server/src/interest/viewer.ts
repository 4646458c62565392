import type { Entity } from '@app/entities';
import type { EntityId, SessionId, Vec3 } from '@app/world';
import { ByteBucket } from './byte-bucket.js';
import type { EntitySlots } from './entity-slots.js';
import { MotionSchedule } from './motion-schedule.js';
import type { SettlingPass } from './settling-pass.js';
import { ViewerQueue } from './viewer-queue.js';
import type { ViewerWishes } from './viewer-wishes.js';

/** Within interest: for itself, or because it carries something that is. */
const IN = 1;
/** Within interest for itself. */
const OWN = 2;
/** The viewer has some version of it. */
const KNOWN = 4;
/** It waits in the queue to be told. */
const WAITING = 8;
/** It waits to be named as present: the viewer has it from before, and nothing has changed. */
const PRESENT = 16;

/** What the viewer is to be told about a slot. */
export type Telling = 'whole' | 'changes' | 'present';

/**
 * What one viewer has been told and still has to be told: a byte for each entity, and the version that it has of those
 * that have changed since.
 *
 * An entity is within interest for itself (`want`), or because one of its children is: viewers cannot place a child
 * without its parents.
 */
export class Viewer {
  readonly queue = new ViewerQueue();
  readonly bucket: ByteBucket;
  /** Where its body is. */
  place: Vec3;
  wishes: ViewerWishes;
  /** The place, and the range around it, by which it was last decided what is within interest. */
  readonly settled = { x: 0, y: 0, z: 0, enterM: -1, leaveM: -1 };
  settledAtMs = -Infinity;
  /** Where it is being decided anew what is within interest; undefined when that is done. */
  pass: SettlingPass | undefined;
  /** Rises with each turn that it had in passes: who had it longest ago comes next. */
  settleTurn = 0;
  /** Everything has to be looked at: it is new here, or wants something else. */
  isUnsettled = true;
  /** The next news begins with a reset. */
  isResetDue = true;
  /** It has not been told of everything since the reset: what it knew from before still counts. */
  isBeginning = true;
  /** It knows the world up to here from before its reset; 0 for nothing. */
  knownSequence = 0;
  /** It is owed word that everything has been told. */
  isEverythingDue = true;
  /** Bytes told by importance and by age: they are kept in proportion. */
  importantBytes = 0;
  oldBytes = 0;
  /** Ids that it has, and that are gone. */
  readonly erased = new Map<EntityId, Uint8Array>();
  /** Slots that it has, and that are no longer within its interest. */
  readonly left = new Set<number>();
  waitingCount = 0;
  /** Its gateway has more news for it than its connection takes: what waits, waits here. */
  isHeld = false;
  /** It may see what is private of all entities, not only of those that it has added. */
  maySeePrivate = false;
  readonly waits = (slot: number): boolean => (this.flags[slot] & WAITING) !== 0;

  /** What it was told of simulated bodies. */
  readonly motions = new MotionSchedule();

  private flags = new Uint8Array(0);
  /** The version that it has, of those that have changed since. */
  private readonly versions = new Map<number, Entity>();
  /** How many children within interest an entity has. */
  private readonly carried = new Map<number, number>();

  constructor(
    readonly sessionId: SessionId,
    public stay: number,
    place: Vec3,
    wishes: ViewerWishes,
    private readonly table: EntitySlots,
    budget: { bytesPerSecond: number; burstBytes: number },
    private nowMs: number,
  ) {
    this.place = place;
    this.wishes = wishes;
    this.bucket = new ByteBucket(budget.bytesPerSecond, budget.burstBytes, nowMs);
  }

  /**
   * Begins anew: the viewer is on another connection, or the world is another.
   *
   * @param sequence  place in the log that the world has reached here: who claims to know more is told everything
   */
  restart(sequence: number): void {
    this.knownSequence = this.wishes.knownSequence <= sequence ? this.wishes.knownSequence : 0;
    this.flags.fill(0);
    this.queue.clear();
    this.erased.clear();
    this.left.clear();
    this.versions.clear();
    this.carried.clear();
    this.waitingCount = 0;
    this.isUnsettled = this.isResetDue = this.isBeginning = this.isEverythingDue = true;
    this.pass = undefined;
    this.settled.enterM = this.settled.leaveM = -1;
  }

  /** The time at which what comes now begins to wait, in ms. */
  advance(nowMs: number): void {
    this.nowMs = nowMs;
  }

  /** All that is within its interest has been found. */
  get isSettled(): boolean {
    return !this.isUnsettled && !this.pass;
  }

  /** Whether it may see what is private of an entity. */
  seesAll(entity: Entity): boolean {
    return this.maySeePrivate || entity.createdBy.sessionId === this.sessionId;
  }

  isIn(slot: number): boolean {
    return (this.flags[slot] & IN) !== 0;
  }

  /** Whether it has some version of an entity. */
  isKnown(slot: number): boolean {
    return (this.flags[slot] & KNOWN) !== 0;
  }

  /** Whether it has to be told of an entity before its children. */
  isMissing(slot: number): boolean {
    return (this.flags[slot] & (KNOWN | WAITING)) === WAITING;
  }

  tellingOf(slot: number): Telling {
    if ((this.flags[slot] & PRESENT) !== 0) return 'present';
    return this.versions.has(slot) ? 'changes' : 'whole';
  }

  /** The version that it has; only of those with changes to tell. */
  versionOf(slot: number): Entity | undefined {
    return this.versions.get(slot);
  }

  /** The entity is within interest, for itself. */
  want(slot: number): void {
    if (slot >= this.flags.length) this.grow();
    const flags = this.flags[slot];
    if ((flags & OWN) !== 0) return;
    this.flags[slot] |= OWN;
    if ((flags & IN) === 0) this.enter(slot);
  }

  /** The entity is no longer within interest for itself. */
  unwant(slot: number): void {
    if ((this.flags[slot] & OWN) === 0) return;
    this.flags[slot] &= ~OWN;
    if (!this.carried.has(slot)) this.leave(slot);
  }

  /** The entity has another parent than before; -1 for none. */
  noteParent(slot: number, before: number, after: number): void {
    if (before === after || !this.isIn(slot)) return;
    // First the new one: common ancestors stay.
    if (after >= 0) this.carry(after);
    if (before >= 0) this.uncarry(before);
  }

  /** The entity is another version of itself. */
  noteChange(slot: number, before: Entity): void {
    const flags = this.flags[slot];
    if ((flags & IN) === 0) return;
    if ((flags & PRESENT) !== 0) this.flags[slot] &= ~PRESENT;
    if ((flags & (WAITING | KNOWN)) !== KNOWN) return;
    this.versions.set(slot, before);
    this.wait(slot, 0);
  }

  /** The entity is erased; call it while the table still has it. */
  noteErased(slot: number, id: EntityId, idBytes: Uint8Array): void {
    const flags = this.flags[slot];
    if (flags === 0 || flags === undefined) return;
    if ((flags & KNOWN) !== 0) this.erased.set(id, idBytes);
    if ((flags & WAITING) !== 0) this.waitingCount--;
    this.flags[slot] = 0;
    this.left.delete(slot);
    this.versions.delete(slot);
    this.carried.delete(slot);
    const parent = this.table.parents[slot];
    if ((flags & IN) !== 0 && parent >= 0) this.uncarry(parent);
  }

  /** It has been told about a slot that waited. */
  noteTold(slot: number): void {
    this.flags[slot] = (this.flags[slot] & ~(WAITING | PRESENT)) | KNOWN;
    this.versions.delete(slot);
    this.waitingCount--;
  }

  /** It has been told that a slot left. */
  noteLeftTold(slot: number): void {
    this.left.delete(slot);
    this.flags[slot] &= ~KNOWN;
  }

  private enter(slot: number): void {
    this.flags[slot] |= IN;
    // It has a version of it, but nobody kept which: it is told as a whole.
    if (this.left.delete(slot)) this.wait(slot, 0);
    else this.wait(slot, this.hasFromBefore(slot) ? PRESENT : 0);
    const parent = this.table.parents[slot];
    if (parent >= 0) this.carry(parent);
  }

  private leave(slot: number): void {
    const flags = this.flags[slot];
    if ((flags & WAITING) !== 0) this.waitingCount--;
    this.flags[slot] &= KNOWN;
    this.versions.delete(slot);
    if ((flags & KNOWN) !== 0) this.left.add(slot);
    const parent = this.table.parents[slot];
    if (parent >= 0) this.uncarry(parent);
  }

  private carry(parent: number): void {
    if (parent >= this.flags.length) this.grow();
    this.carried.set(parent, (this.carried.get(parent) ?? 0) + 1);
    if (!this.isIn(parent)) this.enter(parent);
  }

  private uncarry(parent: number): void {
    const count = (this.carried.get(parent) ?? 0) - 1;
    if (count > 0) {
      this.carried.set(parent, count);
      return;
    }
    this.carried.delete(parent);
    if ((this.flags[parent] & (IN | OWN)) === IN) this.leave(parent);
  }

  private wait(slot: number, extra: number): void {
    this.flags[slot] |= WAITING | extra;
    this.waitingCount++;
    this.queue.push(slot, this.nowMs, this.waitingCount, this.waits);
  }

  /**
   * Whether what the viewer said it knew names this entity: nothing of it, nor of those that carry it, has changed since.
   * What moves may have come from where the viewer did not know it.
   */
  private hasFromBefore(slot: number): boolean {
    const { knownSequence } = this;
    return this.isBeginning && knownSequence > 0 && this.table.chainSequenceOf(slot) <= knownSequence;
  }

  private grow(): void {
    const flags = new Uint8Array(this.table.capacity);
    flags.set(this.flags);
    this.flags = flags;
  }
}
