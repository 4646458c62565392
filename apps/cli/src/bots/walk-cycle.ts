import { type JointData, packJoints, packQuat, type PackedQuat } from '@app/vircadia';
import type { Vec3 } from '@app/world';

/** Records of a cycle: two seconds at 30 Hz. */
const CYCLE_RECORDS = 60;
/** Of each joint's cycle one record in so many tells nothing new. */
const STILL_EVERY = 6;
/** Joints that move in place as well, like hips and shoulders. */
const SLIDING_EVERY = 15;

/**
 * Joints of somebody who walks, record by record and without an end: sizes as those of real avatars, of which most joints
 * turn all the time and few move. All bots share one, at other places of it. The first record is complete.
 */
export function walkCycle(jointCount: number): readonly JointData[] {
  return Array.from({ length: CYCLE_RECORDS }, (_, record) => {
    const rotations: (PackedQuat | undefined)[] = [];
    const translations: (Vec3 | undefined)[] = [];
    for (let joint = 0; joint < jointCount; joint++) {
      const isTold = record === 0 || (record + joint) % STILL_EVERY !== 0;
      const turn = (2 * Math.PI * record) / CYCLE_RECORDS + joint;
      rotations.push(isTold ? swing(0.4 * Math.sin(turn), joint) : undefined);
      const slides = record === 0 || joint % SLIDING_EVERY === 0;
      translations.push(slides ? { x: 0.01 * Math.sin(turn), y: 0.1, z: 0.02 * Math.cos(turn) } : undefined);
    }
    return packJoints(rotations, translations);
  });
}

/** A turn by an angle around one of the axes. */
function swing(angleRad: number, joint: number): PackedQuat {
  const [x, y, z] = [0, 1, 2].map((axis) => (joint % 3 === axis ? Math.sin(angleRad / 2) : 0));
  return packQuat({ x, y, z, w: Math.cos(angleRad / 2) });
}
