import { ByteReader, PacketType, payloadBytesMax, skipAvatarRecord } from '@app/vircadia';
import type { SessionId } from '@app/world';
import { putSessionUuid } from '../../identity.js';
import type { NodePort } from '../translator.js';
import { RECORD_BYTES_MAX } from './avatar-state.js';

const UUID_BYTES = 16;
const PAYLOAD_BYTES_MAX = payloadBytesMax(PacketType.BulkAvatarData);

/** Shared by all: what is in it leaves before the call ends in which it came in. */
const payload = new Uint8Array(PAYLOAD_BYTES_MAX);
const reader = new ByteReader(payload);

/** Puts records of avatars into as few packets as they fit in; no record is divided. Nothing is allocated for a record. */
export class BulkPacket {
  private bytes = 0;

  constructor(private readonly port: Pick<NodePort, 'sendPayload'>) {}

  /** Adds all records of an avatar, one behind the other as AvatarState writes them. Then `flush` has to follow. */
  add(sessionId: SessionId, records: Uint8Array, nowMs: number): void {
    if (records.length <= RECORD_BYTES_MAX) return this.addRecord(sessionId, records, 0, records.length, nowMs);
    reader.reset(records);
    for (let from = 0; from < records.length; from = reader.offset) {
      skipAvatarRecord(reader);
      this.addRecord(sessionId, records, from, reader.offset, nowMs);
    }
  }

  /** Sends what has been added. */
  flush(nowMs: number): void {
    if (this.bytes === 0) return;
    this.port.sendPayload('BulkAvatarData', payload.subarray(0, this.bytes), nowMs);
    this.bytes = 0;
  }

  private addRecord(sessionId: SessionId, records: Uint8Array, from: number, to: number, nowMs: number): void {
    if (to - from > RECORD_BYTES_MAX) return;
    if (this.bytes + UUID_BYTES + to - from > PAYLOAD_BYTES_MAX) this.flush(nowMs);
    putSessionUuid(payload, this.bytes, sessionId);
    payload.set(from === 0 && to === records.length ? records : records.subarray(from, to), this.bytes + UUID_BYTES);
    this.bytes += UUID_BYTES + to - from;
  }
}
