import { type Broker, parseSubject } from '@app/broker';
import type { Clock } from '@app/clock';
import {
  applyLogEntry,
  decodeSnapshot,
  type EntityChange,
  EntityError,
  EntityWorld,
  type ProposedRecord,
  type TransactionOutcome,
  type WorldJournal,
} from '@app/entities';
import { type JournalError, type LogEntry, LogFollower, type SnapshotInfo } from '@app/journal';
import type { Logger } from '@app/runtime';
import { CodedError } from '@app/world';
import type { EntityServerMetrics } from './entity-server.metrics.js';

/** What one record has done to the world. */
export interface AppliedRecord {
  /** Place in the log. */
  readonly sequence: number;
  /** The shard whose writer has written it. */
  readonly shard: number;
  /** One for each transaction of the record. */
  readonly outcomes: readonly TransactionOutcome[];
  /** What the transactions that were done have changed, in order. */
  readonly changes: readonly EntityChange[];
}

/** What a replica stands on. */
export interface ReplicaGround {
  broker: Broker;
  clock: Clock;
  logger: Logger;
  metrics: EntityServerMetrics;
}

/** A world as this process knows it: snapshot, and every record of the log since, in order and without gaps. */
export class WorldReplica {
  private readonly listeners = new Set<(record: AppliedRecord) => void>();
  private readonly follower: LogFollower;
  private proposed: ProposedRecord | undefined;
  private gapsTold = 0;
  /** The record that could not be applied last: said once for each. */
  private stuckAt = 0;
  private catchingUp: Promise<void> | undefined;
  private catchingUpNext: Promise<void> | undefined;

  private constructor(
    readonly name: string,
    readonly world: EntityWorld,
    readonly journal: WorldJournal,
    private readonly ground: ReplicaGround,
  ) {
    const { broker, clock } = ground;
    this.follower = new LogFollower(broker, journal.stream, journal.subjects, clock);
    this.follower.onHandlerFailed((error, { sequence }) => this.noteStuck(error, sequence));
  }

  /**
   * Loads the newest snapshot that can be read and what the log has since. Fails with a BrokerError or JournalError while
   * that is not possible.
   */
  static async open(name: string, journal: WorldJournal, ground: ReplicaGround): Promise<WorldReplica> {
    const startMs = ground.clock.nowMs();
    const replica = new WorldReplica(name, await loadSnapshot(name, journal, ground), journal, ground);
    try {
      await replica.follower.start(replica.world.lastSequence + 1, (entry) => replica.apply(entry));
    } catch (error) {
      replica.stop();
      throw error;
    }
    ground.metrics.openMs.set(ground.clock.nowMs() - startMs, { world: name });
    return replica;
  }

  /** The part that a writer needs to know when its records have arrived here. */
  get position(): Pick<LogFollower, 'reached' | 'lastSequence'> {
    return this.follower;
  }

  /** Place in the log up to which this replica has read. */
  get lastSequence(): number {
    return this.follower.lastSequence;
  }

  /** A writer of this process is about to append this: if it is what comes next, it need not be done again. */
  propose(record: ProposedRecord): void {
    this.proposed = record;
  }

