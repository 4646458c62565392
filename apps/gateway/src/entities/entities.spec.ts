import { subjectOf } from '@app/broker';
import { type MessageFields, type MessageOf, decodeMessage, encodeMessage } from '@app/wire';
import { ENTITY_EDITS_MAX, ENTITY_NEWS_HELD_BYTES_MAX } from '@app/world';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { GatewayKit, type SimClient } from '../../test/gateway-kit.js';
import { originOf } from '../session/address-origin.js';
import { NEWS_WAITING_BYTES_MAX } from './news-outlet.js';

const BOX = Uint8Array.from({ length: 16 }, (_, index) => index);

let kit: GatewayKit;
const advance = (durationMs: number): Promise<void> => kit.clock.advanceAsync(durationMs);

/** An entity-server that answers edits as it is told, and says every 100 ms that it lives. */
class FakeEntityServer {
  readonly asked: MessageOf<'EntityEditRequest'>[] = [];
  answer: (request: MessageOf<'EntityEditRequest'>) => MessageFields<'EntityEditReply'> | undefined = () => ({
    sequence: this.asked.length,
    results: [{ id: BOX, revision: 1 }],
  });
  isSilent = false;
  private subscription: { unsubscribe(): void };

  constructor(readonly instanceId: string) {
    const subject = subjectOf('entityEdit', { world: 'main', who: instanceId });
    this.subscription = kit.others.subscribe(subject, ({ data, reply }) => {
      const request = decodeMessage('EntityEditRequest', Uint8Array.from(data));
      this.asked.push(request);
      const answer = this.answer(request);
      if (answer && reply) kit.others.publish(reply, encodeMessage('EntityEditReply', answer));
    });
    kit.clock.every(100, () => {
      if (!this.isSilent) kit.publish('entityDown', 'gateway-a', 'EntityDownlink', { serverId: instanceId, tick: 1 });
    });
  }

  static async start(instanceId: string): Promise<FakeEntityServer> {
    const server = new FakeEntityServer(instanceId);
    await kit.addMember('entity-server', instanceId);
    return server;
  }

  die(): void {
    kit.kill(this.instanceId);
    this.subscription.unsubscribe();
    this.isSilent = true;
  }

  tell(sessionId: number, stay: number, news: MessageFields<'EntityNews'>): void {
    const reliable = encodeMessage('ServerReliable', { entityNews: news });
    const payloads = [{ sessionId, stay, reliable }];
    kit.publish('entityDown', 'gateway-a', 'EntityDownlink', { serverId: this.instanceId, tick: 1, payloads });
  }
}

/** The newest that entity-servers were told of a viewer; undefined when the newest complete table does not have it. */
function viewerOf(client: SimClient) {
  const from = kit.interests.findLastIndex(({ isComplete }) => isComplete);
  const entries = kit.interests.slice(Math.max(0, from)).flatMap((table) => table.entries);
  return entries.findLast(({ sessionId }) => sessionId === client.sessionId);
}

async function watch(client: SimClient, interest: MessageFields<'EntityInterest'> = {}): Promise<void> {
  client.say(client.transport, { setInterest: interest });
  await advance(20);
}

const edit = (client: SimClient, request: number, edits: MessageFields<'EntityEdit'>[] = [{ erase: { id: BOX } }]) =>
  client.say(client.transport, { editEntities: { request, edits } });

const failuresOf = (client: SimClient) =>
  client.transport.reliable.flatMap(({ requestFailed }) => (requestFailed ? [requestFailed] : []));

const editedBy = (client: SimClient) =>
  client.transport.reliable.flatMap(({ entitiesEdited }) => (entitiesEdited ? [entitiesEdited] : []));

beforeEach(() => {
  kit = new GatewayKit();
});

