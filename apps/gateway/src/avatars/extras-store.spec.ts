import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryBus, type MemoryBroker, subjectOf } from '@app/broker';
import { SimClock } from '@app/testing';
import { encodeMessage, type MessageFields } from '@app/wire';
import { AVATAR_EXTRAS_KEPT_BYTES_MAX, AVATAR_EXTRAS_MAX, AVATAR_EXTRA_BYTES_MAX } from '@app/world';
import { ExtrasStore } from './extras-store.js';

const extra = (bytes: number, version = 1) => ({
  kind: 1,
  instance: new Uint8Array(0),
  version,
  data: new Uint8Array(bytes),
});

let clock: SimClock;
let bus: MemoryBus;
let other: MemoryBroker;
let store: ExtrasStore;
let drops: string[];
let asked: number;
let answer: MessageFields<'AvatarExtras'> | undefined;

beforeEach(() => {
  clock = new SimClock(1_000);
  bus = new MemoryBus({ clock });
  other = bus.connect();
  drops = [];
  asked = 0;
  answer = { version: 3, entries: [extra(10)] };
  other.subscribe(subjectOf('avatarExtras', { world: 'main', who: 'gateway-b' }), ({ reply }) => {
    asked++;
    if (reply && answer) other.publish(reply, encodeMessage('AvatarExtras', answer));
  });
  store = new ExtrasStore('main', {
    broker: bus.connect(),
    clock,
    gatewayOf: () => 'gateway-b',
    countDrop: (reason) => void drops.push(reason),
  });
});

describe('ExtrasStore', () => {
  it('asks the gateway of a session once, and again when there is a newer version', async () => {
    expect(store.get(7, 0)).toEqual([]);
    expect([store.get(7, 3), store.get(7, 3)]).toEqual([undefined, undefined]);
    await clock.advanceAsync(10);
    expect(store.get(7, 3)).toHaveLength(1);
    expect(asked).toBe(1);
    answer = { version: 4, entries: [] };
    expect(store.get(7, 4)).toBeUndefined();
    await clock.advanceAsync(10);
    expect(store.get(7, 4)).toEqual([]);
  });

  it('asks again after a while when no answer comes, and believes none that is malformed', async () => {
    answer = undefined;
    store.get(7, 3);
    await clock.advanceAsync(2_100);
    expect(drops).toHaveLength(1);
    answer = { version: 3, entries: [extra(AVATAR_EXTRA_BYTES_MAX + 1)] };
    store.get(7, 3);
    await clock.advanceAsync(10);
    expect(drops.at(-1)).toBe('extras-malformed');
    expect(store.get(7, 3)).toBeUndefined();
    answer = { version: 3, entries: [extra(1)] };
    await clock.advanceAsync(2_100);
    store.get(7, 3);
    await clock.advanceAsync(10);
    expect(store.get(7, 3)).toHaveLength(1);
  });

  it('keeps those of its own, as many as there may be, and answers for them', () => {
    expect(store.setOwn(5, 2, [extra(3)])).toBe(true);
    expect(store.get(5, 2)).toHaveLength(1);
    expect(store.answer(5)).toMatchObject({ version: 2, entries: [{ kind: 1, version: 1 }] });
    expect(store.answer(6)).toEqual({ version: 0 });
    const tooMany = Array.from({ length: AVATAR_EXTRAS_MAX + 1 }, () => extra(1));
    expect(store.setOwn(5, 3, tooMany)).toBe(false);
    expect(store.ownVersion(5)).toBe(2);
    store.forget(5);
    expect(store.answer(5)).toEqual({ version: 0 });
  });

  it('forgets the oldest of others when all are too large together', async () => {
    answer = { version: 1, entries: Array.from({ length: 4 }, () => extra(AVATAR_EXTRA_BYTES_MAX - 100)) };
    const count = Math.ceil(AVATAR_EXTRAS_KEPT_BYTES_MAX / (4 * AVATAR_EXTRA_BYTES_MAX)) + 2;
    for (let sessionId = 1; sessionId <= count; sessionId++) {
      store.get(sessionId, 1);
      await clock.advanceAsync(1);
    }
    expect(store.get(count, 1)).toBeDefined();
    expect(store.get(1, 1)).toBeUndefined();
    store.retain(() => false);
    expect(store.get(count, 1)).toBeUndefined();
  });
});
