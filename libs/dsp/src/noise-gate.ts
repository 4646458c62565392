import { BLOCK_FRAMES, MIX_TICK_MS, SAMPLE_RATE_HZ } from '@app/world';
import { applyGainRamp } from './gain-ramp.js';

/** The gate closes this much below the level at which it opens, or it would flutter, in dB. */
const HYSTERESIS_DB = 6;
/** How long it stays open after the last sound, in blocks: 400 ms, longer than the pauses inside a sentence. */
const HOLD_BLOCKS = 400 / MIX_TICK_MS;
/** The loudest piece of a block counts: 5 ms, so that a short consonant opens the gate as a long vowel does. */
const PIECE_FRAMES = (5 * SAMPLE_RATE_HZ) / 1_000;
/** Samples of the fade when it opens: 5 ms. The block that opens it is heard from its beginning. */
const OPEN_FRAMES = PIECE_FRAMES;

/**
 * Keeps what is quieter than speech (fans, keyboards, breath) out of a mix. A gated voice is silent, so nobody has to
 * render it. Opens with the block that is loud, closes over one block. Allocates nothing.
 */
export class NoiseGate {
  private readonly openEnergy: number;
  private readonly closeEnergy: number;
  private holdLeft = 0;

  /** @param thresholdDb  level (root mean square in 5 ms) that opens the gate, in dBFS */
  constructor(thresholdDb: number) {
    this.openEnergy = PIECE_FRAMES * 10 ** (thresholdDb / 10);
    this.closeEnergy = PIECE_FRAMES * 10 ** ((thresholdDb - HYSTERESIS_DB) / 10);
  }

  /** Whether sound passes. */
  get isOpen(): boolean {
    return this.holdLeft > 0;
  }

  /**
   * Lets a block pass, or makes it zeros.
   *
   * @param block  BLOCK_FRAMES samples
   * @returns whether there is something to hear in it
   */
  process(block: Float32Array): boolean {
    const energy = loudestPiece(block);
    if (!this.isOpen) {
      // Not a number is not loud either.
      if (!(energy >= this.openEnergy)) {
        block.fill(0);
        return false;
      }
      applyGainRamp(block, 0, 1, 0, OPEN_FRAMES);
      this.holdLeft = HOLD_BLOCKS;
      return true;
    }
    if (energy >= this.closeEnergy) this.holdLeft = HOLD_BLOCKS;
    else if (--this.holdLeft === 0) applyGainRamp(block, 1, 0);
    return true;
  }

  /** The voice has ended by itself: the next one has to open the gate anew. */
  close(): void {
    this.holdLeft = 0;
  }
}

/** Energy of the loudest piece of a block: sum of squares of PIECE_FRAMES samples. Every other sample tells enough. */
function loudestPiece(block: Float32Array): number {
  let loudest = 0;
  for (let from = 0; from < BLOCK_FRAMES; from += PIECE_FRAMES) {
    // Four sums, because one would have to wait for itself.
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let index = from; index < from + PIECE_FRAMES; index += 8) {
      a += block[index] * block[index];
      b += block[index + 2] * block[index + 2];
      c += block[index + 4] * block[index + 4];
      d += block[index + 6] * block[index + 6];
    }
    const energy = 2 * (a + b + c + d);
    if (!(energy <= loudest)) loudest = energy;
  }
  return loudest;
}
