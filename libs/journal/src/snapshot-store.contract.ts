import { describe, expect, it } from '@jest/globals';
import { bytes, type JournalRun } from './run.contract.js';
import type { SnapshotMeta } from './snapshot-meta.js';
import { SnapshotStore } from './snapshot-store.js';

const meta = (count: number): SnapshotMeta => ({
  tiers: ['rolling'],
  madeAtMs: 1_780_000_000_000,
  writtenAtMs: 1_779_999_999_000,
  count,
  hash: 'ab'.repeat(32),
});

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

/** States by their place in the log. */
export function describeSnapshots(run: JournalRun): void {
  describe('SnapshotStore', () => {
    const storeOf = async (world: string): Promise<SnapshotStore> =>
      new SnapshotStore(await run.one.objectStore(`${run.root}-snapshots`), world);

    it('keeps snapshots by their place, apart for each world', async () => {
      const [main, mainHall] = [await storeOf('main'), await storeOf('main-hall')];
      for (const sequence of [900, 7, 10_000]) await main.put(sequence, [bytes('x')], meta(sequence));
      await mainHall.put(8, [bytes('y')], meta(8));
      const list = await main.list();
      expect(list.map(({ sequence, count }) => [sequence, count])).toEqual([
        [7, 7],
        [900, 900],
        [10_000, 10_000],
      ]);
      expect(list[0]).toMatchObject({ ...meta(7), sizeBytes: 1 });
      expect((await mainHall.list()).map(({ sequence }) => sequence)).toEqual([8]);
    });

    it('finds the newest at or before a place', async () => {
      const store = await storeOf('main');
      expect(await store.newestAtOrBefore(1_000)).toBeUndefined();
      for (const sequence of [0, 7, 900]) await store.put(sequence, [bytes('x')], meta(1));
      const found = await Promise.all([0, 6, 7, 899, 900, 5_000].map((sequence) => store.newestAtOrBefore(sequence)));
      expect(found.map((info) => info?.sequence)).toEqual([0, 0, 7, 7, 900, 900]);
    });

    it('gives back what was put in, however large', async () => {
      const store = await storeOf('main');
      const chunks = Array.from({ length: 40 }, (_, index) => new Uint8Array(10_007).fill(index));
      const info = await store.put(5, chunks, { ...meta(40), label: 'Before the party' });
      expect(info).toMatchObject({ sequence: 5, sizeBytes: 400_280, label: 'Before the party' });
      expect(Buffer.compare(await readAll(store.open(info)), Buffer.concat(chunks))).toBe(0);
      expect((await store.list())[0]).toMatchObject({ label: 'Before the party', sizeBytes: 400_280 });
    });

    it('describes a snapshot anew, and deletes it', async () => {
      const store = await storeOf('main');
      const info = await store.put(5, [bytes('content')], meta(1));
      expect(await store.describe(info, { ...meta(1), tiers: ['hourly', 'daily'] })).toBe(true);
      const [described] = await store.list();
      expect(described.tiers).toEqual(['hourly', 'daily']);
      expect(Buffer.from(await readAll(store.open(described))).toString()).toBe('content');
      await store.delete(info);
      await store.delete(info);
      expect(await store.list()).toEqual([]);
      expect(await store.describe(info, meta(1))).toBe(false);
      await expect(readAll(store.open(info))).rejects.toMatchObject({ code: 'journal-gone' });
    });

    it('leaves out what others have put there', async () => {
      const objects = await run.one.objectStore(`${run.root}-snapshots`);
      await objects.put('main/notes', bytes('x'));
      await objects.put('main/0000000000000005', bytes('x'), { tiers: 'a', madeAtMs: 'soon' });
      await (await storeOf('main')).put(6, [bytes('x')], meta(1));
      expect((await (await storeOf('main')).list()).map(({ sequence }) => sequence)).toEqual([6]);
    });
  });
}
