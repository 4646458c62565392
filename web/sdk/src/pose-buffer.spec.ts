import { describe, expect, it } from '@jest/globals';
import type { Pose } from '@app/world';
import { DELAY_MS_MAX, DELAY_MS_MIN, EXTRAPOLATION_MS_MAX, PoseBuffer, interpolatePose } from './pose-buffer.js';

function at(x: number, yaw = 0): Pose {
  return {
    position: { x, y: 0, z: 0 },
    orientation: { x: 0, y: Math.sin(yaw / 2), z: 0, w: Math.cos(yaw / 2) },
  };
}

/** Walks at 2 m/s for a while, with poses at 20 Hz. */
function walk(buffer: PoseBuffer, untilMs: number, jitter: (index: number) => number = () => 0): void {
  for (let index = 0; index * 50 <= untilMs; index++) {
    const timeMs = index * 50;
    buffer.push(at(timeMs * 0.002), timeMs + jitter(index), 0);
    buffer.sample(timeMs);
  }
}

describe('PoseBuffer', () => {
  it('shows nothing before the first pose and that pose right after it', () => {
    const buffer = new PoseBuffer();
    expect(buffer.sample(0)).toBeUndefined();
    buffer.push(at(3), 0, 0);
    expect(buffer.sample(0)?.position.x).toBe(3);
  });

  it('moves steadily between poses, a delay in the past', () => {
    const buffer = new PoseBuffer();
    walk(buffer, 2_000);
    for (let timeMs = 2_000; timeMs < 2_050; timeMs += 7) {
      const expected = (timeMs - buffer.delayMs) * 0.002;
      expect(buffer.sample(timeMs)?.position.x).toBeCloseTo(expected, 2);
    }
  });

  it('never goes backwards while somebody walks forwards through jitter', () => {
    const buffer = new PoseBuffer();
    let last = -1;
    for (let timeMs = 0, index = 0; timeMs < 3_000; timeMs += 10) {
      while (index * 50 + ((index * 37) % 40) <= timeMs) {
        buffer.push(at(index * 0.1), timeMs, 0);
        index++;
      }
      const x = buffer.sample(timeMs)?.position.x ?? 0;
      expect(x).toBeGreaterThanOrEqual(last - 0.02);
      last = x;
    }
    expect(last).toBeGreaterThan(5);
  });

  it('goes on for a moment when poses stop, and then stands still', () => {
    const buffer = new PoseBuffer();
    walk(buffer, 1_000);
    const soon = buffer.sample(1_000 + buffer.delayMs + 60)?.position.x ?? 0;
    expect(soon).toBeGreaterThan(2.05);
    const late = buffer.sample(3_000)?.position.x ?? 0;
    expect(late).toBeLessThanOrEqual(2 + 0.002 * EXTRAPOLATION_MS_MAX);
    expect(buffer.sample(9_000)?.position.x).toBeCloseTo(late, 6);
  });

  it('shows a teleport at once', () => {
    const buffer = new PoseBuffer();
    walk(buffer, 500);
    buffer.push(at(100), 550, 0);
    expect(buffer.sample(550)?.position.x).toBe(100);
  });

  it('does not glide out of a long rest', () => {
    const buffer = new PoseBuffer();
    buffer.push(at(0), 0, 0);
    buffer.push(at(0), 900, 0);
    buffer.push(at(0.5), 1_800, 0);
    expect(buffer.sample(1_700)?.position.x).toBe(0);
  });

  it('shows jittery avatars further in the past, within bounds', () => {
    const calm = new PoseBuffer();
    const wild = new PoseBuffer();
    walk(calm, 8_000);
    walk(wild, 8_000, (index) => (index % 2) * 45);
    expect(wild.delayMs).toBeGreaterThan(calm.delayMs);
    expect(calm.delayMs).toBeGreaterThanOrEqual(DELAY_MS_MIN);
    expect(wild.delayMs).toBeLessThanOrEqual(DELAY_MS_MAX);
  });
});

describe('interpolatePose', () => {
  it('turns the shorter way', () => {
    const middle = interpolatePose(at(0, (170 * Math.PI) / 180), at(0, (-170 * Math.PI) / 180), 0.5);
    const yaw = 2 * Math.atan2(middle.orientation.y, middle.orientation.w);
    expect(Math.abs(Math.cos(yaw) + 1)).toBeLessThan(1e-6);
  });
});
