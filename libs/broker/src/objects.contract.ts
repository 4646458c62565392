import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ObjectStore, StoredObject } from './broker.js';
import { bytes, type ContractRun, textOf } from './run.contract.js';

async function contentOf(found: StoredObject | undefined): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of found?.data ?? []) parts.push(part);
  return Buffer.concat(parts);
}

async function* piecesOf(data: Uint8Array, sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < data.length; start += sizeBytes) {
    yield await Promise.resolve(data.subarray(start, start + sizeBytes));
  }
}

/** Buckets of large pieces of data. */
export function describeObjects(run: ContractRun): void {
  describe('objects', () => {
    let objects: ObjectStore;
    let reader: ObjectStore;
    beforeEach(async () => {
      [objects, reader] = await Promise.all([
        run.one.objectStore(`${run.root}-objects`),
        run.two.objectStore(`${run.root}-objects`),
      ]);
    });

    it('are read by everybody once they are stored', async () => {
      expect(await reader.get('a/1')).toBeUndefined();
      expect(await reader.info('a/1')).toBeUndefined();
      expect(await objects.put('a/1', bytes('content'), { why: 'a test' })).toEqual({ sizeBytes: 7 });
      const found = await reader.get('a/1');
      expect(found).toMatchObject({ name: 'a/1', sizeBytes: 7, metadata: { why: 'a test' } });
      expect(Math.abs((found?.storedAtMs ?? 0) - Date.now())).toBeLessThan(60_000);
      expect(textOf(await contentOf(found))).toBe('content');
      const info = await reader.info('a/1');
      expect(info).toEqual({ name: 'a/1', sizeBytes: 7, storedAtMs: found?.storedAtMs, metadata: { why: 'a test' } });
    });

    it('are as large as anybody needs, in pieces of any size', async () => {
      const content = new Uint8Array(3_000_001).map((_, index) => index % 251);
      expect(await objects.put('large', piecesOf(content, 7_001))).toEqual({ sizeBytes: content.length });
      expect(Buffer.compare(await contentOf(await reader.get('large')), content)).toBe(0);
      await objects.put('empty', new Uint8Array(0));
      expect(await contentOf(await reader.get('empty'))).toHaveLength(0);
    });

    it('are replaced as a whole', async () => {
      await objects.put('a', bytes('first, and longer'), { turn: '1' });
      await reader.put('a', bytes('second'), { turn: '2' });
      const found = await objects.get('a');
      expect(found).toMatchObject({ sizeBytes: 6, metadata: { turn: '2' } });
      expect(textOf(await contentOf(found))).toBe('second');
      expect(await objects.list('')).toHaveLength(1);
    });

    it('are not there when they were not stored completely', async () => {
      const failing = async function* (): AsyncGenerator<Uint8Array> {
        yield await Promise.resolve(new Uint8Array(300_000));
        throw new Error('the source failed');
      };
      await expect(objects.put('half', failing())).rejects.toThrow();
      expect(await reader.get('half')).toBeUndefined();
      await objects.put('whole', bytes('1'));
      await expect(objects.put('whole', failing())).rejects.toThrow();
      expect(textOf(await contentOf(await reader.get('whole')))).toBe('1');
    });

    it('are described anew without being stored again', async () => {
      await objects.put('a', bytes('content'), { turn: '1', old: 'yes' });
      expect(await reader.describe('a', { turn: '2' })).toBe(true);
      const found = await objects.get('a');
      expect(found?.metadata).toEqual({ turn: '2' });
      expect(textOf(await contentOf(found))).toBe('content');
      expect(await reader.describe('absent', {})).toBe(false);
    });

    it('are gone once they are deleted', async () => {
      await objects.put('a', bytes('1'));
      await reader.delete('a');
      await reader.delete('a');
      await reader.delete('never-there');
      expect(await objects.get('a')).toBeUndefined();
      expect(await objects.info('a')).toBeUndefined();
      expect(await objects.describe('a', {})).toBe(false);
      expect(await objects.list('')).toEqual([]);
      await objects.put('a', bytes('2'));
      expect(textOf(await contentOf(await reader.get('a')))).toBe('2');
    });

    it('are listed by the beginning of their names, sorted', async () => {
      expect(await reader.list('')).toEqual([]);
      for (const name of ['main/3', 'other/1', 'main/1', 'main-hall/1', 'main/2']) {
        await objects.put(name, bytes(name), { name });
      }
      await objects.delete('main/2');
      const listed = await reader.list('main/');
      expect(listed.map(({ name, sizeBytes, metadata }) => [name, sizeBytes, metadata.name])).toEqual([
        ['main/1', 6, 'main/1'],
        ['main/3', 6, 'main/3'],
      ]);
      expect((await reader.list('')).map(({ name }) => name)).toEqual(['main-hall/1', 'main/1', 'main/3', 'other/1']);
    });

    it('refuse names that cannot be', async () => {
      const refusal = { code: 'broker-invalid-subject' };
      for (const name of ['', 'x'.repeat(257), '\ud800']) {
        await expect(objects.put(name, bytes('x'))).rejects.toMatchObject(refusal);
        await expect(objects.get(name)).rejects.toMatchObject(refusal);
      }
      await objects.put('ä b*>.', bytes('x'));
      expect(textOf(await contentOf(await reader.get('ä b*>.')))).toBe('x');
      await expect(run.one.objectStore('no good')).rejects.toMatchObject(refusal);
    });

    it('share a bucket that many open in the same moment', async () => {
      const opened = await Promise.all(
        Array.from({ length: 8 }, (_, index) => (index % 2 ? run.one : run.two).objectStore(`${run.root}-rush`)),
      );
      await opened[0].put('a', bytes('1'));
      for (const bucket of opened) expect(textOf(await contentOf(await bucket.get('a')))).toBe('1');
    });
  });
}
