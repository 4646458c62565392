/** Delays move further than this many samples in one block only by fading from the one to the other. */
const DELAY_STEP_MAX = 6;

/** Whether an ear's delay moves too far in one block to glide. The delays of both ears are the first words of a place. */
export function isDelayJump(before: Float32Array, beforeOffset: number, now: Float32Array, nowOffset: number): boolean {
  return (
    Math.abs(before[beforeOffset] - now[nowOffset]) > DELAY_STEP_MAX ||
    Math.abs(before[beforeOffset + 1] - now[nowOffset + 1]) > DELAY_STEP_MAX
  );
}
