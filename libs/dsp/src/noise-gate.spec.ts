import { BLOCK_FRAMES } from '@app/world';
import { describe, expect, it } from '@jest/globals';
import { NoiseGate } from './noise-gate.js';

/** A block of a tone of 1 kHz, whose periods fit the block, at a root mean square of `levelDb`. */
function tone(levelDb: number): Float32Array {
  const peak = Math.SQRT2 * 10 ** (levelDb / 20);
  return Float32Array.from({ length: BLOCK_FRAMES }, (_, n) => peak * Math.sin((2 * Math.PI * n) / 48));
}

/** Gives blocks of a level to the gate. Returns how many of them passed. */
function play(gate: NoiseGate, levelDb: number, blocks: number): number {
  let passed = 0;
  for (let count = 0; count < blocks; count++) if (gate.process(tone(levelDb))) passed++;
  return passed;
}

const steepest = (samples: Float32Array) =>
  samples.reduce((most, value, n) => (n === 0 ? 0 : Math.max(most, Math.abs(value - samples[n - 1]))), 0);

describe('NoiseGate', () => {
  it('keeps out what is below the threshold, and makes it zeros', () => {
    const gate = new NoiseGate(-56);
    const block = tone(-57);
    expect(gate.process(block)).toBe(false);
    expect(block.every((value) => value === 0)).toBe(true);
    expect(play(gate, -57, 100)).toBe(0);
  });

  it('opens within the block that is loud, and changes nothing behind a fade of 5 ms', () => {
    const gate = new NoiseGate(-56);
    play(gate, -80, 10);
    const block = tone(-55);
    expect(gate.process(block)).toBe(true);
    expect(block.subarray(240)).toEqual(tone(-55).subarray(240));
    expect(Math.abs(block[12])).toBeLessThan(Math.abs(tone(-55)[12]) / 10);
  });

  it('opens for an onset at the very end of a block', () => {
    const gate = new NoiseGate(-56);
    const block = new Float32Array(BLOCK_FRAMES);
    block.fill(0.01, BLOCK_FRAMES - 120);
    const onset = block.slice();
    expect(gate.process(block)).toBe(true);
    expect(block).toEqual(onset);
  });

  it('stays open down to 6 dB below the threshold', () => {
    const gate = new NoiseGate(-56);
    play(gate, -50, 5);
    expect(play(gate, -61, 500)).toBe(500);
    expect(gate.isOpen).toBe(true);
  });

  it('stays open for 400 ms, and then closes over one block', () => {
    const gate = new NoiseGate(-40);
    play(gate, -30, 5);
    expect(play(gate, -48, 19)).toBe(19);
    const last = tone(-48);
    expect(gate.process(last)).toBe(true);
    expect(last[BLOCK_FRAMES - 1]).toBeCloseTo(0, 6);
    expect(steepest(last)).toBeLessThan(1.1 * steepest(tone(-48)));
    expect(play(gate, -48, 50)).toBe(0);
  });

  it('does not open for what is no number', () => {
    const gate = new NoiseGate(-56);
    expect(gate.process(new Float32Array(BLOCK_FRAMES).fill(NaN))).toBe(false);
    expect(gate.isOpen).toBe(false);
  });
});
