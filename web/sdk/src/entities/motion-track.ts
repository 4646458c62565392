import { multiply } from '@app/spatial';
import type { BodyMotion } from '@app/wire';
import type { Quat, Vec3 } from '@app/world';
import type { EntityTransform } from './entity-types.js';
import { unit } from './local-motion.js';

/** A body of which nothing is heard goes on for so long, in ms. */
const EXTRAPOLATION_MS_MAX = 250;
/** A difference between where a body was shown and where it turned out to be fades with this time constant, in ms. */
const CORRECTION_MS = 80;
/** Larger differences are jumps, in metres. */
const JUMP_M = 3;
/** Differences older than this cannot be seen any more, in ms. */
const CORRECTED_AFTER_MS = 8 * CORRECTION_MS;

/** What is shown of one simulated body: always where it goes on from the newest word of it, without steps. */
export class MotionTrack {
  private newest: BodyMotion | undefined;
  private readonly offset: Vec3 = { x: 0, y: 0, z: 0 };
  private turn: Quat = { x: 0, y: 0, z: 0, w: 1 };
  private correctedAtMs = -Infinity;

  /** The newest word of it; undefined when the log knows better. */
  get motion(): BodyMotion | undefined {
    return this.newest;
  }

  /** Whether it is where the log says, without any difference that could be seen. */
  isDone(nowMs: number): boolean {
    return !this.newest && nowMs - this.correctedAtMs > CORRECTED_AFTER_MS;
  }

  /**
   * Takes a newer motion, or undefined when it is where the log says from now on.
   *
   * @param shown  where it has been shown until now, and `atLog` where the log says, both at `nowMs`
   */
  take(motion: BodyMotion | undefined, shown: EntityTransform, atLog: EntityTransform, nowMs: number): void {
    this.newest = motion;
    const raw = motion ? extrapolate(motion, nowMs) : atLog;
    const { offset } = this;
    offset.x = shown.position.x - raw.position.x;
    offset.y = shown.position.y - raw.position.y;
    offset.z = shown.position.z - raw.position.z;
    const inverse = { x: -raw.rotation.x, y: -raw.rotation.y, z: -raw.rotation.z, w: raw.rotation.w };
    this.turn = multiply(shown.rotation, inverse, inverse);
    if (this.turn.w < 0) this.turn = { x: -this.turn.x, y: -this.turn.y, z: -this.turn.z, w: -this.turn.w };
    this.correctedAtMs = Math.hypot(offset.x, offset.y, offset.z) > JUMP_M ? -Infinity : nowMs;
  }

  /** Where it is shown. @param atLog  where the log says that it is at that time */
  sample(atMs: number, atLog: EntityTransform): EntityTransform {
    const raw = this.newest ? extrapolate(this.newest, atMs) : atLog;
    const ageMs = Math.max(0, atMs - this.correctedAtMs);
    if (ageMs > CORRECTED_AFTER_MS) return raw;
    const share = Math.exp(-ageMs / CORRECTION_MS);
    const { offset, turn } = this;
    const part = unit({ x: turn.x * share, y: turn.y * share, z: turn.z * share, w: 1 + (turn.w - 1) * share });
    return {
      position: {
        x: raw.position.x + offset.x * share,
        y: raw.position.y + offset.y * share,
        z: raw.position.z + offset.z * share,
      },
      rotation: multiply(part, raw.rotation, part),
    };
  }
}

function extrapolate(motion: BodyMotion, atMs: number): EntityTransform {
  const seconds = Math.min(EXTRAPOLATION_MS_MAX, Math.max(0, atMs - motion.atMs)) / 1_000;
  const { position: p, velocity: v, angularVelocity: w } = motion;
  const position = { x: p.x + v.x * seconds, y: p.y + v.y * seconds, z: p.z + v.z * seconds };
  const speed = Math.hypot(w.x, w.y, w.z);
  const angle = speed * seconds;
  if (angle < 1e-6) return { position, rotation: motion.rotation };
  const sine = Math.sin(angle / 2) / speed;
  const turn = { x: w.x * sine, y: w.y * sine, z: w.z * sine, w: Math.cos(angle / 2) };
  return { position, rotation: multiply(turn, motion.rotation, turn) };
}
