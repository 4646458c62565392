import { subjectOf } from '@app/broker';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { type MessageFields, decodeMessage, encodeMessage } from '@app/wire';
import { BINARY_BYTES_MAX } from '@app/world';
import { type FakeTransport, GatewayKit, type SimClient } from '../../test/gateway-kit.js';

const LARGE = new Uint8Array(BINARY_BYTES_MAX).fill(7);

/** A messaging instance that passes binary messages on. */
async function addMessaging(kit: GatewayKit): Promise<void> {
  const world = 'main';
  kit.others.subscribe(subjectOf('messagePost', { world, who: 'messaging-a' }), ({ data, reply }) => {
    const { message } = decodeMessage('PostRequest', Uint8Array.from(data));
    const who = Buffer.from(message?.channel ?? '').toString('base64url');
    kit.others.publish(
      subjectOf('messageTransient', { world, who }),
      encodeMessage('ChannelMessage', { ...message, sentAtMs: 5 }),
    );
    if (reply) kit.others.publish(reply, encodeMessage('PostReply', {}));
  });
  await kit.addMember('messaging', 'messaging-a');
}

describe('binary messages', () => {
  let kit: GatewayKit;
  let people: { client: SimClient; transport: FakeTransport }[];
  let request: number;

  beforeEach(async () => {
    kit = new GatewayKit();
    people = [];
    request = 0;
    await addMessaging(kit);
    for (let index = 0; index < 3; index++) {
      const client = await kit.client().enter();
      people.push({ client, transport: client.transport });
      client.say(client.transport, { subscribe: { request: ++request, channel: 'files' } });
    }
    await kit.clock.advanceAsync(50);
  });

  const post = async (who: number, fields: MessageFields<'Post'>): Promise<void> => {
    const { client, transport } = people[who];
    client.say(transport, { post: { request: ++request, channel: 'files', ...fields } });
    await kit.clock.advanceAsync(100);
  };
  const heard = (who: number) =>
    people[who].transport.reliable.flatMap(({ channelMessage }) => (channelMessage ? [channelMessage] : []));

  it('reach everybody who listens, the sender too: 128 KiB, and texts that are as long', async () => {
    await post(0, { binary: LARGE, binaryIsText: true });
    for (const who of [0, 1, 2]) {
      const [message] = heard(who);
      expect(message).toMatchObject({ channel: 'files', binaryIsText: true, senderId: people[0].client.sessionId });
      expect(Buffer.from(message.binary ?? []).equals(LARGE)).toBe(true);
    }
    expect(people[0].transport.reliable.some(({ posted }) => posted?.request === request)).toBe(true);
  });

  it('reach only those who are near, when that is wanted', async () => {
    people[1].client.move(people[1].transport, 15);
    people[2].client.move(people[2].transport, 25);
    await post(0, { binary: Uint8Array.of(1), nearM: 20 });
    expect([heard(0).length, heard(1).length, heard(2).length]).toEqual([1, 1, 0]);
    expect(heard(1)[0].nearness).toMatchObject({ radiusM: 20 });
    await post(0, { binary: Uint8Array.of(1), nearM: NaN });
    expect(people[0].transport.reliable.at(-1)?.requestFailed).toMatchObject({ request, code: 'request-invalid' });
  });

  it('do not pile up before a client that is slow, and others do not notice', async () => {
    people[1].transport.reliableWaitingBytes = 600_000;
    await post(0, { binary: LARGE });
    expect([heard(1).length, heard(2).length]).toEqual([0, 1]);
    people[1].transport.reliableWaitingBytes = 0;
    await post(0, { binary: LARGE });
    expect([heard(1).length, heard(2).length]).toEqual([1, 2]);
  });

  it('are refused with their number when one client sends too many bytes', async () => {
    for (let index = 0; index < 8; index++) await post(0, { binary: LARGE });
    expect(people[0].transport.reliable.at(-1)?.requestFailed).toMatchObject({ request, code: 'rate-limited' });
  });
});
