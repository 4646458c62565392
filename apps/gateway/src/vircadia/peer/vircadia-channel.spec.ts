import { messageParts, PacketType } from '@app/vircadia';
import { describe, expect, it } from '@jest/globals';
import { type KitClient, VircadiaKit } from '../../../test/vircadia-kit.js';
import { sessionOfUuid } from '../identity.js';

async function enter(): Promise<{ kit: VircadiaKit; client: KitClient; sessionId: number }> {
  const kit = new VircadiaKit();
  const client = await kit.client().enter();
  await client.live(1_500);
  return { kit, client, sessionId: sessionOfUuid(client.list?.sessionId ?? '') ?? 0 };
}

describe('The channel of a Vircadia client', () => {
  it('gives every node a translator, which learns when its node is used', async () => {
    const { kit } = await enter();
    expect(kit.translators.map(({ node }) => node)).toEqual(['M', 'W', 'o', 'm', 'A', 'S']);
    for (const { calls } of kit.translators) expect(calls).toEqual(['active']);
  });

  it('hands packets to the translator of their node, and pings to none', async () => {
    const { kit, client } = await enter();
    client.nodes.get('m')?.sender.send('MessagesSubscribe', 'chat', client.nowMs);
    await kit.pass(200);
    expect(kit.translatorOf('m').packets).toEqual(['MessagesSubscribe']);
    expect(kit.translatorOf('W').packets).toEqual([]);
  });

  it('speaks to the session as our own client would, and tells everybody what it answers', async () => {
    const { kit, sessionId } = await enter();
    const { session } = kit.translatorOf('W');
    expect(session).toMatchObject({ sessionId, world: 'main' });
    session.reliable({ setTraits: { traits: { name: 'Ada', colour: 0x123456 } } });
    session.reliable({ setTraits: { traits: { name: '', colour: 0xfffffff } } });
    await kit.pass(100);
    const named = kit.gatewayKit.traits.flatMap(({ entries }) => entries).find((entry) => entry.traits?.name === 'Ada');
    expect(named?.sessionId).toBe(sessionId);
    for (const { reliable } of kit.translators) {
      expect(reliable.some(({ requestFailed }) => requestFailed?.code === 'colour-invalid')).toBe(true);
    }
    expect([session.nextRequest(), kit.translatorOf('o').session.nextRequest()]).toEqual([1, 2]);
  });

  it('tells translators how much of what they sent has not arrived', async () => {
    const { kit, client } = await enter();
    const audio = kit.translatorOf('M');
    for (let index = 0; index < 10; index++) {
      audio.port.sendPayload('NodeMuteRequest', new Uint8Array(16), client.nowMs, 'reliable');
    }
    expect(audio.port.pendingCount).toBe(10);
    await kit.pass(500);
    expect(audio.port.pendingCount).toBe(0);
  });

  it('ends a session whose client does not take what it is sent', async () => {
    const { kit, client } = await enter();
    const entities = kit.translatorOf('o');
    const deaf = client.receive.bind(client);
    client.receive = (type, datagram) => {
      if (type === 'D') deaf(type, datagram);
    };
    for (let index = 0; index < 1_000; index++) {
      entities.port.sendPayload('EntityData', new Uint8Array(1_000), client.nowMs, 'reliable');
    }
    for (let second = 0; second < 7; second++) {
      client.pingAll();
      await kit.pass(1_000);
    }
    expect(kit.listed).toEqual([]);
    expect(client.denials).toEqual([]);
    expect(entities.calls).toEqual(['active', 'closed']);
  });

  it('tells a client that it has to go for good', async () => {
    const { kit, client } = await enter();
    for (let index = 0; index < 5_000; index++) {
      kit.translatorOf('W').session.reliable({ setTraits: { traits: { name: '', colour: 0xfffffff } } });
    }
    await kit.pass(1_200);
    expect(client.denials).toEqual([expect.objectContaining({ text: 'The client sends far more than it may.' })]);
    expect(kit.listed).toEqual([]);
    expect(kit.edge.book.size).toBe(0);
  });

  it('outlives mistakes of translators, and counts them', async () => {
    const { kit, client, sessionId } = await enter();
    for (const translator of kit.translators) translator.fails = true;
    client.nodes.get('m')?.sender.send('MessagesSubscribe', 'chat', client.nowMs);
    kit.translatorOf('W').session.reliable({ setTraits: { traits: { name: '', colour: 0xfffffff } } });
    await kit.pass(200);
    expect(kit.drops.get('vircadia-translation-failed')).toBe(7);
    expect(kit.failures).toEqual(['Something could not be translated for a Vircadia client.']);
    await client.live(3_000);
    expect(kit.listed).toEqual([sessionId]);
  });

  it('counts messages that are given up before they are whole', async () => {
    const { kit, client } = await enter();
    const link = client.nodes.get('M');
    if (!link) throw new Error('no audio mixer');
    const parts = messageParts(PacketType.NodeIgnoreRequest, link.sender.identity, new Uint8Array(20_000));
    link.connection.sendMessage(parts, client.nowMs);
    await client.live(2_000);
    expect(kit.drops.get('vircadia-message-incomplete')).toBeGreaterThan(0);
    expect(kit.translatorOf('M').packets).toEqual([]);
  });

  it('tells a translator that what it has sent is lost when the client has forgotten the stream', async () => {
    const { kit, client } = await enter();
    const audio = kit.translatorOf('M');
    audio.port.sendPayload('NodeMuteRequest', new Uint8Array(16), client.nowMs, 'reliable');
    await kit.pass(200);
    const link = client.nodes.get('M');
    if (!link) throw new Error('no audio mixer');
    const request = Uint8Array.of(0, 0, 3, 0x80);
    link.transmit(request);
    await kit.pass(50);
    expect(audio.calls).toEqual(['active', 'restarted']);
  });
});
