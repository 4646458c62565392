import { MemoryBus } from '@app/broker';
import { PrometheusMetrics } from '@app/runtime';
import { SeededRandom, SimClock } from '@app/testing';
import { type AvatarRecord, KillReason, TraitType, packJoints, packQuat } from '@app/vircadia';
import { SERVER_REALTIME_BYTES_MAX } from '@app/world';
import { decodeMessage, unpackPose } from '@app/wire';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AvatarMixerActor } from '../../apps/avatar-mixer/src/avatar-mixer.actor.js';
import { avatarMixerMetrics } from '../../apps/avatar-mixer/src/avatar-mixer.metrics.js';
import { attach } from '../../apps/avatar-mixer/test/fake-gateway.js';
import type { ChannelHandlers, ClientChannel } from '../../apps/gateway/src/session/client-channel.js';
import type { ClientLink } from '../../apps/gateway/src/session/client-link.js';
import type { SessionActor } from '../../apps/gateway/src/session/session.actor.js';
import { uuidOfSession } from '../../apps/gateway/src/vircadia/identity.js';
import { AvatarClient } from '../../apps/gateway/test/avatar-stage.js';
import { GatewayKit, type SimClient } from '../../apps/gateway/test/gateway-kit.js';

// The whole way of avatars with joints, on a virtual clock: clients, two gateways, an avatar mixer.

jest.setTimeout(60_000);

const MIXER = 'avatar-mixer-a';
const OPTIONS = {
  datagramBytes: SERVER_REALTIME_BYTES_MAX,
  datagramsPerTick: 1,
  keepAliveMs: 1_000,
  starvationMs: 2_000,
  starvationShare: 0.75,
  detailKbps: 3_000,
};
const IDENTITY = packQuat({ x: 0, y: 0, z: 0, w: 1 });
const TURNED = packQuat({ x: 0, y: Math.SQRT1_2, z: 0, w: Math.SQRT1_2 });

const turnBy = (angle: number) => ({ x: Math.sin(angle / 2), y: 0, z: 0, w: Math.cos(angle / 2) });

/** A client of Vircadia in a session of a gateway. */
class Visitor implements ClientLink {
  readonly address = '192.0.2.7';
  readonly session: SessionActor;
  client!: AvatarClient;

  constructor(
    private readonly kit: GatewayKit,
    name: string,
  ) {
    const traits = { name: 'Guest', colour: 0, modelUrl: '' };
    const hello = { kind: 'hello', world: 'main', resumeToken: '', traits, pose: undefined, agent: 'test' } as const;
    const { sessionId } = kit.gateway.reserve('main');
    this.sessionId = sessionId;
    this.session = kit.gateway.admit(this, hello, sessionId);
    const identity = { sessionId: uuidOfSession(1), attachments: [], sessionDisplayName: null, flags: 2 };
    this.client.say('AvatarIdentity', [{ ...identity, displayName: name, sequence: 1 }], kit.clock.nowMs());
    kit.clock.every(10, () => this.client.translator.tick(kit.clock.nowMs()));
    kit.clock.every(1_000, () => this.session.handlePong());
  }

  readonly sessionId: number;

  get uuid(): string {
    return uuidOfSession(this.sessionId);
  }

  openChannel(handlers: ChannelHandlers): ClientChannel {
    const avatars = this.kit.gateway.avatarsOf('main');
    if (!avatars) throw new Error('there is no such world');
    this.client = new AvatarClient(this.sessionId, avatars, false, handlers);
    const { translator } = this.client;
    return {
      isUp: true,
      sound: 'pcm24-10',
      wantsDetail: true,
      start: () => handlers.onUp(),
      handleNegotiation: async () => undefined,
      sendReliable: (message) => {
        translator.onReliable(decodeMessage('ServerReliable', message));
        return true;
      },
      sendRealtime: (message) => {
        translator.onRealtime(decodeMessage('ServerRealtime', message), this.kit.clock.nowMs());
        return true;
      },
      sendMix: () => true,
      reliableWaitingBytes: 0,
      refreshReliable: () => undefined,
      close: () => undefined,
    };
  }

  send(): void {}
  close(): void {}
  terminate(): void {}

  show(record: AvatarRecord): void {
    this.client.show(record, this.kit.clock.nowMs());
  }
}

