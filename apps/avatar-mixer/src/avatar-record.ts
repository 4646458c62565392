import { encodeMessage, isPackedPose, readPosition } from '@app/wire';
import { POSE_BYTES_MAX, type SessionId, type Vec3 } from '@app/world';

/** A pose of the same place with a loudness this much different is told as a change. */
const LOUDNESS_STEP = 8;
/** A sequence that goes back is believed after this silence, in ms: the client has begun to count anew. */
const SEQUENCE_TRUST_MS = 1_000;

const NO_DETAIL = { bytes: 0, sequence: 0 };
/** What a listener that shows details gets of an avatar that has none: something made of the pose, in bytes. */
const PLAIN_RECORD_BYTES = 128;
/** What stands before a detail on its way to a listener, in bytes: whose it is. */
const RECORD_HEADER_BYTES = 16;

/** One avatar of a world: its newest pose, and that pose as it is told to others. */
export class AvatarRecord {
  /** 0 until a pose has come; rises with every change that others should see. */
  serial = 0;
  /** Epoch of the session's claim; a new one begins to count sequences anew. */
  epoch = 0;
  loudness = 0;
  /** What telling of it takes on the way to a listener that shows details, in bytes. */
  detailCost = PLAIN_RECORD_BYTES;
  readonly position: Vec3 = { x: 0, y: 0, z: 0 };
  private readonly buffer = new Uint8Array(POSE_BYTES_MAX);
  private poseBytes = 0;
  private sequence = 0;
  private detailSequence = 0;
  private receivedAtMs = -Infinity;
  private encodedTick = -1;
  private encoded: Uint8Array = new Uint8Array(0);

  constructor(
    readonly sessionId: SessionId,
    /** Its place in the columns of AvatarTable. */
    readonly slot: number,
  ) {}

  /** The packed pose; valid until the next one. */
  get pose(): Uint8Array {
    return this.buffer.subarray(0, this.poseBytes);
  }

  /**
   * Takes a pose over, unless it is invalid or older than the newest. `pose` is copied.
   *
   * @param detail  bytes and number of the newest detail; zeros when there is none
   */
  accept(pose: Uint8Array, sequence: number, loudness: number, nowMs: number, detail = NO_DETAIL): boolean {
    if (pose.length > POSE_BYTES_MAX || !isPackedPose(pose)) return false;
    const isFirst = this.poseBytes === 0;
    const step = (sequence - this.sequence) & 0xffff;
    if (!isFirst && step >= 0x8000 && nowMs - this.receivedAtMs < SEQUENCE_TRUST_MS) return false;
    const level = Math.min(127, loudness);
    const hasNewDetail = detail.sequence !== this.detailSequence;
    if (isFirst || hasNewDetail || this.differs(pose) || this.isHeardDifferently(level)) {
      this.serial++;
      this.detailSequence = detail.sequence;
      this.detailCost = detail.bytes > 0 ? RECORD_HEADER_BYTES + detail.bytes : PLAIN_RECORD_BYTES;
      this.loudness = level;
      this.poseBytes = pose.length;
      this.buffer.set(pose);
      readPosition(pose, this.position);
    }
    this.sequence = sequence & 0xffff;
    this.receivedAtMs = nowMs;
    this.encodedTick = -1;
    return true;
  }

  /** After a move to another gateway any sequence is believed. */
  restartSequence(): void {
    this.receivedAtMs = -Infinity;
  }

  /** The avatar as an element of AvatarUpdates.updates, tag and length included: made once per tick for all listeners. */
  encodeUpdate(tick: number, nowMs: number): Uint8Array {
    if (this.encodedTick === tick) return this.encoded;
    const ageMs = Math.min(0xffff, Math.max(0, Math.round(nowMs - this.receivedAtMs)));
    const { sessionId, sequence, pose, loudness } = this;
    this.encoded = encodeMessage('AvatarUpdates', { updates: [{ sessionId, sequence, pose, loudness, ageMs }] });
    this.encodedTick = tick;
    return this.encoded;
  }

  private differs(pose: Uint8Array): boolean {
    if (pose.length !== this.poseBytes) return true;
    for (let i = 0; i < pose.length; i++) if (pose[i] !== this.buffer[i]) return true;
    return false;
  }

  private isHeardDifferently(level: number): boolean {
    return Math.abs(level - this.loudness) >= LOUDNESS_STEP || (level === 0) !== (this.loudness === 0);
  }
}
