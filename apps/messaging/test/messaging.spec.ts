import { describe, expect, it } from '@jest/globals';
import { MemoryBus } from '@app/broker';
import { PrometheusMetrics, silentLogger } from '@app/runtime';
import { SimClock } from '@app/testing';
import { decodeMessage, encodeMessage } from '@app/wire';
import { ChannelDirectory } from '../src/channel-directory.js';
import { MessageLog } from '../src/message-log.js';
import { MessagingActor } from '../src/messaging.actor.js';
import { messagingMetrics } from '../src/messaging.metrics.js';
import { describeMessaging } from './messaging.contract.js';

const bus = new MemoryBus();
describeMessaging('Messaging over memory', async () => bus.connect());

const OPTIONS = {
  messagesPerChannelMax: 20,
  ageMsMax: 3_600_000,
  bytesMax: 16_777_216,
  senderPerSecond: 5,
  senderBurst: 20,
  channelPerSecond: 50,
  channelBurst: 200,
  senderBinariesPerSecond: 30,
  channelBinariesPerSecond: 100,
  senderBytesPerSecond: 131_072,
  worldBytesPerSecond: 262_144,
};

function request(text: string): ReturnType<typeof decodeMessage<'PostRequest'>> {
  const message = { channel: 'world', senderId: 7, senderName: 'Ada', text };
  return decodeMessage('PostRequest', encodeMessage('PostRequest', { message, deduplicationId: text }));
}

describe('Messaging while the broker is away', () => {
  it('fails with a retryable code, goes on by itself, and has said nothing twice', async () => {
    const clock = new SimClock();
    const network = new MemoryBus({ clock });
    const broker = network.connect();
    const metrics = messagingMetrics(new PrometheusMetrics());
    const messaging = new MessagingActor(broker, clock, OPTIONS, metrics, silentLogger);
    network.partition(broker);
    const starting = messaging.start();
    const early = messaging.post('main', request('early')).catch((error: unknown) => error);
    await clock.advanceAsync(20_000);
    await starting;
    expect(await early).toMatchObject({ retryable: true });
    network.heal(broker);
    await clock.advanceAsync(20_000);
    const said = messaging.post('main', request('early'));
    await clock.advanceAsync(1_000);
    const { sequence } = await said;
    const again = messaging.post('main', request('early'));
    await clock.advanceAsync(1_000);
    expect((await again).sequence).toBe(sequence);
    messaging.stop();
    expect(clock.pendingCount).toBe(0);
  });
});

describe('ChannelDirectory', () => {
  it('forgets the channel that was silent longest, never a busy one', () => {
    const broker = bus.connect();
    const log = new MessageLog(broker, OPTIONS);
    const directory = new ChannelDirectory(broker, log, 2);
    const first = directory.open('main', 'a');
    directory.open('main', 'b');
    directory.open('main', 'a');
    directory.open('main', 'c');
    expect(directory.open('main', 'a')).toBe(first);
    expect(directory.has('main', 'b')).toBe(false);
    expect(directory.count).toBe(2);
    // A post that is never answered keeps its channel.
    void first?.postText({ text: 'x' }, 'x').catch(() => undefined);
    directory.open('main', 'd');
    expect(directory.has('main', 'a')).toBe(true);
  });
});
