import { BLOCK_FRAMES } from '@app/world';
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import {
  BED_HEADER_WORDS,
  BIN,
  BIN_EAR,
  BLOCK_BYTES,
  EAR_DELAY_MAX,
  ENTRY_WORDS,
  FILTER_WORDS,
  LISTENER,
  LISTENER_STATE_WORDS,
  MixMemory,
  NEAR,
  NEAR_EAR,
  REVERB_LINES,
  REVERB_PARAMETER_WORDS,
  REVERB_RING_FRAMES,
  REVERB_STATE_WORDS,
  SOURCE_STATE_WORDS,
  STATUS,
  TAIL_FRAMES,
} from './mix-memory.js';
import { REVERB_PARAMETER } from './reverb-parameters.js';
import { WasmPlanRenderer } from './wasm-plan-renderer.js';

/** The kernels are written in another language, which cannot import what they share with us; so it is written twice. */
const layout = new Map(
  [...readSource('layout.ts').matchAll(/^export const (\w+)(?:: \w+)? = ([\d_.]+);$/gm)].map(([, name, value]) => {
    return [name, Number(value.replaceAll('_', ''))] as const;
  }),
);

function readSource(name: string): string {
  return readFileSync(new URL(`../../assembly/${name}`, import.meta.url), 'utf8');
}

const SIZES: Record<string, number> = {
  FRAMES: BLOCK_FRAMES,
  BLOCK_BYTES,
  TAIL_BYTES: 4 * TAIL_FRAMES,
  DELAY_MAX: EAR_DELAY_MAX,
  FILTER_BYTES: 4 * FILTER_WORDS,
  BED_HEADER_BYTES: 4 * BED_HEADER_WORDS,
  ENTRY_BYTES: 4 * ENTRY_WORDS,
  LISTENER_BYTES: 4 * LISTENER.words,
  BIN_BYTES: 4 * BIN.words,
  NEAR_BYTES: 4 * NEAR.words,
  STATUS_BYTES: 4 * STATUS.words,
  SOURCE_STATE_BYTES: 4 * SOURCE_STATE_WORDS,
  LISTENER_STATE_BYTES: 4 * LISTENER_STATE_WORDS,
  REVERB_LINES,
  RING_BYTES: 4 * REVERB_RING_FRAMES,
  REVERB_STATE_BYTES: 4 * REVERB_STATE_WORDS,
  REVERB_PARAMETER_BYTES: 4 * REVERB_PARAMETER_WORDS,
  REVERB_DAMPING: 4 * REVERB_PARAMETER.damping,
  REVERB_LEVEL: 4 * REVERB_PARAMETER.level,
};

const PLACES: [prefix: string, words: Record<string, number>][] = [
  ['LISTENER_', LISTENER],
  ['BIN_', { ...BIN, ...BIN_EAR }],
  ['NEAR_', { ...NEAR, ...NEAR_EAR }],
  ['STATUS_', STATUS],
];

describe('the layout that kernels know', () => {
  it.each(Object.entries(SIZES))('has %s as in MixMemory', (name, bytes) => {
    expect(layout.get(name)).toBe(bytes);
  });

  it.each(PLACES)('has every %s… as in MixMemory', (prefix, places) => {
    for (const [word, place] of Object.entries(places)) {
      if (word === 'words') continue;
      const name = prefix + word.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
      expect([name, layout.get(name)]).toEqual([name, 4 * place]);
    }
  });
});

describe('WasmPlanRenderer', () => {
  it('shares one compiled module and no memory with others', () => {
    const [first, second] = [1, 2].map(() => {
      return new MixMemory({ sourcesMax: 1, bedsMax: 0, listenersMax: 1, reverbsMax: 0, planWordsMax: 64 });
    });
    const renderer = new WasmPlanRenderer(first);
    new WasmPlanRenderer(second);
    first.input(0).fill(0.5);
    second.input(0).fill(0.25);
    first.planInts.set([0, 1]);
    renderer.filterSources(1);
    const planesOf = (memory: MixMemory): Float32Array => {
      return new Float32Array(memory.wasm.buffer, memory.sourceAddress(0) + BLOCK_BYTES, 3 * BLOCK_FRAMES);
    };
    // A steady sound has settled long before the block's end: lowpass and low output pass it on, the band does not.
    const [lowpass, band, low] = [1, 2, 3].map((planes) => planesOf(first)[planes * BLOCK_FRAMES - 1]);
    expect(lowpass).toBeCloseTo(0.5, 4);
    expect(band).toBeCloseTo(0, 4);
    expect(low).toBeCloseTo(0.5, 4);
    expect(planesOf(second).every((value) => value === 0)).toBe(true);
  });

  it('refuses a negative number of orders', () => {
    const memory = new MixMemory({ sourcesMax: 1, bedsMax: 0, listenersMax: 1, reverbsMax: 0, planWordsMax: 64 });
    expect(() => new WasmPlanRenderer(memory).mixListeners(-1)).toThrow();
  });
});
