import { describe, expect, it } from '@jest/globals';
import { decodeMessage, packPose } from '@app/wire';
import { AvatarRecord } from './avatar-record.js';

const at = (x: number): Uint8Array =>
  packPose({ position: { x, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 1 } });

describe('AvatarRecord', () => {
  it('takes the newest pose and drops older ones, also where the count wraps', () => {
    const record = new AvatarRecord(1, 0);
    expect(record.accept(at(1), 65_535, 0, 0)).toBe(true);
    expect(record.accept(at(2), 0, 0, 10)).toBe(true);
    expect(record.accept(at(3), 65_535, 0, 20)).toBe(false);
    expect(record.position.x).toBe(2);
  });

  it('believes a client that counts anew after a pause or on another gateway', () => {
    const record = new AvatarRecord(1, 0);
    record.accept(at(1), 500, 0, 0);
    expect(record.accept(at(2), 3, 0, 500)).toBe(false);
    expect(record.accept(at(2), 3, 0, 1_500)).toBe(true);
    record.restartSequence();
    expect(record.accept(at(3), 1, 0, 1_510)).toBe(true);
  });

  it('does not change for the same pose, but for a voice that begins or ends', () => {
    const record = new AvatarRecord(1, 0);
    record.accept(at(1), 1, 0, 0);
    record.accept(at(1), 2, 0, 100);
    expect(record.serial).toBe(1);
    record.accept(at(1), 3, 60, 200);
    record.accept(at(1), 4, 63, 300);
    expect(record.serial).toBe(2);
    record.accept(at(1), 5, 0, 400);
    expect(record.serial).toBe(3);
  });

  it('refuses what is no pose and keeps the last one', () => {
    const record = new AvatarRecord(1, 0);
    record.accept(at(1), 1, 0, 0);
    expect(record.accept(new Uint8Array(16).fill(0xff), 2, 0, 10)).toBe(false);
    expect(record.accept(new Uint8Array(1_000), 2, 0, 10)).toBe(false);
    expect(record.position.x).toBe(1);
  });

  it('says truly how old the pose is, and is encoded once per tick', () => {
    const record = new AvatarRecord(7, 0);
    const pose = at(1);
    record.accept(pose, 9, 50, 100);
    pose.fill(0);
    const encoded = record.encodeUpdate(5, 133);
    expect(record.encodeUpdate(5, 140)).toBe(encoded);
    const [update] = decodeMessage('AvatarUpdates', encoded).updates;
    expect(update).toMatchObject({ sessionId: 7, sequence: 9, loudness: 50, ageMs: 33 });
    expect([...(update.pose ?? [])]).toEqual([...at(1)]);
    expect(decodeMessage('AvatarUpdates', record.encodeUpdate(6, 166)).updates[0].ageMs).toBe(66);
  });
});
