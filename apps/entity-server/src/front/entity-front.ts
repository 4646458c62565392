import type { Broker } from '@app/broker';
import { type Clock, pause, type Random } from '@app/clock';
import {
  checkEdits,
  type EntityEdit,
  EntityError,
  type EntityTransaction,
  type RequestedTransaction,
  resolveClones,
} from '@app/entities';
import type { vicinity } from '@app/wire';
import { type EditReply, outcomeOf, refusalOf, replyOf } from '../edit-reply.js';
import type { AddressRates } from '../rules/address-rates.js';
import { applyRules, type EditRule, POWER } from '../rules/edit-rule.js';
import { countErasedBelow, type ErasureRates } from '../rules/erasure-rates.js';
import { busy, type CommitOutcome, isWorthRepeating, refused, type Submission, submissionOf } from '../shard/commit.js';
import { requestCommit } from '../shard/commit-door.js';
import type { EntityShard } from '../shard/entity-shard.js';
import type { WorldReplica } from '../world-replica.js';
import { AuthorOrder, type Turn } from './author-order.js';
import { erasedTooMuch } from '../passing-errors.js';
import { drawEntityId } from './draw-entity-id.js';
import { entitiesNamed, homeOf } from './edit-targets.js';

/** Transactions that one front works on at the same time, over all authors of a world. */
export const EDITS_IN_FLIGHT_MAX = 2_048;
/** Transactions of the server itself that have room besides, however many people edit. */
const OWN_EDITS_IN_FLIGHT_MAX = 1_024;
/** How long a transaction is tried before its author is told that the world cannot be changed, in ms. */
export const EDIT_PATIENCE_MS = 10_000;
/** How long one attempt at another entity-server may take, in ms. */
const ATTEMPT_MS = 2_000;
/** Pause before an attempt is repeated, in ms: a new writer needs some hundred milliseconds. */
const REPEAT_PAUSE_MS = 40;
/** How long to wait for what the log has and this process has not read yet, in ms. */
const CATCH_UP_MS = 2_000;

/** What a front stands on. */
export interface FrontGround {
  broker: Broker;
  clock: Clock;
  random: Random;
  replica: WorldReplica;
  /** Into how many parts the world is divided. */
  shards: number;
  rules: readonly EditRule[];
  rates: Pick<AddressRates, 'spend'>;
  erasures: Pick<ErasureRates, 'mustWait' | 'spend'>;
  /** The writer of a shard, if it is in this process and open. */
  localShard: (shard: number) => EntityShard | undefined;
  countRepeat: () => void;
}

/** Where edits of one world arrive: checks them, hands them to the writer of their shard, and answers what the log says. */
export class EntityFront {
  private readonly order = new AuthorOrder();
  private readonly pending = new Map<string, Promise<CommitOutcome>>();
  private latestMs = Infinity;
  private readonly drawId = (): string => drawEntityId(this.ground.random);

  constructor(private readonly ground: FrontGround) {}

  /** Transactions that wait for their answer. */
  get inFlight(): number {
    return this.pending.size;
  }

  /**
   * Answers when the log has the transaction and this process has read it, or with a code. Never fails. The same edit id
   * again gets the same answer.
   *
   * @param deadlineMs  until when it is worth trying, on the monotonic clock
   */
  edit(request: vicinity.v1.EntityEditRequest, deadlineMs: number): Promise<EditReply> {
    const { world } = this.ground.replica;
    const requested = checkEdits(request.transaction ?? {}, this.drawId, (id) => world.get(id)?.type);
    if (requested instanceof EntityError) return Promise.resolve(refusalOf(requested));
    if (request.isDryRun) return Promise.resolve(this.dryRun(requested));
    const known = this.remembered(requested.editId);
    if (known) return Promise.resolve(replyOf(known));
    return this.commitOnce(requested, deadlineMs, EDITS_IN_FLIGHT_MAX).then(replyOf);
  }

