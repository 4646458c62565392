import { distance } from '@app/spatial';
import type { Pose, Quat, TrackedPoint, Vec3 } from '@app/world';

/** Shortest time that avatars are shown in the past, in ms: one and a half intervals of 20 Hz. */
export const DELAY_MS_MIN = 60;
/** Longest time that avatars are shown in the past, in ms. */
export const DELAY_MS_MAX = 400;
/** Where the delay starts before anything has been measured, in ms. */
export const DELAY_MS_START = 100;
/** How far motion is guessed beyond the newest pose, in ms. After that, the avatar stands still. */
export const EXTRAPOLATION_MS_MAX = 200;
/** A step longer than this is a teleport, in metres: it is shown at once, not as a flight. */
export const TELEPORT_M = 8;

const SAMPLES_MAX = 32;
/** A pause longer than this means that the sender stood still meanwhile, in ms. */
const STILL_MS = 250;

interface Sample {
  atMs: number;
  pose: Pose;
}

/**
 * Turns poses that arrive 20 to 60 times a second, with jitter and gaps, into smooth motion at any frame rate.
 *
 * It shows the past: `delayMs` ago, so that there are usually two poses to interpolate between. The delay follows the
 * measured interval and jitter. When nothing newer has come, motion goes on for a moment, slowing down, and then stops.
 */
export class PoseBuffer {
  private readonly samples: Sample[] = [];
  private intervalMs = 50;
  private jitterMs = 10;
  private lastArrivalMs: number | undefined;
  private shownDelayMs = DELAY_MS_START;
  private lastSampledMs: number | undefined;

  /** How far in the past the avatar is shown now, in ms. */
  get delayMs(): number {
    return this.shownDelayMs;
  }

  /** The newest pose that has arrived. */
  get newest(): Pose | undefined {
    return this.samples.at(-1)?.pose;
  }

  /**
   * Takes a pose.
   *
   * @param arrivedMs  on the clock that `sample` is given
   * @param ageMs      how long it waited on its way, as far as the server knows
   */
  push(pose: Pose, arrivedMs: number, ageMs: number): void {
    const newest = this.samples.at(-1);
    this.measure(arrivedMs, newest !== undefined && isSame(newest.pose, pose));
    // Times only rise, whatever ages are claimed.
    const atMs = Math.max(arrivedMs - Math.min(Math.max(ageMs, 0), 1_000), newest ? newest.atMs + 1 : -Infinity);
    if (newest && distance(newest.pose.position, pose.position) > TELEPORT_M) {
      this.samples.length = 0;
    } else if (newest && atMs - newest.atMs > STILL_MS) {
      // Someone who stood still and starts to walk must not glide from the last pose of a second ago.
      this.samples.push({ atMs: atMs - Math.min(this.intervalMs, STILL_MS), pose: newest.pose });
    }
    this.samples.push({ atMs, pose });
    if (this.samples.length > SAMPLES_MAX) this.samples.splice(0, this.samples.length - SAMPLES_MAX);
  }

  /** The pose to show now; undefined before the first pose has arrived. */
  sample(nowMs: number): Pose | undefined {
    if (this.samples.length === 0) return undefined;
    this.glideDelay(nowMs);
    const atMs = nowMs - this.shownDelayMs;
    // Keep one sample before the moment shown.
    while (this.samples.length > 2 && this.samples[1].atMs <= atMs) this.samples.shift();
    const [first, second] = this.samples;
    if (!second || atMs <= first.atMs) return first.pose;
    const newest = this.samples[this.samples.length - 1];
    if (atMs >= newest.atMs) return extrapolate(this.samples[this.samples.length - 2], newest, atMs);
    return interpolatePose(first.pose, second.pose, (atMs - first.atMs) / (second.atMs - first.atMs));
  }

