import type { Quat, Vec3 } from '../pose.js';

// Exponentials and angles with the same bits on every machine. The language promises that only for + - * / and roots:
// engines, and versions of one, differ in the last bit of Math.exp and Math.sin, and then the hashes of worlds would.

const LN2 = 0.6931471805599453;
const HALF_PI = 1.5707963267948966;

/** 1/n, because dividing takes several times as long as multiplying. */
const SHARES = Array.from({ length: 32 }, (_, n) => 1 / n);

/** e to the power of x, for x up to 700; 0 below -700. Within a few units in the last place. */
export function exponentialOf(x: number): number {
  if (x < -700) return 0;
  const halvings = Math.round(x / LN2);
  const rest = x - halvings * LN2;
  let sum = 1;
  // The rest is at most 0.35, where 16 terms are more than a double can tell apart.
  for (let n = 16; n >= 1; n--) sum = 1 + sum * rest * SHARES[n];
  return sum * powerOfTwo(halvings);
}

/** What is left after a decay, and what has come together meanwhile. */
export interface Decay {
  /** e^x: of a speed. */
  readonly left: number;
  /** (e^x - 1) / x, 1 at 0: of the way at that speed. */
  readonly way: number;
  /** (e^x - 1 - x) / x², 1/2 at 0: of the way under a pull. */
  readonly fall: number;
}

/** A decay by x, which is at most 0; no digits are lost near 0. */
export function decayBy(x: number): Decay {
  if (x < -0.5) {
    const left = exponentialOf(x);
    const way = (left - 1) / x;
    return { left, way, fall: (way - 1) / x };
  }
  let sum = 1;
  for (let n = 18; n >= 3; n--) sum = 1 + sum * x * SHARES[n];
  const fall = sum / 2;
  const way = 1 + x * fall;
  return { left: 1 + x * way, way, fall };
}

/** Natural logarithm, for positive finite x. */
export function logarithmOf(x: number): number {
  let doublings = 0;
  let rest = x;
  for (; rest < 0.7; rest *= 2) doublings--;
  for (; rest > 1.4; rest /= 2) doublings++;
  const ratio = (rest - 1) / (rest + 1);
  const square = ratio * ratio;
  let sum = 0;
  for (let n = 27; n >= 1; n -= 2) sum = sum * square + SHARES[n];
  return 2 * ratio * sum + doublings * LN2;
}

/** Sine and cosine of any angle, in radians. */
export function turnOf(angleRad: number): { sin: number; cos: number } {
  const quarters = Math.round(angleRad / HALF_PI);
  const rest = angleRad - quarters * HALF_PI;
  const square = rest * rest;
  let sin = 1;
  let cos = 1;
  for (let n = 20; n >= 2; n -= 2) {
    cos = 1 - cos * square * SHARES[n] * SHARES[n - 1];
    sin = 1 - sin * square * SHARES[n] * SHARES[n + 1];
  }
  sin *= rest;
  // Remainders of negative numbers are negative.
  switch (((quarters % 4) + 4) % 4) {
    case 0:
      return { sin, cos };
    case 1:
      return { sin: cos, cos: -sin };
    case 2:
      return { sin: -sin, cos: -cos };
    default:
      return { sin: -cos, cos: sin };
  }
}

/** The rotation by which something turns that turns by `angleRad` about a unit axis. */
export function quatAbout(axis: Vec3, angleRad: number): Quat {
  const { sin, cos } = turnOf(angleRad / 2);
  return { x: axis.x * sin, y: axis.y * sin, z: axis.z * sin, w: cos };
}

/** First `b`, then `a`; of length 1. */
export function turnTogether(a: Quat, b: Quat): Quat {
  return unitOf({
    x: a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
    y: a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x,
    z: a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w,
    w: a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z,
  });
}

/** A vector as it is seen by those about whom `quat` has turned it. */
export function turned(quat: Quat, { x, y, z }: Vec3): Vec3 {
  // v + 2w(q × v) + 2q × (q × v), with t = 2(q × v).
  const tx = 2 * (quat.y * z - quat.z * y);
  const ty = 2 * (quat.z * x - quat.x * z);
  const tz = 2 * (quat.x * y - quat.y * x);
  return {
    x: x + quat.w * tx + quat.y * tz - quat.z * ty,
    y: y + quat.w * ty + quat.z * tx - quat.x * tz,
    z: z + quat.w * tz + quat.x * ty - quat.y * tx,
  };
}

/** The same rotation with length 1; none where it has no length. */
export function unitOf(quat: Quat): Quat {
  const length = Math.sqrt(quat.x * quat.x + quat.y * quat.y + quat.z * quat.z + quat.w * quat.w);
  if (!(length > 1e-9)) return { x: 0, y: 0, z: 0, w: 1 };
  return { x: quat.x / length, y: quat.y / length, z: quat.z / length, w: quat.w / length };
}

/** The length of a vector. */
export function lengthOf({ x, y, z }: Vec3): number {
  return Math.sqrt(x * x + y * y + z * z);
}

/** Exact, by repeated doubling or halving. */
function powerOfTwo(exponent: number): number {
  let power = 1;
  let base = exponent < 0 ? 0.5 : 2;
  for (let rest = Math.abs(exponent); rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power *= base;
    base *= base;
  }
  return power;
}
