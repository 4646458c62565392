import { type AvatarData, PacketError } from '@app/vircadia';
import { WireError, packPose } from '@app/wire';
import type { Pose, Vec3 } from '@app/world';
import type { SessionPort } from '../translator.js';
import { AvatarState } from './avatar-state.js';
import { poseOf } from './pose-of-avatar.js';
import { Skeleton } from './skeleton.js';

/** A sequence that goes back is believed after this silence, in ms: the client counts anew. */
const SEQUENCE_TRUST_MS = 1_000;
/** It is told at most this often, in ms: 55 times a second. What comes in between is told with the next. */
const TELL_INTERVAL_MS = 18;
/** The whole is told this often, in ms; in between, what has changed within the last RECENT_MS. See AvatarDetail. */
const FULL_INTERVAL_MS = 1_000;
const RECENT_MS = 2_000;
/** What has not changed is told again this often, in ms: the session is to be known to live. */
const REPEAT_MS = 500;

/** The client's own avatar: what it says of it, as others are told. */
export class OwnAvatar {
  /** Where it is; undefined as long as it has not said so. */
  position: Vec3 | undefined;
  private readonly state = new AvatarState();
  private skeleton: Skeleton | undefined;
  private trait: Uint8Array | undefined;
  private sequence: number | undefined;
  private heardAtMs = -Infinity;
  private poseSequence = 0;
  private pose: Uint8Array = new Uint8Array(0);
  private fullToldAtMs = -Infinity;
  private toldAtMs = -Infinity;
  private poseToldAtMs = -Infinity;
  private isNew = false;
  private isDetailNew = false;

  constructor(private readonly session: Pick<SessionPort, 'realtime' | 'detail'>) {}

  /** The client says what has changed. */
  hear({ sequence, record }: AvatarData, nowMs: number): void {
    const isOld = this.sequence !== undefined && ((sequence - this.sequence) & 0xffff) >= 0x8000;
    if (isOld && nowMs - this.heardAtMs < SEQUENCE_TRUST_MS) return;
    this.sequence = sequence;
    this.heardAtMs = nowMs;
    if (this.state.merge(record, nowMs)) this.isDetailNew = true;
    this.isNew = true;
    this.tick(nowMs);
  }

  /** Tells what could not be told when it came. */
  tick(nowMs: number): void {
    if (!this.isNew || nowMs - this.toldAtMs < TELL_INTERVAL_MS) return;
    this.isNew = false;
    this.toldAtMs = nowMs;
    this.tell(nowMs);
  }

  /** Its trait SkeletonData: by it joints are known by their names. */
  setSkeleton(trait: Uint8Array | undefined): void {
    if (trait === this.trait) return;
    this.trait = trait;
    try {
      this.skeleton = trait && Skeleton.of(trait);
    } catch (error) {
      if (!(error instanceof PacketError)) throw error;
      this.skeleton = undefined;
    }
  }

  private tell(nowMs: number): void {
    const pose = poseOf(this.state, this.skeleton);
    if (!pose) return;
    this.position = pose.position;
    const packed = packedOrNone(pose);
    if (!packed) return;
    const isDue = nowMs - this.poseToldAtMs >= REPEAT_MS;
    if (isDue || !isSame(packed, this.pose)) {
      this.pose = packed;
      this.poseToldAtMs = nowMs;
      this.poseSequence = (this.poseSequence + 1) & 0xffff;
      this.session.realtime({ poseUpdate: { sequence: this.poseSequence, pose: packed } });
    }
    if (!this.isDetailNew) return;
    this.isDetailNew = false;
    const isFullDue = nowMs - this.fullToldAtMs >= FULL_INTERVAL_MS;
    if (isFullDue) this.fullToldAtMs = nowMs;
    // A view, until the next thing is written.
    const full = isFullDue ? this.state.encode().slice() : undefined;
    this.session.detail(this.state.encodeChanges(nowMs - RECENT_MS), full);
  }
}

/** A pose whose numbers do not fit is none: others see it where it was. */
function packedOrNone(pose: Pose): Uint8Array | undefined {
  try {
    return packPose(pose);
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}
