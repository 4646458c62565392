import { type BodyMotion, type MotionFault as WireFault } from '@app/wire';
import type { Vec3 } from '@app/world';

/** Fastest that a client carries a body along, in metres per second. */
export const CARRIED_MPS_MAX = 100;
/** And this much farther, in metres: hands are quick, and words of them are late. */
export const CARRIED_SLACK_M = 5;
/** Clocks of clients are about right, in ms. */
const FUTURE_MS_MAX = 2_000;
const PAST_MS_MAX = 5_000;
const MS_PER_S = 1_000;

/** Why a client's motion was not believed. */
export type MotionFault = WireFault | 'teleport' | 'late';

/** What is known of the body before the motion. */
export interface MotionContext {
  readonly position: Vec3;
  /** When it was believed to be there, and now, on the monotonic clock. */
  readonly believedAtMs: number;
  readonly nowMs: number;
  /** The client's time of the newest motion that was believed, ms since 1970-01-01 UTC; 0 for none. */
  readonly newestAtMs: number;
  /** Ms since 1970-01-01 UTC. */
  readonly wallMs: number;
}

/** Why a body cannot have the motion that a client says it has; undefined when it can. Pure. */
export function faultOf({ atMs, position }: BodyMotion, context: MotionContext): MotionFault | undefined {
  const { newestAtMs, wallMs } = context;
  if (atMs <= newestAtMs || atMs > wallMs + FUTURE_MS_MAX || atMs < wallMs - PAST_MS_MAX) return 'late';
  const seconds = Math.max(0, context.nowMs - context.believedAtMs) / MS_PER_S;
  const { x, y, z } = context.position;
  const way = Math.hypot(position.x - x, position.y - y, position.z - z);
  return way <= CARRIED_SLACK_M + seconds * CARRIED_MPS_MAX ? undefined : 'teleport';
}
