import { describe, expect, it } from '@jest/globals';
import { decodeMessage, packPose } from '@app/wire';
import { AVATAR_TICK_MS, DETAIL_UPDATES_BYTES_MAX, SERVER_REALTIME_BYTES_MAX } from '@app/world';
import { AvatarTable } from './avatar-table.js';
import { UpdatePlans } from './update-plans.js';
import { ListenerSchedule } from './update-scheduler.js';

const OPTIONS = {
  datagramBytes: SERVER_REALTIME_BYTES_MAX,
  datagramsPerTick: 1,
  keepAliveMs: 1_000,
  starvationMs: 2_000,
  starvationShare: 0.75,
  detailKbps: 3_000,
};
const TICKS_PER_S = 1_000 / AVATAR_TICK_MS;

/** Lets avatars with details of this size move for some seconds, and counts what one listener is told. */
function run(options: {
  avatars: number;
  detailBytes: number;
  seconds: number;
  isMoving?: (session: number) => boolean;
}) {
  const { avatars, detailBytes, seconds, isMoving = () => true } = options;
  const plans = new UpdatePlans(OPTIONS);
  const table = new AvatarTable();
  const listener = new ListenerSchedule();
  listener.grow(1_024);
  const pose = (x: number) => packPose({ position: { x, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 1 } });
  for (let session = 1; session <= avatars; session++) {
    const { slot } = table.add(session);
    listener.restart(slot, 0);
    // A few are near.
    listener.relevance[slot] = session <= 5 ? 1.5 : 0.1;
  }
  const told = new Map<number, number>();
  let detailsBytes = 0;
  let messages = 0;
  for (let tick = 1; tick <= seconds * TICKS_PER_S; tick++) {
    const nowMs = tick * AVATAR_TICK_MS;
    for (const record of table.bySession.values()) {
      if (tick > 1 && !isMoving(record.sessionId)) continue;
      const detail = { bytes: detailBytes, sequence: tick };
      if (record.accept(pose(tick / 1_000), tick, 0, nowMs, detail)) table.noteChange(record);
    }
    plans.make(listener, true, table, -1, tick, nowMs, (realtime) => {
      expect(realtime.length).toBeLessThanOrEqual(DETAIL_UPDATES_BYTES_MAX);
      messages++;
      for (const { sessionId } of decodeMessage('ServerRealtime', realtime).avatarUpdates?.updates ?? []) {
        told.set(sessionId ?? 0, (told.get(sessionId ?? 0) ?? 0) + 1);
        detailsBytes += detailBytes;
      }
    });
  }
  const rates = Array.from({ length: avatars }, (_, index) => (told.get(index + 1) ?? 0) / seconds);
  return { rates, kbps: (8 * detailsBytes) / 1_000 / seconds, messages };
}

describe('UpdatePlans, a listener that shows details', () => {
  it('gets everybody at a decent rate in a crowd, the near ones more often, within the budget', () => {
    const { rates, kbps } = run({ avatars: 99, detailBytes: 450, seconds: 10 });
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(5);
    expect(Math.min(...rates.slice(0, 5))).toBeGreaterThanOrEqual(10);
    expect(kbps).toBeLessThanOrEqual(3_000);
    expect(kbps).toBeGreaterThan(2_500);
  });

  it('gets each tick of the few that fit', () => {
    const { rates } = run({ avatars: 10, detailBytes: 450, seconds: 5 });
    expect(Math.min(...rates)).toBeGreaterThan(29);
  });

  it('gets one message for each tick, however many there are', () => {
    const { messages } = run({ avatars: 99, detailBytes: 100, seconds: 5 });
    expect(messages).toBeLessThanOrEqual(5 * TICKS_PER_S);
  });

  it('is told of those who rest once a second', () => {
    const { rates } = run({ avatars: 20, detailBytes: 450, seconds: 10, isMoving: (session) => session % 2 === 0 });
    expect(rates[0]).toBeLessThan(1.3);
    expect(rates[1]).toBeGreaterThan(29);
  });

  it('gets details that are larger than what a tick has room for', () => {
    const { rates } = run({ avatars: 3, detailBytes: 8_192, seconds: 10 });
    expect(Math.min(...rates)).toBeGreaterThan(10);
  });
});
