import { BLOCK_FRAMES } from '@app/world';
import { expect, it } from '@jest/globals';
import { BLOCK_BYTES, EAR_DELAY_MAX, STATUS } from './mix-memory.js';
import type { Bin, Near } from './plan-orders.contract.js';
import { ReferenceLowpass } from './reference-lowpass.js';
import { onlyPlane, type RendererMaker, Stage, steady } from './stage.contract.js';

const SILENT_EAR = { delay: steady(0), direct: steady(0), low: steady(0) };

/** Orders for source 0 alone, heard by listener 0. */
function hear(stage: Stage, what: { near?: Near[]; bins?: Bin[] }, isFresh = true): Float32Array {
  const listeners = [{ listener: 0, isFresh, ...what }];
  stage.orders.carryOut({ filters: [{ source: 0, isFresh }], beds: [], listeners });
  return stage.memory.mix(0);
}

function click(stage: Stage, frame: number): void {
  stage.memory.input(0).fill(0)[frame] = 1;
}

const nearOne = (delay: number, gain: number, plane = 0): Near => {
  const left = { delay: steady(delay), gains: onlyPlane(plane, steady(gain)) };
  return { source: 0, left, right: { delay: steady(0), gains: onlyPlane(0, steady(0)) } };
};

/** Samples other than 0, by place. */
function nonzero(samples: Float32Array): Map<number, number> {
  return new Map(Array.from(samples.entries()).filter(([, value]) => value !== 0));
}