  /** Called after each record, in order. One that throws is logged and holds nobody up: the log goes on for all. */
  onRecord(listener: (record: AppliedRecord) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Called once when the log cannot be followed any more; the owner begins anew with another replica. */
  onFailed(listener: (error: JournalError) => void): void {
    this.follower.onFailed(listener);
  }

  /** Resolves when the record of this place has been applied. Fails with a JournalError. */
  reached(sequence: number, timeoutMs: number): Promise<void> {
    return this.follower.lastSequence >= sequence ? Promise.resolve() : this.follower.reached(sequence, timeoutMs);
  }

  /**
   * Resolves when everything has been applied that was in the log at the time of the call. Those who ask while others wait
   * share one question to the log.
   */
  catchUp(timeoutMs: number): Promise<void> {
    // A question that has been asked already may have been answered before this call.
    if (this.catchingUp) {
      this.catchingUpNext ??= this.catchingUp.then(() => this.beginCatchUp(timeoutMs));
      return this.catchingUpNext;
    }
    return this.beginCatchUp(timeoutMs);
  }

  /** Ends between two records. A second call is harmless. */
  stop(): void {
    this.follower.stop();
    this.listeners.clear();
  }

  private beginCatchUp(timeoutMs: number): Promise<void> {
    this.catchingUpNext = undefined;
    const work = this.journal.stream.state().then(({ lastSequence }) => this.reached(lastSequence, timeoutMs));
    // Whoever waits for the next question waits for the end of this one, however it ends.
    const settled = work.then(
      () => undefined,
      () => undefined,
    );
    this.catchingUp = settled;
    void settled.then(() => {
      if (this.catchingUp === settled) this.catchingUp = undefined;
    });
    return work;
  }

  private apply(entry: LogEntry): void {
    const outcomes = applyLogEntry(this.world, entry, this.proposed);
    this.proposed = undefined;
    const changes = changesOf(outcomes);
    const shard = Number(parseSubject(entry.subject)?.who ?? 0);
    this.count(outcomes);
    const record = { sequence: entry.sequence, shard, outcomes, changes };
    for (const listener of this.listeners) this.tell(listener, record);
  }

  /** The world stands still here: nothing behind a record can be applied before it is. */
  private noteStuck(error: unknown, sequence: number): void {
    const { metrics, logger } = this.ground;
    metrics.applyFailed.inc();
    if (sequence === this.stuckAt) return;
    this.stuckAt = sequence;
    logger.error({ err: error, world: this.name, sequence }, 'A record cannot be applied; trying again.');
  }

  private tell(listener: (record: AppliedRecord) => void, record: AppliedRecord): void {
    try {
      listener(record);
    } catch (error) {
      const { sequence } = record;
      this.ground.logger.error({ err: error, world: this.name, sequence }, 'What follows from a record has failed.');
    }
  }

  private count(outcomes: readonly TransactionOutcome[]): void {
    const { metrics, clock } = this.ground;
    const labels = { world: this.name };
    metrics.replayed.inc();
    for (const kind of OUTCOMES) {
      const count = outcomes.reduce((sum, outcome) => sum + Number(outcome.kind === kind), 0);
      if (count > 0) metrics.outcomes.inc(count, OUTCOME_LABELS[kind]);
    }
    metrics.entities.set(this.world.size, labels);
    metrics.sequence.set(this.world.lastSequence, labels);
    metrics.lagMs.set(Math.max(0, clock.wallMs() - this.world.lastWrittenAtMs), labels);
    const { gaps } = this.follower.counters;
    if (gaps > this.gapsTold) metrics.gaps.inc(gaps - this.gapsTold);
    this.gapsTold = gaps;
  }
}

const OUTCOMES = ['done', 'repeated', 'void'] as const;
const OUTCOME_LABELS = { done: { outcome: 'done' }, repeated: { outcome: 'repeated' }, void: { outcome: 'void' } };

function changesOf(outcomes: readonly TransactionOutcome[]): readonly EntityChange[] {
  if (outcomes.length === 1) return outcomes[0].kind === 'done' ? outcomes[0].changes : [];
  const changes: EntityChange[] = [];
  for (const outcome of outcomes) {
    if (outcome.kind !== 'done') continue;
    for (const change of outcome.changes) changes.push(change);
  }
  return changes;
}

/** The newest snapshot that can be read, or an empty world: the log has everything that is missing then. */
async function loadSnapshot(name: string, journal: WorldJournal, ground: ReplicaGround): Promise<EntityWorld> {
  const newestFirst = (await journal.snapshots.list()).reverse();
  for (const info of newestFirst) {
    const world = await tryLoad(name, info, journal, ground);
    if (world) return world;
  }
  return new EntityWorld();
}

async function tryLoad(
  name: string,
  info: SnapshotInfo,
  journal: WorldJournal,
  { logger, metrics }: ReplicaGround,
): Promise<EntityWorld | undefined> {
  try {
    return await decodeSnapshot(journal.snapshots.open(info));
  } catch (error) {
    if (!isCorrupt(error)) throw error;
    metrics.snapshots.inc(1, { result: 'corrupt' });
    logger.error(
      { err: error, world: name, sequence: info.sequence },
      'A snapshot cannot be read; trying an older one.',
    );
    return undefined;
  }
}

function isCorrupt(error: unknown): boolean {
  if (error instanceof EntityError) return error.code === 'snapshot-corrupt';
  return error instanceof CodedError && error.code === 'broker-object-corrupt';
}
