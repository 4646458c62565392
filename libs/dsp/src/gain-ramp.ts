/**
 * Multiplies `block[offset, offset + frames)` by a gain that moves in a straight line, so that a change of level is not
 * heard as a click. The first sample is already one step away from `fromGain`, the last has exactly `toGain`: two ramps
 * in a row have no step between them.
 *
 * @param fromGain  linear, reached at the end of the block before
 * @param toGain    linear, reached at the last sample of this block
 */
export function applyGainRamp(
  block: Float32Array,
  fromGain: number,
  toGain: number,
  offset = 0,
  frames = block.length - offset,
): void {
  if (fromGain === toGain) {
    if (toGain === 1) return;
    if (toGain === 0) {
      block.fill(0, offset, offset + frames);
      return;
    }
    for (let index = offset; index < offset + frames; index++) block[index] *= toGain;
    return;
  }
  const step = (toGain - fromGain) / frames;
  for (let index = 0; index < frames; index++) block[offset + index] *= fromGain + step * (index + 1);
}

/**
 * Fades from one signal to another over `frames` samples: `target[i]` starts as `from[i]` and ends as `to[i]`. The gains
 * add up to one, which keeps the level of signals that are alike. `target` may be the same array as either.
 */
export function crossFade(
  target: Float32Array,
  targetOffset: number,
  from: Float32Array,
  fromOffset: number,
  to: Float32Array,
  toOffset: number,
  frames: number,
): void {
  const step = 1 / (frames + 1);
  for (let index = 0; index < frames; index++) {
    const share = (index + 1) * step;
    target[targetOffset + index] = from[fromOffset + index] * (1 - share) + to[toOffset + index] * share;
  }
}
