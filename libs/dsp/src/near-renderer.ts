import { BLOCK_FRAMES } from '@app/world';

/** Parameters of one near source in one listener's ears; `from` at the end of the block before, `to` at this one's. */
export interface NearPath {
  /** Delays in samples with fractions, in [0, EAR_DELAY_FRAMES_MAX]. */
  fromDelayLeft: number;
  toDelayLeft: number;
  fromDelayRight: number;
  toDelayRight: number;
  /** Linear gains of the source as it is. */
  fromDirectLeft: number;
  toDirectLeft: number;
  fromDirectRight: number;
  toDirectRight: number;
  /** Linear gains of the source's lowpass (see head-shadow.ts). */
  fromLowLeft: number;
  toLowLeft: number;
  fromLowRight: number;
  toLowRight: number;
}

/** A path with everything at zero. All paths have one shape, which keeps the renderer fast. */
export function createNearPath(): NearPath {
  return {
    fromDelayLeft: 0,
    toDelayLeft: 0,
    fromDelayRight: 0,
    toDelayRight: 0,
    fromDirectLeft: 0,
    toDirectLeft: 0,
    fromDirectRight: 0,
    toDirectRight: 0,
    fromLowLeft: 0,
    toLowLeft: 0,
    fromLowRight: 0,
    toLowRight: 0,
  };
}

/** Whether nothing about the path moves within this block. */
function isSteady(path: NearPath): boolean {
  return (
    path.fromDelayLeft === path.toDelayLeft &&
    path.fromDelayRight === path.toDelayRight &&
    path.fromDirectLeft === path.toDirectLeft &&
    path.fromDirectRight === path.toDirectRight &&
    path.fromLowLeft === path.toLowLeft &&
    path.fromLowRight === path.toLowRight
  );
}

/**
 * Adds one near source to a listener's bus: each ear hears it with its own delay, level and shadow. Everything glides
 * from the last block's value to this one's; a gliding delay bends the pitch a little, as it does in the air.
 *
 * @param direct  memory of all sources; the block begins at `begin` and at least HISTORY_FRAMES samples of the past are
 *                in front of it
 * @param low     the same places hold the sources' lowpass
 * @param bus     left in [0, BLOCK_FRAMES), right behind it; added to
 */
export function renderNear(
  direct: Float32Array,
  low: Float32Array,
  begin: number,
  path: NearPath,
  bus: Float64Array,
): void {
  if (isSteady(path)) renderSteady(direct, low, begin, path, bus);
  else renderGliding(direct, low, begin, path, bus);
}

// Both loops read the block's length from a local constant: an imported one is looked up again in each turn.

/** Delays stand still, so each sample is read once and interpolation is folded into the gains. */
function renderSteady(direct: Float32Array, low: Float32Array, begin: number, path: NearPath, bus: Float64Array): void {
  const frames = BLOCK_FRAMES;
  const wholeLeft = Math.ceil(path.toDelayLeft);
  const wholeRight = Math.ceil(path.toDelayRight);
  const lateLeft = wholeLeft - path.toDelayLeft;
  const lateRight = wholeRight - path.toDelayRight;
  const left = begin - wholeLeft;
  const right = begin - wholeRight;
  const directLeft0 = path.toDirectLeft * (1 - lateLeft);
  const directLeft1 = path.toDirectLeft * lateLeft;
  const lowLeft0 = path.toLowLeft * (1 - lateLeft);
  const lowLeft1 = path.toLowLeft * lateLeft;
  const directRight0 = path.toDirectRight * (1 - lateRight);
  const directRight1 = path.toDirectRight * lateRight;
  const lowRight0 = path.toLowRight * (1 - lateRight);
  const lowRight1 = path.toLowRight * lateRight;
  let directLeft = direct[left];
  let lowLeft = low[left];
  let directRight = direct[right];
  let lowRight = low[right];
  // The sample after a block's last one is only read with a delay of zero, when it has no weight; it may be past the
  // end of this source, but the engine's memory has room behind the last one.
  for (let frame = 0; frame < frames; frame++) {
    const nextDirectLeft = direct[left + frame + 1];
    const nextLowLeft = low[left + frame + 1];
    const nextDirectRight = direct[right + frame + 1];
    const nextLowRight = low[right + frame + 1];
    bus[frame] += directLeft0 * directLeft + directLeft1 * nextDirectLeft + lowLeft0 * lowLeft + lowLeft1 * nextLowLeft;
    bus[frame + frames] +=
      directRight0 * directRight + directRight1 * nextDirectRight + lowRight0 * lowRight + lowRight1 * nextLowRight;
    directLeft = nextDirectLeft;
    lowLeft = nextLowLeft;
    directRight = nextDirectRight;
    lowRight = nextLowRight;
  }
}

function renderGliding(
  direct: Float32Array,
  low: Float32Array,
  begin: number,
  path: NearPath,
  bus: Float64Array,
): void {
  const frames = BLOCK_FRAMES;
  const perFrame = 1 / frames;
  const directLeftStep = (path.toDirectLeft - path.fromDirectLeft) * perFrame;
  const directRightStep = (path.toDirectRight - path.fromDirectRight) * perFrame;
  const lowLeftStep = (path.toLowLeft - path.fromLowLeft) * perFrame;
  const lowRightStep = (path.toLowRight - path.fromLowRight) * perFrame;
  const leftStep = 1 - (path.toDelayLeft - path.fromDelayLeft) * perFrame;
  const rightStep = 1 - (path.toDelayRight - path.fromDelayRight) * perFrame;
  let directLeft = path.fromDirectLeft;
  let directRight = path.fromDirectRight;
  let lowLeft = path.fromLowLeft;
  let lowRight = path.fromLowRight;
  // Places are positive, so cutting off the fraction is rounding down.
  let left = begin - path.fromDelayLeft - 1;
  let right = begin - path.fromDelayRight - 1;
  for (let frame = 0; frame < frames; frame++) {
    left += leftStep;
    right += rightStep;
    directLeft += directLeftStep;
    directRight += directRightStep;
    lowLeft += lowLeftStep;
    lowRight += lowRightStep;
    const placeLeft = left | 0;
    const shareLeft = left - placeLeft;
    const placeRight = right | 0;
    const shareRight = right - placeRight;
    const heardLeft = direct[placeLeft];
    const heardRight = direct[placeRight];
    const heardLowLeft = low[placeLeft];
    const heardLowRight = low[placeRight];
    bus[frame] +=
      directLeft * (heardLeft + shareLeft * (direct[placeLeft + 1] - heardLeft)) +
      lowLeft * (heardLowLeft + shareLeft * (low[placeLeft + 1] - heardLowLeft));
    bus[frame + frames] +=
      directRight * (heardRight + shareRight * (direct[placeRight + 1] - heardRight)) +
      lowRight * (heardLowRight + shareRight * (low[placeRight + 1] - heardLowRight));
  }
}
