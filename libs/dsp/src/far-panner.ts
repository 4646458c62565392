import { BLOCK_FRAMES } from '@app/world';

// The loops read the block's length from a local constant: an imported one is looked up again in each turn.

/** Sources that one call adds: enough that reading and writing the bus is shared, few enough for the registers. */
export const FAR_GROUP = 4;

/** Far sources of one listener, gathered in groups. Places of unused members may be anything valid, with zero gains. */
export interface FarGroup {
  /** Where each member's block begins in the engine's memory. */
  begins: Int32Array;
  /** Linear gains at the end of the block before: FAR_GROUP for the left ear, then FAR_GROUP for the right. */
  from: Float64Array;
  /** Linear gains at the end of this block. */
  to: Float64Array;
  /** Members in use, 0 to FAR_GROUP. */
  count: number;
}

/** An empty group. */
export function createFarGroup(): FarGroup {
  return {
    begins: new Int32Array(FAR_GROUP),
    from: new Float64Array(2 * FAR_GROUP),
    to: new Float64Array(2 * FAR_GROUP),
    count: 0,
  };
}

/** Adds a group whose gains stand still (`to`) to a listener's bus, and empties it. */
export function mixFarSteady(direct: Float32Array, group: FarGroup, bus: Float64Array): void {
  const frames = BLOCK_FRAMES;
  const { begins, to } = group;
  const begin0 = begins[0];
  const begin1 = begins[1];
  const begin2 = begins[2];
  const begin3 = begins[3];
  const left0 = to[0];
  const left1 = to[1];
  const left2 = to[2];
  const left3 = to[3];
  const right0 = to[4];
  const right1 = to[5];
  const right2 = to[6];
  const right3 = to[7];
  for (let frame = 0; frame < frames; frame++) {
    const sample0 = direct[begin0 + frame];
    const sample1 = direct[begin1 + frame];
    const sample2 = direct[begin2 + frame];
    const sample3 = direct[begin3 + frame];
    bus[frame] += left0 * sample0 + left1 * sample1 + left2 * sample2 + left3 * sample3;
    bus[frame + frames] += right0 * sample0 + right1 * sample1 + right2 * sample2 + right3 * sample3;
  }
  empty(group);
}

/** Adds a group whose gains move from `from` to `to` to a listener's bus, and empties it. */
export function mixFarMoving(direct: Float32Array, group: FarGroup, bus: Float64Array): void {
  const frames = BLOCK_FRAMES;
  const { begins, from, to } = group;
  const begin0 = begins[0];
  const begin1 = begins[1];
  const begin2 = begins[2];
  const begin3 = begins[3];
  let left0 = from[0];
  let left1 = from[1];
  let left2 = from[2];
  let left3 = from[3];
  let right0 = from[4];
  let right1 = from[5];
  let right2 = from[6];
  let right3 = from[7];
  const perFrame = 1 / frames;
  const leftStep0 = (to[0] - left0) * perFrame;
  const leftStep1 = (to[1] - left1) * perFrame;
  const leftStep2 = (to[2] - left2) * perFrame;
  const leftStep3 = (to[3] - left3) * perFrame;
  const rightStep0 = (to[4] - right0) * perFrame;
  const rightStep1 = (to[5] - right1) * perFrame;
  const rightStep2 = (to[6] - right2) * perFrame;
  const rightStep3 = (to[7] - right3) * perFrame;
  for (let frame = 0; frame < frames; frame++) {
    left0 += leftStep0;
    left1 += leftStep1;
    left2 += leftStep2;
    left3 += leftStep3;
    right0 += rightStep0;
    right1 += rightStep1;
    right2 += rightStep2;
    right3 += rightStep3;
    const sample0 = direct[begin0 + frame];
    const sample1 = direct[begin1 + frame];
    const sample2 = direct[begin2 + frame];
    const sample3 = direct[begin3 + frame];
    bus[frame] += left0 * sample0 + left1 * sample1 + left2 * sample2 + left3 * sample3;
    bus[frame + frames] += right0 * sample0 + right1 * sample1 + right2 * sample2 + right3 * sample3;
  }
  empty(group);
}

function empty(group: FarGroup): void {
  group.from.fill(0);
  group.to.fill(0);
  group.count = 0;
}
