import { ENTITIES_HELD_MAX, type EntityId } from '@app/world';
import { type BodyMotion, encodeMessage, entityIdToBytes, packEntityMotion } from '@app/wire';
import type { Clock, Timer } from '../clock.js';
import { clientFailure } from '../errors.js';
import type { EntityMotionState } from './entity-types.js';
import { unit } from './local-motion.js';

/** Others may go on with a body until they have heard of the claim, in ms. */
const CLAIM_TIME_MS = 1_000;
/** A claim is said again this often, in ms. */
const CLAIM_INTERVAL_MS = 1_000;
/** Shortest time between two motions of one body, in ms: 30 a second. */
const MOTION_INTERVAL_MS = 33;
const PRIORITY_MAX = 255;

interface Held {
  priority: number;
  sentAtMs: number;
  /** When it was claimed, by the server's clock. */
  claimedAtMs: number;
}

/** What goes up. */
export interface SimulationLink {
  sendReliable(bytes: Uint8Array): boolean;
  sendRealtime(bytes: Uint8Array): boolean;
}

/** Bodies that this client moves itself for everybody: held in a hand, or touched. */
export class OwnSimulation {
  private readonly held = new Map<EntityId, Held>();
  private link: SimulationLink | undefined;
  private timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly serverNowMs: () => number,
  ) {}

  isHeld(id: EntityId): boolean {
    return this.held.has(id);
  }

  /** Wants to simulate a body until `letGo`. @param priority  1 (touched) to 255 (held in a hand) */
  claim(id: EntityId, priority: number): void {
    const isPriority = Number.isInteger(priority) && priority >= 1 && priority <= PRIORITY_MAX;
    if (!isPriority) throw clientFailure('request-invalid', { detail: `A priority is between 1 and ${PRIORITY_MAX}.` });
    if (!this.held.has(id) && this.held.size >= ENTITIES_HELD_MAX) {
      throw clientFailure('request-invalid', { detail: `At most ${ENTITIES_HELD_MAX} entities can be held.` });
    }
    this.held.set(id, { priority, sentAtMs: -Infinity, claimedAtMs: this.serverNowMs() });
    this.tell(id, priority);
    this.timer ??= this.clock.every(CLAIM_INTERVAL_MS, () => this.repeat());
  }

  /** Lets go; what is not held is left alone. */
  letGo(id: EntityId): void {
    if (!this.held.delete(id)) return;
    this.tell(id, 0);
    if (this.held.size === 0) this.stopTimer();
  }

  /** Where a held body is. Returns the motion to show, or undefined when the body is not held. */
  move(id: EntityId, state: EntityMotionState): BodyMotion | undefined {
    const held = this.held.get(id);
    if (!held) return undefined;
    const motion = motionOf(state, this.serverNowMs());
    const nowMs = this.clock.nowMs();
    if (nowMs - held.sentAtMs >= MOTION_INTERVAL_MS) {
      held.sentAtMs = nowMs;
      this.link?.sendRealtime(encodeMessage('ClientRealtime', { entityMotion: packEntityMotion(id, motion) }));
    }
    return motion;
  }

  /** Whether somebody else's motion of a held body means that it is not ours any more. */
  isLost(id: EntityId, motion: BodyMotion): boolean {
    const held = this.held.get(id);
    return held !== undefined && motion.atMs > held.claimedAtMs + CLAIM_TIME_MS;
  }

  /** Claims go here from now on, and are said again. */
  attach(link: SimulationLink): void {
    this.link = link;
    this.repeat();
  }

  detach(): void {
    this.link = undefined;
  }

  /** The entity is gone, or somebody else has it. */
  forget(id: EntityId): void {
    this.held.delete(id);
    if (this.held.size === 0) this.stopTimer();
  }

  close(): void {
    this.held.clear();
    this.stopTimer();
    this.link = undefined;
  }

  private repeat(): void {
    for (const [id, { priority }] of this.held) this.tell(id, priority);
  }

  private tell(id: EntityId, priority: number): void {
    const claimEntity = { id: entityIdToBytes(id), priority };
    this.link?.sendReliable(encodeMessage('ClientReliable', { claimEntity }));
  }

  private stopTimer(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }
}

function motionOf(state: EntityMotionState, atMs: number): BodyMotion {
  const still = { x: 0, y: 0, z: 0 };
  return {
    // The wire has whole milliseconds.
    atMs: Math.round(atMs),
    position: { ...state.position },
    rotation: unit(state.rotation),
    velocity: { ...(state.velocity ?? still) },
    angularVelocity: { ...(state.angularVelocity ?? still) },
    ownerId: 0,
  };
}
