import { type SkeletonData, type SkeletonJoint, packedQuatAt, readSkeletonData, unpackQuat } from '@app/vircadia';
import { multiply, rotate } from '@app/spatial';
import type { Quat, TrackedPoint, Vec3 } from '@app/world';
import type { JointState } from './joint-state.js';

const NO_PARENT = 65_535;
/** Joints above a joint; a longer way round is a circle. */
const DEPTH_MAX = 64;

/** One joint as it is needed to find where it is. */
interface Bone {
  readonly index: number;
  readonly parent: number;
  /** From the parent, in m, in the model's rest. */
  readonly rest: Vec3;
  /** In the frame of the model, in its rest. */
  readonly restRotation: Quat;
}

/**
 * Where head and hands of an avatar are, by the rotations of its joints. Rotations are told in the frame of the model, which
 * looks along +z, and translations from the parent; what comes out is in the frame of the avatar, which looks along -z.
 */
export class Skeleton {
  private readonly bones = new Map<number, Bone>();
  private readonly byName = new Map<string, number>();

  private constructor(data: SkeletonData) {
    for (const joint of data.joints) {
      this.bones.set(joint.jointIndex, boneOf(joint, data));
      this.byName.set(joint.name.replace(/^.*:/, '').toLowerCase(), joint.jointIndex);
    }
    const turns = new Map(data.joints.map(({ jointIndex, rotation }) => [jointIndex, unpackQuat(rotation)]));
    for (const bone of this.bones.values()) Object.assign(bone.restRotation, this.restRotationOf(bone, turns));
  }

  /** The skeleton of the trait SkeletonData; undefined for one without joints. Fails as readSkeletonData does. */
  static of(trait: Uint8Array): Skeleton | undefined {
    const data = readSkeletonData(trait);
    return data.joints.length === 0 ? undefined : new Skeleton(data);
  }

  /** A joint that is to be found as `Head`, `LeftHand` or `RightHand`; undefined when it is not there, or not told of. */
  pointOf(name: string, joints: JointState): TrackedPoint | undefined {
    const index = this.byName.get(name.toLowerCase());
    const bone = index === undefined ? undefined : this.bones.get(index);
    const packed = index === undefined ? undefined : joints.rotationOf(index);
    if (!bone || !packed) return undefined;
    const position: Vec3 = { x: 0, y: 0, z: 0 };
    let child: Bone | undefined = bone;
    for (let depth = 0; child && depth < DEPTH_MAX; depth++) {
      const offset: Vec3 = { ...(joints.translationOf(child.index) ?? child.rest) };
      const parent: Bone | undefined = this.bones.get(child.parent);
      if (parent) rotate(rotationOf(parent, joints), offset, offset);
      position.x += offset.x;
      position.y += offset.y;
      position.z += offset.z;
      child = parent;
    }
    const turn = multiply(unpackQuat(packedQuatAt(packed, 0)), inverse(bone.restRotation), { x: 0, y: 0, z: 0, w: 1 });
    // Half a turn about the vertical axis lies between the two frames.
    return {
      position: { x: -position.x, y: position.y, z: -position.z },
      orientation: { x: -turn.x, y: turn.y, z: -turn.z, w: turn.w },
    };
  }

  /** @param turns  of each joint, from its parent */
  private restRotationOf(bone: Bone, turns: ReadonlyMap<number, Quat>): Quat {
    const total: Quat = { x: 0, y: 0, z: 0, w: 1 };
    let at: Bone | undefined = bone;
    for (let depth = 0; at && depth < DEPTH_MAX; depth++) {
      multiply(turns.get(at.index) ?? IDENTITY, total, total);
      at = this.bones.get(at.parent);
    }
    return total;
  }
}

const IDENTITY: Quat = { x: 0, y: 0, z: 0, w: 1 };

function boneOf(joint: SkeletonJoint, { translationMax }: SkeletonData): Bone {
  const { x, y, z } = joint.translation;
  return {
    index: joint.jointIndex,
    parent: joint.parentIndex === NO_PARENT ? -1 : joint.parentIndex,
    rest: { x: x * translationMax, y: y * translationMax, z: z * translationMax },
    restRotation: { ...IDENTITY },
  };
}

function rotationOf(bone: Bone, joints: JointState): Quat {
  const packed = joints.rotationOf(bone.index);
  return packed ? unpackQuat(packedQuatAt(packed, 0)) : bone.restRotation;
}

function inverse({ x, y, z, w }: Quat): Quat {
  return { x: -x, y: -y, z: -z, w };
}
