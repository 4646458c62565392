import { PrometheusMetrics, silentLogger } from '@app/runtime';
import { SeededRandom } from '@app/testing';
import {
  CODECS_TO_CLIENT,
  CODECS_TO_SERVER,
  Connection,
  admitFrom,
  ByteReader,
  PacketSecret,
  PacketSender,
} from '@app/vircadia';
import { decodeMessage, encodeMessage, packPose, type MessageFields } from '@app/wire';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { MessagesData } from '@app/vircadia';
import { GatewayKit, type FakeTransport, type SimClient } from '../../apps/gateway/test/gateway-kit.js';
import { GatewayMetrics } from '../../apps/gateway/src/gateway.metrics.js';
import { uuidOfSession } from '../../apps/gateway/src/vircadia/identity.js';
import type { VirtualNode } from '../../apps/gateway/src/vircadia/domain/domain-nodes.js';
import { Link, type LinkHost } from '../../apps/gateway/src/vircadia/peer/link.js';
import { VircadiaChannel } from '../../apps/gateway/src/vircadia/peer/vircadia-channel.js';
import { TRANSLATORS } from '../../apps/gateway/src/vircadia/translate/translators.js';
import { MessagingActor } from '../../apps/messaging/src/messaging.actor.js';
import { messagingMetrics } from '../../apps/messaging/src/messaging.metrics.js';

// The whole way of what is said, on a virtual clock: clients of both kinds, a gateway, the messaging role, its log.

