import { BLOCK_FRAMES, SAMPLE_RATE_HZ } from '@app/world';

const FRAMES_PER_MS = SAMPLE_RATE_HZ / 1_000;
/** Deviation from the time of day from which on it is followed, in samples: half a block. */
const DRIFT_MAX = BLOCK_FRAMES / 2;

/**
 * Counts the samples of the world's sound since 1970, block after block. All mixers whose clocks agree count alike within a
 * block, so a sound in the world is at the same place for everybody, also after a restart.
 */
export class BlockClock {
  private next = Number.NaN;

  /**
   * The first sample of this tick's block.
   *
   * @param wallMs      the time of day, in ms since 1970
   * @param latenessMs  how late the tick began
   */
  beginBlock(wallMs: number, latenessMs: number): number {
    const wanted = Math.round((wallMs - latenessMs) * FRAMES_PER_MS);
    const isClose = Math.abs(wanted - this.next) <= DRIFT_MAX;
    const at = isClose ? this.next : wanted;
    this.next = at + BLOCK_FRAMES;
    return at;
  }
}
