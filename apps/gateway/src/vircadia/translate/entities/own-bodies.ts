import type { SimulationOwner, WireProperties } from '@app/vircadia';
import { entityIdToBytes, packEntityMotion } from '@app/wire';
import {
  ENTITIES_HELD_MAX,
  type EntityId,
  type Motion,
  type Quat,
  rotationOf,
  type SessionId,
  type Vec3,
  vectorOf,
} from '@app/world';
import { TokenBucket } from '../../../rate-limit.js';
import { uuidOfSession } from '../../identity.js';
import type { TranslatorGround } from '../translators.js';
import type { SessionPort } from '../translator.js';
import type { EntityTeller } from './entity-teller.js';
import { ownerOf, type SharedEntity } from './shared-entity.js';

/** Somebody who has just begun to move a body without having asked for it. */
const VOLUNTEER_PRIORITY = 3;
const PRIORITY_MAX = 255;
/** A claim is repeated this often, and as long as the client says something about the body, in ms. */
const CLAIM_INTERVAL_MS = 1_500;
const SILENCE_MS_MAX = 5_000;
/** Others may go on with a body until they have heard of the claim, in ms. */
const CLAIM_TIME_MS = 1_000;
const MOTION_INTERVAL_MS = 33;
/** Of all bodies together: less than the session may, which does not forgive more. */
const MOTIONS_PER_SECOND = 100;
/** Between attempts to tell the client that the body is its own, in ms. */
const GRANT_INTERVAL_MS = 100;

interface Held {
  priority: number;
  /** By the server's clock. */
  readonly claimedAtMs: number;
  saidAtMs: number;
  heardAtMs: number;
  motion: Motion;
  hasMoved: boolean;
  sentAtMs: number;
  isGranted: boolean;
  grantTriedAtMs: number;
}

/** Bodies that one client simulates: its bids are claims of its session, and its physics the session's motions. */
export class OwnBodies {
  private readonly held = new Map<EntityId, Held>();
  private readonly uuid: string;
  private readonly rate = new TokenBucket(MOTIONS_PER_SECOND, MOTIONS_PER_SECOND);

  constructor(
    private readonly session: SessionPort,
    private readonly teller: EntityTeller,
    private readonly ground: Pick<TranslatorGround, 'clock'>,
  ) {
    this.uuid = uuidOfSession(session.sessionId);
  }

  /** Only what the server simulates can be taken from it. */
  isBody(id: EntityId): boolean {
    const properties = this.teller.find(id)?.entity.properties;
    return properties?.dynamic === true && typeof properties.parentID !== 'string';
  }

  /** The client says who shall move it. */
  handleBid(id: EntityId, owner: SimulationOwner | null, nowMs: number): void {
    if (!owner || owner.id !== this.uuid || owner.priority === 0) return this.letGo(id);
    if (this.isBody(id)) this.hold(id, Math.max(VOLUNTEER_PRIORITY, Math.min(PRIORITY_MAX, owner.priority)), nowMs);
  }

  /** The client says where a body is. */
  handlePhysics(id: EntityId, properties: WireProperties, nowMs: number): void {
    if (!this.isBody(id)) return;
    const held = this.held.get(id) ?? this.hold(id, VOLUNTEER_PRIORITY, nowMs);
    if (!held) return;
    const { position, rotation, velocity, angularVelocity } = held.motion;
    held.motion = {
      position: (properties.get('position') as Vec3 | undefined) ?? position,
      rotation: (properties.get('rotation') as Quat | undefined) ?? rotation,
      velocity: (properties.get('velocity') as Vec3 | undefined) ?? velocity,
      angularVelocity: (properties.get('angularVelocity') as Vec3 | undefined) ?? angularVelocity,
    };
    held.hasMoved = true;
    held.heardAtMs = nowMs;
  }

  /** Somebody says where a body is. Returns whether the client need not hear it: it has the body. */
  handleMotion(id: EntityId, atMs: number, ownerId: SessionId): boolean {
    const held = this.held.get(id);
    if (!held || ownerId === this.session.sessionId) return held !== undefined;
    if (atMs <= held.claimedAtMs + CLAIM_TIME_MS) return true;
    this.held.delete(id);
    return false;
  }