const OPTIONS = {
  messagesPerChannelMax: 200,
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
const FORGED = '11111111-2222-3333-4444-555555555555';
const LARGE = 102_400;

/** Answers for everything of the domain that asks the messaging role. */
function serve(kit: GatewayKit, messaging: MessagingActor): void {
  const answer = async (subject: string, data: Uint8Array): Promise<Uint8Array> => {
    try {
      return subject.includes('.post.')
        ? encodeMessage('PostReply', await messaging.post('main', decodeMessage('PostRequest', data)))
        : encodeMessage('HistoryReply', await messaging.history('main', decodeMessage('HistoryRequest', data)));
    } catch (error) {
      return encodeMessage('PostReply', { errorCode: (error as { code: string }).code, errorText: 'no' });
    }
  };
  kit.others.subscribe('vw.main.message.*.messaging-a', ({ subject, data, reply }) => {
    if (reply) void answer(subject, Uint8Array.from(data)).then((bytes) => kit.others.publish(reply, bytes));
  });
}

/** A client of Vircadia's protocol, as far as it talks to the messages mixer. */
class VircadiaTalker {
  readonly heard: { channel: string; isText: boolean; text: string; senderId: string }[] = [];
  readonly sessionId: number;
  private readonly far: Connection;
  private readonly entities: Link;
  private readonly sender: PacketSender<typeof CODECS_TO_SERVER>;

  constructor(
    private readonly kit: GatewayKit,
    name: string,
    x = 0,
  ) {
    const { clock } = kit;
    const random = new SeededRandom(name.length);
    const secret = new PacketSecret('00112233-4455-6677-8899-aabbccddeeff');
    const [own, client] = [
      { localId: 5, secret },
      { localId: 300, secret },
    ];
    const initial = (): number => random.nextUint32() & 0x7ff_ffff;
    const host: LinkHost = {
      initialSequence: initial,
      onHeard: () => undefined,
      onRefused: () => undefined,
      onPacket: (_link, type, packet, offset) => channel?.take('m', type, packet, offset, clock.nowMs()),
      onSendingRestarted: () => undefined,
      onDropped: () => undefined,
    };
    const link = new Link('m', own, client, host);
    this.entities = new Link('o', own, client, host);
    this.entities.usePath({ isWeb: false, address: '192.0.2.1', send: () => undefined, close: () => undefined });
    // A way of 5 ms, on which one packet in twenty is lost.
    const carry = (to: (bytes: Uint8Array) => void, datagram: Uint8Array): void => {
      const bytes = datagram.slice();
      if (random.next() >= 0.05) clock.after(5, () => to(bytes));
    };
    this.far = new Connection(
      {
        transmit: (datagram) => carry((bytes) => link.receive(bytes, clock.nowMs()), datagram),
        admit: (packet) => admitFrom(packet, own),
        deliver: (packet, offset) => this.hear(CODECS_TO_CLIENT.MessagesData.read(new ByteReader(packet, offset))),
        onSendingRestarted: () => undefined,
      },
      initial,
    );
    this.sender = new PacketSender(this.far, CODECS_TO_SERVER, client, 262_144);
    link.usePath({
      isWeb: false,
      address: '192.0.2.1',
      send: (datagram) => carry((bytes) => this.far.receive(bytes, clock.nowMs()), datagram),
      close: () => undefined,
    });
    let channel: VircadiaChannel | undefined;
    const { sessionId } = kit.gateway.reserve('');
    this.sessionId = sessionId;
    const ground = {
      clock,
      random,
      metrics: new GatewayMetrics(new PrometheusMetrics()),
      logger: silentLogger,
      gatewayId: 'gateway-a',
      avatarsOf: () => undefined,
      avatarUrl: '',
    };
    const translators = { m: TRANSLATORS.m };
    const links = new Map<VirtualNode, Link>([
      ['m', link],
      ['o', this.entities],
    ]);
    kit.gateway.admit(
      {
        address: '192.0.2.1',
        openChannel: (handlers) => {
          const parts = { sessionId, world: 'main', links, translators, ground };
          return (channel = new VircadiaChannel(handlers, parts));
        },
        send: () => undefined,
        close: () => undefined,
        terminate: () => undefined,
      },
      {
        kind: 'hello',
        world: '',
        resumeToken: '',
        traits: { name, colour: 0, modelUrl: '' },
        pose: packPose({ position: { x, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 1 } }),
        agent: '',
      },
      sessionId,
    );
    clock.every(10, () => {
      this.far.tick(clock.nowMs());
      link.tick(clock.nowMs());
      channel?.tick(clock.nowMs());
    });
    clock.every(500, () => channel?.realtime({ ping: { token: 1 } }));
  }

  /** Much of the world is on its way to it. */
  crowd(): this {
    for (let count = 0; count < 700; count++) {
      this.entities.sendPayload('EntityData', new Uint8Array(1_000), this.kit.clock.nowMs(), 'reliable');
    }
    return this;
  }

  subscribe(...channels: string[]): this {
    for (const channel of channels) this.sender.send('MessagesSubscribe', channel, this.kit.clock.nowMs());
    return this;
  }

  say(channel: string, text: string, isText = true): void {
    const message = { channel, isText, data: Buffer.from(text), senderId: FORGED };
    expect(this.sender.send('MessagesData', message, this.kit.clock.nowMs())).toBe(true);
  }

  private hear({ channel, isText, data, senderId }: MessagesData): void {
    this.heard.push({ channel, isText, text: Buffer.from(data).toString('utf8'), senderId });
  }
}

describe('what clients of both kinds say', () => {
  let kit: GatewayKit;
  let messaging: MessagingActor;
  let own: SimClient;
  let transport: FakeTransport;

  beforeEach(async () => {
    kit = new GatewayKit();
    messaging = new MessagingActor(
      kit.others,
      kit.clock,
      OPTIONS,
      messagingMetrics(new PrometheusMetrics()),
      silentLogger,
    );
    await messaging.start();
    serve(kit, messaging);
    await kit.addMember('messaging', 'messaging-a');
    own = await kit.client().enter({ traits: { name: 'Ada' } });
    transport = own.transport;
    kit.clock.every(500, () => own.events.onPong());
  });
  afterEach(() => messaging.stop());

  const tell = (message: MessageFields<'ClientReliable'>): void => own.say(transport, message);
  const heardHere = () => transport.reliable.flatMap(({ channelMessage }) => (channelMessage ? [channelMessage] : []));
  const settle = (ms = 2_000): Promise<void> => kit.clock.advanceAsync(ms);

  it('reaches everybody at 100 KB, text and bytes, in order, on a network that loses', async () => {
    const first = new VircadiaTalker(kit, 'First').subscribe('tools');
    const second = new VircadiaTalker(kit, 'Second').subscribe('tools');
    tell({ subscribe: { request: 1, channel: 'tools' } });
    await settle();
    const long = 'ä'.repeat(LARGE / 2);
    first.say('tools', 'before');
    first.say('tools', long);
    first.say('tools', '\u0001\u0002', false);
    await settle(8_000);
    const senderId = uuidOfSession(first.sessionId as never);
    const expected = [
      { channel: 'tools', isText: true, text: 'before', senderId },
      { channel: 'tools', isText: true, text: long, senderId },
      { channel: 'tools', isText: false, text: '\u0001\u0002', senderId },
    ];
    expect(first.heard).toEqual(expected);
    expect(second.heard).toEqual(expected);
    expect(heardHere().map(({ binary, binaryIsText }) => [Buffer.from(binary ?? []).toString(), binaryIsText])).toEqual(
      expected.map(({ text, isText }) => [text, isText]),
    );
    tell({ post: { request: 2, channel: 'tools', binary: new Uint8Array(LARGE).fill(65) } });
    tell({ post: { request: 3, channel: 'tools', text: 'short' } });
    await settle(8_000);
    expect(second.heard.slice(3).map(({ text, isText }) => [text.length, isText])).toEqual([
      [LARGE, false],
      [5, true],
    ]);
    expect(second.heard[4].senderId).toBe(uuidOfSession(own.sessionId as never));
  });

  it('is one chat, without echoes, and what is local is heard by those who are near', async () => {
    const near = new VircadiaTalker(kit, 'Near', 10).subscribe('Chat');
    const far = new VircadiaTalker(kit, 'Far', 100).subscribe('Chat');
    await settle();
    tell({ post: { request: 1, channel: 'world', text: 'hello from the web' } });
    await settle();
    near.say(
      'Chat',
      JSON.stringify({ type: 'TransmitChatMessage', channel: 'Domain', message: 'hello', displayName: 'X' }),
    );
    await settle();
    near.say(
      'Chat',
      JSON.stringify({ type: 'TransmitChatMessage', channel: 'Local', message: 'psst', displayName: 'X' }),
    );
    await settle();
    const chatOf = ({ heard }: VircadiaTalker): string[] =>
      heard.map(({ channel, text }) => {
        const { displayName, message } = JSON.parse(text) as { displayName: string; message: string };
        return `${channel} ${displayName}: ${message}`;
      });
    expect(chatOf(near)).toEqual(['Chat Ada: hello from the web', 'Chat Near: hello', 'Chat Near: psst']);
    expect(chatOf(far)).toEqual(['Chat Ada: hello from the web', 'Chat Near: hello']);
    expect(
      heardHere().map(({ text, binary, senderName }) => [senderName, text ?? Buffer.from(binary ?? []).toString()]),
    ).toEqual([
      ['Ada', 'hello from the web'],
      ['Near', 'hello'],
      ['Near', 'psst'],
    ]);
  });

  it('does not wait for the things of a world that are on their way', async () => {
    const [first, second] = ['First', 'Second'].map((name) => new VircadiaTalker(kit, name).subscribe('tools'));
    await settle();
    second.crowd();
    first.say('tools', 'soon');
    await settle(300);
    expect(second.heard.map(({ text }) => text)).toEqual(['soon']);
  });

  it('keeps a large message from nobody’s chat for long', async () => {
    const talkers = Array.from({ length: 5 }, (_, index) =>
      new VircadiaTalker(kit, `T${index}`).subscribe('tools', 'Chat'),
    );
    await settle();
    for (let count = 0; count < 4; count++) talkers[0].say('tools', 'x'.repeat(LARGE));
    tell({ post: { request: 1, channel: 'world', text: 'hello' } });
    await settle(200);
    expect(heardHere().some(({ text }) => text === 'hello')).toBe(true);
    await settle(10_000);
    for (const { heard } of talkers) expect(heard.filter(({ text }) => text.length === LARGE)).toHaveLength(4);
  });
});
