import { beforeEach, describe, expect, it } from '@jest/globals';
import { ASSET_PATHS, currentOf } from '@app/assets';
import { MemoryBus } from '@app/broker';
import { SimClock } from '@app/testing';
import { AssetMap } from './asset-map.js';

const hashOf = (digit: number): string => digit.toString(16).padStart(64, '0');
const anybody = (): void => undefined;

describe('AssetMap', () => {
  let bus: MemoryBus;
  let clock: SimClock;
  let map: AssetMap;
  const open = async (versionsMax = 5): Promise<AssetMap> => {
    const made = new AssetMap(bus.connect(), clock, { pathsMax: 3, versionsMax });
    await made.start();
    return made;
  };
  beforeEach(async () => {
    clock = new SimClock();
    bus = new MemoryBus({ clock });
    map = await open();
  });

  it('loses no version of two who change one path at the same time', async () => {
    const other = await open(100);
    const wide = await open(100);
    const puts = [1, 2, 3, 4, 5, 6].map((digit) =>
      (digit % 2 ? wide : other).put('a', { hash: hashOf(digit), form: 'original', by: 'x' }, anybody),
    );
    await clock.advanceAsync(5_000);
    await Promise.all(puts);
    const { versions } = (await map.get('a')) as NonNullable<Awaited<ReturnType<AssetMap['get']>>>;
    expect(versions.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(new Set(versions.map(({ hash }) => hash)).size).toBe(6);
  });

  it('keeps the newest versions, and goes back to those only', async () => {
    for (let digit = 1; digit <= 7; digit++)
      await map.put('a', { hash: hashOf(digit), form: 'original', by: 'x' }, anybody);
    await expect(map.rollback('a', 2, 'y', anybody)).rejects.toMatchObject({ code: 'asset-version-unknown' });
    const back = await map.rollback('a', 3, 'y', anybody);
    expect(currentOf(back)).toMatchObject({ version: 8, hash: hashOf(3), by: 'y' });
    expect(back.versions).toHaveLength(5);
    await expect(map.rollback('b', 1, 'y', anybody)).rejects.toMatchObject({ code: 'asset-path-unknown' });
  });

  it('asks the guard about what is there at the moment of the change', async () => {
    const guard = (record: unknown): void => {
      if (record) throw new Error('taken');
    };
    const put = (digit: number): Promise<unknown> =>
      map.put('a', { hash: hashOf(digit), form: 'original', by: 'x' }, guard);
    const puts = Promise.allSettled([put(1), put(2)]);
    await clock.advanceAsync(1_000);
    const results = await puts;
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('has room for so many paths, and for new versions of those that are there', async () => {
    const put = (path: string, digit: number): Promise<unknown> =>
      map.put(path, { hash: hashOf(digit), form: 'original', by: 'x' }, anybody);
    for (const path of ['a', 'b', 'c']) await put(path, 1);
    await expect(put('d', 1)).rejects.toMatchObject({ code: 'asset-paths-full' });
    await put('a', 2);
    await map.delete('b', anybody);
    await put('d', 1);
  });

  it('deletes nothing that somebody else has changed meanwhile', async () => {
    const rival = await bus.connect().keyValue(ASSET_PATHS.bucket);
    const theirs = { version: 2, hash: hashOf(2), form: 'original' as const, atMs: 0, by: 'somebody' };
    await map.put('a', { hash: hashOf(1), form: 'original', by: 'me' }, anybody);
    const guard = (record: { versions: readonly { by: string }[] } | undefined): void => {
      if (record?.versions.at(-1)?.by !== 'me') throw new Error('taken');
      void rival.put(ASSET_PATHS.keyOf('a'), ASSET_PATHS.encode({ versions: [theirs] }));
    };
    const deleting = expect(map.delete('a', guard)).rejects.toThrow('taken');
    await clock.advanceAsync(1_000);
    await deleting;
    expect(currentOf((await map.get('a')) as NonNullable<Awaited<ReturnType<AssetMap['get']>>>).hash).toBe(hashOf(2));
  });

  it('lists paths of all languages, and forgets what was deleted, to be named anew', async () => {
    const target = { hash: hashOf(1), form: 'original' as const, by: 'x' };
    for (const path of ['models/椅子.glb', 'models/a b.glb', 'sounds/x.wav']) await map.put(path, target, anybody);
    const other = await open();
    expect(other.list('models/').map(({ path }) => path)).toEqual(['models/a b.glb', 'models/椅子.glb']);
    expect([other.leadsTo(hashOf(1)), other.leadsTo(hashOf(2))]).toEqual([true, false]);
    await map.delete('models/a b.glb', anybody);
    await expect(map.delete('models/a b.glb', anybody)).rejects.toMatchObject({ code: 'asset-path-unknown' });
    expect(other.list('models/')).toHaveLength(1);
    expect(currentOf(await other.put('models/a b.glb', target, anybody)).version).toBe(1);
  });
});
