import { BLOCK_FRAMES, MIX_TICK_MS } from '@app/world';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PacketDecoder } from './packet-decoder.js';
import { VoicePlayout } from './voice-playout.js';

const TONE_HZ = 300;
/** One period of the tone, because a test plays millions of samples. */
const TONE = Float32Array.from({ length: 160 }, (_, n) => 0.5 * Math.sin((2 * Math.PI * n) / 160));

/** A codec that knows nothing of redundancy. */
abstract class PlainCodec implements PacketDecoder {
  abstract decode(bytes: Uint8Array, size: number, target: Float32Array, offset: number): number;
  abstract conceal(frames: number, target: Float32Array, offset: number): number;
  hasRedundancy = (): boolean => false;
  isBackground = (): boolean => false;
  recover = (): number => 0;
  setRecovery(): void {}
  reset(): void {}
}

/** A codec whose packets say where in an endless tone they begin; lost packets go on with the tone. */
class ToneCodec extends PlainCodec {
  private next = 0;

  static packet(firstFrame: number, frames = 960): Uint8Array {
    const bytes = new Uint8Array(8);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, firstFrame);
    view.setUint32(4, frames);
    return bytes;
  }

  decode(bytes: Uint8Array, size: number, target: Float32Array, offset: number): number {
    if (size !== 8) return 0;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    this.next = view.getUint32(0);
    return this.conceal(view.getUint32(4), target, offset);
  }

  conceal(frames: number, target: Float32Array, offset: number): number {
    for (let n = 0; n < frames; n++) target[offset + n] = TONE[(this.next + n) % 160];
    this.next += frames;
    return frames;
  }
}

/** Every packet is noise of full loudness: no two places resemble each other, and none is quiet. */
class NoiseCodec extends PlainCodec {
  private readonly chance = seeded(3);

  decode(bytes: Uint8Array, _size: number, target: Float32Array, offset: number): number {
    return this.conceal(new DataView(bytes.buffer, bytes.byteOffset).getUint32(4), target, offset);
  }

  conceal(frames: number, target: Float32Array, offset: number): number {
    for (let n = 0; n < frames; n++) target[offset + n] = this.chance() - 0.5;
    return frames;
  }
}

/** Steepest step of the tone from one sample to the next, and a little more for what fades add. */
const STEP_MAX = 0.5 * 2 * Math.PI * (TONE_HZ / 48_000) * 1.5;

interface Arrival {
  atMs: number;
  index: number;
}

interface Run {
  samples: Float32Array;
  delays: number[];
  playout: VoicePlayout;
}

/** Plays packets that arrive at given times; ticks every 20 ms from `tickPhaseMs` on. */
function play(arrivals: Arrival[], durationMs: number, frames = 960, tickPhaseMs = 7): Run {
  const playout = new VoicePlayout(new ToneCodec());
  const sorted = [...arrivals].sort((a, b) => a.atMs - b.atMs);
  const ticks = Math.floor(durationMs / MIX_TICK_MS);
  const samples = new Float32Array(ticks * BLOCK_FRAMES);
  const delays: number[] = [];
  let next = 0;
  for (let tick = 0; tick < ticks; tick++) {
    const nowMs = tick * MIX_TICK_MS + tickPhaseMs;
    while (next < sorted.length && sorted[next].atMs <= nowMs) {
      const { index, atMs } = sorted[next++];
      playout.push(index & 0xffff, (index * frames) >>> 0, ToneCodec.packet(index * frames, frames), frames, atMs);
    }
    playout.pull(samples.subarray(tick * BLOCK_FRAMES, (tick + 1) * BLOCK_FRAMES), nowMs);
    delays.push(playout.delayMs);
  }
  return { samples, delays, playout };
}

function steadyArrivals(count: number, intervalMs: number, jitter: (index: number) => number = () => 0): Arrival[] {
  return Array.from({ length: count }, (_, index) => ({ atMs: index * intervalMs + jitter(index), index }));
}

/** Seeded chance in [0, 1). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** Largest step between neighbouring samples from `fromMs` on. */
function steepest(samples: Float32Array, fromMs: number): number {
  let largest = 0;
  for (let n = fromMs * 48 + 1; n < samples.length; n++) {
    const step = samples[n] - samples[n - 1];
    if (step > largest) largest = step;
    if (-step > largest) largest = -step;
  }
  return largest;
}

