import { beforeEach, describe, expect, it } from '@jest/globals';
import { MixPacer } from './mix-pacer.js';

const TICK_MS = 20;

describe('MixPacer', () => {
  let sent: { frame: number | undefined; atMs: number }[];
  let pacer: MixPacer;
  let nowMs: number;
  let nextFrame: number;
  /** When each frame came from the mixer. */
  let cameMs: number[];

  beforeEach(() => {
    sent = [];
    nowMs = 1_000;
    nextFrame = 0;
    cameMs = [];
    pacer = new MixPacer((frame) => sent.push({ frame: frame?.[0], atMs: nowMs }));
    pacer.start(nowMs);
  });

  /** Lets time pass in steps of 5 ms, with a mix of two frames in each tick of the mixer, or none. */
  function pass(durationMs: number, isMixing: boolean): void {
    for (const endMs = nowMs + durationMs; nowMs < endMs; nowMs += 5) {
      if (isMixing && nowMs % TICK_MS === 0) mix();
      pacer.advance(nowMs);
    }
  }

  function mix(): void {
    for (let half = 0; half < 2; half++) {
      cameMs[nextFrame] = nowMs;
      pacer.push(Uint8Array.of(nextFrame++ & 0xff), nowMs);
    }
  }

  const delaysMs = (fromMs: number): number[] => {
    const framesLater = sent.filter(({ frame, atMs }) => frame !== undefined && atMs >= fromMs);
    return framesLater.map(({ frame, atMs }) => atMs - cameMs[frame ?? 0]);
  };

  it('sends a frame each 10 ms, the second of a mix when its time has come', () => {
    pass(1_000, true);
    expect(sent).toHaveLength(100);
    expect(sent.every(({ frame }) => frame !== undefined)).toBe(true);
    expect(Math.max(...delaysMs(1_000))).toBeLessThanOrEqual(10);
  });

  it('is not late for ever after the mixer has been late once', () => {
    pass(100, true);
    pass(100, false);
    // What the mixer owes comes in a heap.
    for (let tick = 0; tick < 3; tick++) mix();
    pass(300, true);
    expect(Math.min(...delaysMs(1_400))).toBeGreaterThanOrEqual(20);
    const beganMs = nowMs;
    pass(1_000, true);
    expect(Math.max(...delaysMs(beganMs + 800))).toBeLessThanOrEqual(10);
    // Nothing that came after the heap was left out.
    const frames = sent.flatMap(({ frame }) => (frame === undefined ? [] : [frame]));
    expect(new Set(frames.slice(-100)).size).toBe(100);
  });
});
