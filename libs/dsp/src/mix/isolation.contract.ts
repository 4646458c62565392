import { expect, it } from '@jest/globals';
import { type MixMemory, REVERB_PARAMETER_WORDS, STATUS } from './mix-memory.js';
import type { TickOrders } from './plan-orders.contract.js';
import { RandomScene, SCENE_OPTIONS } from './random-scene.contract.js';
import { reverbParameters } from './reverb-parameters.js';
import { onlyPlane, type RendererMaker, Stage, steady } from './stage.contract.js';

const LISTENERS = Array.from({ length: SCENE_OPTIONS.listenersMax }, (_, listener) => listener);

/** Everything that can be seen from outside, as text that differs if a single bit does. */
function outputOf(memory: MixMemory): string {
  return LISTENERS.map((listener) => {
    const status = memory.statusInts.subarray(listener * STATUS.words, (listener + 1) * STATUS.words);
    const mix = memory.mix(listener);
    return [...status, ...new Int32Array(mix.buffer, mix.byteOffset, mix.length)].join();
  }).join('\n');
}

type CarryOut = (stage: Stage, orders: TickOrders, block: number) => void;

/** Plays a random scene in some way; gives what was heard in each block. */
function play(make: RendererMaker, seed: number, carryOut: CarryOut): string[] {
  const scene = new RandomScene(seed);
  const stage = new Stage(make);
  return Array.from({ length: 8 }, (_, block) => {
    carryOut(stage, scene.next(stage.memory), block);
    return outputOf(stage.memory);
  });
}

const inOneGo: CarryOut = (stage, orders) => stage.orders.carryOut(orders);

