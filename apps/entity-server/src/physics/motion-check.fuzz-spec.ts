import { describe, expect, it } from '@jest/globals';
import { decodeMessage } from '@app/wire';
import { SeededRandom } from '@app/testing';
import { HeardMotions } from './heard-motions.js';
import { checkMotion } from './motion-check.js';
import { idOfBytes, type MotionFields } from './motion-fields.js';

const ODD = [NaN, Infinity, -Infinity, 0, -0, 1e38, -1e38, 1e-40, 16_000, 16_000.1, 1_000, 1_001];
const CONTEXT = { position: { x: 0, y: 0, z: 0 }, believedAtMs: 0, nowMs: 1_000, newestAtMs: 10, wallMs: 1_000 };
const NAMES = ['x', 'y', 'z', 'rotationX', 'rotationY', 'rotationZ', 'rotationW', 'velocityX', 'angularY'] as const;

describe('Motions from outside', () => {
  it('are believed only if all of it can be', () => {
    const random = new SeededRandom(4);
    let believed = 0;
    for (let round = 0; round < 1_000; round++) {
      const fields: MotionFields = { atMs: random.next() < 0.1 ? NaN : 2_000 * random.next() };
      for (const name of NAMES) {
        const isOdd = random.next() < 0.05;
        fields[name] = isOdd ? ODD[random.nextInteger(0, ODD.length - 1)] : 2 * random.next() - 1;
      }
      const motion = checkMotion(fields, CONTEXT);
      if (typeof motion === 'string') continue;
      believed++;
      const { position: p, rotation: r, velocity: v } = motion;
      expect(Math.hypot(p.x, p.y, p.z)).toBeLessThanOrEqual(105);
      expect(Math.hypot(r.x, r.y, r.z, r.w)).toBeCloseTo(1);
      expect(Math.abs(v.x)).toBeLessThanOrEqual(1_000);
    }
    expect(believed).toBeGreaterThan(100);
  });

  it('do no harm as bytes', () => {
    const random = new SeededRandom(5);
    const heard = new HeardMotions();
    for (let round = 0; round < 1_000; round++) {
      const bytes = Uint8Array.from({ length: random.nextInteger(0, 80) }, () => random.nextInteger(0, 255));
      expect(() => idOfBytes(bytes)).not.toThrow();
      let table;
      try {
        table = decodeMessage('EntityMotionTable', bytes);
      } catch {
        continue;
      }
      expect(() => heard.take(table)).not.toThrow();
    }
  });

  it('are remembered for as many bodies as there may be, and no longer than they are of use', () => {
    const heard = new HeardMotions();
    const idBytes = (n: number) =>
      Uint8Array.from({ length: 16 }, (_, i) => (n >> (8 * (15 - i))) & 255 & -Number(i > 11));
    const motions = Array.from({ length: 5_000 }, (_, n) => ({ id: idBytes(n), atMs: 1_000, rotationW: 1 }));
    heard.take({ motions } as never);
    const idOf = (n: number) => idOfBytes(idBytes(n)) as string;
    expect(heard.newerThan(idOf(0), 0, 1_000)).toBeUndefined();
    expect(heard.newerThan(idOf(4_999), 0, 1_000)).toBeDefined();
    expect(heard.newerThan(idOf(4_999), 1_000, 1_000)).toBeUndefined();
    expect(heard.newerThan(idOf(4_999), 0, 40_000)).toBeUndefined();
  });
});