describe('viewers', () => {
  it('are told to the entity-servers once they want something, with where they are and who serves them', async () => {
    await FakeEntityServer.start('entity-server-a');
    const client = await kit.client().enter();
    await advance(2_000);
    expect(viewerOf(client)).toBeUndefined();
    client.move(client.transport, 12);
    await watch(client, { generation: 1, radiusM: 50, knownSequence: 7 });
    expect(viewerOf(client)).toMatchObject({
      serverId: 'entity-server-a',
      position: { x: 12 },
      interest: { generation: 1, radiusM: 50, knownSequence: 7 },
    });
  });

  it('are told completely every second, and up to ten times a second while they walk', async () => {
    await FakeEntityServer.start('entity-server-a');
    const client = await kit.client().enter();
    await watch(client);
    kit.interests.length = 0;
    kit.clock.every(500, () => client.events.onPong());
    await advance(3_000);
    expect(kit.interests.map(({ isComplete }) => isComplete)).toEqual([true, true, true]);
    let x = 0;
    const walk = kit.clock.every(20, () => client.move(client.transport, (x += 0.1)));
    kit.interests.length = 0;
    await advance(2_000);
    walk.cancel();
    expect(kit.interests.length).toBeGreaterThan(8);
    expect(kit.interests.length).toBeLessThanOrEqual(22);
    expect(viewerOf(client)?.position?.x).toBeGreaterThan(9);
  });

  it('are gone from the next table when their connection is', async () => {
    await FakeEntityServer.start('entity-server-a');
    const client = await kit.client().enter();
    await watch(client);
    expect(viewerOf(client)).toBeDefined();
    client.signal({ bye: {} });
    await advance(120);
    expect(kit.interests.at(-1)).toMatchObject({ isComplete: true, entries: [] });
    await advance(20_000);
    expect(kit.interests.slice(-1)[0].entries).toEqual([]);
    const count = kit.interests.length;
    await advance(10_000);
    expect(kit.interests.length).toBe(count);
  });

  it('begin a new stay with each connection, also across gateways, and when they have lost what they knew', async () => {
    await FakeEntityServer.start('entity-server-a');
    const client = await kit.client().enter();
    await watch(client);
    const first = viewerOf(client)?.stay ?? 0;
    client.signal({ mediaFailed: { generation: 1 } });
    await advance(50);
    client.transport.enter('connected');
    await advance(150);
    expect(viewerOf(client)).toBeUndefined();
    await watch(client, { knownSequence: 5 });
    const second = viewerOf(client)?.stay ?? 0;
    expect(second).toBeGreaterThan(first);
    await watch(client, { generation: 2, knownSequence: 6 });
    await advance(120);
    expect(viewerOf(client)).toMatchObject({ stay: second, interest: { generation: 2 } });
    await watch(client, { generation: 3, knownSequence: 0 });
    expect(viewerOf(client)?.stay).toBeGreaterThan(second);
    const back = await kit.client().enter({ resumeToken: client.token });
    await watch(back);
    expect(viewerOf(back)?.stay).toBeGreaterThan(second + 2);
  });

  it('that say again and again that they have lost what they knew begin anew every five seconds', async () => {
    await FakeEntityServer.start('entity-server-a');
    const client = await kit.client().enter();
    kit.clock.every(500, () => client.events.onPong());
    const stays = new Set<number>();
    for (let generation = 1; generation <= 100; generation++) {
      await watch(client, { generation, knownSequence: generation % 2 ? 5 : 0 });
      await advance(100);
      const entry = viewerOf(client);
      expect(entry?.interest?.generation).toBe(generation);
      stays.add(entry?.stay ?? 0);
    }
    // 12 seconds: the first, and one for each loss that was heard.
    expect(stays.size).toBeLessThanOrEqual(4);
    expect(stays.size).toBeGreaterThanOrEqual(3);
    await watch(client, { generation: 101, knownSequence: 0 });
    await advance(5_100);
    expect(viewerOf(client)?.interest?.knownSequence ?? 0).toBe(0);
    expect(stays.has(viewerOf(client)?.stay ?? 0)).toBe(false);
  });

  it('stay with the only entity-server, however long it says nothing', async () => {
    const server = await FakeEntityServer.start('entity-server-a');
    await advance(3_000);
    const client = await kit.client().enter();
    kit.clock.every(500, () => client.events.onPong());
    await watch(client);
    await advance(1_000);
    const { stay } = viewerOf(client)!;
    server.isSilent = true;
    await advance(4_000);
    server.isSilent = false;
    await advance(1_000);
    expect(viewerOf(client)).toMatchObject({ serverId: server.instanceId, stay });
    server.tell(client.sessionId, stay ?? 0, { sequence: 9 });
    await advance(20);
    expect(client.transport.reliable.at(-1)?.entityNews?.sequence).toBe(9);
  });

  it('are handed to the next entity-server when theirs says nothing for 600 ms', async () => {
    const servers = [await FakeEntityServer.start('entity-server-a'), await FakeEntityServer.start('entity-server-b')];
    await advance(3_000);
    const client = await kit.client().enter();
    kit.clock.every(500, () => client.events.onPong());
    await watch(client);
    const before = viewerOf(client);
    const [mine, other] = before?.serverId === 'entity-server-a' ? servers : servers.reverse();
    await advance(2_000);
    expect(viewerOf(client)).toMatchObject({ serverId: mine.instanceId, stay: before?.stay });
    mine.isSilent = true;
    await advance(750);
    expect(viewerOf(client)?.serverId).toBe(other.instanceId);
    expect(viewerOf(client)?.stay).toBeGreaterThan(before?.stay ?? 0);
  });

  it('are told everything anew after the broker was away, and their server is not taken for dead', async () => {
    await FakeEntityServer.start('entity-server-a');
    await FakeEntityServer.start('entity-server-b');
    await advance(3_000);
    const client = await kit.client().enter();
    kit.clock.every(500, () => client.events.onPong());
    await watch(client);
    const before = viewerOf(client);
    kit.bus.partition(kit.broker);
    await advance(1_500);
    kit.bus.heal(kit.broker);
    await advance(100);
    expect(viewerOf(client)?.serverId).toBe(before?.serverId);
    expect(viewerOf(client)?.stay).toBeGreaterThan(before?.stay ?? 0);
  });

  it('get what their own server says for their present stay, and nothing else', async () => {
    const server = await FakeEntityServer.start('entity-server-a');
    const impostor = new FakeEntityServer('entity-server-x');
    const client = await kit.client().enter();
    await watch(client);
    const stay = viewerOf(client)?.stay ?? 0;
    server.tell(client.sessionId, stay, { sequence: 1 });
    server.tell(client.sessionId, stay - 1, { sequence: 2 });
    impostor.tell(client.sessionId, stay, { sequence: 3 });
    server.tell(99, stay, { sequence: 4 });
    const realtime = encodeMessage('ServerRealtime', { entityMotions: { motions: [{ id: BOX }] } });
    const payloads = [{ sessionId: client.sessionId, stay, realtime }];
    kit.publish('entityDown', 'gateway-a', 'EntityDownlink', { serverId: 'entity-server-a', tick: 2, payloads });
    await advance(10);
    const told = client.transport.reliable.flatMap(({ entityNews }) => (entityNews ? [entityNews.sequence] : []));
    expect(told).toEqual([1]);
    expect(client.transport.realtime.map((bytes) => decodeMessage('ServerRealtime', bytes))).toMatchObject([
      { entityMotions: { motions: [{}] } },
    ]);
  });
});

