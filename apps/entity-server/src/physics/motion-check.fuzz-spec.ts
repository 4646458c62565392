import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '@app/testing';
import { decodeMessage, entityIdOfBytes, unpackEntityMotion } from '@app/wire';
import { HeardMotions } from './heard-motions.js';
import { CARRIED_MPS_MAX, CARRIED_SLACK_M, faultOf } from './motion-check.js';

const CONTEXT = { position: { x: 0, y: 0, z: 0 }, believedAtMs: 0, nowMs: 1_000, newestAtMs: 10, wallMs: 1_000 };

describe('Motions from outside', () => {
  it('are believed only of a body that can have come so far, in order, and in our time', () => {
    const random = new SeededRandom(4);
    let believed = 0;
    for (let round = 0; round < 1_000; round++) {
      const id = new Uint8Array(16);
      const fields = { id, atMs: random.nextInteger(0, 10_000), x: 400 * random.next() - 200, rotationW: 1 };
      const told = unpackEntityMotion(fields);
      if (typeof told === 'string') throw new Error(told);
      if (faultOf(told.motion, CONTEXT)) continue;
      believed++;
      expect(Math.abs(fields.x)).toBeLessThanOrEqual(CARRIED_SLACK_M + CARRIED_MPS_MAX);
      expect(fields.atMs).toBeGreaterThan(10);
      expect(fields.atMs).toBeLessThanOrEqual(3_000);
    }
    expect(believed).toBeGreaterThan(50);
  });

  it('do no harm as bytes', () => {
    const random = new SeededRandom(5);
    const heard = new HeardMotions();
    for (let round = 0; round < 1_000; round++) {
      const bytes = Uint8Array.from({ length: random.nextInteger(0, 80) }, () => random.nextInteger(0, 255));
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
    const idOf = (n: number) => entityIdOfBytes(idBytes(n));
    expect(heard.newerThan(idOf(0), 0, 1_000)).toBeUndefined();
    expect(heard.newerThan(idOf(4_999), 0, 1_000)).toBeDefined();
    expect(heard.newerThan(idOf(4_999), 1_000, 1_000)).toBeUndefined();
    expect(heard.newerThan(idOf(4_999), 0, 40_000)).toBeUndefined();
  });
});