  /** A transaction of the server itself: no rules, no copies. */
  submit(transaction: EntityTransaction): Promise<CommitOutcome> {
    const powers = POWER.ENTITY_POWER_OPERATE;
    const deadlineMs = this.ground.clock.nowMs() + EDIT_PATIENCE_MS;
    return this.commitOnce(
      { ...transaction, powers, origin: 0 },
      deadlineMs,
      EDITS_IN_FLIGHT_MAX + OWN_EDITS_IN_FLIGHT_MAX,
    );
  }

  /** The process ends: nothing is tried for longer than this, whatever was promised. */
  hurry(patienceMs: number): void {
    this.latestMs = Math.min(this.latestMs, this.ground.clock.nowMs() + patienceMs);
  }

  /** A repetition that comes while the first is under way shares its outcome. */
  private commitOnce(requested: RequestedTransaction, deadlineMs: number, countMax: number): Promise<CommitOutcome> {
    const { editId } = requested;
    const first = this.pending.get(editId);
    if (first) return first;
    if (this.pending.size >= countMax) return Promise.resolve(busy());
    const turn = this.order.enter(authorKey(requested));
    const work = this.commit(requested, turn, deadlineMs);
    // What was refused at once is not under way.
    if (!turn.isDone) this.pending.set(editId, work);
    return work;
  }

  private async commit(requested: RequestedTransaction, turn: Turn, deadlineMs: number): Promise<CommitOutcome> {
    const { editId } = requested;
    try {
      let prepared = this.prepare(requested, turn);
      // The usual case costs no promise.
      if (prepared instanceof Promise) prepared = await prepared;
      if (prepared instanceof EntityError) return refused(prepared);
      for (;;) {
        const outcome = await this.attempt(prepared, turn, deadlineMs);
        const isLate = this.ground.clock.nowMs() >= Math.min(deadlineMs, this.latestMs);
        if (!isWorthRepeating(outcome) || isLate) return outcome;
        this.ground.countRepeat();
        await turn.ready(undefined);
        await pause(this.ground.clock, REPEAT_PAUSE_MS);
        // The attempt whose answer was lost may have been the one.
        const known = this.remembered(editId);
        if (known) return known;
      }
    } finally {
      turn.done();
      this.pending.delete(editId);
    }
  }

  private attempt(submission: Submission, turn: Turn, deadlineMs: number): Promise<CommitOutcome> {
    const { replica, shards, localShard } = this.ground;
    const shard = homeOf(submission.transaction.edits, replica.world, shards);
    const local = localShard(shard);
    const wait = turn.ready(local && shard);
    if (wait) return wait.then(() => this.send(submission, shard, local, deadlineMs));
    return this.send(submission, shard, local, deadlineMs);
  }

  private send(
    submission: Submission,
    shard: number,
    local: EntityShard | undefined,
    deadlineMs: number,
  ): Promise<CommitOutcome> {
    return local ? local.submit(submission) : this.attemptElsewhere(submission, shard, deadlineMs);
  }

  private async attemptElsewhere(submission: Submission, shard: number, deadlineMs: number): Promise<CommitOutcome> {
    const { broker, replica, clock } = this.ground;
    const timeoutMs = Math.max(1, Math.min(ATTEMPT_MS, Math.min(deadlineMs, this.latestMs) - clock.nowMs()));
    const outcome = await requestCommit(broker, replica.name, shard, submission, timeoutMs);
    if (outcome.kind === 'done') await this.whenRead(outcome.sequence, deadlineMs);
    return outcome;
  }

  /**
   * Resolves copies and asks the rules, by the world as this process knows it. What it does not know, or refuses while the
   * author's earlier transactions are under way, is looked at again when this process has caught up.
   */
  private prepare(
    requested: RequestedTransaction,
    turn: Turn,
  ): Submission | EntityError | Promise<Submission | EntityError> {
    if (!this.knowsAll(requested)) return this.prepareLate(requested, turn);
    const prepared = this.resolve(requested);
    return prepared instanceof EntityError && !turn.isFirst ? this.prepareLate(requested, turn) : prepared;
  }

