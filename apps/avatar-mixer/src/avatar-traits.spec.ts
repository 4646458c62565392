import { describe, expect, it } from '@jest/globals';
import { decodeMessage } from '@app/wire';
import { SERVER_RELIABLE_BYTES_MAX, SESSIONS_PER_WORLD_MAX } from '@app/world';
import { ListenerNews, TraitsStore, wrapField } from './avatar-traits.js';

function newsOf(bytes: Uint8Array | undefined) {
  if (!bytes) return undefined;
  return decodeMessage('ServerReliable', bytes).avatarNews ?? undefined;
}

describe('TraitsStore', () => {
  it('takes newer versions only and forgets strangers after a while', () => {
    const store = new TraitsStore();
    expect(store.accept({ sessionId: 1, version: 4_097, traits: { name: 'Ada' } }, 0)).toBe(true);
    expect(store.accept({ sessionId: 1, version: 4_097, traits: { name: 'Bob' } }, 0)).toBe(false);
    expect(store.accept({ sessionId: 1, version: 8_193, traits: { name: 'Cleo' } }, 0)).toBe(true);
    expect(store.accept({ sessionId: 0, version: 1 }, 0)).toBe(false);
    store.expire(() => true, 60_000);
    expect(store.get(1)?.version).toBe(8_193);
    store.expire(() => false, 60_000);
    expect(store.get(1)).toBeUndefined();
  });
});

describe('ListenerNews', () => {
  it('tells a whole world in parts, the last of which names everybody', () => {
    const store = new TraitsStore();
    const present = Array.from({ length: SESSIONS_PER_WORLD_MAX - 1 }, (_, i) => i + 1);
    for (const sessionId of present) {
      store.accept({ sessionId, version: 1, traits: { name: `Somebody with a long name, number ${sessionId}` } }, 0);
    }
    const news = new ListenerNews();
    news.restart(present);
    const told = new Set<number>();
    let parts = 0;
    for (let bytes = news.take(store, () => present); bytes; bytes = news.take(store, () => present)) {
      parts++;
      expect(bytes.length).toBeLessThanOrEqual(SERVER_RELIABLE_BYTES_MAX);
      const part = newsOf(bytes);
      for (const { sessionId } of part?.traits ?? []) told.add(sessionId ?? 0);
      expect(part?.isComplete).toBe(news.isEmpty);
      if (part?.isComplete) expect(part.present).toEqual(present);
    }
    expect(parts).toBeGreaterThan(10);
    expect(told.size).toBe(present.length);
  });

  it('does not tell a leave of somebody who came back before it was told', () => {
    const store = new TraitsStore();
    store.accept({ sessionId: 1, version: 1, traits: { name: 'Ada' } }, 0);
    const news = new ListenerNews();
    news.noteLeft(1);
    news.noteJoined(1);
    const told = newsOf(news.take(store, () => []));
    expect(told?.left).toEqual([]);
    expect(told?.traits?.[0].traits?.name).toBe('Ada');
    expect(told?.isComplete).toBe(false);
    expect(news.take(store, () => [])).toBeUndefined();
  });

  it('tells who is present instead of an endless list of leaves', () => {
    const news = new ListenerNews();
    for (let id = 1; id <= SESSIONS_PER_WORLD_MAX + 1; id++) news.noteLeft(id);
    const told = newsOf(news.take(new TraitsStore(), () => [5]));
    expect(told).toMatchObject({ left: [], isComplete: true, present: [5] });
  });
});

describe('wrapField', () => {
  it('makes one message of encoded pieces, of any size', () => {
    for (const size of [0, 1, 127, 128, 16_383, 16_384, 60_000]) {
      const piece = new Uint8Array(size);
      const bytes = wrapField([piece.subarray(0, size >> 1), piece.subarray(size >> 1)]);
      expect(bytes[0]).toBe(0x0a);
      // The tag, and the length in groups of seven bits.
      expect(bytes.length - size).toBe(size < 128 ? 2 : size < 16_384 ? 3 : 4);
    }
  });
});
