import { DATA_HEADER_BYTES } from '@app/vircadia';
import { describe, expect, it } from '@jest/globals';
import { type KitClient, VIRCADIA_PORT, VircadiaKit } from '../../../test/vircadia-kit.js';
import { LINK_TYPES, type LinkType, portOf } from '../domain/domain-nodes.js';
import { sessionOfUuid } from '../identity.js';

const ELSEWHERE = { address: '203.0.113.7', port: 6_000 };

function sessionOf(client: KitClient): number {
  return sessionOfUuid(client.list?.sessionId ?? '') ?? 0;
}

/** Pings of a node that have come to the client. */
function pingsOf(client: KitClient, type: 'M' | 'W' | 'o'): number {
  return client.nodes.get(type)?.all('Ping').length ?? 0;
}

/** What the client last sent to a link. */
function recorded(client: KitClient, type: LinkType): Uint8Array[] {
  const datagrams: Uint8Array[] = [];
  const { transmit } = client;
  client.transmit = (link, datagram) => {
    if (link === type) datagrams.push(datagram.slice());
    transmit.call(client, link, datagram);
  };
  return datagrams;
}

describe('The edge of UDP', () => {
  it('gives every link a port of its own, away from that of media', () => {
    const ports = LINK_TYPES.map((type) => portOf(type, VIRCADIA_PORT));
    expect(ports).toEqual([40_102, 40_104, 40_105, 40_106, 40_107, 40_108, 40_109]);
  });

  it('answers strangers nothing but a connect request', async () => {
    const kit = new VircadiaKit();
    const client = await kit.client().enter();
    const stranger = kit.client('203.0.113.9', 9);
    for (const type of LINK_TYPES) {
      for (const bytes of [0, 1, 4, 5, 24, 89, 90, 200, 1_464, 9_000]) {
        kit.toServer(type, new Uint8Array(bytes), stranger.place);
        kit.toServer(type, new Uint8Array(bytes).fill(0xff), stranger.place);
      }
    }
    stranger.checkIn();
    stranger.disconnect();
    stranger.domain.sender.send('DomainServerPathQuery', '/', stranger.nowMs);
    await kit.pass(50);
    expect(stranger.receivedBytes).toBe(0);
    expect(kit.edge.book.size).toBe(1);
    expect(kit.drops.get('vircadia-stranger')).toBeGreaterThan(100);
    expect(kit.listed).toEqual([sessionOf(client)]);
  });

  it('outlives mistakes of ours, counts each, and logs them once a second', async () => {
    const kit = new VircadiaKit();
    const fail = (): never => {
      throw new Error('a mistake of ours');
    };
    kit.edge.book.find = fail;
    for (let index = 0; index < 1_500; index++) {
      kit.toServer('D', new Uint8Array(90), { address: '203.0.113.9', port: 9 });
      kit.domain.onFailed(new Error('another one'));
      await kit.pass(1);
    }
    expect(kit.drops.get('vircadia-failed')).toBeGreaterThan(2_900);
    expect(kit.failures).toHaveLength(4);
  });

  it('drops and counts what the system does not take, and goes on when it does', async () => {
    const kit = new VircadiaKit();
    const client = await kit.client().enter();
    const { receivedBytes } = client;
    kit.isFull = true;
    await kit.pass(1_500);
    expect(client.receivedBytes).toBe(receivedBytes);
    expect(kit.drops.get('vircadia-socket-full')).toBeGreaterThan(0);
    kit.isFull = false;
    await client.live(1_000);
    expect(client.receivedBytes).toBeGreaterThan(receivedBytes);
  });

  it('sends at most three times what it got to an address that has proven nothing, and makes no session', async () => {
    const kit = new VircadiaKit();
    const client = kit.client();
    client.answers = false;
    for (let second = 0; second < 8; second++) {
      client.time = second;
      client.connect({ systemInfo: null, hardwareAddress: null });
      client.checkIn();
      client.domain.sender.send('DomainSettingsRequest', 2, client.nowMs);
      client.domain.sender.send('DomainServerPathQuery', '/', client.nowMs);
      await kit.pass(1_000);
    }
    await kit.pass(20_000);
    expect(client.receivedBytes).toBeGreaterThan(500);
    expect(client.receivedBytes).toBeLessThanOrEqual(3 * client.sentBytes);
    expect(kit.listed).toEqual([]);
    expect(kit.edge.book.size).toBe(0);
  });

  it('tells of the nodes that fit into that, and of the others as soon as the client has answered', async () => {
    const kit = new VircadiaKit();
    const client = kit.client();
    client.connect({ systemInfo: null, hardwareAddress: null });
    await kit.pass(10);
    expect(client.list?.nodes.length).toBeLessThan(6);
    expect(client.receivedBytes).toBeLessThanOrEqual(3 * client.sentBytes);
    client.ping('M');
    await kit.pass(20);
    expect([...client.records.keys()]).toEqual(['M', 'W', 'o', 'm', 'A', 'S']);
  });

  it('bounds those who have asked and not answered: the one that has waited longest goes first', async () => {
    const kit = new VircadiaKit();
    for (let index = 0; index < 600; index++) {
      const stranger = kit.client(`198.18.${index >> 8}.${index & 255}`, 1_000 + index);
      stranger.answers = false;
      stranger.connect();
      if (index % 200 === 199) await kit.pass(1_000);
    }
    await kit.pass(20);
    expect(kit.edge.book.size).toBe(512);
    const honest = await kit.client('192.0.2.77', 77).enter();
    await kit.pass(1_100);
    expect(kit.listed).toEqual([sessionOf(honest)]);
  });

  it('counts among those also whoever was a session, and has begun anew without an answer', async () => {
    const kit = new VircadiaKit();
    const client = await kit.client().enter();
    client.answers = false;
    await kit.pass(2_000);
    client.time = 1_000;
    client.connect({ machineFingerprint: '00000000-0000-4000-8000-000000000009' });
    await kit.pass(20);
    const { localId = 0 } = client.list ?? {};
    expect(kit.domain.clientOf(localId)?.isPresent).toBe(false);
    for (let index = 0; index < 512; index++) {
      const stranger = kit.client(`198.18.${index >> 8}.${index & 255}`, 1_000 + index);
      stranger.answers = false;
      stranger.connect();
      if (index % 200 === 199) await kit.pass(1_000);
    }
    await kit.pass(20);
    expect(kit.edge.book.size).toBe(512);
    expect(kit.domain.clientOf(localId)).toBeUndefined();
  });

  it('hears each network only so often, and lets none use up what is for all', async () => {
    const kit = new VircadiaKit();
    const one = kit.client('203.0.113.1', 1);
    const knock = (count: number): void => {
      for (let port = 0; port < count; port++) {
        one.place = { address: '203.0.113.1', port: 1_000 + port };
        one.connect();
      }
    };
    knock(400);
    await kit.pass(20);
    expect(kit.drops.get('vircadia-knocks')).toBe(100);
    for (let second = 0; second < 5; second++) {
      await kit.pass(1_000);
      knock(5_000);
    }
    await kit.pass(10);
    expect(kit.drops.get('vircadia-knocks')).toBeGreaterThan(20_000);
    const honest = await kit.client('192.0.2.77', 77).enter();
    await kit.pass(1_100);
    expect(kit.listed).toEqual([sessionOf(honest)]);
  });

  it('hears all networks together only so often', async () => {
    const kit = new VircadiaKit();
    const stranger = kit.client();
    const knock = (port: number): void => {
      for (let index = 0; index < 1_000; index++) {
        stranger.place = { address: `198.18.${index >> 8}.${index & 255}`, port };
        stranger.connect();
      }
    };
    knock(1_000);
    await kit.pass(500);
    expect(kit.drops.get('vircadia-knocks')).toBe(700);
    await kit.pass(500);
    knock(2_000);
    await kit.pass(500);
    expect(kit.drops.get('vircadia-knocks')).toBe(1_500);
  });

  it("makes nothing but the domain's end for those who only knock, and hears each of them only so often", async () => {
    const kit = new VircadiaKit();
    const client = kit.client();
    client.answers = false;
    for (let index = 0; index < 1_000; index++) client.connect();
    await kit.pass(20);
    expect(client.lists.length).toBeLessThanOrEqual(12);
    expect(kit.drops.get('vircadia-rate')).toBeGreaterThan(980);
    const peer = kit.domain.clientOf(client.list?.localId ?? 0);
    kit.toServer('M', Uint8Array.of(0, 0, 1, 0x80, 1, 0, 0, 0), client.place);
    kit.toServer('M', new Uint8Array(100), client.place);
    await kit.pass(20);
    expect(peer?.links.size).toBe(0);
    client.ping('M');
    await kit.pass(20);
    expect(peer?.links.size).toBe(6);
    expect(peer?.isPresent).toBe(true);
  });

  it('tells those who are here that the domain is, when their check-ins do not come through', async () => {
    const kit = new VircadiaKit();
    const client = await kit.client().enter();
    await client.live(2_000);
    const { transmit } = client;
    client.transmit = (type, datagram) => {
      if (type !== 'D') transmit.call(client, type, datagram);
    };
    const before = client.lists.length;
    await client.live(1_000);
    expect(client.lists).toHaveLength(before);
    await client.live(9_000);
    expect(client.lists.length).toBeGreaterThanOrEqual(before + 8);
    expect(client.lists.length).toBeLessThanOrEqual(before + 9);
    expect(client.list).toMatchObject({ isNewConnection: false, nodes: client.lists[0].nodes });
    client.answers = false;
    await kit.pass(2_000);
    const silent = client.lists.length;
    await kit.pass(5_000);
    expect(client.lists).toHaveLength(silent);
  });

  it('follows a client that moves, on all its nodes, once it has proven itself from there', async () => {
    const kit = new VircadiaKit();
    const client = await kit.client().enter();
    await kit.pass(2_000);
    client.place = ELSEWHERE;
    await kit.pass(600);
    client.ping('W');
    await kit.pass(1_500);
    client.pingAll();
    await kit.pass(10);
    const before = pingsOf(client, 'o');
    await kit.pass(3_000);
    expect(pingsOf(client, 'o')).toBe(before + 3);
    const lists = client.lists.length;
    client.checkIn();
    await kit.pass(20);
    expect(client.lists).toHaveLength(lists + 1);
    expect(kit.edge.book.size).toBe(1);
    expect(kit.listed).toEqual([sessionOf(client)]);
  });

  it('serves a client whose router shows each of our ports another port of its own', async () => {
    const kit = new VircadiaKit();
    const client = kit.client();
    client.portFor = (type) => ({ address: '198.51.100.1', port: 50_000 + LINK_TYPES.indexOf(type) });
    await client.enter();
    await client.live(5_000);
    for (const [, link] of client.nodes) {
      expect(link.all('PingReply').length).toBeGreaterThanOrEqual(10);
      expect(link.all('Ping').length).toBeGreaterThanOrEqual(4);
    }
    expect(client.lists).toHaveLength(11);
    client.disconnect();
    await kit.pass(1_100);
    expect(kit.listed).toEqual([]);
    expect(kit.edge.book.size).toBe(0);
  });

  it('is not led astray by copies of old packets, by wrong hashes, or by what has none', async () => {
    const kit = new VircadiaKit();
    const client = await kit.client().enter();
    const pings = recorded(client, 'M');
    const checkIns = recorded(client, 'D');
    await client.live(1_000);
    const attacker = kit.client(ELSEWHERE.address, ELSEWHERE.port);
    client.pingAll();
    await kit.pass(10);
    const forged = pings[0].slice();
    forged[DATA_HEADER_BYTES + 5] ^= 1;
    for (let step = 0; step < 20; step++) {
      for (const type of LINK_TYPES) kit.toServer(type, pings[0], ELSEWHERE);
      kit.toServer('M', forged, ELSEWHERE);
      kit.toServer('W', pings[0].slice(0, 30), ELSEWHERE);
      kit.toServer('D', checkIns[0], ELSEWHERE);
      client.pingAll();
      await kit.pass(100);
    }
    expect(attacker.receivedBytes).toBe(0);
    const before = pingsOf(client, 'M');
    await client.live(2_000);
    expect(pingsOf(client, 'M')).toBeGreaterThan(before);
  });

  it('does not let anybody with copies of packets take over a node that is spoken to once a second', async () => {
    const kit = new VircadiaKit();
    const client = await kit.client().enter();
    const copies = new Map(LINK_TYPES.map((type) => [type, recorded(client, type)]));
    client.answers = false;
    const attacker = kit.client(ELSEWHERE.address, ELSEWHERE.port);
    for (let step = 0; step < 50; step++) {
      // One of its words each second is lost.
      if (step % 10 === 0 && step !== 20) client.pingAll();
      client.ping('M');
      for (const [type, datagrams] of copies) if (datagrams.length > 0) kit.toServer(type, datagrams[0], ELSEWHERE);
      await kit.pass(100);
    }
    expect(attacker.receivedBytes).toBe(0);
    expect(kit.edge.book.size).toBe(1);
  });

  it('leads nothing to an old address of a client, which somebody else may have by now', async () => {
    const kit = new VircadiaKit();
    const client = await kit.client().enter();
    const old = client.place;
    await client.live(1_000);
    client.place = ELSEWHERE;
    await kit.pass(2_000);
    client.ping('M');
    await kit.pass(20);
    expect(kit.edge.book.size).toBe(2);
    const neighbour = kit.client(old.address, old.port);
    for (const type of LINK_TYPES) {
      kit.toServer(type, Uint8Array.of(0, 0, 1, 0x80, 1, 0, 0, 0), old);
      kit.toServer(type, new Uint8Array(100), old);
    }
    await kit.pass(20);
    const before = pingsOf(client, 'M');
    neighbour.receivedBytes = 0;
    client.checkIn();
    client.ping('M');
    await kit.pass(1_100);
    expect(pingsOf(client, 'M')).toBe(before + 1);
    expect(client.list?.isNewConnection).toBe(false);
    expect(kit.drops.get('vircadia-not-genuine')).toBeGreaterThan(0);
  });

  it('does not believe what others send in the name of a client that is here', async () => {
    const kit = new VircadiaKit();
    const client = await kit.client().enter();
    await client.live(1_000);
    const { lists, denials } = client;
    const before = lists.length;
    const forger = kit.client('203.0.113.8', 8, '00000000-0000-4000-8000-00000000beef');
    forger.place = client.place;
    forger.connect();
    forger.connect({ protocolSignature: new Uint8Array(16) });
    const requests = recorded(forger, 'D');
    forger.connect();
    requests[0][DATA_HEADER_BYTES + 1]++;
    kit.toServer('D', requests[0], client.place);
    for (let index = 0; index < 100; index++) kit.toServer('o', Uint8Array.of(0, 0, 3, 0x80), client.place);
    await kit.pass(100);
    expect({ lists: lists.length, denials }).toEqual({ lists: before, denials: [] });
    expect(kit.drops.get('vircadia-doubtful')).toBe(3);
    expect(kit.drops.get('vircadia-restarts')).toBe(97);
    expect(kit.listed).toEqual([sessionOf(client)]);
  });

  it('answers only so much of what one client asks the domain', async () => {
    const kit = new VircadiaKit();
    const client = await kit.client().enter();
    for (let index = 0; index < 50; index++) {
      client.checkIn();
      client.domain.sender.send('DomainSettingsRequest', 2, client.nowMs, 'unreliable');
    }
    await kit.pass(500);
    const answers = client.lists.length + client.domain.all('DomainSettings').length;
    expect(answers).toBeGreaterThan(50);
    expect(answers).toBeLessThan(65);
  });

  it('takes nothing from port 0, to which nothing can be answered', async () => {
    const kit = new VircadiaKit();
    const client = kit.client('203.0.113.8', 0);
    client.connect();
    await kit.pass(50);
    expect(kit.edge.book.size).toBe(0);
  });

  it('hears so many packets of one client, and no more', async () => {
    const kit = new VircadiaKit();
    const client = await kit.client().enter();
    const other = await kit.client().enter();
    for (let index = 0; index < 10_000; index++) client.ping('M');
    await kit.pass(10);
    expect(kit.drops.get('vircadia-rate')).toBeGreaterThan(5_900);
    const replies = other.nodes.get('M')?.all('PingReply').length ?? 0;
    other.ping('M');
    await kit.pass(10);
    expect(other.nodes.get('M')?.all('PingReply')).toHaveLength(replies + 1);
  });

  it('takes a connect request with another version for what it is', async () => {
    const kit = new VircadiaKit();
    const client = kit.client();
    const [request] = recorded(client, 'D');
    expect(request).toBeUndefined();
    const requests = recorded(client, 'D');
    client.connect();
    requests[0][DATA_HEADER_BYTES + 1]++;
    const other = kit.client();
    kit.toServer('D', requests[0], other.place);
    await kit.pass(20);
    expect(other.denials).toHaveLength(1);
    expect(other.denials[0].reason).toBe(1);
  });
});
