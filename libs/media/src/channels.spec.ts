import { describe, expect, it } from '@jest/globals';
import { REALTIME_BYTES_MAX, RealtimeChannel } from './realtime-channel.js';
import { RELIABLE_BYTES_MAX, ReliableChannel } from './reliable-channel.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A client that takes nothing until it is told to. */
class SlowClient {
  readonly messages: number[] = [];
  bufferedBytes = 0;
  isRefusing = false;

  send(message: Buffer): Promise<number> {
    if (this.isRefusing) return Promise.reject(new Error('full'));
    this.messages.push(message.length);
    this.bufferedBytes += message.length;
    return Promise.resolve(this.bufferedBytes);
  }

  getBufferedAmount(): Promise<number> {
    return Promise.resolve(this.bufferedBytes);
  }
}

describe('ReliableChannel', () => {
  it('keeps messages until it is opened, then sends them in order', async () => {
    const client = new SlowClient();
    const channel = new ReliableChannel(client, () => undefined);
    channel.send(new Uint8Array(1));
    channel.send(new Uint8Array(2));
    expect(client.messages).toEqual([]);
    channel.open();
    channel.send(new Uint8Array(3));
    await turn();
    expect(client.messages).toEqual([1, 2, 3]);
  });

  it.each([
    ['before it is opened', false],
    ['of a client that takes nothing', true],
  ])('ends at its bound %s, once', async (_name, isOpen) => {
    const client = new SlowClient();
    let overflows = 0;
    const channel = new ReliableChannel(client, () => overflows++);
    if (isOpen) channel.open();
    const message = new Uint8Array(65_536);
    for (let sent = 0; sent < 2 * RELIABLE_BYTES_MAX; sent += message.length) {
      channel.send(message);
      await turn();
    }
    expect(overflows).toBe(1);
    expect(client.bufferedBytes).toBeLessThanOrEqual(RELIABLE_BYTES_MAX);
  });

  it('goes on for ever when the client keeps up', async () => {
    const client = new SlowClient();
    let overflows = 0;
    const channel = new ReliableChannel(client, () => overflows++);
    channel.open();
    for (let count = 0; count < 100; count++) {
      channel.send(new Uint8Array(65_536));
      await turn();
      client.bufferedBytes = 0;
    }
    expect(overflows).toBe(0);
    expect(client.messages).toHaveLength(100);
  });

  it('knows how much waits: before it is opened, when it has sent, and when it asks', async () => {
    const client = new SlowClient();
    const channel = new ReliableChannel(client, () => undefined);
    channel.send(new Uint8Array(100));
    channel.refresh();
    expect(channel.waitingBytes).toBe(100);
    channel.open();
    await turn();
    expect(channel.waitingBytes).toBe(100);
    client.bufferedBytes = 40;
    channel.refresh();
    await turn();
    expect(channel.waitingBytes).toBe(40);
  });

  it('ends when the worker refuses a message, but not after it was closed', async () => {
    const client = new SlowClient();
    client.isRefusing = true;
    let overflows = 0;
    const channel = new ReliableChannel(client, () => overflows++);
    channel.open();
    channel.send(new Uint8Array(1));
    await turn();
    expect(overflows).toBe(1);
    const other = new ReliableChannel(client, () => overflows++);
    other.open();
    other.send(new Uint8Array(1));
    other.close();
    await turn();
    expect(overflows).toBe(1);
  });
});

describe('RealtimeChannel', () => {
  it('drops above its bound while the client takes nothing, and sends again when it does', async () => {
    let bufferedBytes = 0;
    const sink = { send: (message: Buffer) => void (bufferedBytes += message.length) };
    const channel = new RealtimeChannel(sink, { getBufferedAmount: () => Promise.resolve(bufferedBytes) });
    for (let count = 0; count < 100; count++) {
      channel.send(new Uint8Array(1_000));
      await turn();
    }
    expect(bufferedBytes).toBeLessThanOrEqual(REALTIME_BYTES_MAX);
    expect(channel.drops).toBeGreaterThan(80);
    bufferedBytes = 0;
    channel.send(new Uint8Array(1));
    await turn();
    expect(channel.send(new Uint8Array(1_000))).toBe(true);
  });

  it('never drops for a client that keeps up', async () => {
    const channel = new RealtimeChannel({ send: () => undefined }, { getBufferedAmount: () => Promise.resolve(0) });
    for (let count = 0; count < 200; count++) {
      expect(channel.send(new Uint8Array(1_150))).toBe(true);
      await turn();
    }
    expect(channel.drops).toBe(0);
  });
});
