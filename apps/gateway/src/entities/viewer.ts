import { type vicinity, readPosition } from '@app/wire';
import type { InstanceId, SessionId, Vec3 } from '@app/world';
import { type SessionState, isServed } from '../session/session-state.js';
import type { ByteBudget } from './byte-budget.js';
import { type NewsChannel, NewsOutlet } from './news-outlet.js';

/** A session as its viewer sees it. */
export interface ViewerSession extends NewsChannel {
  readonly id: SessionId;
  readonly state: SessionState;
  /** Packed. */
  readonly pose: Uint8Array;
  passRealtime(bytes: Uint8Array): void;
}

/** Stays within one epoch; the first stay of an epoch is the epoch times this. */
const STAYS_PER_EPOCH_MAX = 4_096;
/** A viewer that has lost what it knew, again, is told everything anew at most this often, in ms. */
const LOSS_INTERVAL_MS = 5_000;
/** A body that moved less is where it was, in metres. */
const MOVE_M = 0.25;

/** What one session wants to know of the world, who tells it, and what it has not been able to take yet. */
export class EntityViewer {
  /** The entity-server that tells it. */
  server: InstanceId | undefined;
  /** Rises whenever it has to be told everything anew, also across gateways. */
  stay = 0;
  /** What it wants; undefined until it has said so on this connection, because most programs want nothing. */
  interest: vicinity.v1.EntityInterest.$Properties | undefined;
  readonly outlet: NewsOutlet;
  private readonly told: Vec3 = { x: Infinity, y: 0, z: 0 };
  private isToldHeld = false;
  private lostAtMs = -Infinity;
  /** It has lost what it knew, too soon after the last time. */
  private isLossWaiting = false;
  private readonly body: Vec3 = { x: 0, y: 0, z: 0 };

  /** @param powers  bits of EntityPower */
  constructor(
    readonly session: ViewerSession,
    budget: ByteBudget,
    private readonly powers: number,
  ) {
    this.outlet = new NewsOutlet(session, budget);
  }

  /** Whether somebody is to tell it something. */
  get isWanting(): boolean {
    return this.interest !== undefined && isServed(this.session.state);
  }

  /** It says what it wants. Returns whether it begins a stay: it is new, or says that it does not know what it knew. */
  want(interest: vicinity.v1.EntityInterest.$Properties, nowMs: number): boolean {
    const isNew = this.interest === undefined;
    const known = this.interest?.knownSequence ?? 0;
    const isLost = known > 0 && !interest.knownSequence;
    this.isLossWaiting = isLost && nowMs - this.lostAtMs < LOSS_INTERVAL_MS;
    this.interest = this.isLossWaiting ? { ...interest, knownSequence: known } : interest;
    if (isLost && !this.isLossWaiting) this.lostAtMs = nowMs;
    else if (!isNew) return false;
    this.beginStay();
    return true;
  }

  /** Time has passed. Returns whether it begins a stay because of a loss that has waited. */
  endWaiting(nowMs: number): boolean {
    if (!this.isLossWaiting || !this.interest || nowMs - this.lostAtMs < LOSS_INTERVAL_MS) return false;
    return this.want({ ...this.interest, knownSequence: 0 }, nowMs);
  }

  /** It has to be told everything anew; what is under way counts no more. */
  beginStay(): void {
    this.stay = Math.max(this.stay + 1, this.session.state.epoch * STAYS_PER_EPOCH_MAX) >>> 0;
    this.outlet.clear();
  }

  /** It wants nothing any more, or has not said so on its new connection. */
  reset(): void {
    this.interest = undefined;
    this.isLossWaiting = false;
    this.server = undefined;
    this.outlet.clear();
  }

  /** Whether its body is somewhere else than was told. */
  get hasMoved(): boolean {
    const { told } = this;
    const { x, y, z } = readPosition(this.session.pose, this.body);
    return Math.abs(x - told.x) > MOVE_M || Math.abs(y - told.y) > MOVE_M || Math.abs(z - told.z) > MOVE_M;
  }

  /** Whether its entity-server has to be told to hold, or to go on. */
  get isHoldNews(): boolean {
    return this.isToldHeld !== this.outlet.isHolding;
  }

  /** What entity-servers are told of it. */
  entry(): vicinity.v1.EntityInterestEntry.$Properties {
    const { x, y, z } = readPosition(this.session.pose, this.told);
    return {
      sessionId: this.session.id,
      serverId: this.server ?? '',
      stay: this.stay,
      position: { x, y, z },
      interest: this.interest,
      isHeld: (this.isToldHeld = this.outlet.isHolding),
      powers: this.powers,
    };
  }
}
