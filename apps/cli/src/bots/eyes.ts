import { AvatarSection, splitBulkAvatarData } from '@app/vircadia';
import type { Histogram } from './histogram.js';

/** A time in ms that a number of 32 bits holds exactly: two hours, then it begins anew. */
const STAMP_WRAP = 0x80_0000;
/** An age above this is somebody else's look, no time. In ms. */
const AGE_MS_MAX = 60_000;
/** Sections in front of the look, in the order of the wire. */
const BEFORE_LOOK: ReadonlyArray<readonly [section: number, bytes: number]> = [
  [AvatarSection.GlobalPosition, 12],
  [AvatarSection.BoundingBox, 24],
  [AvatarSection.Orientation, 6],
  [AvatarSection.Scale, 2],
];
const FLAGS_BYTES = 2;

/** What bots look at: it tells others when. Nothing else of an avatar reaches them unchanged and costs so little. */
export function stampOf(wallMs: number): number {
  return Math.floor(wallMs) % STAMP_WRAP;
}

/** What one bot's eyes have counted since they were cleared. */
export interface EyeCounts {
  updates: number;
  withJoints: number;
  bytes: number;
}

/** Counts what an avatar mixer sends to one bot. */
export class Eyes {
  readonly counts: EyeCounts = { updates: 0, withJoints: 0, bytes: 0 };
  private readonly lastMs = new Map<string, number>();

  /**
   * @param ages       takes how old an avatar is when it arrives, in ms
   * @param intervals  takes the time between two updates of one avatar, in ms
   */
  constructor(
    private readonly ages: Histogram,
    private readonly intervals: Histogram,
  ) {}

  /** How many avatars this bot knows of. */
  get seenCount(): number {
    return this.lastMs.size;
  }

  /** Takes the payload of a BulkAvatarData. Throws PacketError for what cannot be read. */
  take(payload: Uint8Array, nowMs: number, wallMs: number): void {
    this.counts.bytes += payload.length;
    for (const { id, record } of splitBulkAvatarData(payload)) {
      const flags = record[0] | (record[1] << 8);
      this.counts.updates++;
      if ((flags & AvatarSection.JointData) !== 0) this.counts.withJoints++;
      const who = nameOf(id);
      const before = this.lastMs.get(who);
      this.lastMs.set(who, nowMs);
      if (before !== undefined) this.intervals.add(nowMs - before);
      if ((flags & AvatarSection.LookAt) !== 0) this.takeStamp(record, flags, wallMs);
    }
  }

  /** Somebody has left. */
  forget(id: Uint8Array): void {
    this.lastMs.delete(nameOf(id));
  }

  clear(): void {
    Object.assign(this.counts, { updates: 0, withJoints: 0, bytes: 0 });
  }

  private takeStamp(record: Uint8Array, flags: number, wallMs: number): void {
    let offset = FLAGS_BYTES;
    for (const [section, bytes] of BEFORE_LOOK) if ((flags & section) !== 0) offset += bytes;
    const stamp = new DataView(record.buffer, record.byteOffset + offset).getFloat32(0, true);
    const ageMs = (stampOf(wallMs) - stamp + STAMP_WRAP) % STAMP_WRAP;
    if (ageMs <= AGE_MS_MAX) this.ages.add(ageMs);
  }
}

function nameOf(id: Uint8Array): string {
  return Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('latin1');
}
