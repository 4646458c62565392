import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type KeyValue, MemoryBus } from '@app/broker';
import { SimClock } from '@app/testing';
import { RecordBucket } from './record-bucket.js';

const FORMAT = {
  bucket: 'VW_TEST',
  keyOf: (id: string) => id,
  idOf: (key: string) => key,
  encode: (text: string) => new TextEncoder().encode(text),
  decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes),
};

/** A broker whose answers to one kind of question wait until they are let go. */
class SlowBus extends MemoryBus {
  waiting: Array<() => void> = [];

  override connect(): ReturnType<MemoryBus['connect']> {
    const broker = super.connect();
    const open = broker.keyValue.bind(broker);
    broker.keyValue = async (...args) => {
      const entries: KeyValue = await open(...args);
      const get = entries.get.bind(entries);
      entries.get = async (key) => {
        const found = await get(key);
        if (key === 'slow') await new Promise<void>((resolve) => this.waiting.push(resolve));
        return found;
      };
      return entries;
    };
    return broker;
  }
}

describe('RecordBucket', () => {
  let clock: SimClock;
  let bus: SlowBus;
  const opened: Array<RecordBucket<string>> = [];
  const open = async (): Promise<RecordBucket<string>> => {
    const records = new RecordBucket<string>(bus.connect(), clock, FORMAT);
    await records.start();
    opened.push(records);
    return records;
  };
  beforeEach(() => {
    clock = new SimClock();
    bus = new SlowBus({ clock });
  });
  afterEach(() => opened.splice(0).forEach((records) => records.stop()));

  it('is not brought back by an answer that a deletion has overtaken', async () => {
    const [one, two] = [await open(), await open()];
    const entries = await bus.connect().keyValue('VW_TEST');
    await entries.put('slow', FORMAT.encode('old'));
    const asked = one.read('slow');
    await clock.advanceAsync(1);
    await entries.delete('slow');
    await clock.advanceAsync(1);
    bus.waiting.forEach((letGo) => letGo());
    expect(await asked).toBe('old');
    expect([one.known.size, one.sizeBytes, two.known.size]).toEqual([0, 0, 0]);
  });

  it('deletes what was decided about, and nothing newer', async () => {
    const one = await open();
    const rival = await bus.connect().keyValue('VW_TEST');
    await one.change('a', () => 'first');
    const seen: Array<string | undefined> = [];
    const deleting = one.change('a', (record) => {
      seen.push(record);
      if (seen.length === 1) void rival.put('a', FORMAT.encode('second'));
      return record === 'first' ? undefined : record;
    });
    await clock.advanceAsync(100);
    expect(await deleting).toEqual({ before: 'second', after: 'second' });
    expect(seen).toEqual(['first', 'second']);
    expect(await one.read('a')).toBe('second');
  });

  it('tells whoever loses again and again that others were faster', async () => {
    const one = await open();
    const rival = await bus.connect().keyValue('VW_TEST');
    const losing = one.change('a', () => {
      void rival.put('a', FORMAT.encode('rival'));
      return 'mine';
    });
    const outcome = expect(losing).rejects.toMatchObject({ code: 'asset-busy', retryable: true });
    await clock.advanceAsync(10_000);
    await outcome;
  });

  it('knows how much is there', async () => {
    const [one, two] = [await open(), await open()];
    await one.change('a', () => 'abc');
    await one.change('b', () => 'abcdef');
    await two.change('a', () => 'a');
    await clock.advanceAsync(1);
    expect([one.sizeBytes, two.sizeBytes, (await open()).sizeBytes]).toEqual([7, 7, 7]);
    await two.change('b', () => undefined);
    await clock.advanceAsync(1);
    expect([one.sizeBytes, two.sizeBytes]).toEqual([1, 1]);
  });
});
