import { describe, expect, it } from '@jest/globals';
import { encodeMessage } from '@app/wire';
import { HISTORY_BYTES_MAX, HISTORY_COUNT_MAX, TEXT_CHARACTERS_MAX } from '@app/world';
import { readHistory } from './history.js';

const stored = (sequence: number, data: Uint8Array) => ({ subject: 's', sequence, storedAtMs: 0, data });

describe('readHistory', () => {
  it('gives each message the place that the log gave it', () => {
    const data = encodeMessage('ChannelMessage', { channel: 'world', senderId: 1, text: 'hi' });
    const { messages } = readHistory([stored(5, data), stored(9, data)], HISTORY_BYTES_MAX);
    expect(messages.map(({ sequence }) => sequence)).toEqual([5, 9]);
  });

  it('gives fewer of the longest texts, the newest, so that the answer fits', () => {
    const text = '雑'.repeat(TEXT_CHARACTERS_MAX);
    const data = encodeMessage('ChannelMessage', { channel: 'world', senderId: 1, text });
    const list = Array.from({ length: HISTORY_COUNT_MAX }, (_, i) => stored(i + 1, data));
    const { messages } = readHistory(list, HISTORY_BYTES_MAX);
    expect(messages.length).toBeGreaterThan(5);
    expect(messages.at(-1)?.sequence).toBe(HISTORY_COUNT_MAX);
    expect(encodeMessage('HistoryReply', { messages }).length).toBeLessThanOrEqual(HISTORY_BYTES_MAX);
  });

  it('leaves out what cannot be read', () => {
    const data = encodeMessage('ChannelMessage', { channel: 'world', senderId: 1, text: 'hi' });
    const { messages, unreadable } = readHistory([stored(1, new Uint8Array([0xff])), stored(2, data)], 1_000);
    expect(messages).toHaveLength(1);
    expect(unreadable).toBe(1);
  });
});
