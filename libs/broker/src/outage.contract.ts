import { describe, expect, it } from '@jest/globals';
import { bytes, type ContractRun, eventually, textOf, textsOf } from './run.contract.js';

/** What a broken connection costs, and what it must not cost. */
export function describeOutages(run: ContractRun): void {
  describe('a connection that breaks', () => {
    it('drops what is published meanwhile and never delivers it late', async () => {
      const seen = run.collect(run.two, `${run.root}.a`);
      await run.settle();
      await run.context.sever();
      await eventually('the break is noticed', () => !run.one.isConnected && !run.two.isConnected);
      const before = run.one.counters.publishedDropped;
      for (let index = 0; index < 10; index++) run.one.publish(`${run.root}.a`, bytes('late'));
      expect(run.one.counters.publishedDropped - before).toBe(10);
      await run.context.restore();
      await eventually('everybody is back', () => run.one.isConnected && run.two.isConnected);
      run.one.publish(`${run.root}.a`, bytes('after'));
      await run.settle();
      expect(textsOf(seen)).toEqual(['after']);
      expect([run.one.counters.reconnected, run.two.counters.reconnected]).toEqual([1, 1]);
    });

    it('delivers nothing afterwards that was published before it came back', async () => {
      const seen: number[] = [];
      run.two.subscribe(`${run.root}.a`, ({ data }) => seen.push(Number(textOf(data))));
      await run.settle();
      let sent = 0;
      // Goes on through the moments in which the break and the return are noticed.
      const publishing = setInterval(() => run.one.publish(`${run.root}.a`, bytes(String(sent++))), 1);
      try {
        await eventually('events arrive', () => seen.length > 10);
        await run.context.sever();
        await eventually('the break is noticed', () => !run.one.isConnected && !run.two.isConnected);
        await new Promise((resolve) => setTimeout(resolve, 100));
        const newestBefore = sent - 1;
        await run.context.restore();
        await eventually('everybody is back', () => run.one.isConnected && run.two.isConnected);
        const arrivedBefore = seen.length;
        await eventually('events arrive again', () => seen.length > arrivedBefore + 10);
        const after = seen.filter((_, index) => index >= arrivedBefore);
        expect(Math.min(...after)).toBeGreaterThan(newestBefore);
        expect(seen).toEqual([...seen].sort((a, b) => a - b));
        expect(new Set(seen).size).toBe(seen.length);
      } finally {
        clearInterval(publishing);
      }
    });

    it('fails requests, those that wait and new ones', async () => {
      run.two.subscribe(`${run.root}.q`, () => undefined);
      const kv = await run.one.keyValue(`${run.root}-bucket`);
      const stream = await run.one.stream({ name: run.root.toUpperCase(), subjects: [`${run.root}.log.*`] });
      const objects = await run.one.objectStore(`${run.root}-objects`);
      // More than what is read ahead.
      await objects.put('large', new Uint8Array(30_000_000));
      await Promise.all(Array.from({ length: 9_000 }, () => stream.append(`${run.root}.log.a`, bytes('x'))));
      const scanning = stream.scan(`${run.root}.log.a`, 1, Infinity)[Symbol.asyncIterator]();
      await scanning.next();
      const reading = (await objects.get('large'))?.data[Symbol.asyncIterator]();
      await reading?.next();
      await run.settle();
      const gone = { code: 'broker-disconnected', retryable: true };
      const waiting = expect(run.one.request(`${run.root}.q`, bytes('x'), { timeoutMs: 60_000 })).rejects.toMatchObject(
        gone,
      );
      await run.settle();
      await run.context.sever();
      await waiting;
      await eventually('the break is noticed', () => !run.one.isConnected);
      await expect(run.one.request(`${run.root}.q`, bytes('x'), { timeoutMs: 60_000 })).rejects.toMatchObject(gone);
      await expect(
        run.one.requestMany(`${run.root}.q`, bytes('x'), { timeoutMs: 60_000, repliesMax: 1 }),
      ).rejects.toMatchObject(gone);
      await expect(run.one.flush()).rejects.toMatchObject(gone);
      await expect(kv.get('a')).rejects.toMatchObject(gone);
      await expect(kv.put('a', bytes('x'))).rejects.toMatchObject(gone);
      await expect(stream.append(`${run.root}.log.a`, bytes('x'))).rejects.toMatchObject(gone);
      await expect(stream.last(`${run.root}.log.a`, 1)).rejects.toMatchObject(gone);
      await expect(stream.state()).rejects.toMatchObject(gone);
      await expect(stream.get(1)).rejects.toMatchObject(gone);
      await expect(stream.sequenceAt(0)).rejects.toMatchObject(gone);
      await expect(exhaust(scanning)).rejects.toMatchObject(gone);
      await expect(exhaust(stream.scan('>', 1, 9)[Symbol.asyncIterator]())).rejects.toMatchObject(gone);
      await expect(exhaust(reading)).rejects.toMatchObject(gone);
      await expect(objects.put('a', bytes('x'))).rejects.toMatchObject(gone);
      await expect(objects.get('a')).rejects.toMatchObject(gone);
      await expect(objects.list('')).rejects.toMatchObject(gone);
      await expect(objects.delete('a')).rejects.toMatchObject(gone);
      await run.context.restore();
    });

    it('tells when it went and when it came back', async () => {
      const statuses: string[] = [];
      run.one.onStatus(({ type }) => statuses.push(type));
      await run.context.sever();
      await eventually('disconnected is told', () => statuses.length >= 1);
      await run.context.restore();
      await eventually('connected is told', () => statuses.length >= 2);
      expect(statuses).toEqual(['disconnected', 'connected']);
      expect(run.one.isConnected).toBe(true);
    });

    it('keeps subscriptions, and those made meanwhile; not those ended meanwhile', async () => {
      const before = run.collect(run.two, `${run.root}.a`);
      const queued = run.collect(run.two, `${run.root}.a`, 'q');
      const ended = run.collect(run.two, `${run.root}.none`);
      const subscription = run.two.subscribe(`${run.root}.a`, (message) => ended.push(message));
      await run.settle();
      await run.context.sever();
      await eventually('the break is noticed', () => !run.two.isConnected);
      subscription.unsubscribe();
      const during = run.collect(run.two, `${run.root}.a`);
      await run.context.restore();
      await eventually('everybody is back', () => run.one.isConnected && run.two.isConnected);
      await run.settle();
      run.one.publish(`${run.root}.a`, bytes('after'));
      await run.settle();
      expect([before, queued, during].map(textsOf)).toEqual([['after'], ['after'], ['after']]);
      expect(ended).toEqual([]);
    });

    it('keeps buckets and streams, and tells watchers what changed since', async () => {
      const kv = await run.one.keyValue(`${run.root}-bucket`);
      const stream = await run.one.stream({ name: run.root.toUpperCase(), subjects: [`${run.root}.log.*`] });
      const revision = await kv.put('a', bytes('1'));
      await stream.append(`${run.root}.log.a`, bytes('1'));
      const seen: unknown[] = [];
      await (
        await run.two.keyValue(`${run.root}-bucket`)
      ).watch(({ key, value }) => seen.push(`${key}=${textOf(value)}`));
      await run.context.sever();
      await eventually('the break is noticed', () => !run.one.isConnected && !run.two.isConnected);
      await run.context.restore();
      await eventually('everybody is back', () => run.one.isConnected && run.two.isConnected);
      await eventually('storage answers', () =>
        kv.update('a', bytes('2'), revision).then(
          () => true,
          (error: { code: string }) => {
            if (error.code === 'broker-revision-conflict') throw error;
            return false;
          },
        ),
      );
      expect(await stream.append(`${run.root}.log.a`, bytes('2'), { expectedLastSubjectSequence: 1 })).toEqual({
        sequence: 2,
        isDuplicate: false,
      });
      expect(textsOf(await stream.last(`${run.root}.log.a`, 10))).toEqual(['1', '2']);
      await kv.put('b', bytes('1'));
      await eventually('the watcher is told', () => seen.length >= 3);
      expect(seen).toEqual(['a=1', 'a=2', 'b=1']);
    });

    it('can be drained and closed while it is down', async () => {
      await run.context.sever();
      await eventually('the break is noticed', () => !run.one.isConnected && !run.two.isConnected);
      await run.one.drain();
      await run.two.close();
      await run.context.restore();
      expect([run.one.isConnected, run.two.isConnected]).toEqual([false, false]);
    });
  });
}

/** Reads what is left. */
async function exhaust(items: AsyncIterator<unknown> | undefined): Promise<void> {
  while (items && !(await items.next()).done);
}
