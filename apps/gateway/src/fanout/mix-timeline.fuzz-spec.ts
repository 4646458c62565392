import { describe, expect, it } from '@jest/globals';
import { BLOCK_FRAMES } from '@app/world';
import fc from 'fast-check';
import { MixTimeline } from './mix-timeline.js';

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });

describe('MixTimeline', () => {
  it('counts sequences without a gap and timestamps forwards, whatever mixers do', () => {
    const step = fc.record({
      mixer: fc.constantFrom('a', 'b'),
      tick: fc.oneof(fc.nat(200), uint32),
      afterMs: fc.nat(3_000),
    });
    fc.assert(
      fc.property(uint32, uint32, fc.array(step, { maxLength: 60 }), (sequence, timestamp, steps) => {
        const timeline = new MixTimeline(sequence, timestamp);
        let nowMs = 0;
        let last: { sequence: number; timestamp: number } | undefined;
        for (const { mixer, tick, afterMs } of steps) {
          nowMs += afterMs;
          const stamp = timeline.next(mixer, tick, nowMs);
          if (!stamp) continue;
          if (last) {
            expect(stamp.sequence).toBe((last.sequence + 1) & 0xffff);
            const ahead = (stamp.timestamp - last.timestamp) >>> 0;
            expect(ahead % BLOCK_FRAMES).toBe(0);
            expect(ahead).toBeGreaterThanOrEqual(BLOCK_FRAMES);
            expect(ahead).toBeLessThan(0x8000_0000);
          }
          last = { sequence: stamp.sequence, timestamp: stamp.timestamp };
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('takes the length of a pause from the mixer, not from when packets happen to arrive', () => {
    const timeline = new MixTimeline(0, 0);
    timeline.next('a', 100, 0);
    expect(timeline.next('a', 101, 37)).toEqual({ sequence: 1, timestamp: 960, isMarked: false });
    expect(timeline.next('a', 102, 41)).toEqual({ sequence: 2, timestamp: 1_920, isMarked: false });
    expect(timeline.next('a', 112, 260)).toEqual({ sequence: 3, timestamp: 12 * 960, isMarked: true });
    expect(timeline.next('a', 112, 261)).toBeUndefined();
    expect(timeline.next('a', 111, 262)).toBeUndefined();
    expect(timeline.next('a', 113, 280)).toMatchObject({ sequence: 4, timestamp: 13 * 960 });
  });

  it('goes on by the clock when another mixer takes over, or one begins to count anew', () => {
    const timeline = new MixTimeline(0, 0);
    timeline.next('a', 5_000, 0);
    expect(timeline.next('b', 3, 190)).toEqual({ sequence: 1, timestamp: 10 * 960, isMarked: true });
    expect(timeline.next('b', 4, 210)).toMatchObject({ timestamp: 11 * 960, isMarked: false });
    expect(timeline.next('b', 0x9000_0000, 230)).toMatchObject({ timestamp: 12 * 960 });
  });

  it('wraps both numbers', () => {
    const timeline = new MixTimeline(0xffff, 0xffff_ffff);
    timeline.next('a', 0xffff_ffff, 0);
    expect(timeline.next('a', 0, 20)).toEqual({ sequence: 0, timestamp: 959, isMarked: false });
  });
});
