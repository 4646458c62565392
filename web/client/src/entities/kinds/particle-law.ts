import type { ShownValues } from '../shown-values.js';
import { PARTICLES_FILL_PX_MAX, PARTICLES_MAX } from '../visual-limits.js';

/** Longest edge of a particle that nothing else bounds, in pixels. */
const EDGE_PX_MAX = 256;

/** How an effect behaves, in plain numbers. */
export interface ParticleLaw {
  /** How many there are at a time. */
  count: number;
  lifespanS: number;
  /** From the birth of a particle to that of the one that takes its place. */
  cycleS: number;
  /** Metres, at the beginning, the middle and the end of a life. */
  radii: readonly [number, number, number];
  /** 0xRRGGBB, likewise. */
  colours: readonly [number, number, number];
  /** 0 to 1, likewise. */
  alphas: readonly [number, number, number];
}

/** Reads what an effect asks for, within bounds. */
export function particleLawOf(values: ShownValues): ParticleLaw {
  const lifespanS = Math.max(0.01, values.number('lifespan', 3));
  const rate = Math.max(0, values.number('emitRate', 15));
  const wanted = Math.min(values.number('maxParticles', 1_000), Math.ceil(rate * lifespanS), PARTICLES_MAX);
  const count = values.truth('isEmitting') ? Math.max(0, Math.floor(wanted)) : 0;
  const three = <T>(middle: T, start: T | undefined, finish: T | undefined): [T, T, T] => [
    start ?? middle,
    middle,
    finish ?? middle,
  ];
  return {
    count,
    lifespanS,
    // With fewer places than the rate would fill, the oldest go first.
    cycleS: Math.max(lifespanS, rate > 0 ? Math.min(count / rate, lifespanS * 100) : lifespanS),
    radii: three(
      values.number('particleRadius', 0.025),
      values.optionalNumber('radiusStart'),
      values.optionalNumber('radiusFinish'),
    ),
    colours: three(values.colour('color'), values.optionalColour('colorStart'), values.optionalColour('colorFinish')),
    alphas: three(values.number('alpha', 1), values.optionalNumber('alphaStart'), values.optionalNumber('alphaFinish')),
  };
}

/** Longest edge of each of so many particles, in pixels: together they fill no more than there is time for. Pure. */
export function particleEdgePxMax(count: number): number {
  return Math.min(EDGE_PX_MAX, Math.sqrt(PARTICLES_FILL_PX_MAX / Math.max(1, count)));
}

/** What each particle begins with: five lists of numbers, each as long as there are particles (vectors three times that). */
export interface ParticleBirths {
  /** Seconds into the cycle. */
  births: Float32Array;
  /** Metres. */
  origins: Float32Array;
  /** Metres per second. */
  velocities: Float32Array;
  /** Metres per second squared. */
  accelerations: Float32Array;
  /** 0 to 1, for whatever differs. */
  chances: Float32Array;
}

/**
 * Draws how each particle begins. Pure but for `random`, which gives numbers in [0, 1): with the same ones everybody sees
 * the same smoke.
 */
export function drawBirths(law: ParticleLaw, values: ShownValues, random: () => number): ParticleBirths {
  const { count } = law;
  const births: ParticleBirths = {
    births: new Float32Array(count),
    origins: new Float32Array(count * 3),
    velocities: new Float32Array(count * 3),
    accelerations: new Float32Array(count * 3),
    chances: new Float32Array(count),
  };
  const around = (middle: number, spread: number): number => middle + spread * (2 * random() - 1);
  const extents = values.vector('emitDimensions');
  const from = values.number('emitRadiusStart', 1);
  const acceleration = values.vector('emitAcceleration');
  const spread = values.vector('accelerationSpread');
  const speed = values.number('emitSpeed', 5);
  const turn = values.rotation('emitOrientation');
  for (let index = 0; index < count; index++) {
    births.births[index] = (index / count) * law.cycleS;
    births.chances[index] = random();
    const direction = drawDirection(values, random);
    const share = from + (1 - from) * Math.cbrt(random());
    const at = {
      x: (direction.x * extents.x * share) / 2,
      y: (direction.y * extents.y * share) / 2,
      z: (direction.z * extents.z * share) / 2,
    };
    const pace = around(speed, values.number('speedSpread', 1));
    births.origins.set(turned(turn, at), index * 3);
    births.velocities.set(
      turned(turn, { x: direction.x * pace, y: direction.y * pace, z: direction.z * pace }),
      index * 3,
    );
    births.accelerations.set(
      [around(acceleration.x, spread.x), around(acceleration.y, spread.y), around(acceleration.z, spread.z)],
      index * 3,
    );
  }
  return births;
}

interface Vector {
  x: number;
  y: number;
  z: number;
}

/** A direction about z, evenly over the part of the sphere that the angles leave. */
function drawDirection(values: ShownValues, random: () => number): Vector {
  const [polarFrom, polarTo] = [values.number('polarStart'), values.number('polarFinish')];
  const [azimuthFrom, azimuthTo] = [values.number('azimuthStart', -Math.PI), values.number('azimuthFinish', Math.PI)];
  const cos = Math.cos(polarFrom) + (Math.cos(polarTo) - Math.cos(polarFrom)) * random();
  const azimuth = azimuthFrom + (azimuthTo - azimuthFrom) * random();
  const sin = Math.sqrt(Math.max(0, 1 - cos * cos));
  return { x: sin * Math.cos(azimuth), y: sin * Math.sin(azimuth), z: cos };
}

function turned(quat: { x: number; y: number; z: number; w: number }, { x, y, z }: Vector): [number, number, number] {
  const tx = 2 * (quat.y * z - quat.z * y);
  const ty = 2 * (quat.z * x - quat.x * z);
  const tz = 2 * (quat.x * y - quat.y * x);
  return [
    x + quat.w * tx + quat.y * tz - quat.z * ty,
    y + quat.w * ty + quat.z * tx - quat.x * tz,
    z + quat.w * tz + quat.x * ty - quat.y * tx,
  ];
}