/** Longest stretch without sound from `fromMs` on, in ms. */
function longestGapMs(samples: Float32Array, fromMs: number, toMs = samples.length / 48): number {
  let longest = 0;
  let run = 0;
  for (let n = fromMs * 48; n < toMs * 48; n++) {
    run = samples[n] < 0.001 && samples[n] > -0.001 ? run + 1 : 0;
    if (run > longest) longest = run;
  }
  return longest / 48;
}

describe('VoicePlayout', () => {
  it.each([10, 20, 40, 60])('plays packets of %i ms on a quiet network without any seam', (packetMs) => {
    const frames = packetMs * 48;
    const run = play(steadyArrivals(6_000 / packetMs, packetMs), 5_900, frames);
    expect(steepest(run.samples, 200)).toBeLessThan(STEP_MAX);
    expect(longestGapMs(run.samples, 200)).toBeLessThan(1);
    expect(run.playout.statistics.lost).toBe(0);
    expect(run.playout.statistics.concealedFrames).toBe(0);
  });

  it('waits hardly more than for the next tick on a quiet network', () => {
    for (const phase of [1, 7, 13, 19]) {
      const run = play(steadyArrivals(300, 20), 5_900, 960, phase);
      expect(Math.max(...run.delays.slice(-50))).toBeLessThanOrEqual(25);
    }
  });

  it.each([200, -200])('keeps the delay small for ten minutes although the sender is %i ppm off', (ppm) => {
    const intervalMs = 20 / (1 + ppm / 1e6);
    const run = play(steadyArrivals(30_100, intervalMs), 600_000);
    const late = run.delays.slice(500);
    expect(Math.max(...late)).toBeLessThan(30);
    expect(steepest(run.samples, 300)).toBeLessThan(STEP_MAX);
    expect(longestGapMs(run.samples, 300)).toBeLessThan(1);
    expect(run.playout.statistics.concealedFrames).toBe(0);
  });

  it('follows the jitter up, without a gap once it knows it, and down again', () => {
    const chance = seeded(5);
    const run = play(
      steadyArrivals(3_000, 20, (index) => (index > 500 && index < 1_500 ? chance() * 60 : 0)),
      59_900,
    );
    expect(longestGapMs(run.samples, 12_000)).toBeLessThan(1);
    expect(Math.max(...run.delays.slice(-200))).toBeLessThan(30);
    const during = run.delays.slice(1_000, 1_400);
    expect(Math.min(...during)).toBeGreaterThan(40);
    expect(Math.max(...during)).toBeLessThan(110);
    expect(steepest(run.samples, 300)).toBeLessThan(STEP_MAX);
  });

  it('shortens the delay again after everything stood still for 200 ms', () => {
    const run = play(
      steadyArrivals(600, 20, (index) => (index >= 200 && index < 210 ? (210 - index) * 20 : 0)),
      11_900,
    );
    expect(Math.max(...run.delays.slice(205, 230))).toBeGreaterThan(100);
    expect(Math.max(...run.delays.slice(350))).toBeLessThan(60);
    expect(Math.max(...run.delays.slice(500))).toBeLessThan(30);
    expect(longestGapMs(run.samples, 4_500, 11_800)).toBeLessThan(1);
  });

  it.each(['a tone', 'a room that is never silent'])(
    'is back at its delay within 2 s after the receiver stood still for 300 ms: %s',
    (kind) => {
      const playout = new VoicePlayout(kind === 'a tone' ? new ToneCodec() : new NoiseCodec());
      const block = new Float32Array(BLOCK_FRAMES);
      const delays: number[] = [];
      const stallMs = { from: 6_000, to: 6_300 };
      const waiting: number[] = [];
      for (let nowMs = 0; nowMs < 10_000; nowMs += MIX_TICK_MS) {
        waiting.push(nowMs / MIX_TICK_MS);
        if (nowMs >= stallMs.from && nowMs < stallMs.to) continue;
        const isTimely = nowMs !== stallMs.to;
        for (const index of waiting) {
          playout.push(index, index * 960, ToneCodec.packet(index * 960), 960, nowMs, isTimely);
        }
        waiting.length = 0;
        playout.pull(block, nowMs + 7);
        delays.push(playout.delayMs);
      }
      const stalledAt = stallMs.from / MIX_TICK_MS;
      const before = Math.max(...delays.slice(stalledAt - 50, stalledAt));
      expect(Math.max(...delays.slice(stalledAt))).toBeGreaterThan(before + 250);
      expect(Math.max(...delays.slice(stalledAt + 100))).toBeLessThanOrEqual(before + 1);
    },
  );

  it('hides one lost packet without growing the delay', () => {
    const all = steadyArrivals(400, 20);
    const run = play(
      all.filter(({ index }) => index % 40 !== 20),
      7_900,
    );
    expect(run.playout.statistics.lost).toBe(10);
    expect(longestGapMs(run.samples, 200, 7_800)).toBeLessThan(1);
    expect(steepest(run.samples, 200)).toBeLessThan(STEP_MAX);
    expect(Math.abs(run.delays[380] - run.delays[20])).toBeLessThan(1);
  });

  it('plays on through 5 % loss, 60 ms of jitter and a fast clock without audible gaps', () => {
    const chance = seeded(11);
    const arrivals = steadyArrivals(6_000, 20 / 1.0002, () => chance() * 60).filter(() => chance() > 0.05);
    const run = play(arrivals, 118_000);
    expect(longestGapMs(run.samples, 5_000)).toBeLessThan(20);
    expect(Math.max(...run.delays.slice(500))).toBeLessThan(130);
    expect(steepest(run.samples, 2_000)).toBeLessThan(2 * STEP_MAX);
  });

  it('fades out when packets stop, and then costs nothing', () => {
    const run = play(steadyArrivals(50, 20), 3_000);
    expect(run.playout.isIdle).toBe(true);
    expect(steepest(run.samples, 200)).toBeLessThan(STEP_MAX);
    const block = new Float32Array(BLOCK_FRAMES).fill(1);
    expect(run.playout.pull(block, 3_020)).toBe(false);
    expect(block.every((value) => value === 0)).toBe(true);
  });

  it('stays silent through the packets of discontinuous transmission and begins again on time', () => {
    const playout = new VoicePlayout(new ToneCodec());
    const block = new Float32Array(BLOCK_FRAMES);
    for (let index = 0; index < 20; index++) {
      playout.push(index, index * 19_200, new Uint8Array([0xfc]), 960, index * 400);
      expect(playout.pull(block, index * 400 + 5)).toBe(false);
    }
    playout.push(20, 20 * 19_200, ToneCodec.packet(0), 960, 8_000);
    playout.pull(block, 8_004);
    playout.push(21, 20 * 19_200 + 960, ToneCodec.packet(960), 960, 8_020);
    expect(playout.pull(block, 8_024)).toBe(true);
  });

  it('comes back after the sender started anew with other numbers', () => {
    const before = steadyArrivals(100, 20);
    const after = steadyArrivals(100, 20).map(({ atMs, index }) => ({ atMs: atMs + 2_000, index: index + 40_000 }));
    const run = play([...before, ...after], 4_000);
    expect(longestGapMs(run.samples, 2_200, 3_900)).toBeLessThan(1);
  });

  it('never fails and never grows, whatever arrives', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            sequence: fc.integer({ min: 0, max: 0xffff }),
            timestamp: fc.integer({ min: 0, max: 0xffffffff }),
            size: fc.integer({ min: 1, max: 1_275 }),
            frames: fc.constantFrom(120, 480, 960, 1_920, 2_880, 5_760),
            ticks: fc.integer({ min: 0, max: 3 }),
          }),
          { maxLength: 200 },
        ),
        (packets) => {
          const playout = new VoicePlayout(new ToneCodec());
          const block = new Float32Array(BLOCK_FRAMES);
          let nowMs = 0;
          for (const packet of packets) {
            playout.push(packet.sequence, packet.timestamp, new Uint8Array(packet.size), packet.frames, nowMs);
            for (let tick = 0; tick < packet.ticks; tick++) {
              nowMs += 20;
              playout.pull(block, nowMs);
              expect(block.every((value) => Math.abs(value) <= 1)).toBe(true);
            }
          }
          for (let tick = 0; tick < 200; tick++) playout.pull(block, (nowMs += 20));
          expect(playout.isIdle).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
});