  private measure(arrivedMs: number, isRepeated: boolean): void {
    // Someone who stands is repeated seldom; only motion tells the rate that it takes to show motion.
    if (isRepeated) {
      this.lastArrivalMs = undefined;
      return;
    }
    if (this.lastArrivalMs !== undefined) {
      const gapMs = arrivedMs - this.lastArrivalMs;
      // Pauses are people who stand still; they say nothing about the network.
      if (gapMs >= 0 && gapMs < STILL_MS * 2) {
        this.jitterMs += (Math.abs(gapMs - this.intervalMs) - this.jitterMs) / 16;
        this.intervalMs += (gapMs - this.intervalMs) / 16;
      }
    }
    this.lastArrivalMs = arrivedMs;
  }

  /** Moves the delay by at most a tenth of real time, so that nobody sees time run faster or slower. */
  private glideDelay(nowMs: number): void {
    const wantedMs = clamp(this.intervalMs * 1.25 + this.jitterMs * 2, DELAY_MS_MIN, DELAY_MS_MAX);
    const stepMs = Math.max(0, nowMs - (this.lastSampledMs ?? nowMs)) * 0.1;
    this.shownDelayMs += clamp(wantedMs - this.shownDelayMs, -stepMs, stepMs);
    this.lastSampledMs = nowMs;
  }
}

function isSame(a: Pose, b: Pose): boolean {
  return (
    distance(a.position, b.position) < 1e-4 &&
    a.orientation.y === b.orientation.y &&
    a.orientation.w === b.orientation.w
  );
}

/** The pose between two, `t` in [0, 1]. */
export function interpolatePose(from: Pose, to: Pose, t: number): Pose {
  const pose: Pose = {
    position: mix(from.position, to.position, t),
    orientation: slerp(from.orientation, to.orientation, t),
  };
  if (to.head) pose.head = mixPoint(from.head, to.head, t);
  if (to.leftHand) pose.leftHand = mixPoint(from.leftHand, to.leftHand, t);
  if (to.rightHand) pose.rightHand = mixPoint(from.rightHand, to.rightHand, t);
  return pose;
}

function extrapolate(previous: Sample, newest: Sample, atMs: number): Pose {
  const spanMs = newest.atMs - previous.atMs;
  if (spanMs > STILL_MS) return newest.pose;
  // Half of the speed is given up over the window, so that the stop is not a jerk.
  const aheadMs = Math.min(atMs - newest.atMs, EXTRAPOLATION_MS_MAX);
  const effectiveMs = aheadMs - (aheadMs * aheadMs) / (2 * EXTRAPOLATION_MS_MAX);
  return {
    ...newest.pose,
    position: mix(previous.pose.position, newest.pose.position, 1 + effectiveMs / spanMs),
  };
}

function mixPoint(from: TrackedPoint | undefined, to: TrackedPoint, t: number): TrackedPoint {
  if (!from) return to;
  return { position: mix(from.position, to.position, t), orientation: slerp(from.orientation, to.orientation, t) };
}

function mix(a: Vec3, b: Vec3, t: number): Vec3 {
  return { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t, z: a.z + (b.z - a.z) * t };
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}

/** Turns along the shorter way at constant speed. */
function slerp(a: Quat, b: Quat, t: number): Quat {
  const dot = a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w;
  const sign = dot < 0 ? -1 : 1;
  const cosine = Math.min(1, Math.abs(dot));
  let weightA = 1 - t;
  let weightB = t * sign;
  // Close together, a straight line is as good, and the sine below would be zero.
  if (cosine < 0.9995) {
    const angle = Math.acos(cosine);
    const sine = Math.sin(angle);
    weightA = Math.sin((1 - t) * angle) / sine;
    weightB = (Math.sin(t * angle) / sine) * sign;
  }
  const x = a.x * weightA + b.x * weightB;
  const y = a.y * weightA + b.y * weightB;
  const z = a.z * weightA + b.z * weightB;
  const w = a.w * weightA + b.w * weightB;
  const length = Math.hypot(x, y, z, w) || 1;
  return { x: x / length, y: y / length, z: z / length, w: w / length };
}
