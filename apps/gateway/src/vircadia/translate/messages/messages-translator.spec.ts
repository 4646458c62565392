import { ByteWriter, CODECS_TO_SERVER, type MessagesData, type PacketTypeName } from '@app/vircadia';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { decodeMessage, encodeMessage, type MessageFields } from '@app/wire';
import { BINARY_BYTES_MAX } from '@app/world';
import { uuidOfSession } from '../../identity.js';
import { MessagesTranslator } from './messages-translator.js';

const OWN = 7;
const FORGED = '11111111-2222-3333-4444-555555555555';
const bytesOf = (value: unknown): Uint8Array => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

class Bench {
  readonly asked: MessageFields<'ClientReliable'>[] = [];
  readonly told: MessagesData[] = [];
  readonly drops: string[] = [];
  isFull = false;
  private request = 0;
  readonly translator = new MessagesTranslator(
    {
      send: (_name, value) => {
        if (!this.isFull) this.told.push(value as MessagesData);
        return !this.isFull;
      },
      sendPayload: () => false,
      pendingCount: 0,
      isWeb: false,
    },
    {
      sessionId: OWN,
      world: 'main',
      reliable: (message) => void this.asked.push(message),
      nextRequest: () => ++this.request,
      realtime: () => undefined,
      voice: () => undefined,
      setSound: () => undefined,
      ears: () => undefined,
      detail: () => undefined,
    } as ConstructorParameters<typeof MessagesTranslator>[1],
    { metrics: { countDrop: (reason: string) => void this.drops.push(reason) } } as ConstructorParameters<
      typeof MessagesTranslator
    >[2],
  );

  packet(name: PacketTypeName, payload: Uint8Array): void {
    this.translator.onPacket(name, Buffer.concat([Buffer.alloc(6), payload]), 6);
  }

  subscribe(channel: string): this {
    this.packet('MessagesSubscribe', bytesOf(channel));
    return this;
  }

  say(channel: string, data: unknown, isText = true): void {
    const writer = ByteWriter.growing(1_000_000);
    const bytes = data instanceof Uint8Array ? data : bytesOf(data);
    CODECS_TO_SERVER.MessagesData.write(writer, { channel, isText, data: bytes, senderId: FORGED });
    this.packet('MessagesData', writer.written());
  }

  hear(fields: MessageFields<'ServerReliable'>, nowMs = 0): void {
    this.translator.onReliable(decodeMessage('ServerReliable', encodeMessage('ServerReliable', fields)), nowMs);
  }
}

describe('channels for Vircadia’s clients', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });

  it('are ours, by name; a second wish for one changes nothing', () => {
    bench.subscribe('com.vircadia.tools').subscribe('com.vircadia.tools').subscribe('world');
    bench.packet('MessagesUnsubscribe', bytesOf('com.vircadia.tools'));
    bench.packet('MessagesUnsubscribe', bytesOf('com.vircadia.tools'));
    expect(bench.asked).toEqual([
      { subscribe: { request: 1, channel: 'com.vircadia.tools' } },
      { unsubscribe: { request: 2, channel: 'com.vircadia.tools' } },
    ]);
  });

  it('carry texts and bytes up as they are, without what the client says of itself', () => {
    const long = 'ü'.repeat(50_000);
    bench.say('tools', long);
    bench.say('tools', Uint8Array.of(1, 2), false);
    expect(bench.asked).toEqual(
      [
        { post: { request: 1, channel: 'tools', binary: bytesOf(long), binaryIsText: true } },
        { post: { request: 2, channel: 'tools', binary: Uint8Array.of(1, 2), binaryIsText: false } },
      ].map((message) =>
        expect.objectContaining({ post: expect.objectContaining({ ...message.post, binary: expect.anything() }) }),
      ),
    );
    expect(textOf(bench.asked[0].post?.binary ?? new Uint8Array())).toBe(long);
  });

  it('bring down what is said, with the UUID of who has really said it, the client itself too', () => {
    bench.subscribe('tools');
    bench.hear({ channelMessage: { channel: 'tools', senderId: 9, text: 'hi', sequence: 3 } });
    bench.hear({ channelMessage: { channel: 'tools', senderId: OWN, binary: bytesOf('long'), binaryIsText: true } });
    bench.hear({ channelMessage: { channel: 'tools', binary: Uint8Array.of(1) } });
    bench.hear({ channelMessage: { channel: 'other', senderId: 9, text: 'not for us' } });
    expect(bench.told.map(({ data, isText, senderId }) => [textOf(data), isText, senderId])).toEqual([
      ['hi', true, uuidOfSession(9)],
      ['long', true, uuidOfSession(OWN)],
      ['\u0001', false, '00000000-0000-0000-0000-000000000000'],
    ]);
  });

  it.each([
    ['a name that is none', () => bench.say('a\nb', 'x'), 'channel'],
    ['a name that is too long', () => bench.subscribe('x'.repeat(129)), 'channel'],
    ['nothing', () => bench.say('a', ''), 'size'],
    ['more than may be', () => bench.say('a', new Uint8Array(BINARY_BYTES_MAX + 1)), 'size'],
    [
      'chat of nothing but blanks',
      () => bench.say('Chat', { type: 'TransmitChatMessage', message: ' \u0000' }),
      'size',
    ],
  ])('drop and count %s', (_name, act, reason) => {
    act();
    expect([bench.asked, bench.drops]).toEqual([[], [`vircadia-message-${reason}`]]);
  });

  it('are 64 at most', () => {
    for (let count = 0; count < 65; count++) bench.subscribe(`channel ${count}`);
    expect([bench.asked.length, bench.drops]).toEqual([64, ['vircadia-message-channels']]);
  });

  it('count what a client that is too slow misses', () => {
    bench.subscribe('tools').isFull = true;
    bench.hear({ channelMessage: { channel: 'tools', senderId: 9, text: 'hi' } });
    expect(bench.drops).toEqual(['vircadia-message-full']);
  });

  it('are asked for again when that was too much at once, and only then', () => {
    bench.subscribe('a').subscribe('b').subscribe('c');
    bench.hear({ requestFailed: { request: 1, code: 'rate-limited' } }, 100);
    bench.hear({ requestFailed: { request: 2, code: 'channels-too-many' } }, 100);
    bench.hear({ subscribed: { request: 3, channel: 'c', subscribed: true } }, 100);
    for (let nowMs = 100; nowMs < 5_000; nowMs += 10) bench.translator.tick(nowMs);
    expect(bench.asked.slice(3)).toEqual([{ subscribe: { request: 4, channel: 'a' } }]);
  });
});