/** What an ear hears of orders: delays, gains, planes, filters, tails. */
export function describeHearing(make: RendererMaker): void {
  it('lets each ear hear a near click when and as loud as ordered', () => {
    const stage = new Stage(make);
    click(stage, 100);
    const left = { delay: steady(3.25), gains: onlyPlane(0, steady(0.5)) };
    const right = { delay: steady(20), gains: onlyPlane(0, steady(0.25)) };
    const heard = nonzero(hear(stage, { near: [{ source: 0, left, right }] }));
    expect([...heard.keys()]).toEqual([103, 104, BLOCK_FRAMES + 120]);
    expect(heard.get(103)).toBeCloseTo(0.375, 6);
    expect(heard.get(104)).toBeCloseTo(0.125, 6);
    expect(heard.get(BLOCK_FRAMES + 120)).toBeCloseTo(0.25, 6);
  });

  it('lets each ear hear a bin when and as loud as ordered, every entry with its gain', () => {
    const stage = new Stage(make);
    click(stage, 400);
    const entries = [
      { source: 0, gain: steady(0.5) },
      { source: 0, gain: steady(0.25) },
    ];
    const left = { delay: steady(0), direct: steady(1), low: steady(0) };
    const right = { delay: steady(10.5), direct: steady(-0.8), low: steady(0) };
    const heard = nonzero(hear(stage, { bins: [{ entries, left, right }] }));
    expect([...heard.keys()]).toEqual([400, BLOCK_FRAMES + 410, BLOCK_FRAMES + 411]);
    expect(heard.get(400)).toBeCloseTo(0.75, 6);
    expect(heard.get(BLOCK_FRAMES + 410)).toBeCloseTo(-0.3, 6);
    expect(heard.get(BLOCK_FRAMES + 411)).toBeCloseTo(-0.3, 6);
  });

  it('hears the low part of a bin through the shadow lowpass', () => {
    const stage = new Stage(make);
    click(stage, 30);
    const left = { delay: steady(7), direct: steady(0), low: steady(0.6) };
    const mix = hear(stage, { bins: [{ entries: [{ source: 0, gain: steady(1) }], left, right: SILENT_EAR }] });
    const lowpass = new ReferenceLowpass();
    for (let frame = 0; frame < BLOCK_FRAMES; frame++) {
      expect(mix[frame]).toBeCloseTo(lowpass.next(frame === 37 ? 0.6 : 0), 6);
    }
  });

  it.each([0, 1, 2, 3])('hears plane %d of a near source as it lies in memory', (plane) => {
    const stage = new Stage(make);
    click(stage, 200);
    const mix = hear(stage, { near: [nearOne(5, 0.5, plane)] });
    const address = stage.memory.sourceAddress(0) + plane * BLOCK_BYTES;
    const signal = new Float32Array(stage.memory.wasm.buffer, address, BLOCK_FRAMES);
    expect(signal.some((value) => value !== 0)).toBe(true);
    for (let frame = 5; frame < BLOCK_FRAMES; frame++) expect(mix[frame]).toBeCloseTo(0.5 * signal[frame - 5], 6);
  });

  it('sums beds of sources and of earlier beds', () => {
    const stage = new Stage(make);
    click(stage, 8);
    const beds = [
      { bed: 2, entries: [{ source: 0, gain: steady(0.5) }] },
      {
        bed: 1,
        entries: [
          { bed: 2, gain: steady(0.5) },
          { source: 0, gain: steady(0.125) },
        ],
      },
      { bed: 0, entries: [] },
    ];
    const entries = [1, 0].map((bed) => ({ bed, gain: steady(1) }));
    const ear = { delay: steady(0), direct: steady(1), low: steady(0) };
    const listeners = [{ listener: 0, isFresh: true, bins: [{ entries, left: ear, right: SILENT_EAR }] }];
    stage.orders.carryOut({ filters: [{ source: 0, isFresh: true }], beds, listeners });
    expect([...nonzero(stage.memory.mix(0))]).toEqual([[8, 0.375]]);
  });

  it('moves gains in a line through the block', () => {
    const stage = new Stage(make);
    stage.memory.input(0).fill(0.5);
    const left = { delay: steady(0), gains: onlyPlane(0, [0, 1]) };
    const mix = hear(stage, { near: [{ source: 0, left, right: left }] });
    for (let frame = 0; frame < BLOCK_FRAMES; frame += 37) {
      expect(mix[frame]).toBeCloseTo((0.5 * frame) / BLOCK_FRAMES, 6);
    }
  });

  it('glides delays over whole numbers without a step', () => {
    const stage = new Stage(make);
    const heard: number[] = [];
    const tone = (frame: number): number => 0.5 * Math.sin(frame * 0.02);
    for (let block = 0; block < 8; block++) {
      stage.memory.input(0).forEach((_, frame, input) => (input[frame] = tone(block * BLOCK_FRAMES + frame)));
      const delay = [9.7 + block * 0.9, 9.7 + (block + 1) * 0.9] as const;
      const left = { delay, gains: onlyPlane(0, steady(1)) };
      const mix = hear(stage, { near: [{ source: 0, left, right: left }] }, block === 0);
      heard.push(...mix.subarray(0, BLOCK_FRAMES));
    }
    for (let place = 64; place < heard.length; place++) {
      // Steepest is 0.5 · 0.02 for each sample; delays glide by a thousandth of that speed.
      expect(Math.abs(heard[place] - heard[place - 1])).toBeLessThan(0.0115);
    }
  });

  it('continues what arrives late in the next block, and tells that it is still to come', () => {
    const stage = new Stage(make);
    click(stage, BLOCK_FRAMES - 10);
    expect(nonzero(hear(stage, { near: [nearOne(EAR_DELAY_MAX - 0.5, 0.5)] })).size).toBe(0);
    expect(stage.memory.status[STATUS.tailPeak]).toBeCloseTo(0.25, 6);
    stage.memory.input(0).fill(0);
    const place = EAR_DELAY_MAX - 11;
    const heard = nonzero(hear(stage, {}, false));
    expect([...heard.keys()]).toEqual([place, place + 1]);
    expect(heard.get(place)).toBeCloseTo(0.25, 6);
    expect(stage.memory.status[STATUS.tailPeak]).toBe(0);
    expect(nonzero(hear(stage, {}, false)).size).toBe(0);
  });
}