/** Who must not notice what happens to whom. */
export function describeIsolation(make: RendererMaker): void {
  it.each([1, 2])('does not mind in which order sources and listeners come (seed %d)', (seed) => {
    const reversed = play(make, seed, (stage, { filters, beds, listeners }) => {
      stage.orders.carryOut({ filters: [...filters].reverse(), beds, listeners: [...listeners].reverse() });
    });
    expect(reversed).toEqual(play(make, seed, inOneGo));
  });

  it.each([1, 2])('does not mind how orders are parted into calls (seed %d)', (seed) => {
    const parted = play(make, seed, (stage, { filters, beds, listeners }) => {
      const nothing: TickOrders = { filters: [], beds: [], listeners: [] };
      for (const filter of filters) stage.orders.carryOut({ ...nothing, filters: [filter] });
      for (const bed of beds) stage.orders.carryOut({ ...nothing, beds: [bed] });
      for (const listener of listeners) stage.orders.carryOut({ ...nothing, listeners: [listener] });
    });
    expect(parted).toEqual(play(make, seed, inOneGo));
  });

  it.each([NaN, Infinity, -Infinity, 3e38, 1e30])('hears %d in a source as nothing, now and later', (bad) => {
    const playWith = (value: number): string[] => {
      return play(make, 6, (stage, orders, block) => {
        const input = stage.memory.input(3);
        if (block === 2) input.fill(value, 100, 130);
        if (block === 3) input.fill(value);
        if (block === 4) input[958] = input[0] = value;
        stage.orders.carryOut(orders);
      });
    };
    expect(playWith(bad)).toEqual(playWith(0));
  });

  it('does what no number in the orders does to one listener only, and keeps even that mix finite', () => {
    const playWith = (isBad: boolean): string[] => {
      return play(make, 9, (stage, orders, block) => {
        const listeners = orders.listeners.map((order) => {
          if (order.listener !== 0 || !isBad || block > 1) return { ...order, isFresh: block === 0 };
          const ear = { delay: steady(3), gains: onlyPlane(0, steady(NaN)) };
          return { ...order, isFresh: block === 0, near: [{ source: 0, left: ear, right: ear }] };
        });
        stage.orders.carryOut({ ...orders, listeners });
        const told = [STATUS.peak, STATUS.tailPeak, STATUS.limiterGain].map((word) => stage.memory.status[word]);
        expect([...stage.memory.mix(0), ...told].every(Number.isFinite)).toBe(true);
      });
    };
    const others = (text: string): string => text.split('\n').slice(1).join('\n');
    expect(playWith(true).map(others)).toEqual(playWith(false).map(others));
  });

  it.each([
    { gain: NaN, delay: 3 },
    { gain: 0.5, delay: NaN },
    { gain: 0.5, delay: Infinity },
    { gain: 0.5, delay: -7 },
    { gain: 0.5, delay: 1e12 },
  ])('hears as before two blocks after an impossible order: $gain, $delay', (bad) => {
    const listen = (inBetween: { gain: number; delay: number }): string => {
      const stage = new Stage(make);
      for (let block = 0; block < 4; block++) {
        stage.memory.input(0).forEach((_, frame, input) => (input[frame] = 0.2 * Math.sin((frame + block) * 0.1)));
        const order = block === 1 ? inBetween : { gain: 0.5, delay: 9.5 };
        const gain = steady(order.gain);
        const ear = { delay: steady(order.delay), direct: gain, low: gain };
        const gliding = { ...ear, delay: [9.5, order.delay] as const };
        const nearEar = { delay: gliding.delay, gains: onlyPlane(0, gain) };
        const bins = [{ entries: [{ source: 0, gain: steady(1) }], left: ear, right: gliding }];
        const near = [{ source: 0, left: nearEar, right: { ...nearEar, delay: steady(order.delay) } }];
        const listeners = [{ listener: 0, isFresh: block === 0, bins, near }];
        stage.orders.carryOut({ filters: [{ source: 0, isFresh: block === 0 }], beds: [], listeners });
      }
      return outputOf(stage.memory);
    };
    expect(listen(bad)).toBe(listen({ gain: 0.5, delay: 9.5 }));
  });

  it('remembers nothing of a slot that starts anew', () => {
    const late = new Stage(make);
    const before = new RandomScene(3);
    for (let block = 0; block < 6; block++) late.orders.carryOut(before.next(late.memory));
    const early = new Stage(make);
    const scene = new RandomScene(8);
    for (let block = 0; block < 6; block++) {
      const orders = scene.next(late.memory, early.memory);
      late.orders.carryOut(orders);
      early.orders.carryOut(orders);
      expect(outputOf(late.memory)).toBe(outputOf(early.memory));
    }
  });

  it('gives nobody the reverb of somebody else, nor the reverb of an earlier visit', () => {
    const stage = new Stage(make);
    for (let reverb = 0; reverb < 2; reverb++) {
      stage.memory.reverbParameters.set(reverbParameters(3), reverb * REVERB_PARAMETER_WORDS);
    }
    const ear = { delay: steady(0), gains: onlyPlane(0, steady(0.5)) };
    const near = [{ source: 0, left: ear, right: ear }];
    const listen = (listener: number, reverb: number, isLoud: boolean, isFresh = false): number => {
      stage.memory.input(0).fill(isLoud ? 0.5 : 0);
      const listeners = [{ listener, isFresh, near: isLoud ? near : [], reverb, wet: steady(1) }];
      stage.orders.carryOut({ filters: [{ source: 0, isFresh: true }], beds: [], listeners });
      return stage.memory.status[listener * STATUS.words + STATUS.peak];
    };
    const speak = (listener: number, reverb: number): void => {
      for (let block = 0; block < 5; block++) listen(listener, reverb, true);
      for (let block = 0; block < 2; block++) expect(listen(listener, reverb, false)).toBeGreaterThan(0.01);
    };
    for (const listener of [0, 1]) for (let block = 0; block < 2; block++) listen(listener, -1, false, block === 0);
    speak(0, 0);
    expect(listen(1, 0, false)).toBe(0);
    speak(1, 0);
    expect(listen(0, 0, false)).toBe(0);
    speak(0, 1);
    listen(0, -1, false);
    expect(listen(0, 1, false)).toBe(0);
    speak(0, 1);
    expect(listen(0, 1, false, true)).toBe(0);
  });
}
