import { describe, expect, it } from '@jest/globals';
import { outagesOfBus, SimClock } from '@app/testing';
import { describeBroker } from './broker.contract.js';
import { bytes, textOf } from './run.contract.js';
import { MemoryBus } from './memory-bus.js';

describeBroker('MemoryBroker', async () => outagesOfBus(new MemoryBus()));

describe('MemoryBus in a simulation', () => {
  it('lets messages travel for the given time, in order', async () => {
    const clock = new SimClock();
    const bus = new MemoryBus({ clock, delayMs: 2 });
    const [one, two] = [bus.connect(), bus.connect()];
    const seen: string[] = [];
    two.subscribe('a.*', ({ data }) => seen.push(`${textOf(data)} at ${clock.nowMs()}`));
    one.publish('a.b', bytes('1'));
    clock.advance(1);
    one.publish('a.b', bytes('2'));
    clock.advance(2.5);
    expect(seen).toEqual([]);
    clock.advance(10);
    expect(seen).toEqual(['1 at 4', '2 at 5']);
  });

  it('times requests out by the simulated clock', async () => {
    const clock = new SimClock();
    const bus = new MemoryBus({ clock, delayMs: 1 });
    const [one, two] = [bus.connect(), bus.connect()];
    two.subscribe('q', () => undefined);
    const failed = expect(one.request('q', bytes('x'), { timeoutMs: 60_000 })).rejects.toMatchObject({
      code: 'broker-timeout',
    });
    await clock.advanceAsync(60_000);
    await failed;
  });

  it('loses what is on its way to a partitioned process, and only that', async () => {
    const clock = new SimClock();
    const bus = new MemoryBus({ clock, delayMs: 5 });
    const [one, two, three] = [bus.connect(), bus.connect(), bus.connect()];
    const seen: string[] = [];
    two.subscribe('a', () => seen.push('two'));
    three.subscribe('a', () => seen.push('three'));
    one.publish('a', bytes('x'));
    clock.advance(7);
    bus.partition(two);
    bus.heal(two);
    clock.advance(100);
    expect(seen).toEqual(['three']);
    expect(two.isConnected).toBe(true);
    one.publish('a', bytes('x'));
    clock.advance(100);
    expect(seen).toEqual(['three', 'two', 'three']);
  });

  it('tells a watcher that was cut off of keys that vanished meanwhile', async () => {
    const bus = new MemoryBus();
    const [one, two] = [bus.connect(), bus.connect()];
    const kv = await one.keyValue('b');
    await kv.put('gone', bytes('1'));
    await kv.put('kept', bytes('1'));
    const seen: string[] = [];
    await (await two.keyValue('b')).watch(({ key, value }) => seen.push(`${key}=${textOf(value)}`));
    bus.partition(two);
    await kv.delete('gone');
    await one.flush();
    expect(seen).toEqual(['gone=1', 'kept=1']);
    bus.heal(two);
    await two.flush();
    expect(seen).toEqual(['gone=1', 'kept=1', 'gone=undefined']);
  });
});
