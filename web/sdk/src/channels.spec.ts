import { describe, expect, it } from '@jest/globals';
import { decodeMessage, encodeMessage, type MessageFields, type MessageOf } from '@app/wire';
import { SimClock } from '@app/testing';
import { Channels } from './channels.js';

function setUp() {
  const clock = new SimClock();
  const channels = new Channels(clock);
  const sent: Array<MessageOf<'ClientReliable'>> = [];
  const attach = (isNewStay: boolean): void =>
    channels.attach(
      (bytes) => {
        sent.push(decodeMessage('ClientReliable', bytes));
        return true;
      },
      { isNewStay, isResumed: true },
    );
  attach(true);
  const receive = (fields: MessageFields<'ServerReliable'>): void => {
    channels.handle(decodeMessage('ServerReliable', encodeMessage('ServerReliable', fields)));
  };
  return { clock, channels, sent, attach, receive };
}

function line(sequence: number, text = `line ${sequence}`) {
  return { channel: 'world', sequence, senderId: 3, senderName: 'Bob', sentAtMs: 1_000 + sequence, text };
}

describe('Channels', () => {
  it('keeps the order of the channel when history comes after newer messages, and shows each message once', async () => {
    const { channels, sent, receive } = setUp();
    const subscribed = channels.subscribe('world', { historyCount: 50 });
    receive({ channelMessage: line(4) });
    const request = sent[0].subscribe?.request;
    receive({ subscribed: { request, channel: 'world', subscribed: true, history: [line(2), line(3), line(4)] } });
    receive({ channelMessage: line(4) });
    receive({ channelMessage: line(5) });
    await subscribed;
    expect(channels.messages('world').map(({ sequence }) => sequence)).toEqual([2, 3, 4, 5]);
  });

  it('fails a request with the sentence of the server', async () => {
    const { channels, receive } = setUp();
    const said = channels.post('world', 'hello');
    receive({ requestFailed: { request: 1, code: 'rate-limited', text: 'Please write more slowly.' } });
    await expect(said).rejects.toMatchObject({ code: 'rate-limited', message: 'Please write more slowly.' });
  });

  it('fails a request that nobody answers after 10 s', async () => {
    const { channels, clock } = setUp();
    const said = channels.post('world', 'hello');
    said.catch(() => undefined);
    clock.advance(10_001);
    await expect(said).rejects.toMatchObject({ code: 'request-timeout' });
  });

  it('refuses what no server would take, before it is sent, and never throws where a promise is expected', async () => {
    const { channels, sent } = setUp();
    await expect(channels.post('world', '')).rejects.toMatchObject({ code: 'request-invalid' });
    await expect(channels.post('world', 'x'.repeat(2_001))).rejects.toThrow('2001');
    await expect(channels.post('world', new Uint8Array(131_073))).rejects.toThrow('131073');
    await expect(channels.post('', 'x')).rejects.toMatchObject({ code: 'request-invalid' });
    expect(sent).toHaveLength(0);
  });

  it('tells long texts as texts and bytes as bytes, and keeps only so much of them', () => {
    const { channels, receive } = setUp();
    const binary = new TextEncoder().encode('é'.repeat(60_000));
    receive({ channelMessage: { channel: 'a', sentAtMs: 1, binary, binaryIsText: true, nearness: { radiusM: 20 } } });
    receive({ channelMessage: { channel: 'a', sentAtMs: 2, binary } });
    const [text, bytes] = channels.messages('a');
    expect(text).toMatchObject({ text: 'é'.repeat(60_000), binary: undefined, isNearby: true });
    expect(bytes).toMatchObject({ text: undefined, isNearby: false });
    expect(bytes.binary).toEqual(binary);
    for (let count = 0; count < 100; count++)
      receive({ channelMessage: { channel: 'a', sentAtMs: 3 + count, binary } });
    expect(channels.messages('a').length).toBeLessThan(40);
  });

  it('subscribes again at a new gateway, and only there', () => {
    const { channels, sent, attach } = setUp();
    channels.subscribe('builders').catch(() => undefined);
    sent.length = 0;
    attach(false);
    expect(sent.filter((message) => message.subscribe)).toHaveLength(1);
    sent.length = 0;
    attach(true);
    expect(sent.some((message) => message.subscribe?.channel === 'builders')).toBe(true);
  });

  it('tells once, after an interruption, what was said meanwhile in the world chat, and nothing older', () => {
    const { channels, sent, attach, receive } = setUp();
    const told: number[] = [];
    channels.on('message', ({ sequence }) => told.push(sequence));
    receive({ channelMessage: line(4) });
    for (const isNewStay of [false, true]) {
      sent.length = 0;
      channels.detach();
      attach(isNewStay);
      expect(sent.map(({ subscribe }) => subscribe?.channel)).toEqual(['world']);
      const history = [line(3), line(4), line(5), line(6)];
      receive({ subscribed: { request: sent[0].subscribe?.request, channel: 'world', subscribed: true, history } });
      receive({ channelMessage: line(6) });
    }
    expect(told).toEqual([4, 5, 6]);
  });

  it('does not forget the first interruption when there is a second one before the answer', () => {
    const { channels, sent, attach, receive } = setUp();
    receive({ channelMessage: line(1) });
    attach(false);
    receive({ channelMessage: line(3) });
    sent.length = 0;
    attach(false);
    expect(sent).toHaveLength(1);
    const history = [line(1), line(2), line(3)];
    receive({ subscribed: { request: sent[0].subscribe?.request, channel: 'world', subscribed: true, history } });
    expect(channels.messages('world').map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  });

  it('knows that everything is new in a channel whose history was empty', () => {
    const { channels, sent, attach, receive } = setUp();
    channels.subscribe('builders', { historyCount: 10 }).catch(() => undefined);
    const answer = (history: ReturnType<typeof line>[]): void =>
      receive({ subscribed: { request: sent.at(-1)?.subscribe?.request, channel: 'builders', history } });
    answer([]);
    attach(true);
    answer([{ ...line(1), channel: 'builders' }]);
    expect(channels.messages('builders')).toHaveLength(1);
  });

  it('forgets what was said in another world', () => {
    const { channels, sent, attach, receive } = setUp();
    channels.enter('main');
    receive({ channelMessage: line(1) });
    channels.enter('main');
    expect(channels.messages('world')).toHaveLength(1);
    channels.enter('cave');
    expect(channels.messages('world')).toEqual([]);
    sent.length = 0;
    attach(true);
    expect(sent).toEqual([]);
  });

  it('tells two binary messages of one millisecond as two', () => {
    const { channels, receive } = setUp();
    for (const byte of [1, 2]) {
      receive({ channelMessage: { channel: 'data', senderId: 3, sentAtMs: 5, binary: new Uint8Array([byte]) } });
    }
    expect(channels.messages('data').map(({ binary }) => binary?.[0])).toEqual([1, 2]);
  });

  it('keeps binary messages after the datagram is gone', () => {
    const { channels } = setUp();
    const bytes = encodeMessage('ServerReliable', {
      channelMessage: { channel: 'data', sequence: 1, senderId: 3, binary: new Uint8Array([1, 2, 3]) },
    });
    channels.handle(decodeMessage('ServerReliable', bytes));
    bytes.fill(0);
    expect([...(channels.messages('data')[0].binary ?? [])]).toEqual([1, 2, 3]);
  });

  it('never keeps more than 500 messages of a channel', () => {
    const { channels, receive } = setUp();
    for (let sequence = 1; sequence <= 600; sequence++) receive({ channelMessage: line(sequence) });
    expect(channels.messages('world')).toHaveLength(500);
    expect(channels.messages('world')[0].sequence).toBe(101);
  });
});