  tick(nowMs: number): void {
    if (this.held.size === 0) return;
    for (const [id, held] of this.held) {
      if (nowMs - held.heardAtMs > SILENCE_MS_MAX || !this.isBody(id)) {
        this.held.delete(id);
        continue;
      }
      if (nowMs - held.saidAtMs >= CLAIM_INTERVAL_MS) this.claim(id, held, nowMs);
      if (!held.isGranted && nowMs - held.grantTriedAtMs >= GRANT_INTERVAL_MS) this.grant(id, held, nowMs);
    }
    this.sendDue(nowMs);
  }

  /** Those first that have waited longest. */
  private sendDue(nowMs: number): void {
    const due = [...this.held].filter(([, held]) => held.hasMoved && nowMs - held.sentAtMs >= MOTION_INTERVAL_MS);
    due.sort(([, one], [, other]) => one.sentAtMs - other.sentAtMs);
    for (const [id, held] of due) if (this.rate.take(nowMs)) this.send(id, held, nowMs);
  }

  private letGo(id: EntityId): void {
    const held = this.held.get(id);
    if (!held) return;
    if (held.hasMoved) this.send(id, held, held.heardAtMs);
    this.held.delete(id);
    this.session.reliable({ claimEntity: { id: entityIdToBytes(id), priority: 0 } });
  }

  private hold(id: EntityId, priority: number, nowMs: number): Held | undefined {
    const known = this.held.get(id);
    if (known) {
      known.heardAtMs = nowMs;
      if (known.priority !== priority) {
        known.priority = priority;
        this.claim(id, known, nowMs);
      }
      return known;
    }
    const entity = this.teller.find(id)?.entity;
    if (!entity || this.held.size >= ENTITIES_HELD_MAX) return undefined;
    const held: Held = {
      priority,
      claimedAtMs: this.ground.clock.wallMs(),
      saidAtMs: nowMs,
      heardAtMs: nowMs,
      motion: motionOf(entity),
      hasMoved: false,
      sentAtMs: -Infinity,
      isGranted: false,
      grantTriedAtMs: -Infinity,
    };
    this.held.set(id, held);
    this.claim(id, held, nowMs);
    return held;
  }

  private claim(id: EntityId, held: Held, nowMs: number): void {
    held.saidAtMs = nowMs;
    this.session.reliable({ claimEntity: { id: entityIdToBytes(id), priority: held.priority } });
  }

  private send(id: EntityId, held: Held, nowMs: number): void {
    held.sentAtMs = nowMs;
    held.hasMoved = false;
    const { position, rotation, velocity, angularVelocity } = held.motion;
    const atMs = Math.round(this.ground.clock.wallMs());
    const motion = { atMs, ownerId: 0, position, rotation: unit(rotation), velocity, angularVelocity };
    this.session.realtime({ entityMotion: packEntityMotion(id, motion) });
  }

  /** Clients go on with a body only when they are told that it is theirs. Who claims in vain hears that from its owner. */
  private grant(id: EntityId, held: Held, nowMs: number): void {
    held.grantTriedAtMs = nowMs;
    const simulationOwner = ownerOf(this.session.sessionId, held.priority);
    held.isGranted = this.teller.tellPart(id, { simulationOwner }, nowMs);
  }
}

function motionOf({ type, placed: properties }: SharedEntity): Motion {
  return {
    position: vectorOf(type, properties, 'position'),
    rotation: rotationOf(type, properties, 'rotation'),
    velocity: vectorOf(type, properties, 'velocity'),
    angularVelocity: vectorOf(type, properties, 'angularVelocity'),
  };
}

/** Of length one: the wire's are nearly that. */
function unit({ x, y, z, w }: Quat): Quat {
  const length = Math.hypot(x, y, z, w);
  return length > 0.5 ? { x: x / length, y: y / length, z: z / length, w: w / length } : { x: 0, y: 0, z: 0, w: 1 };
}
