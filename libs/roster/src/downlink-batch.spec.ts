import { BATCH_BYTES_MAX } from '@app/world';
import { describe, expect, it } from '@jest/globals';
import { DownlinkBatch } from './downlink-batch.js';

function createBatch(): { batch: DownlinkBatch<number>; sent: { tick: number; entries: number[] }[] } {
  const sent: { tick: number; entries: number[] }[] = [];
  const batch = new DownlinkBatch<number>(
    (bytes) => bytes,
    (tick, entries) => sent.push({ tick, entries: [...entries] }),
  );
  return { batch, sent };
}

describe('DownlinkBatch', () => {
  it('sends what a tick has as one message, and nothing of it again', () => {
    const { batch, sent } = createBatch();
    batch.add(7, 100);
    batch.add(7, 200);
    expect(batch.flush(7, false)).toBe(true);
    expect(batch.flush(8, false)).toBe(false);
    expect(sent).toEqual([{ tick: 7, entries: [100, 200] }]);
  });

  it('sends an empty message only when a sign of life is due and nothing else was sent', () => {
    const { batch, sent } = createBatch();
    expect(batch.flush(1, true)).toBe(true);
    batch.add(2, 10);
    batch.flush(2, true);
    expect(sent).toEqual([
      { tick: 1, entries: [] },
      { tick: 2, entries: [10] },
    ]);
  });

  it('splits what is too much for one message, and sends no empty one behind it', () => {
    const { batch, sent } = createBatch();
    const size = Math.floor(BATCH_BYTES_MAX / 2) - 16;
    for (let count = 0; count < 5; count++) batch.add(3, size);
    batch.flush(3, true);
    expect(sent.map(({ entries }) => entries.length)).toEqual([2, 2, 1]);
  });

  it('never puts entries of two ticks into one message', () => {
    const { batch, sent } = createBatch();
    batch.add(5, 1);
    batch.add(4, 2);
    batch.add(5, 3);
    batch.add(5, 4);
    batch.flush(5, true);
    expect(sent).toEqual([
      { tick: 5, entries: [1] },
      { tick: 4, entries: [2] },
      { tick: 5, entries: [3, 4] },
    ]);
  });
});
