import type { InstanceId } from './ids.js';

/** A gateway's claim to have a session, as its roster states it. */
export interface SessionClaim {
  /** Rises whenever the session moves to another gateway or comes back. */
  epoch: number;
  gatewayEpochMs: number;
  gatewayId: InstanceId;
}

/**
 * Which of two claims to one session counts: positive when `a` does, negative when `b` does, 0 when they are the same.
 * Everybody decides by this one function, so that nobody has to ask.
 */
export function compareClaims(a: SessionClaim, b: SessionClaim): number {
  if (a.epoch !== b.epoch) return a.epoch - b.epoch;
  if (a.gatewayEpochMs !== b.gatewayEpochMs) return a.gatewayEpochMs - b.gatewayEpochMs;
  if (a.gatewayId === b.gatewayId) return 0;
  return a.gatewayId > b.gatewayId ? 1 : -1;
}
