import { describe, expect, it } from '@jest/globals';
import { BLOCK_FRAMES } from '@app/world';
import fc from 'fast-check';
import { MixTimeline } from './mix-timeline.js';

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });

describe('MixTimeline', () => {
  it('counts sequences without a gap and timestamps forwards, without overlap, whatever mixers do', () => {
    const step = fc.record({
      mixer: fc.constantFrom('a', 'b'),
      tick: fc.oneof(fc.nat(200), uint32),
      frames: fc.constantFrom(120, 480, 960, 1_920, 2_880, 5_760),
      afterMs: fc.nat(3_000),
    });
    fc.assert(
      fc.property(uint32, uint32, fc.array(step, { maxLength: 60 }), (sequence, timestamp, steps) => {
        const timeline = new MixTimeline(sequence, timestamp);
        let nowMs = 0;
        let last: { sequence: number; timestamp: number; frames: number } | undefined;
        for (const { mixer, tick, frames, afterMs } of steps) {
          nowMs += afterMs;
          const stamp = timeline.next(mixer, tick, frames, nowMs);
          if (!stamp) continue;
          if (last) {
            expect(stamp.sequence).toBe((last.sequence + 1) & 0xffff);
            const ahead = (stamp.timestamp - last.timestamp) >>> 0;
            expect(ahead).toBeGreaterThanOrEqual(last.frames);
            expect(ahead).toBeLessThan(0x8000_0000);
            expect(stamp.isMarked).toBe(ahead > last.frames);
          }
          last = { sequence: stamp.sequence, timestamp: stamp.timestamp, frames };
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('says exactly where sound belongs, for packets of every length, with pauses and ticks that were left out', () => {
    // Where a packet begins is known here: a mixer sends what it has gathered with the tick in which the last of it was made.
    const lengths = fc.constantFrom(480, 960, 1_920, 2_880);
    const pauses = fc.array(fc.integer({ min: 0, max: 45 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(lengths, pauses, fc.integer({ min: -20, max: 20 }), (frames, pausesTicks, jitterMs) => {
        const timeline = new MixTimeline(0, 0);
        let tick = 1_000;
        let first: number | undefined;
        for (const pauseTicks of pausesTicks) {
          tick += Math.max(1, frames / BLOCK_FRAMES) + pauseTicks;
          for (let part = 0; part < Math.max(1, BLOCK_FRAMES / frames); part++) {
            const begin =
              frames < BLOCK_FRAMES ? tick * BLOCK_FRAMES + part * frames : (tick + 1) * BLOCK_FRAMES - frames;
            first ??= begin;
            const stamp = timeline.next('a', tick, frames, tick * 20 + jitterMs * (tick & 1));
            expect(stamp?.timestamp).toBe(begin - first);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('takes the length of a pause from the mixer, not from when packets happen to arrive', () => {
    const timeline = new MixTimeline(0, 0);
    timeline.next('a', 100, 960, 0);
    expect(timeline.next('a', 101, 960, 37)).toEqual({ sequence: 1, timestamp: 960, isMarked: false });
    expect(timeline.next('a', 102, 960, 41)).toEqual({ sequence: 2, timestamp: 1_920, isMarked: false });
    expect(timeline.next('a', 112, 960, 260)).toEqual({ sequence: 3, timestamp: 12 * 960, isMarked: true });
    expect(timeline.next('a', 112, 960, 261)).toBeUndefined();
    expect(timeline.next('a', 111, 960, 262)).toBeUndefined();
    expect(timeline.next('a', 113, 960, 280)).toMatchObject({ sequence: 4, timestamp: 13 * 960 });
  });

  it('puts two packets of 10 ms into one tick, and no third one', () => {
    const timeline = new MixTimeline(0, 0);
    const starts = [7, 7, 8, 8, 8, 11, 11].map((tick) => timeline.next('a', tick, 480, tick * 20)?.timestamp);
    expect(starts).toEqual([0, 480, 960, 1_440, undefined, 4 * 960, 4 * 960 + 480]);
  });

  it('knows that a packet of 60 ms began two ticks before the one it was sent with', () => {
    const timeline = new MixTimeline(0, 0);
    timeline.next('a', 2, 2_880, 40);
    expect(timeline.next('a', 5, 2_880, 100)).toMatchObject({ timestamp: 2_880, isMarked: false });
    // A pause of one tick, then the end of a sound, which is a shorter packet.
    expect(timeline.next('a', 8, 1_920, 160)).toMatchObject({ timestamp: 7 * 960, isMarked: true });
    expect(timeline.next('a', 9, 960, 180)).toMatchObject({ timestamp: 9 * 960, isMarked: false });
  });

  it('goes on by the clock when another mixer takes over, or one begins to count anew', () => {
    const timeline = new MixTimeline(0, 0);
    timeline.next('a', 5_000, 960, 0);
    expect(timeline.next('b', 3, 960, 190)).toEqual({ sequence: 1, timestamp: 10 * 960, isMarked: true });
    expect(timeline.next('b', 4, 960, 210)).toMatchObject({ timestamp: 11 * 960, isMarked: false });
    expect(timeline.next('b', 0x9000_0000, 960, 230)).toMatchObject({ timestamp: 12 * 960 });
  });

  it('lets a mixer that takes over with longer packets overlap with nothing', () => {
    const timeline = new MixTimeline(0, 0);
    timeline.next('a', 5_000, 1_920, 0);
    // It ends 20 ms later and began 20 ms before the end of the last one, so it is moved back, and all after it too.
    expect(timeline.next('b', 3, 1_920, 20)).toMatchObject({ timestamp: 1_920, isMarked: false });
    expect(timeline.next('b', 5, 1_920, 60)).toMatchObject({ timestamp: 2 * 1_920, isMarked: false });
  });

  it('wraps both numbers', () => {
    const timeline = new MixTimeline(0xffff, 0xffff_ffff);
    timeline.next('a', 0xffff_ffff, 960, 0);
    expect(timeline.next('a', 0, 960, 20)).toEqual({ sequence: 0, timestamp: 959, isMarked: false });
  });
});