describe('Avatars of Vircadia clients, across gateways', () => {
  let clock: SimClock;
  let bus: MemoryBus;
  let kits: GatewayKit[];
  let mixer: AvatarMixerActor;
  let published: Map<string, number>;

  function startMixer(): AvatarMixerActor {
    const broker = bus.connect();
    const actor = new AvatarMixerActor(MIXER, broker, clock, OPTIONS, avatarMixerMetrics(new PrometheusMetrics()));
    attach(actor, broker);
    actor.start();
    return actor;
  }

  beforeEach(async () => {
    clock = new SimClock(1_000);
    bus = new MemoryBus({ clock });
    kits = ['gateway-a', 'gateway-b'].map((id) => new GatewayKit(200, 'nobody', clock, bus, id));
    published = new Map();
    bus.connect().subscribe('vw.main.avatar.detail.*', ({ subject }) => {
      published.set(subject, (published.get(subject) ?? 0) + 1);
    });
    mixer = startMixer();
    await kits[0].addMember('avatar-mixer', MIXER);
  });
  afterEach(() => mixer.stop());

  /** The newest record of one that another got. */
  const seen = (by: Visitor, whom: { uuid: string }) => by.client.records().get(whom.uuid);

  it('arrive as they were sent, with their traits, and go when their person does', async () => {
    const ada = new Visitor(kits[0], 'Ada');
    const ben = new Visitor(kits[1], 'Ben');
    await clock.advanceAsync(2_500);
    const joints = packJoints([IDENTITY, TURNED, undefined], [{ x: 0, y: 1, z: 0 }, undefined, { x: 0, y: 0.5, z: 0 }]);
    const record = {
      globalPosition: { x: 1, y: 0, z: 2 },
      orientation: TURNED,
      scale: 1.5,
      lookAt: { x: 3, y: 1, z: 4 },
      joints,
    };
    ada.show(record);
    const data = Uint8Array.of(9, 8, 7);
    const instanceId = 'aaaaaaaa-0000-4000-8000-000000000001';
    ada.client.say('SetAvatarTraits', { version: 1, traits: [{ type: TraitType.AvatarEntity, instanceId, data }] });
    await clock.advanceAsync(1_000);
    const packet = ben.client.got.findLast(({ name }) => name === 'BulkAvatarData');
    expect(Buffer.from(packet?.payload.subarray(16) ?? [])).toEqual(Buffer.from(AvatarClient.bytesOf(record)));
    expect(ben.client.all('AvatarIdentity').flat()).toContainEqual(
      expect.objectContaining({ sessionId: ada.uuid, displayName: 'Ada', sessionDisplayName: 'Ada' }),
    );
    const traits = ben.client
      .all('BulkAvatarTraits')
      .flatMap(({ avatars }) => avatars.flatMap((avatar) => avatar.traits));
    expect(traits).toContainEqual({ type: TraitType.AvatarEntity, instanceId, version: 1, data });
    expect(kits[1].gateway.avatarsOf('main')?.detailOf(ada.sessionId)).toBeDefined();
    ada.session.end();
    await clock.advanceAsync(1_000);
    expect(ben.client.all('KillAvatar')).toEqual([{ sessionId: ada.uuid, reason: KillReason.Disconnected }]);
    await clock.advanceAsync(1_000);
    expect(kits[1].gateway.avatarsOf('main')?.detailOf(ada.sessionId)).toBeUndefined();
  });

  it('are told to other gateways only while somebody there wants to know', async () => {
    const ada = new Visitor(kits[0], 'Ada');
    await clock.advanceAsync(500);
    for (let step = 0; step < 50; step++) {
      ada.show({ globalPosition: { x: step, y: 0, z: 0 } });
      await clock.advanceAsync(20);
    }
    expect(published.size).toBe(0);
    const ben = new Visitor(kits[1], 'Ben');
    // Also who stands still is seen at once.
    await clock.advanceAsync(250);
    expect(seen(ben, ada)?.globalPosition?.x).toBe(49);
    const before = published.get('vw.main.avatar.detail.gateway-a') ?? 0;
    for (let step = 0; step < 50; step++) {
      ada.show({ globalPosition: { x: -step, y: 0, z: 0 } });
      await clock.advanceAsync(20);
    }
    const told = (published.get('vw.main.avatar.detail.gateway-a') ?? 0) - before;
    expect(told).toBeGreaterThan(40);
    expect(told).toBeLessThanOrEqual(52);
    ben.session.end();
    await clock.advanceAsync(1_000);
    const after = published.get('vw.main.avatar.detail.gateway-a');
    ada.show({ globalPosition: { x: 1, y: 0, z: 0 } });
    await clock.advanceAsync(6_000);
    expect(published.get('vw.main.avatar.detail.gateway-a')).toBe(after);
  });

  it('and people of our own client see each other', async () => {
    const ada = new Visitor(kits[0], 'Ada');
    const web: SimClient = await kits[1].client().enter({ traits: { name: 'Wil' } });
    const transport = kits[1].transports[0];
    kits[1].clock.every(500, () => web.events.onPong());
    await clock.advanceAsync(1_000);
    ada.show({ globalPosition: { x: 3, y: 0, z: 0 }, orientation: IDENTITY, lookAt: { x: -7, y: 1.6, z: 0 } });
    web.move(transport, 5);
    await clock.advanceAsync(500);
    const updates = transport.realtime.flatMap(
      (bytes) => decodeMessage('ServerRealtime', bytes).avatarUpdates?.updates ?? [],
    );
    const pose = unpackPose(
      updates.findLast(({ sessionId }) => sessionId === ada.sessionId)?.pose ?? new Uint8Array(0),
    );
    expect(pose.position.x).toBe(3);
    // To the left by a quarter.
    expect(pose.head?.orientation.y).toBeCloseTo(Math.SQRT1_2, 2);
    const traits = transport.reliable.flatMap(({ avatarNews }) => avatarNews?.traits ?? []);
    expect(traits).toContainEqual(
      expect.objectContaining({ sessionId: ada.sessionId, traits: expect.objectContaining({ name: 'Ada' }) }),
    );
    const record = seen(ada, { uuid: uuidOfSession(web.sessionId) });
    expect(record?.globalPosition).toMatchObject({ x: 5, z: 0 });
    expect(ada.client.all('AvatarIdentity').flat()).toContainEqual(expect.objectContaining({ displayName: 'Wil' }));
    expect(ada.client.records().has(ada.uuid)).toBe(false);
  });

  it('survive the death of the mixer: everybody is told everything by the next one', async () => {
    const ada = new Visitor(kits[0], 'Ada');
    const ben = new Visitor(kits[1], 'Ben');
    const cyd = new Visitor(kits[1], 'Cyd');
    ada.show({ globalPosition: { x: 1, y: 0, z: 0 } });
    await clock.advanceAsync(2_000);
    mixer.stop();
    await clock.advanceAsync(500);
    cyd.session.end();
    ada.show({ globalPosition: { x: 2, y: 0, z: 0 } });
    await clock.advanceAsync(500);
    mixer = startMixer();
    await clock.advanceAsync(4_000);
    expect(seen(ben, ada)?.globalPosition?.x).toBe(2);
    expect(ben.client.all('KillAvatar')).toEqual([{ sessionId: cyd.uuid, reason: KillReason.Disconnected }]);
  });

  it('move smoothly for everybody in a crowd, within the budget', async () => {
    const random = new SeededRandom(5);
    const people = Array.from({ length: 60 }, (_, index) => new Visitor(kits[index % 2], `Walker ${index}`));
    const places = people.map(() => ({ x: 20 * random.next(), y: 0, z: 20 * random.next() }));
    await clock.advanceAsync(2_000);
    const watcher = people[0];
    // All joints turn all the time: sizes as those of people who walk.
    const jointsOf = (step: number) =>
      packJoints(
        Array.from({ length: 70 }, (_, joint) => packQuat(turnBy(0.1 * step + joint))),
        [],
      );
    const counts = new Map<string, number>();
    let bytes = 0;
    const seconds = 3;
    for (let step = 0; step < 30 * seconds; step++) {
      people.forEach((person, index) => {
        places[index].x += 0.02;
        person.show({ globalPosition: places[index], orientation: IDENTITY, joints: jointsOf(step) });
      });
      watcher.client.got.length = 0;
      await clock.advanceAsync(33);
      for (const { payload } of watcher.client.got) bytes += payload.length;
      for (const avatars of watcher.client.all('BulkAvatarData')) {
        for (const { id } of avatars) counts.set(id, (counts.get(id) ?? 0) + 1);
      }
      for (const person of people) person.client.got.length = 0;
    }
    expect(counts.size).toBe(59);
    // 59 records of 480 bytes at 3 Mbit/s: 13 a second for each if they were alike.
    expect(Math.min(...counts.values()) / seconds).toBeGreaterThan(5);
    expect((8 * bytes) / seconds).toBeLessThan(3_300_000);
    expect((8 * bytes) / seconds).toBeGreaterThan(2_500_000);
  });
});
