import { AvatarRecord, ByteWriter, NULL_UUID, PacketType, payloadBytesMax } from '@app/vircadia';
import { AVATAR_DETAIL_BYTES_MAX } from '@app/world';
import { isSameValue } from './is-same-value.js';
import { JointState } from './joint-state.js';

const UUID_BYTES = 16;
/** Bytes of one avatar record: with whose it is, it fits into a packet. */
export const RECORD_BYTES_MAX = payloadBytesMax(PacketType.BulkAvatarData) - UUID_BYTES;
/** Joints of one record when an avatar needs several: with all that belongs to them they fit. */
const JOINTS_PER_RECORD = 96;

type Sections = Omit<AvatarRecord, 'joints'>;
type SectionName = keyof Sections;

const scratch = new Uint8Array(AVATAR_DETAIL_BYTES_MAX);
const writer = ByteWriter.into(scratch);

/** All that a client has said of its avatar, put together from records that tell only what has changed. */
export class AvatarState {
  readonly joints = new JointState();
  private readonly sections: Partial<Record<SectionName, unknown>> = {};
  private readonly changedAtMs = new Map<SectionName, number>();

  /** Everything but the joints. */
  get told(): Sections {
    return this.sections as Sections;
  }

  /** Takes a record over, and returns whether anything in it is new; views are copied. @param nowMs  0 or more */
  merge({ joints, jointDefaults, ...rest }: AvatarRecord, nowMs: number): boolean {
    let isNew = false;
    const told: Sections = rest;
    if (jointDefaults) {
      const { count, rotations, translations } = jointDefaults;
      Object.assign(told, {
        jointDefaults: { count, rotations: rotations.slice(), translations: translations.slice() },
      });
    }
    for (const name of SECTION_NAMES) {
      const value = told[name];
      if (value === undefined || isSameValue(value, this.sections[name])) continue;
      this.sections[name] = value;
      this.changedAtMs.set(name, nowMs);
      isNew = true;
    }
    // Whoever has got up from where it sat is nowhere relative to it.
    if (rest.parent && rest.parent.id === NULL_UUID && !rest.localPosition) this.sections.localPosition = undefined;
    return (joints !== undefined && this.joints.merge(joints, nowMs)) || isNew;
  }

  /**
   * All of it as avatar records one behind the other: one if it fits into a packet, as it nearly always does, else several
   * of which each does. A view, until the next call of anybody.
   */
  encode(): Uint8Array {
    return this.write(this.told, 0);
  }

  /** The same of what has changed since then, and in any case where it is. */
  encodeChanges(sinceMs: number): Uint8Array {
    const changed: Partial<Record<SectionName, unknown>> = {};
    for (const [name, changedAtMs] of this.changedAtMs) {
      if (changedAtMs >= sinceMs || ALWAYS.has(name)) changed[name] = this.sections[name];
    }
    // Nothing is told of hands that grab without joints.
    return this.write(
      changed as Sections,
      sinceMs,
      changed.grabJoints !== undefined || this.joints.hasChanged(sinceMs),
    );
  }

  private write(sections: Sections, sinceMs: number, hasJoints = this.joints.count >= 0): Uint8Array {
    const { joints } = this;
    writer.reset(scratch);
    if (!hasJoints) AvatarRecord.write(writer, sections);
    else AvatarRecord.write(writer, { ...sections, joints: joints.range(0, joints.count, sinceMs) });
    return writer.offset <= RECORD_BYTES_MAX ? writer.written() : this.writePieces(sections, sinceMs);
  }

  private writePieces({ grabJoints, jointDefaults, ...head }: Sections, sinceMs: number): Uint8Array {
    const { count } = this.joints;
    writer.reset(scratch);
    AvatarRecord.write(writer, head);
    for (let from = 0; from < count; from += JOINTS_PER_RECORD) {
      const to = Math.min(count, from + JOINTS_PER_RECORD);
      AvatarRecord.write(writer, {
        joints: this.joints.range(from, to, sinceMs),
        ...(from === 0 && grabJoints ? { grabJoints } : {}),
        ...(to === count && jointDefaults ? { jointDefaults } : {}),
      });
    }
    return writer.written();
  }
}

const ALWAYS: ReadonlySet<SectionName> = new Set<SectionName>(['globalPosition', 'orientation']);
const SECTION_NAMES: readonly SectionName[] = [
  'globalPosition',
  'boundingBox',
  'orientation',
  'scale',
  'lookAt',
  'audioLoudness',
  'sensorToWorld',
  'additionalFlags',
  'parent',
  'localPosition',
  'hands',
  'face',
  'grabJoints',
  'jointDefaults',
];
