import { describe, expect, it, jest } from '@jest/globals';
import { SharedCache } from './shared-cache.js';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function makeCache(sizeMax: number, countMax = 10) {
  const make = jest.fn((key: string) =>
    key.startsWith('bad') ? Promise.reject<string>(new Error('no')) : Promise.resolve(key),
  );
  const dispose = jest.fn<(value: string) => void>();
  const cache = new SharedCache<string>({ make, sizeOf: (value) => value.length, dispose }, sizeMax, countMax);
  return { cache, make, dispose };
}

describe('A shared cache', () => {
  it('makes a thing once for all who use it at the same time', async () => {
    const { cache, make } = makeCache(100);
    const [first, second] = [cache.borrow('chair'), cache.borrow('chair')];
    expect(await first.value).toBe('chair');
    expect(await second.value).toBe('chair');
    expect(make).toHaveBeenCalledTimes(1);
  });

  it('keeps what nobody uses while there is room, then gives up what was unused longest', async () => {
    const { cache, dispose } = makeCache(10);
    for (const key of ['aaaaa', 'bbbbb', 'ccccc']) {
      const loan = cache.borrow(key);
      await loan.value;
      loan.release();
    }
    await settled();
    expect(dispose.mock.calls).toEqual([['aaaaa']]);
    expect(cache.totalSize).toBe(10);
  });

  it('never takes away what is in use, however large it is', async () => {
    const { cache, dispose } = makeCache(3);
    const loan = cache.borrow('elephant');
    await loan.value;
    await settled();
    expect(dispose).not.toHaveBeenCalled();
    loan.release();
    loan.release();
    expect(dispose).toHaveBeenCalledTimes(1);
    expect(cache.totalSize).toBe(0);
  });

  it('fails what would not fit beside what is in use, and keeps nothing of it', async () => {
    const { cache, dispose } = makeCache(10);
    const first = cache.borrow('aaaaaaaa');
    await first.value;
    const second = cache.borrow('bbbbbbbb');
    await expect(second.value).rejects.toThrow('too much');
    expect(dispose.mock.calls).toEqual([['bbbbbbbb']]);
    expect(cache.totalSize).toBe(8);
    second.release();
    first.release();
    expect(await cache.borrow('bbbbbbbb').value).toBe('bbbbbbbb');
    expect(cache.totalSize).toBe(8);
  });

  it('fails when everything is in use and there is no room for one more', async () => {
    const { cache } = makeCache(100, 1);
    cache.borrow('one');
    await expect(cache.borrow('two').value).rejects.toThrow('too much');
  });

  it('tries again what failed, once all have given it back', async () => {
    const { cache, make } = makeCache(100);
    const loan = cache.borrow('bad');
    await expect(loan.value).rejects.toThrow('no');
    loan.release();
    await expect(cache.borrow('bad').value).rejects.toThrow('no');
    expect(make).toHaveBeenCalledTimes(2);
  });

  it('disposes of what was given back before it was made', async () => {
    const { cache, dispose } = makeCache(0);
    cache.borrow('late').release();
    await settled();
    expect(dispose).toHaveBeenCalledWith('late');
    expect(cache.count).toBe(0);
  });
});