describe('slow connections', () => {
  const NEWS = { present: Array.from({ length: 2_000 }, () => BOX) };

  async function slowClient() {
    const server = await FakeEntityServer.start('entity-server-a');
    const client = await kit.client().enter();
    kit.clock.every(500, () => client.events.onPong());
    await watch(client);
    const stay = viewerOf(client)?.stay ?? 0;
    client.transport.reliableWaitingBytes = NEWS_WAITING_BYTES_MAX + 1;
    const newsCount = () => client.transport.reliable.filter(({ entityNews }) => entityNews).length;
    return { server, client, stay, newsCount };
  }

  it('hold news back, in order, and let everything else pass', async () => {
    const { server, client, stay, newsCount } = await slowClient();
    for (let sequence = 1; sequence <= 10; sequence++) server.tell(client.sessionId, stay, { ...NEWS, sequence });
    edit(client, 1);
    await advance(500);
    expect(newsCount()).toBe(0);
    expect(editedBy(client)).toMatchObject([{ request: 1 }]);
    client.transport.reliableWaitingBytes = 0;
    await advance(20);
    const told = client.transport.reliable.flatMap(({ entityNews }) => (entityNews ? [entityNews.sequence] : []));
    expect(told).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('have their entity-server hold, and go on when there is room', async () => {
    const { server, client, stay } = await slowClient();
    for (let sequence = 1; sequence <= 3; sequence++) server.tell(client.sessionId, stay, { ...NEWS, sequence });
    await advance(20);
    expect(viewerOf(client)?.isHeld).toBe(false);
    for (let sequence = 4; sequence <= 6; sequence++) server.tell(client.sessionId, stay, { ...NEWS, sequence });
    await advance(20);
    expect(viewerOf(client)).toMatchObject({ isHeld: true, stay });
    client.transport.reliableWaitingBytes = 0;
    await advance(30);
    expect(viewerOf(client)).toMatchObject({ isHeld: false, stay });
  });

  it('drop news instead of growing, and begin anew when there is room again', async () => {
    const { server, client, stay, newsCount } = await slowClient();
    const bytes = encodeMessage('ServerReliable', { entityNews: NEWS }).length;
    for (let held = 0; held < 2 * ENTITY_NEWS_HELD_BYTES_MAX; held += bytes) {
      server.tell(client.sessionId, stay, { ...NEWS, sequence: 1 });
    }
    await advance(2_000);
    expect(newsCount()).toBe(0);
    expect(viewerOf(client)?.stay).toBe(stay);
    client.transport.reliableWaitingBytes = 0;
    await advance(50);
    expect(newsCount()).toBe(0);
    const next = viewerOf(client)?.stay ?? 0;
    expect(next).toBeGreaterThan(stay);
    server.tell(client.sessionId, next, { isReset: true });
    await advance(10);
    expect(newsCount()).toBe(1);
  });
});

describe('edits', () => {
  it('go to an entity-server with their author, its powers and an id, and are answered by number', async () => {
    const server = await FakeEntityServer.start('entity-server-a');
    const client = await kit.client().enter();
    edit(client, 7);
    await advance(10);
    expect(server.asked).toMatchObject([
      {
        isDryRun: false,
        transaction: {
          author: {
            sessionId: client.sessionId,
            name: 'Ada',
            powers: 5,
            origin: originOf('192.0.2.1', new Uint8Array(32).fill(1)),
          },
          edits: [{ erase: {} }],
        },
      },
    ]);
    expect(server.asked[0].transaction?.editId).toMatch(/^[0-9a-f]+-[0-9a-f]+-7$/);
    expect(editedBy(client)).toMatchObject([{ request: 7, sequence: 1, results: [{ revision: 1 }] }]);
  });

  it('say where they come from also when the socket has broken and the channels have not', async () => {
    const server = await FakeEntityServer.start('entity-server-a');
    const client = await kit.client().enter();
    client.events.onClosed(false);
    edit(client, 7);
    await advance(10);
    const origin = originOf('192.0.2.1', new Uint8Array(32).fill(1));
    expect(server.asked).toMatchObject([{ transaction: { author: { origin } } }]);
  });

  it('that are refused say which edit and which property', async () => {
    const server = await FakeEntityServer.start('entity-server-a');
    server.answer = () => ({ errorCode: 'edit-invalid', errorText: 'No.', errorField: 'position.x', errorIndex: 2 });
    const client = await kit.client().enter();
    edit(client, 7);
    await advance(10);
    expect(failuresOf(client)).toMatchObject([
      { request: 7, code: 'edit-invalid', text: 'No.', field: 'position.x', editIndex: 2 },
    ]);
  });

  it('are asked for again elsewhere under the same id when a server is dead, and keep their order', async () => {
    const dead = await FakeEntityServer.start('entity-server-a');
    const client = await kit.client().enter();
    kit.clock.every(500, () => client.events.onPong());
    await watch(client);
    dead.answer = () => undefined;
    edit(client, 1);
    edit(client, 2);
    await advance(100);
    expect(dead.asked).toHaveLength(1);
    const other = await FakeEntityServer.start('entity-server-b');
    await advance(6_000);
    expect(other.asked.map(({ transaction }) => transaction?.editId?.split('-')[2])).toEqual(['1', '2']);
    expect(other.asked[0].transaction?.editId).toBe(dead.asked[0].transaction?.editId);
    expect(editedBy(client).map(({ request }) => request)).toEqual([1, 2]);
  });

  it('wait while nobody writes the world, and fail after ten seconds', async () => {
    const server = await FakeEntityServer.start('entity-server-a');
    server.answer = () =>
      server.asked.length > 5 ? { sequence: 9 } : { errorCode: 'world-unavailable', errorText: 'Nobody writes.' };
    const client = await kit.client().enter();
    kit.clock.every(500, () => client.events.onPong());
    edit(client, 1);
    await advance(1_000);
    expect(editedBy(client)).toMatchObject([{ request: 1, sequence: 9 }]);
    server.die();
    await advance(3_000);
    edit(client, 2);
    await advance(9_500);
    expect(failuresOf(client)).toEqual([]);
    await advance(1_000);
    expect(failuresOf(client)).toMatchObject([{ request: 2, code: 'world-unavailable' }]);
  });

  it('that are repeated while they wait are done once, and later answered by the world', async () => {
    const server = await FakeEntityServer.start('entity-server-a');
    const client = await kit.client().enter();
    edit(client, 3);
    edit(client, 3);
    await advance(10);
    expect(server.asked).toHaveLength(1);
    edit(client, 3);
    await advance(10);
    expect(server.asked.map(({ transaction }) => transaction?.editId)).toEqual(
      new Array(2).fill(server.asked[0].transaction?.editId),
    );
    expect(editedBy(client)).toHaveLength(2);
  });

  it('are bounded while they wait, and each that is dropped is told', async () => {
    const server = await FakeEntityServer.start('entity-server-a');
    server.answer = () => undefined;
    const client = await kit.client().enter();
    kit.clock.every(500, () => client.events.onPong());
    for (let request = 1; request <= 240; request++) {
      edit(client, request);
      await advance(17);
    }
    const codes = new Set(failuresOf(client).map(({ code }) => code));
    expect(codes).toEqual(new Set(['edits-waiting']));
    expect(failuresOf(client).length).toBeGreaterThan(80);
  });

  it('of a builder pass: a drag at 30 Hz, and a thousand entities pasted in between', async () => {
    await FakeEntityServer.start('entity-server-a');
    const client = await kit.client().enter();
    let request = 0;
    const name = { name: 'name', value: { text: 'x'.repeat(280) } };
    const paste = Array.from({ length: 500 }, () => ({ add: { type: 'Box', properties: { properties: [name] } } }));
    for (let frame = 0; frame < 300; frame++) {
      edit(client, ++request);
      if (frame === 100 || frame === 101) edit(client, ++request, paste);
      await advance(33);
    }
    await advance(100);
    expect(failuresOf(client)).toEqual([]);
    expect(editedBy(client)).toHaveLength(request);
  });

  it('of a flood are refused by number, and in the end the client is disconnected', async () => {
    await FakeEntityServer.start('entity-server-a');
    const client = await kit.client().enter();
    const many = Array.from({ length: ENTITY_EDITS_MAX }, () => ({ erase: { id: BOX } }));
    const large = [
      { add: { type: 'Box', properties: { properties: [{ name: 'a', value: { text: 'x'.repeat(200_000) } }] } } },
    ];
    for (let request = 1; request <= 8; request++) edit(client, request, many);
    for (let request = 11; request <= 18; request++) edit(client, request, large);
    await advance(10);
    const limited = failuresOf(client).filter(({ code }) => code === 'rate-limited');
    expect(limited.map(({ request }) => request)).toEqual(expect.arrayContaining([8, 18]));
    for (let count = 0; count < 400; count++) edit(client, 20);
    expect(client.find('closed')?.code).toBe('flooding');
  });
});

describe('simulation', () => {
  const motion = { id: BOX, x: 1, rotationW: 1, ownerId: 5 };

  it('passes claims and the newest motion of each body on, once a tick', async () => {
    const client = await kit.client().enter();
    client.say(client.transport, { claimEntity: { id: BOX, priority: 255 } });
    for (const atMs of [10, 30, 20]) {
      client.transport.events.onRealtime(encodeMessage('ClientRealtime', { entityMotion: { ...motion, atMs } }));
    }
    await advance(10);
    expect(kit.motionUps).toMatchObject([
      {
        gatewayId: 'gateway-a',
        motions: [
          { sessionId: client.sessionId, claim: { priority: 255 }, motion: null },
          { sessionId: client.sessionId, claim: null, motion: { atMs: 30, x: 1, ownerId: 0 } },
        ],
      },
    ]);
  });

  it('refuses motions that nothing makes', async () => {
    const client = await kit.client().enter();
    const entityMotion = { ...motion, x: 1e9 };
    client.transport.events.onRealtime(encodeMessage('ClientRealtime', { entityMotion }));
    await advance(10);
    expect(kit.motionUps).toEqual([]);
    expect(failuresOf(client)).toMatchObject([{ request: 0, code: 'motion-invalid' }]);
  });
});
