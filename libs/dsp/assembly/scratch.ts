import { scratchArea } from './areas';
import { BLOCK_BYTES, BUS_BYTES, TAIL_BYTES } from './layout';

// What lies where in scratch memory while a listener is mixed.

/** The buses: what each ear hears as it is, and behind that what it hears through the lowpass. */
export const LEFT: usize = 0;
export const RIGHT: usize = 2 * BUS_BYTES;
/** Four blocks with silence on both sides, so that they can be read later than they were written. */
const PADDED: usize = 4 * BUS_BYTES;
const PADDED_BYTES: usize = BLOCK_BYTES + 2 * TAIL_BYTES;
/** Orders that are sorted. */
export const SORTED: usize = PADDED + 4 * PADDED_BYTES;
/** Gains that a limiter's steps need. */
export const NEEDS: usize = SORTED + 4_096;
/** Blocks of a reverb's eight lines. */
export const LINES: usize = NEEDS + 128;

/** Address of one of the four padded blocks, where it begins to sound. */
export function paddedBlock(index: i32): usize {
  return scratchArea + PADDED + TAIL_BYTES + index * PADDED_BYTES;
}

/** Makes the silence around the padded blocks. */
export function clearPadding(): void {
  for (let index = 0; index < 4; index++) {
    const block = paddedBlock(index);
    memory.fill(block - TAIL_BYTES, 0, TAIL_BYTES);
    memory.fill(block + BLOCK_BYTES, 0, TAIL_BYTES);
  }
}
