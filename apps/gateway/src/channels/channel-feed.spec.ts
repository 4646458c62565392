import { MemoryBus, subjectOf } from '@app/broker';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { type MessageFields, encodeMessage } from '@app/wire';
import { ChannelFeed } from './channel-feed.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const SUBJECT = subjectOf('messageOut', { world: 'main', who: Buffer.from('news').toString('base64url') });
const LOG = SUBJECT.replace('.out.', '.log.');

describe('ChannelFeed', () => {
  let bus: MemoryBus;
  let told: (number | null | undefined)[];
  let answerHistory: (messages: MessageFields<'ChannelMessage'>[]) => void;
  let histories: number;
  let feed: ChannelFeed;
  let say: () => Promise<void>;
  const broker = (): ReturnType<MemoryBus['connect']> => bus.connect();

  beforeEach(async () => {
    bus = new MemoryBus();
    told = [];
    histories = 0;
    const here = broker();
    feed = new ChannelFeed('main', 'news', {
      broker: here,
      history: () => {
        histories++;
        return new Promise((resolve) => (answerHistory = resolve));
      },
      deliver: (_channel, message) => void told.push(message.sequence),
      countDrop: () => undefined,
    });
    const stream = await broker().stream({
      name: 'TEST',
      subjects: ['vw.*.message.log.*'],
      republish: { from: 'vw.*.message.log.*', to: 'vw.*.message.out.*' },
    });
    say = async () => {
      await stream.append(LOG, encodeMessage('ChannelMessage', { channel: 'news', text: 'x' }));
      await turn();
    };
    cut = () => bus.partition(here);
    heal = () => bus.heal(here);
  });
  let cut: () => void;
  let heal: () => void;

  it('takes the place of a message from the log, not from the message', async () => {
    await say();
    await say();
    expect(told).toEqual([1, 2]);
  });

  it('fetches what it has missed, and tells everything once and in order', async () => {
    await say();
    cut();
    await say();
    await say();
    heal();
    await turn();
    await say();
    await say();
    expect(told).toEqual([1]);
    expect(histories).toBe(1);
    answerHistory([1, 2, 3, 4].map((sequence) => ({ channel: 'news', sequence, text: 'x' })));
    await turn();
    expect(told).toEqual([1, 2, 3, 4, 5]);
  });

  it('fetches at once when the broker is back, also when nobody says anything more', async () => {
    await say();
    cut();
    await say();
    heal();
    feed.catchUp();
    answerHistory([2].map((sequence) => ({ channel: 'news', sequence, text: 'x' })));
    await turn();
    expect(told).toEqual([1, 2]);
  });

  it('drops bytes that are no message, and says nothing after it was closed', async () => {
    broker().publish(SUBJECT, Uint8Array.from([255]));
    await turn();
    feed.close();
    await say();
    expect(told).toEqual([]);
  });
});
