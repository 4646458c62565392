/** Numbers that look random and are the same on every screen, so that everybody meets at the same tree. */
export class Seeded {
  constructor(private state: number) {}

  /** Uniform in [0, 1). */
  next(): number {
    // Mulberry32: one 32-bit state, good enough to the eye.
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** Uniform in [min, max). */
  between(min: number, max: number): number {
    return min + (max - min) * this.next();
  }

  /** One of the given values. */
  pick<T>(values: readonly T[]): T {
    return values[Math.floor(this.next() * values.length)];
  }
}

/** Smooth value noise in [0, 1] with features about one unit wide. */
export function noise2(x: number, z: number): number {
  const cellX = Math.floor(x);
  const cellZ = Math.floor(z);
  const u = smooth(x - cellX);
  const v = smooth(z - cellZ);
  const low = corner(cellX, cellZ) * (1 - u) + corner(cellX + 1, cellZ) * u;
  const high = corner(cellX, cellZ + 1) * (1 - u) + corner(cellX + 1, cellZ + 1) * u;
  return low * (1 - v) + high * v;
}

/** 0 below `from`, 1 above `to`, smooth in between. */
export function smoothstep(from: number, to: number, value: number): number {
  return smooth(Math.min(1, Math.max(0, (value - from) / (to - from))));
}

function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}

function corner(x: number, z: number): number {
  let hash = Math.imul(x, 374_761_393) + Math.imul(z, 668_265_263);
  hash = Math.imul(hash ^ (hash >>> 13), 1_274_126_177);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}
