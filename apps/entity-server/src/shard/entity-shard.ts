import { type Broker, type Subscription, subjectOf } from '@app/broker';
import type { Clock } from '@app/clock';
import { EventSourcedActor, JournalError, type WriterLease } from '@app/journal';
import { ENTITY_RECORD_BYTES_MAX, type InstanceId } from '@app/world';
import { outcomeOf } from '../edit-reply.js';
import type { EntityServerMetrics } from '../entity-server.metrics.js';
import type { AppliedRecord, WorldReplica } from '../world-replica.js';
import type { EditRule } from '../rules/edit-rule.js';
import { busy, type CommitOutcome, type Submission, unavailable } from './commit.js';
import { serveCommits } from './commit-door.js';
import { ShardComposer } from './shard-composer.js';

/** Transactions of one shard that wait for the log. */
export const SUBMISSIONS_MAX = 8_192;

/** What a shard stands on. */
export interface ShardGround {
  broker: Broker;
  clock: Clock;
  instanceId: InstanceId;
  metrics: EntityServerMetrics;
  /** Into how many parts the world is divided. */
  shards: number;
  rules: readonly EditRule[];
}

/** The writer of one shard of one world, as long as its lease lasts. */
export class EntityShard {
  private readonly actor: EventSourcedActor<Submission, CommitOutcome>;
  private readonly forgetReplica: () => void;
  private door: Subscription | undefined;
  private composedAtMs: number | undefined;

  constructor(
    readonly replica: WorldReplica,
    readonly shard: number,
    readonly lease: WriterLease,
    private readonly ground: ShardGround,
  ) {
    const { clock, instanceId } = ground;
    const composer = new ShardComposer(
      replica.world,
      instanceId,
      clock,
      ground.shards === 1,
      ground.rules,
      (count) => this.noteGroup(count),
      (record) => replica.propose(record),
    );
    this.actor = new EventSourcedActor<Submission, CommitOutcome>({
      stream: replica.journal.stream,
      subject: subjectOf('entityLog', { world: replica.name, who: `${shard}` }),
      follower: replica.position,
      lease,
      composer,
      clock,
      recordBytesMax: ENTITY_RECORD_BYTES_MAX,
      submissionsMax: SUBMISSIONS_MAX,
    });
    this.forgetReplica = replica.onRecord((record) => this.handleRecord(record));
  }

  /** Whether it takes transactions. */
  get isOpen(): boolean {
    return this.actor.isOpen;
  }

  /** Makes earlier writers harmless, then listens for what arrives elsewhere. Fails with a JournalError. */
  async open(): Promise<void> {
    await this.actor.open();
    const { broker } = this.ground;
    this.door = serveCommits(broker, this.replica.name, this.shard, (submission) => this.submit(submission));
  }

  /** Resolves with what the log has decided; never fails. `world-unavailable` means that the attempt can be repeated. */
  submit(submission: Submission): Promise<CommitOutcome> {
    return this.actor.submit(submission).catch((error: unknown) => {
      if (!(error instanceof JournalError)) throw error;
      return error.code === 'journal-busy' ? busy() : unavailable(error);
    });
  }

  /** Called once when it takes nothing any more. */
  onClosed(listener: () => void): void {
    this.actor.onSteppedDown((error) => {
      if (error?.code === 'journal-fenced') this.ground.metrics.fenced.inc();
      if (error?.code === 'journal-unavailable') this.ground.metrics.appendFailed.inc();
      this.close();
      listener();
    });
  }

  /** Takes nothing new and resolves when everything that waits is answered. */
  async drain(): Promise<void> {
    this.door?.unsubscribe();
    await this.actor.drain();
    this.close();
  }

  /** Ends at once: what waits is answered as `world-unavailable`. A second call is harmless. */
  stop(): void {
    this.actor.stop();
    this.close();
  }

  private close(): void {
    this.door?.unsubscribe();
    this.forgetReplica();
  }

  private handleRecord({ shard, sequence, outcomes }: AppliedRecord): void {
    if (shard !== this.shard) return;
    if (this.composedAtMs !== undefined) {
      this.ground.metrics.appendMs.observe(this.ground.clock.nowMs() - this.composedAtMs);
      this.composedAtMs = undefined;
    }
    this.actor.applied(
      sequence,
      outcomes.map((outcome) => outcomeOf(outcome, sequence)),
    );
  }

  private noteGroup(count: number): void {
    this.composedAtMs = this.ground.clock.nowMs();
    this.ground.metrics.records.inc();
    this.ground.metrics.groupSize.observe(count);
  }
}
