import type { Random } from '@app/clock';
import { packPose } from '@app/wire';

/** How a visitor behaves, in ms unless it says otherwise; each time is drawn anew between half and double. */
const VISIT_MS = 8 * 60_000;
const ABSENCE_MS = 40_000;
const TALK_MS = 2_500;
const PAUSE_MS = 22_500;
const WALK_MS = 8_000;
const STAND_MS = 25_000;
const WALK_M_S = 1.4;
/** Half the side of the square that people stay in, in metres. Beyond 100 m nobody is heard, so some are out of reach. */
const WORLD_HALF_M = 70;
/** How often a walking, and a standing person tells where it is. */
const WALKING_POSE_MS = 200;
const STANDING_POSE_MS = 1_000;
/** How wrong a client's clock goes: at most 200 parts per million. */
const CLOCK_PPM_MAX = 200;
/** Duration of a visitor’s voice packets, in ms. */
export const PACKET_MS = 20;

/** Somebody whom a simulated gateway serves. */
export interface Person {
  /** 0 while away. */
  sessionId: number;
  isHere: boolean;
  /** Since when it has been talking without a pause; undefined while it is silent. */
  talkingSinceMs: number | undefined;
  /** Of its next packet. */
  sequence: number;
  /** Mixes received in this visit. */
  mixes: number;
  /** Lives until this moment. Returns whether it has come or gone. */
  live(nowMs: number, stepMs: number): boolean;
  /** Where it is, packed, when that is to be told. */
  takePose(nowMs: number): Uint8Array | undefined;
  /** The time, on the client's clock, of the next packet that is to be sent by now; undefined when there is none. */
  takePacket(nowMs: number): number | undefined;
  /** Samples that the client's own clock has counted at a time. */
  timestampAt(spokenMs: number): number;
}

/** Somebody who comes and goes, walks and talks, by chance. */
export class Visitor implements Person {
  /** A new one for each visit. */
  sessionId = 0;
  x = 0;
  z = 0;
  talkingSinceMs: number | undefined;
  /** Since when it has been here; undefined while it is away. */
  hereSinceMs: number | undefined;
  mixes = 0;
  sequence = 0;
  private isWalking = false;
  private heading = 0;
  private presenceUntilMs: number;
  private talkUntilMs = 0;
  private walkUntilMs = 0;
  private poseDueMs = 0;
  private packetDueMs = 0;
  private readonly packetMs: number;

  constructor(
    private readonly random: Random,
    private readonly takeSessionId: () => number,
  ) {
    this.presenceUntilMs = this.random.next() * ABSENCE_MS;
    this.packetMs = PACKET_MS * (1 + ((2 * random.next() - 1) * CLOCK_PPM_MAX) / 1e6);
  }

  get isHere(): boolean {
    return this.sessionId !== 0;
  }

  live(nowMs: number, stepMs: number): boolean {
    if (nowMs >= this.presenceUntilMs) {
      if (this.isHere) this.goAway(nowMs);
      else this.comeIn(nowMs);
      return true;
    }
    if (!this.isHere) return false;
    if (nowMs >= this.talkUntilMs) this.turnTalk(nowMs);
    if (nowMs >= this.walkUntilMs) this.turnWalk(nowMs);
    if (this.isWalking) this.walk(stepMs);
    return false;
  }

  /** Leaves at once, and does not come back. */
  leaveForGood(nowMs: number): void {
    if (this.isHere) this.goAway(nowMs);
    this.presenceUntilMs = Infinity;
  }

  takePose(nowMs: number): Uint8Array | undefined {
    if (nowMs < this.poseDueMs) return undefined;
    this.poseDueMs = nowMs + (this.isWalking ? WALKING_POSE_MS : STANDING_POSE_MS);
    const half = this.heading / 2;
    return packPose({
      position: { x: this.x, y: 0, z: this.z },
      orientation: { x: 0, y: Math.sin(half), z: 0, w: Math.cos(half) },
    });
  }

  takePacket(nowMs: number): number | undefined {
    if (this.packetDueMs > nowMs) return undefined;
    const spokenMs = this.packetDueMs;
    this.packetDueMs += this.packetMs;
    return spokenMs;
  }

  timestampAt(spokenMs: number): number {
    return (Math.round((spokenMs / this.packetMs) * PACKET_MS * 48) >>> 0) % 2 ** 32;
  }

  private comeIn(nowMs: number): void {
    this.sessionId = this.takeSessionId();
    this.hereSinceMs = nowMs;
    this.presenceUntilMs = nowMs + this.about(VISIT_MS);
    this.x = (2 * this.random.next() - 1) * WORLD_HALF_M;
    this.z = (2 * this.random.next() - 1) * WORLD_HALF_M;
    this.talkUntilMs = nowMs + this.about(PAUSE_MS);
    this.walkUntilMs = nowMs;
    this.poseDueMs = nowMs;
    this.packetDueMs = nowMs;
    this.mixes = 0;
    this.sequence = 0;
  }

  private goAway(nowMs: number): void {
    this.sessionId = 0;
    this.hereSinceMs = this.talkingSinceMs = undefined;
    this.presenceUntilMs = nowMs + this.about(ABSENCE_MS);
  }

  private turnTalk(nowMs: number): void {
    this.talkingSinceMs = this.talkingSinceMs === undefined ? nowMs : undefined;
    this.talkUntilMs = nowMs + this.about(this.talkingSinceMs === undefined ? PAUSE_MS : TALK_MS);
  }

  private turnWalk(nowMs: number): void {
    this.isWalking = !this.isWalking;
    this.heading = 2 * Math.PI * this.random.next();
    this.walkUntilMs = nowMs + this.about(this.isWalking ? WALK_MS : STAND_MS);
    this.poseDueMs = nowMs;
  }

  private walk(stepMs: number): void {
    const stepM = (WALK_M_S * stepMs) / 1_000;
    this.x = clamp(this.x - Math.sin(this.heading) * stepM);
    this.z = clamp(this.z - Math.cos(this.heading) * stepM);
  }

  private about(durationMs: number): number {
    return durationMs * 2 ** (2 * this.random.next() - 1);
  }
}

function clamp(metres: number): number {
  return Math.max(-WORLD_HALF_M, Math.min(WORLD_HALF_M, metres));
}
