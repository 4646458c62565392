import { type JointData, PACKED_QUAT_BYTES, bitAt } from '@app/vircadia';

/** Joints that an avatar can have. */
const JOINTS_MAX = 255;
const TRANSLATION_BYTES = 6;

/** All joints of one avatar, put together from records that tell only those that have changed. Memory is as large as needed. */
export class JointState {
  /** 0 to 255; -1 as long as nothing has been told. */
  count = -1;
  private hasRotation = new Uint8Array(0);
  private rotations = new Uint8Array(0);
  private hasTranslation = new Uint8Array(0);
  private translations = new Int16Array(0);
  /** What each joint's translation is a share of. */
  private maxima = new Float32Array(0);
  /** As told last. */
  private translationMax = 0;

  /** Takes over what a record tells. With another number of joints it is another skeleton. */
  merge(joints: JointData): void {
    if (joints.count !== this.count) this.reset(joints.count);
    this.translationMax = joints.translationMax;
    const view = new DataView(joints.translations.buffer, joints.translations.byteOffset);
    let rotationAt = 0;
    let translationAt = 0;
    for (let joint = 0; joint < joints.count; joint++) {
      if (bitAt(joints.rotationsValid, joint)) {
        this.hasRotation[joint] = 1;
        const at = joint * PACKED_QUAT_BYTES;
        for (let i = 0; i < PACKED_QUAT_BYTES; i++) this.rotations[at + i] = joints.rotations[rotationAt++];
      }
      if (bitAt(joints.translationsValid, joint)) {
        this.hasTranslation[joint] = 1;
        for (let axis = 0; axis < 3; axis++) {
          this.translations[3 * joint + axis] = view.getInt16(translationAt, true);
          translationAt += 2;
        }
        this.maxima[joint] = joints.translationMax;
      }
    }
  }

  /** The packed rotation of a joint; undefined when none has been told. */
  rotationOf(joint: number): Uint8Array | undefined {
    if (this.hasRotation[joint] !== 1) return undefined;
    return this.rotations.subarray(joint * PACKED_QUAT_BYTES, (joint + 1) * PACKED_QUAT_BYTES);
  }

  /** The translation of a joint from its parent, in m; undefined when none has been told. */
  translationOf(joint: number): { x: number; y: number; z: number } | undefined {
    if (this.hasTranslation[joint] !== 1) return undefined;
    const scale = this.maxima[joint] / 16_384;
    const [x, y, z] = this.translations.subarray(3 * joint, 3 * joint + 3);
    return { x: x * scale, y: y * scale, z: z * scale };
  }

  /** What is known of the joints from `from` to below `to`, as a record tells it. */
  range(from: number, to: number): JointData {
    const bitBytes = (this.count + 7) >> 3;
    const rotationsValid = new Uint8Array(bitBytes);
    const translationsValid = new Uint8Array(bitBytes);
    const rotations = new Uint8Array((to - from) * PACKED_QUAT_BYTES);
    const translations = new Uint8Array((to - from) * TRANSLATION_BYTES);
    const view = new DataView(translations.buffer);
    const translationMax = this.commonMax(from, to);
    let rotationBytes = 0;
    let translationBytes = 0;
    for (let joint = from; joint < to; joint++) {
      const bit = 1 << (joint & 7);
      if (this.hasRotation[joint] === 1) {
        rotationsValid[joint >> 3] |= bit;
        const at = joint * PACKED_QUAT_BYTES;
        for (let i = 0; i < PACKED_QUAT_BYTES; i++) rotations[rotationBytes++] = this.rotations[at + i];
      }
      if (this.hasTranslation[joint] !== 1) continue;
      translationsValid[joint >> 3] |= bit;
      // Exact where it was told as a share of the same, which is nearly always.
      const share = this.maxima[joint] === translationMax ? 1 : this.maxima[joint] / translationMax;
      for (let axis = 0; axis < 3; axis++) {
        const value = this.translations[3 * joint + axis];
        view.setInt16(translationBytes, share === 1 ? value : Math.round(value * share), true);
        translationBytes += 2;
      }
    }
    return {
      count: this.count,
      rotationsValid,
      rotations: rotations.subarray(0, rotationBytes),
      translationsValid,
      translationMax,
      translations: translations.subarray(0, translationBytes),
    };
  }

  private commonMax(from: number, to: number): number {
    let largest = 0;
    for (let joint = from; joint < to; joint++) {
      if (this.hasTranslation[joint] === 1 && Math.abs(this.maxima[joint]) > Math.abs(largest)) {
        largest = this.maxima[joint];
      }
    }
    return largest === 0 ? this.translationMax : largest;
  }

  private reset(count: number): void {
    this.count = Math.min(JOINTS_MAX, count);
    this.hasRotation = new Uint8Array(count);
    this.rotations = new Uint8Array(count * PACKED_QUAT_BYTES);
    this.hasTranslation = new Uint8Array(count);
    this.translations = new Int16Array(3 * count);
    this.maxima = new Float32Array(count);
  }
}
