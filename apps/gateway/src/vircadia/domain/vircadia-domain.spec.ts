import { CODECS_TO_CLIENT, ByteReader, DeniedReason, Permission } from '@app/vircadia';
import { describe, expect, it } from '@jest/globals';
import { type KitClient, VircadiaKit } from '../../../test/vircadia-kit.js';
import { sessionOfUuid, uuidOfDomain } from '../identity.js';
import { permissionsOf } from './permissions.js';

/** A session with that number is in the roster. */
const isListed = (kit: VircadiaKit, client: KitClient): boolean =>
  kit.listed.includes(sessionOfUuid(client.list?.sessionId ?? '') ?? 0);

const OTHER_MACHINE = '00000000-0000-4000-8000-000000000002';

describe('The domain for clients of Vircadia', () => {
  it('tells who comes of the world, of itself and of the nodes it wants', async () => {
    const kit = new VircadiaKit();
    const client = kit.client();
    client.interest = ['M', 'o'];
    await client.enter();
    expect(client.list).toMatchObject({
      domainId: uuidOfDomain('main'),
      domainLocalId: 1,
      permissions: Permission.ConnectToDomain,
      isAuthenticated: true,
      isNewConnection: true,
    });
    const ports = client.list?.nodes.map(({ type, publicSocket }) => [type, publicSocket.port]);
    expect(ports).toEqual([
      ['M', 40_104],
      ['o', 40_106],
    ]);
    const numbers = [client.list?.localId, ...(client.list?.nodes ?? []).map(({ localId }) => localId)];
    expect(new Set(numbers).size).toBe(3);
    expect(numbers).not.toContain(1);
  });

  it('is an ordinary session once the client has proven that it is there, and not before', async () => {
    const kit = new VircadiaKit();
    const client = kit.client();
    client.answers = false;
    client.connect();
    await kit.pass(1_500);
    expect(client.list).toBeDefined();
    expect(kit.gatewayKit.rosters.flatMap(({ sessions }) => sessions)).toEqual([]);
    client.ping('M');
    await kit.pass(1_100);
    expect(isListed(kit, client)).toBe(true);
  });

  it('leads a client that names a world there, and all others to the first one', async () => {
    const kit = new VircadiaKit();
    const [first, second] = [kit.client(), kit.client()];
    first.connect({ placeName: 'other' });
    second.connect({ placeName: 'Atlantis' });
    await kit.pass(20);
    expect(first.list?.domainId).toBe(uuidOfDomain('other'));
    expect(second.list?.domainId).toBe(uuidOfDomain('main'));
  });

  it('answers a request that comes again with the same numbers', async () => {
    const kit = new VircadiaKit();
    const client = await kit.client().enter();
    client.time = 1;
    client.connect();
    await kit.pass(20);
    const [before, after] = client.lists;
    expect(client.lists).toHaveLength(2);
    expect({ ...after, requestTime: 0, sentUs: 0 }).toEqual({ ...before, requestTime: 0, sentUs: 0 });
  });

  it('answers check-ins, each with the nodes as they were, and the time that the client said', async () => {
    const kit = new VircadiaKit();
    const client = await kit.client().enter();
    await client.live(3_000, 1_000);
    expect(client.lists).toHaveLength(4);
    expect(client.list).toMatchObject({ isNewConnection: false, nodes: client.lists[0].nodes });
    expect(client.list?.requestTime).toBeGreaterThan(client.lists[0].requestTime);
  });

  it.each<[string, Parameters<KitClient['connect']>[0], number, number]>([
    ['another protocol', { protocolSignature: new Uint8Array(16) }, 10, DeniedReason.ProtocolMismatch],
    ['no protocol at all', { protocolSignature: null }, 10, DeniedReason.ProtocolMismatch],
    ['a full gateway', {}, 0, DeniedReason.TooManyUsers],
  ])('refuses %s, says so, and keeps nothing', async (_what, changes, sessionsMax, reason) => {
    const kit = new VircadiaKit(sessionsMax);
    const client = kit.client();
    client.connect(changes);
    await kit.pass(20);
    expect(client.list).toBeUndefined();
    expect(client.denials).toEqual([expect.objectContaining({ reason, extraInfo: '' })]);
    expect(client.denials[0].text).not.toBe('');
    expect(kit.edge.book.size).toBe(0);
  });

  it('refuses everybody while it is shutting down, and leaves those who are in to come again by themselves', async () => {
    const kit = new VircadiaKit();
    const inside = await kit.client().enter();
    kit.gatewayKit.gateway.drain();
    const outside = kit.client();
    outside.connect();
    await kit.pass(20);
    expect(outside.denials).toEqual([expect.objectContaining({ text: 'This gateway is shutting down.' })]);
    expect(inside.denials).toEqual([]);
    expect(kit.edge.book.size).toBe(0);
  });

  it('lets a client go that says so, and one that says nothing for ten seconds', async () => {
    const kit = new VircadiaKit();
    const [polite, silent] = [await kit.client().enter(), await kit.client().enter()];
    await kit.pass(1_100);
    expect([polite, silent].map((client) => isListed(kit, client))).toEqual([true, true]);
    polite.disconnect();
    silent.answers = false;
    await kit.pass(1_100);
    expect([polite, silent].map((client) => isListed(kit, client))).toEqual([false, true]);
    await kit.pass(7_000);
    expect(isListed(kit, silent)).toBe(true);
    await kit.pass(4_000);
    expect(isListed(kit, silent)).toBe(false);
    expect(kit.edge.book.size).toBe(0);
  });

  it('keeps one that only answers pings', async () => {
    const kit = new VircadiaKit();
    const client = await kit.client().enter();
    await kit.pass(20_000);
    expect(isListed(kit, client)).toBe(true);
  });

  it('makes another session of a client that has begun anew, once the old one is not heard any more', async () => {
    const kit = new VircadiaKit();
    const client = await kit.client().enter();
    await client.live(2_000);
    const old = client.list?.sessionId;
    client.connect({ reason: 1 });
    await kit.pass(20);
    expect(client.list?.sessionId).toBe(old);
    expect(kit.drops.get('vircadia-doubtful')).toBe(1);
    client.answers = false;
    await kit.pass(2_000);
    client.answers = true;
    await client.enter();
    await kit.pass(1_100);
    expect(client.list?.sessionId).not.toBe(old);
    expect(kit.listed).toEqual([sessionOfUuid(client.list?.sessionId ?? '')]);
    await client.live(3_000);
    expect(isListed(kit, client)).toBe(true);
  });

  it('has no ghost of one that comes back from another port of the same machine', async () => {
    const kit = new VircadiaKit();
    const before = await kit.client('198.51.100.1', 50_000).enter();
    const neighbour = await kit.client('198.51.100.1', 50_001, OTHER_MACHINE).enter();
    const twin = await kit.client('198.51.100.1', 50_002).enter();
    before.answers = neighbour.answers = false;
    await kit.pass(3_000);
    const after = await kit.client('198.51.100.1', 50_003).enter();
    await kit.pass(1_100);
    const listed = [before, neighbour, twin, after].map((client) => isListed(kit, client));
    expect(listed).toEqual([false, true, true, true]);
  });

  it('answers what native clients ask for beyond that, and what it does not know it leaves', async () => {
    const kit = new VircadiaKit();
    const client = await kit.client().enter();
    const { sender } = client.domain;
    sender.send('DomainServerPathQuery', '/', client.nowMs);
    sender.send('DomainServerPathQuery', '/nowhere', client.nowMs);
    sender.send('DomainSettingsRequest', 2, client.nowMs);
    sender.send('UsernameFromIDRequest', OTHER_MACHINE, client.nowMs);
    sender.send('NodeKickRequest', { nodeId: client.list?.sessionId ?? '', banFlags: 3 }, client.nowMs);
    await kit.pass(200);
    const read = (payload: Uint8Array): ByteReader => new ByteReader(payload);
    expect(
      client.domain
        .all('DomainServerPathResponse')
        .map((payload) => CODECS_TO_CLIENT.DomainServerPathResponse.read(read(payload))),
    ).toEqual([{ path: '/', viewpoint: '/0,0,0/0,0,0,1' }]);
    const [settings] = client.domain.all('DomainSettings');
    expect(JSON.parse(Buffer.from(settings).toString())).toHaveProperty('avatars');
    const [name] = client.domain.all('UsernameFromIDReply');
    expect(CODECS_TO_CLIENT.UsernameFromIDReply.read(read(name))).toMatchObject({ username: '', isAdmin: false });
    await kit.pass(1_100);
    expect(isListed(kit, client)).toBe(true);
  });

  it('pings nodes four times a second until they are used, then once a second, and answers pings', async () => {
    const kit = new VircadiaKit();
    const client = kit.client();
    client.answers = false;
    client.connect();
    await kit.pass(20);
    expect(client.nodes.get('M')?.all('Ping')).toEqual([]);
    client.ping('M');
    await kit.pass(1_000);
    const audio = client.nodes.get('M');
    expect(audio?.all('PingReply')).toHaveLength(1);
    expect(audio?.all('Ping')).toHaveLength(4);
    client.answers = true;
    await kit.pass(500);
    const before = audio?.all('Ping').length ?? 0;
    await kit.pass(3_000);
    expect(audio?.all('Ping')).toHaveLength(before + 3);
    expect(kit.translatorOf('M').calls).toEqual(['active']);
  });

  it('does not hold its own absence against its clients', async () => {
    const kit = new VircadiaKit();
    const client = await kit.client().enter();
    client.answers = false;
    kit.sleep(30_000);
    client.answers = true;
    await kit.pass(2_000);
    expect(isListed(kit, client)).toBe(true);
  });
});

describe('What clients may do here', () => {
  const powers = {
    builders: 'everyone',
    visitorsMayLock: true,
    visitorsMaySeePrivate: false,
    uploads: 'everyone',
  } as const;

  it.each([
    [powers, 1 | 2 | 4 | 8 | 16 | 256 | 512 | 2048],
    [{ ...powers, builders: 'temporary', uploads: 'nobody' } as const, 1 | 2 | 8 | 512 | 2048],
    [{ ...powers, builders: 'nobody', visitorsMaySeePrivate: true } as const, 1 | 16 | 1024 | 2048],
  ])('follows from the settings %j', (given, bits) => {
    expect(permissionsOf(given)).toBe(bits);
  });
});
