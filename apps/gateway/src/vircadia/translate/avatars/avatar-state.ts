import { AvatarRecord, ByteWriter, NULL_UUID, PacketType, payloadBytesMax } from '@app/vircadia';
import { AVATAR_DETAIL_BYTES_MAX } from '@app/world';
import { JointState } from './joint-state.js';

const UUID_BYTES = 16;
/** Bytes of one avatar record: with whose it is, it fits into a packet. */
export const RECORD_BYTES_MAX = payloadBytesMax(PacketType.BulkAvatarData) - UUID_BYTES;
/** Joints of one record when an avatar needs several: with all that belongs to them they fit. */
const JOINTS_PER_RECORD = 96;

const scratch = new Uint8Array(AVATAR_DETAIL_BYTES_MAX);
const writer = ByteWriter.into(scratch);

/** All that a client has said of its avatar, put together from records that tell only what has changed. */
export class AvatarState {
  readonly joints = new JointState();
  private sections: Omit<AvatarRecord, 'joints'> = {};

  /** Everything but the joints. */
  get told(): Omit<AvatarRecord, 'joints'> {
    return this.sections;
  }

  /** Takes a record over; views of it are copied. */
  merge({ joints, jointDefaults, ...rest }: AvatarRecord): void {
    const merged: Record<string, unknown> = { ...this.sections };
    for (const [name, value] of Object.entries(rest)) if (value !== undefined) merged[name] = value;
    if (jointDefaults) {
      const { count, rotations, translations } = jointDefaults;
      merged.jointDefaults = { count, rotations: rotations.slice(), translations: translations.slice() };
    }
    // Whoever has got up from where it sat is nowhere relative to it.
    if (rest.parent && rest.parent.id === NULL_UUID && !rest.localPosition) delete merged.localPosition;
    this.sections = merged;
    if (joints) this.joints.merge(joints);
  }

  /**
   * All of it as avatar records one behind the other: one if it fits into a packet, as it nearly always does, else several
   * of which each does. A view, until the next call of anybody.
   */
  encode(): Uint8Array {
    const { joints } = this;
    writer.reset(scratch);
    if (joints.count < 0) {
      AvatarRecord.write(writer, this.sections);
      return writer.written();
    }
    AvatarRecord.write(writer, { ...this.sections, joints: joints.range(0, joints.count) });
    if (writer.offset <= RECORD_BYTES_MAX) return writer.written();
    return this.encodeInPieces();
  }

  private encodeInPieces(): Uint8Array {
    const { grabJoints, jointDefaults, ...head } = this.sections;
    const { count } = this.joints;
    writer.reset(scratch);
    AvatarRecord.write(writer, head);
    for (let from = 0; from < count; from += JOINTS_PER_RECORD) {
      const to = Math.min(count, from + JOINTS_PER_RECORD);
      const joints = this.joints.range(from, to);
      AvatarRecord.write(writer, {
        joints,
        ...(from === 0 && grabJoints ? { grabJoints } : {}),
        ...(to === count && jointDefaults ? { jointDefaults } : {}),
      });
    }
    return writer.written();
  }
}
