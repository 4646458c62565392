import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BrokerError, MemoryBus, type MemoryBroker } from '@app/broker';
import { SimClock } from '@app/testing';
import { WorldDirectory, WORLDS_BUCKET } from './world-directory.js';

describe('WorldDirectory', () => {
  let clock: SimClock;
  let bus: MemoryBus;
  let broker: MemoryBroker;
  let directory: WorldDirectory;
  let changes: number;

  beforeEach(async () => {
    clock = new SimClock();
    bus = new MemoryBus({ clock });
    broker = bus.connect();
    directory = new WorldDirectory(broker, clock, ['main', 'attic']);
    changes = 0;
    directory.onChange(() => changes++);
  });

  afterEach(() => directory.stop());

  it('has the worlds of the settings before it has asked anybody', () => {
    expect(directory.names()).toEqual(['main', 'attic']);
    expect(directory.has('cellar')).toBe(false);
    expect(directory.shardsOf('main')).toBeUndefined();
  });

  it('sees worlds that appear while it runs, made here or elsewhere', async () => {
    await directory.start();
    const other = new WorldDirectory(bus.connect(), clock, ['main']);
    expect(await other.create('cellar', { shards: 3 })).toBe(true);
    expect(await directory.create('main', { shards: 2 })).toBe(true);
    await clock.advanceAsync(0);
    expect(directory.names()).toEqual(['main', 'attic', 'cellar']);
    expect([directory.shardsOf('cellar'), directory.shardsOf('main')]).toEqual([3, 2]);
    expect(changes).toBe(2);
  });

  it('leaves a world as it is that exists already', async () => {
    await directory.start();
    expect(await directory.create('cellar', { shards: 3 })).toBe(true);
    expect(await directory.create('cellar', { shards: 1 })).toBe(false);
    await clock.advanceAsync(0);
    expect(directory.shardsOf('cellar')).toBe(3);
    await expect(directory.create('No World', { shards: 1 })).rejects.toThrow(BrokerError);
  });

  it('goes on with the worlds of the settings while storage is away, and reads the others when it is back', async () => {
    await new WorldDirectory(bus.connect(), clock, []).create('cellar', { shards: 1 });
    bus.partition(broker);
    await directory.start();
    expect(directory.names()).toEqual(['main', 'attic']);
    bus.heal(broker);
    await clock.advanceAsync(1_000);
    expect(directory.names()).toEqual(['main', 'attic', 'cellar']);
  });

  it('is not misled by what is no record', async () => {
    await directory.start();
    const bucket = await bus.connect().keyValue(WORLDS_BUCKET);
    const texts = [
      '',
      '{',
      '[]',
      'null',
      '{"createdAtMs":1}',
      '{"createdAtMs":-1,"shards":1}',
      '{"createdAtMs":1,"shards":99}',
    ];
    for (const [index, text] of texts.entries()) await bucket.put(`world-${index}`, new TextEncoder().encode(text));
    await bucket.put('Upper', new TextEncoder().encode('{"createdAtMs":1,"shards":1}'));
    await clock.advanceAsync(0);
    expect(directory.names()).toEqual(['main', 'attic']);
  });
});