describe('channels that come and go', () => {
  it('are asked for again once, however often a client has changed its mind, and not when it has left', () => {
    const bench = new Bench();
    for (let count = 0; count < 3; count++) {
      bench.subscribe('a').subscribe('b');
      bench.packet('MessagesUnsubscribe', bytesOf('a'));
      bench.packet('MessagesUnsubscribe', bytesOf('b'));
    }
    bench.subscribe('a');
    const asked = bench.asked.flatMap(({ subscribe }) => subscribe?.request ?? []);
    for (const request of asked) bench.hear({ requestFailed: { request, code: 'rate-limited' } }, 100);
    const before = bench.asked.length;
    for (let nowMs = 100; nowMs < 5_000; nowMs += 10) bench.translator.tick(nowMs);
    expect(bench.asked.slice(before).map(({ subscribe }) => subscribe?.channel)).toEqual(['a']);
  });
});

describe('the chat of both worlds', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench().subscribe('Chat');
  });
  const chat = { type: 'TransmitChatMessage', displayName: 'Somebody else', position: { x: 1, y: 2, z: 3 } };

  it.each([
    ['Domain', 'hello\r\nthere\u0007', 'hello\nthere'],
    [undefined, 'x'.repeat(3_000), 'x'.repeat(2_000)],
    ['Grid', 'half a \ud83d', 'half a \ufffd'],
  ])('says in the world what is typed for %j', (channel, message, text) => {
    bench.say('Chat', { ...chat, channel, message });
    expect(bench.asked.slice(1)).toEqual([{ post: { request: 2, channel: 'world', text } }]);
  });

  it('says to those who are near what is typed for those', () => {
    bench.say('Chat', { ...chat, channel: 'Local', message: 'psst' });
    expect(bench.asked[1].post).toMatchObject({ channel: 'world', binaryIsText: true, nearM: 20 });
    expect(textOf(bench.asked[1].post?.binary ?? new Uint8Array())).toBe('psst');
  });

  it.each([['no JSON'], [{ type: 'Other' }], [{ type: 'TransmitChatMessage', message: 7 }], [null], [[]]])(
    'passes on as it is what is no chat: %j',
    (data) => {
      bench.say('Chat', data);
      expect(bench.asked[1].post).toMatchObject({ channel: 'Chat', binaryIsText: true });
    },
  );

  it('tells the app what is said in the world, once', () => {
    bench.hear({ channelMessage: { channel: 'world', senderId: 9, senderName: 'Ada', text: 'hi "you"', sequence: 3 } });
    const nearness = { x: 1, y: 0, z: -2, radiusM: 20 };
    bench.hear({
      channelMessage: {
        channel: 'world',
        senderId: 9,
        senderName: 'Ada',
        binary: bytesOf('psst'),
        binaryIsText: true,
        nearness,
      },
    });
    bench.hear({ channelMessage: { channel: 'world', senderId: 9, binary: Uint8Array.of(1) } });
    expect(bench.told.map(({ data, ...rest }) => ({ ...rest, ...(JSON.parse(textOf(data)) as object) }))).toEqual([
      expect.objectContaining({
        channel: 'Domain',
        isText: true,
        senderId: uuidOfSession(9),
        type: 'TransmitChatMessage',
        message: 'hi "you"',
        displayName: 'Ada',
      }),
      expect.objectContaining({ channel: 'Local', message: 'psst', position: { x: 1, y: 0, z: -2 } }),
    ]);
    expect(bench.told.every(({ channel }) => channel === 'Chat')).toBe(true);
  });

  it('is not told to who has not asked', () => {
    bench.packet('MessagesUnsubscribe', bytesOf('Chat'));
    bench.hear({ channelMessage: { channel: 'world', senderId: 9, text: 'hi' } });
    expect(bench.told).toEqual([]);
  });
});
