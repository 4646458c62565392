import { type JointData, PACKED_QUAT_BYTES, bitAt } from '@app/vircadia';

const TRANSLATION_BYTES = 6;

/** All joints of one avatar, put together from records that tell only those that have changed. Memory is as large as needed. */
export class JointState {
  /** 0 to 255; -1 as long as nothing has been told. */
  count = -1;
  private rotations = new Uint8Array(0);
  private translations = new Int16Array(0);
  /** What each joint's translation is a share of. */
  private maxima = new Float32Array(0);
  /** When each was told to be another one than before; -Infinity: never told. */
  private rotatedAtMs = new Float64Array(0);
  private movedAtMs = new Float64Array(0);
  /** As told last. */
  private translationMax = 0;

  /** Takes over what a record tells, and returns whether it is new. With another number of joints it is another skeleton. */
  merge(joints: JointData, nowMs: number): boolean {
    let isNew = joints.count !== this.count;
    if (isNew) this.reset(joints.count);
    this.translationMax = joints.translationMax;
    const view = new DataView(joints.translations.buffer, joints.translations.byteOffset);
    let rotationAt = 0;
    let translationAt = 0;
    for (let joint = 0; joint < joints.count; joint++) {
      if (bitAt(joints.rotationsValid, joint)) {
        if (this.rotate(joint, joints.rotations, rotationAt, nowMs)) isNew = true;
        rotationAt += PACKED_QUAT_BYTES;
      }
      if (bitAt(joints.translationsValid, joint)) {
        if (this.move(joint, view, translationAt, joints.translationMax, nowMs)) isNew = true;
        translationAt += TRANSLATION_BYTES;
      }
    }
    return isNew;
  }

  /** The packed rotation of a joint; undefined when none has been told. */
  rotationOf(joint: number): Uint8Array | undefined {
    if (!(this.rotatedAtMs[joint] >= 0)) return undefined;
    return this.rotations.subarray(joint * PACKED_QUAT_BYTES, (joint + 1) * PACKED_QUAT_BYTES);
  }

  /** The translation of a joint from its parent, in m; undefined when none has been told. */
  translationOf(joint: number): { x: number; y: number; z: number } | undefined {
    if (!(this.movedAtMs[joint] >= 0)) return undefined;
    const scale = this.maxima[joint] / 16_384;
    const [x, y, z] = this.translations.subarray(3 * joint, 3 * joint + 3);
    return { x: x * scale, y: y * scale, z: z * scale };
  }

  /** Whether any joint has changed since then. */
  hasChanged(sinceMs: number): boolean {
    for (let joint = 0; joint < this.count; joint++) {
      if (this.rotatedAtMs[joint] >= sinceMs || this.movedAtMs[joint] >= sinceMs) return true;
    }
    return false;
  }

  /** Of the joints from `from` to below `to`, those that have changed since then, as a record tells them. */
  range(from: number, to: number, sinceMs = 0): JointData {
    const bitBytes = (this.count + 7) >> 3;
    const rotationsValid = new Uint8Array(bitBytes);
    const translationsValid = new Uint8Array(bitBytes);
    const rotations = new Uint8Array((to - from) * PACKED_QUAT_BYTES);
    const translations = new Uint8Array((to - from) * TRANSLATION_BYTES);
    const view = new DataView(translations.buffer);
    const translationMax = this.commonMax(from, to, sinceMs);
    let rotationBytes = 0;
    let translationBytes = 0;
    for (let joint = from; joint < to; joint++) {
      const bit = 1 << (joint & 7);
      if (this.rotatedAtMs[joint] >= sinceMs) {
        rotationsValid[joint >> 3] |= bit;
        const at = joint * PACKED_QUAT_BYTES;
        for (let i = 0; i < PACKED_QUAT_BYTES; i++) rotations[rotationBytes++] = this.rotations[at + i];
      }
      if (!(this.movedAtMs[joint] >= sinceMs)) continue;
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

  private rotate(joint: number, from: Uint8Array, fromAt: number, nowMs: number): boolean {
    const at = joint * PACKED_QUAT_BYTES;
    let isNew = this.rotatedAtMs[joint] < 0;
    for (let i = 0; i < PACKED_QUAT_BYTES; i++) {
      const byte = from[fromAt + i];
      isNew ||= this.rotations[at + i] !== byte;
      this.rotations[at + i] = byte;
    }
    if (isNew) this.rotatedAtMs[joint] = nowMs;
    return isNew;
  }

  private move(joint: number, from: DataView, fromAt: number, max: number, nowMs: number): boolean {
    let isNew = this.movedAtMs[joint] < 0 || this.maxima[joint] !== max;
    this.maxima[joint] = max;
    for (let axis = 0; axis < 3; axis++) {
      const value = from.getInt16(fromAt + 2 * axis, true);
      isNew ||= this.translations[3 * joint + axis] !== value;
      this.translations[3 * joint + axis] = value;
    }
    if (isNew) this.movedAtMs[joint] = nowMs;
    return isNew;
  }

  private commonMax(from: number, to: number, sinceMs: number): number {
    let largest = 0;
    for (let joint = from; joint < to; joint++) {
      if (this.movedAtMs[joint] >= sinceMs && Math.abs(this.maxima[joint]) > Math.abs(largest)) {
        largest = this.maxima[joint];
      }
    }
    return largest === 0 ? this.translationMax : largest;
  }

  private reset(count: number): void {
    this.count = count;
    this.rotations = new Uint8Array(count * PACKED_QUAT_BYTES);
    this.translations = new Int16Array(3 * count);
    this.maxima = new Float32Array(count);
    this.rotatedAtMs = new Float64Array(count).fill(-Infinity);
    this.movedAtMs = new Float64Array(count).fill(-Infinity);
  }
}
