import type { SessionId } from '@app/world';
import { AvatarRecord } from './avatar-record.js';

/** What the scheduler needs of the avatars, as columns, so that a pass over all of them stays in the cache. */
export interface AvatarColumns {
  /** Slots in use are below this; some below it may be free. */
  readonly slotsEnd: number;
  /** 0: there is nothing to tell of this slot. */
  readonly serial: Int32Array;
}

/** The avatars of one world, each in a slot that it keeps until it leaves. */
export class AvatarTable implements AvatarColumns {
  slotsEnd = 0;
  serial = new Int32Array(64);
  readonly bySession = new Map<SessionId, AvatarRecord>();
  readonly bySlot: Array<AvatarRecord | undefined> = [];
  private readonly free: number[] = [];

  get capacity(): number {
    return this.serial.length;
  }

  add(sessionId: SessionId): AvatarRecord {
    const slot = this.free.pop() ?? this.slotsEnd++;
    if (slot >= this.serial.length) {
      const grown = new Int32Array(this.serial.length * 2);
      grown.set(this.serial);
      this.serial = grown;
    }
    const record = new AvatarRecord(sessionId, slot);
    this.serial[slot] = 0;
    this.bySlot[slot] = record;
    this.bySession.set(sessionId, record);
    return record;
  }

  remove(record: AvatarRecord): void {
    this.serial[record.slot] = 0;
    this.bySlot[record.slot] = undefined;
    this.bySession.delete(record.sessionId);
    this.free.push(record.slot);
  }

  /** To be called after a record has accepted a pose. */
  noteChange(record: AvatarRecord): void {
    this.serial[record.slot] = record.serial;
  }
}
