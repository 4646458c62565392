import type { Clock, Timer } from '@app/clock';
import type { Entity, EntityAuthor, EntityEdit, EntityTransaction } from '@app/entities';
import type { EntityId, EntityProperties, Motion } from '@app/world';
import type { CommitOutcome } from '../shard/commit.js';
import { motionOf } from './body-traits.js';
import { isStill, placeDistance } from './motion-distance.js';

/** Edits of one transaction. */
const BATCH_MAX = 256;
/** What is due is collected for this long, in ms. */
const COLLECT_MS = 100;
/** Pause after the log could not be written, in ms. */
const RETRY_MS = 1_000;
/** What rests closer than this to where the log has it is where the log says: metres, and radians (0.5°). */
const METRES_MIN = 0.01;
const RADIANS_MIN = (0.5 * Math.PI) / 180;
/** Edits of physics have ids that begin so. */
const EDIT_PREFIX = 'phys/';
const EDIT_ID_CHARACTERS = 64;
/** Who the author is when it is nobody else. */
export const PHYSICS_AUTHOR: EntityAuthor = { sessionId: 0, name: 'physics' };

/** What the log of motions stands on. */
export interface MotionLogGround {
  clock: Clock;
  /** Makes edit ids unique: another one for each time that this world is simulated. */
  run: string;
  entityOf: (id: EntityId) => Entity | undefined;
  /** Where a body is at this moment; undefined when there is none any more. */
  motionNow: (id: EntityId) => Motion | undefined;
  submit: (transaction: EntityTransaction) => Promise<CommitOutcome>;
  countLogged: (count: number) => void;
}

interface Due {
  readonly author: EntityAuthor;
  /** Where it was; absent for where it is when it is written. */
  readonly motion: Motion | undefined;
}

/** Writes where bodies have come to into the world's log, in batches. */
export class MotionLog {
  private readonly due = new Map<EntityId, Due>();
  private readonly inFlight = new Set<EntityId>();
  private timer: Timer | undefined;
  private count = 0;
  private isStopped = false;

  constructor(private readonly ground: MotionLogGround) {}

  /** Whether an edit comes from here, or from physics in another process. */
  static isOwn(editId: string): boolean {
    return editId.startsWith(EDIT_PREFIX);
  }

  /** Nothing is due and nothing under way. */
  get isIdle(): boolean {
    return this.due.size === 0 && this.inFlight.size === 0;
  }

  /** A body is to be logged: by default where it is when its turn comes, by physics. */
  note(id: EntityId, author: EntityAuthor = PHYSICS_AUTHOR, motion?: Motion): void {
    // Who has held it is said, even if it moves on at once.
    if (this.due.get(id)?.motion && !motion) return;
    this.due.set(id, { author, motion });
    this.schedule(COLLECT_MS);
  }

  forget(id: EntityId): void {
    this.due.delete(id);
  }

  /** Writes what is due without waiting, and resolves when it was tried. */
  async drain(): Promise<void> {
    await this.write();
  }

  /** Nothing is written any more; what is under way is settled by whoever has it. */
  stop(): void {
    this.isStopped = true;
    this.timer?.cancel();
    this.due.clear();
  }

  private schedule(delayMs: number): void {
    if (this.isStopped) return;
    this.timer ??= this.ground.clock.after(delayMs, () => {
      this.timer = undefined;
      void this.write();
    });
  }

  private async write(): Promise<void> {
    const batches: Array<{ author: EntityAuthor; edits: EntityEdit[] }> = [];
    for (const [id, { author, motion }] of this.due) {
      if (this.inFlight.has(id)) continue;
      this.due.delete(id);
      const edit = this.editOf(id, motion);
      if (!edit) continue;
      let batch = batches.find(
        ({ author: { sessionId }, edits }) => sessionId === author.sessionId && edits.length < BATCH_MAX,
      );
      if (!batch) batches.push((batch = { author, edits: [] }));
      batch.edits.push(edit);
    }
    await Promise.all(batches.map(({ author, edits }) => this.submit(author, edits)));
    if (this.due.size > 0) this.schedule(COLLECT_MS);
  }

  private async submit(author: EntityAuthor, edits: readonly EntityEdit[]): Promise<void> {
    for (const { id } of edits) this.inFlight.add(id);
    const editId = `${EDIT_PREFIX}${(++this.count).toString(36)}/${this.ground.run}`.slice(0, EDIT_ID_CHARACTERS);
    const outcome = await this.ground.submit({ editId, author, edits });
    for (const { id } of edits) this.inFlight.delete(id);
    if (outcome.kind === 'done') return this.ground.countLogged(edits.length);
    if (this.isStopped) return;
    // Somebody has changed or erased one of them meanwhile. The others are still due, and so is that one where it is now.
    for (const { id } of edits) if (!this.due.has(id)) this.due.set(id, { author: PHYSICS_AUTHOR, motion: undefined });
    this.schedule(outcome.error.code === 'entity-revision-stale' ? COLLECT_MS : RETRY_MS);
  }

  /** What is to be written of a body; undefined when the log says so already. */
  private editOf(id: EntityId, then: Motion | undefined): EntityEdit | undefined {
    const entity = this.ground.entityOf(id);
    const motion = then ?? this.ground.motionNow(id);
    if (!entity || !motion || isLogged(entity, motion)) return undefined;
    return {
      kind: 'change',
      id,
      properties: propertiesOf(entity, motion),
      removed: [],
      // Whoever puts it somewhere else at this moment is right.
      expectedRevision: entity.revision,
    };
  }
}

function isLogged(entity: Entity, motion: Motion): boolean {
  const logged = motionOf(entity);
  if (!isStill(logged) || !isStill(motion)) return false;
  const { metres, radians } = placeDistance(logged, motion);
  return metres <= METRES_MIN && radians <= RADIANS_MIN;
}

/** Velocities that are zero and always were are left out. */
function propertiesOf({ properties }: Entity, motion: Motion): EntityProperties {
  const { position, rotation, velocity, angularVelocity } = motion;
  const changed: Record<string, EntityProperties[string]> = { position: { ...position }, rotation: { ...rotation } };
  if (properties.velocity !== undefined || velocity.x || velocity.y || velocity.z) changed.velocity = { ...velocity };
  const turns = angularVelocity.x || angularVelocity.y || angularVelocity.z;
  if (properties.angularVelocity !== undefined || turns) changed.angularVelocity = { ...angularVelocity };
  return changed;
}