  private async prepareLate(requested: RequestedTransaction, turn: Turn): Promise<Submission | EntityError> {
    const wait = turn.ready(undefined);
    if (wait) await wait;
    if (this.knowsAll(requested)) return this.resolve(requested);
    // Another entity-server may know what this one has not read yet. If the log cannot be asked, the writer decides.
    const hasCaughtUp = await this.ground.replica.catchUp(CATCH_UP_MS).then(
      () => true,
      () => false,
    );
    const prepared = this.resolve(requested);
    if (prepared instanceof EntityError || !hasCaughtUp || this.knowsAll(requested)) return prepared;
    const draft = this.draft(prepared);
    return draft.kind === 'refused' ? draft.error : prepared;
  }

  private knowsAll({ edits }: RequestedTransaction): boolean {
    const { world } = this.ground.replica;
    return entitiesNamed(edits).every((id) => world.get(id) !== undefined);
  }

  private resolve(
    { editId, author, powers, origin, edits }: RequestedTransaction,
    isDryRun = false,
  ): Submission | EntityError {
    const { replica, rules, rates, clock } = this.ground;
    const resolved = resolveClones(replica.world, edits, this.drawId, clock.wallMs());
    if (resolved instanceof EntityError) return resolved;
    const verdict = applyRules(rules, resolved, { sessionId: author.sessionId, powers, origin }, replica.world);
    if ('refusal' in verdict) {
      const { refusal, editIndex } = verdict;
      return new EntityError(refusal.code, refusal.text, { field: refusal.field, editIndex });
    }
    const tooSoon = this.countErasures(verdict.edits, powers, origin);
    if (tooSoon) return tooSoon;
    if (!isDryRun) rates.spend(origin, verdict.addedCount, verdict.grownBytes);
    return submissionOf({ editId, author, edits: verdict.edits }, powers, replica.world.lastSequence);
  }

  /** Counts what erasures take with them, of whoever rules hold for, also when it is only asked what would be. */
  private countErasures(edits: readonly EntityEdit[], powers: number, origin: number): EntityError | undefined {
    if (powers & POWER.ENTITY_POWER_OPERATE) return undefined;
    const { erasures, replica } = this.ground;
    const mustWait = erasures.mustWait(origin);
    const count = countErasedBelow(edits, replica.world, mustWait ? 0 : Infinity);
    if (mustWait && count > 0) return erasedTooMuch();
    erasures.spend(origin, count);
    return undefined;
  }

  private dryRun(requested: RequestedTransaction): EditReply {
    const prepared = this.resolve(requested, true);
    if (prepared instanceof EntityError) return refusalOf(prepared);
    return replyOf(this.draft(prepared));
  }

  /** What would become of it now. */
  private draft({ transaction }: Submission): CommitOutcome {
    const { world } = this.ground.replica;
    const [outcome] = world.check([transaction], Math.max(this.ground.clock.wallMs(), world.lastWrittenAtMs));
    return outcomeOf(outcome, 0);
  }

  private remembered(editId: string): CommitOutcome | undefined {
    const known = this.ground.replica.world.outcomeOf(editId);
    if (!known) return undefined;
    const { code, sequence, results } = known;
    if (code) return refused(new EntityError(code, 'The world had changed when its turn came.'));
    return { kind: 'done', sequence, results };
  }

  /** The outcome is the log's whether this process has read it or not; waiting is for those who look afterwards. */
  private async whenRead(sequence: number, deadlineMs: number): Promise<void> {
    const timeoutMs = Math.max(1, deadlineMs - this.ground.clock.nowMs());
    await this.ground.replica.reached(sequence, timeoutMs).catch(() => undefined);
  }
}

function authorKey({ author }: RequestedTransaction): string {
  // Sessions have numbers; the server's parts and operators' tools have names.
  return author.sessionId === 0 ? `0 ${author.name}` : `${author.sessionId}`;
}
