import { afterEach, describe, expect, it } from '@jest/globals';
import { MemoryBus, type MemoryBroker } from '@app/broker';
import { PrometheusMetrics } from '@app/runtime';
import { SeededRandom, SimClock } from '@app/testing';
import { AVATAR_SIGN_OF_LIFE_MS, ROSTER_SILENCE_MS_MAX, SERVER_REALTIME_BYTES_MAX } from '@app/world';
import { AvatarMixerActor } from '../src/avatar-mixer.actor.js';
import { avatarMixerMetrics } from '../src/avatar-mixer.metrics.js';
import { attach, FakeClient, FakeGateway } from './fake-gateway.js';

const MIXER = 'avatar-mixer-1';
const OPTIONS = {
  datagramBytes: SERVER_REALTIME_BYTES_MAX,
  datagramsPerTick: 1,
  keepAliveMs: 1_000,
  starvationMs: 2_000,
  starvationShare: 0.75,
  detailKbps: 3_000,
};

/** A mixer and gateways on a broker in memory; time passes in steps of a gateway's uplink. */
class Stage {
  readonly clock = new SimClock();
  readonly bus = new MemoryBus({ clock: this.clock });
  readonly gateways: FakeGateway[] = [];
  readonly metrics = new PrometheusMetrics();
  mixerBroker: MemoryBroker;
  mixer: AvatarMixerActor;

  constructor() {
    this.mixerBroker = this.bus.connect();
    this.mixer = this.startMixer();
  }

  startMixer(): AvatarMixerActor {
    const mixer = new AvatarMixerActor(MIXER, this.mixerBroker, this.clock, OPTIONS, avatarMixerMetrics(this.metrics));
    attach(mixer, this.mixerBroker);
    mixer.start();
    return mixer;
  }

  gateway(id: string, epochMs = 1_000): FakeGateway {
    const gateway = new FakeGateway(this.bus.connect(), id, epochMs, MIXER, () => this.clock.nowMs());
    this.gateways.push(gateway);
    return gateway;
  }

  /** Lets gateways do their work for a while; `onStep` is called every 30 ms. */
  async run(durationMs: number, onStep: () => void = () => undefined): Promise<void> {
    for (let ms = 0; ms < durationMs; ms += 30) {
      onStep();
      const isSecond = Math.floor(this.clock.nowMs() / 990) !== Math.floor((this.clock.nowMs() + 30) / 990);
      for (const gateway of this.gateways) {
        if (!gateway.isAnswering) continue;
        gateway.publishPoses(isSecond);
        if (isSecond) gateway.publishRoster();
      }
      await this.clock.advanceAsync(30);
    }
  }
}

let stage: Stage;
afterEach(() => stage.mixer.stop());

/** Two gateways with one person each, who know each other. */
async function twoPeople(): Promise<{ ada: FakeClient; bob: FakeClient; first: FakeGateway; second: FakeGateway }> {
  stage = new Stage();
  const first = stage.gateway('gateway-1');
  const second = stage.gateway('gateway-2');
  const ada = first.add(new FakeClient(1, 'Ada'));
  const bob = second.add(new FakeClient(2, 'Bob'));
  first.publishRoster();
  second.publishRoster();
  await stage.run(300);
  expect(ada.known.get(2)?.name).toBe('Bob');
  expect(bob.known.get(1)?.name).toBe('Ada');
  return { ada, bob, first, second };
}

describe('AvatarMixer, simulated', () => {
  it('serves 20 listeners among 200 walking people within the budget, and nobody starves', async () => {
    stage = new Stage();
    const random = new SeededRandom(7);
    const crowd = stage.gateway('gateway-crowd');
    const watched = stage.gateway('gateway-watched');
    for (let id = 1; id <= 180; id++) crowd.add(new FakeClient(id, `Walker ${id}`));
    for (let id = 181; id <= 200; id++) watched.add(new FakeClient(id, `Watcher ${id}`));
    const everybody = [...crowd.clients.values(), ...watched.clients.values()];
    for (const client of everybody) {
      client.x = random.next() * 200 - 100;
      client.z = random.next() * 200 - 100;
    }
    crowd.publishRoster();
    watched.publishRoster();
    await stage.run(6_000, () => {
      for (const client of everybody) {
        client.x += random.next() * 0.1 - 0.05;
        client.z += random.next() * 0.1 - 0.05;
      }
    });
    for (const listener of watched.clients.values()) {
      expect(listener.known.size).toBe(199);
      expect(listener.known.has(listener.sessionId)).toBe(false);
      expect([...listener.known.values()].every(({ name }) => name?.startsWith('Wa'))).toBe(true);
      expect(listener.realtimeBytesMax).toBeLessThanOrEqual(SERVER_REALTIME_BYTES_MAX);
      // 6 s are 181 ticks; one datagram in each.
      expect(listener.realtimeCount).toBeLessThanOrEqual(182);
      expect(listener.waitMsMax).toBeLessThanOrEqual(2_000);
    }
    // The near are told more often than the far: their updates show it.
    const [listener] = watched.clients.values();
    const byDistance = everybody
      .filter(({ sessionId }) => sessionId !== listener.sessionId)
      .sort((a, b) => Math.hypot(a.x - listener.x, a.z - listener.z) - Math.hypot(b.x - listener.x, b.z - listener.z))
      .map(({ sessionId }) => listener.known.get(sessionId)?.updates ?? 0);
    const sum = (list: number[]): number => list.reduce((total, count) => total + count, 0);
    expect(sum(byDistance.slice(0, 20))).toBeGreaterThan(2 * sum(byDistance.slice(-20)));
  });

  it('tells a near avatar at 20 Hz or more, fresh, and one that stands still once a second', async () => {
    const { ada, bob } = await twoPeople();
    const before = bob.known.get(1)?.updates ?? 0;
    await stage.run(3_000, () => (ada.x += 0.01));
    expect((bob.known.get(1)?.updates ?? 0) - before).toBeGreaterThan(60);
    expect(bob.known.get(1)?.ageMs).toBeLessThanOrEqual(40);
    ada.isMoving = false;
    await stage.run(90);
    const still = bob.known.get(1)?.updates ?? 0;
    await stage.run(5_000);
    const keepAlives = (bob.known.get(1)?.updates ?? 0) - still;
    expect(keepAlives).toBeGreaterThanOrEqual(4);
    expect(keepAlives).toBeLessThanOrEqual(6);
  });

  it('tells a leave within 100 ms of the roster and forgets the avatar', async () => {
    const { ada, second, bob } = await twoPeople();
    second.clients.delete(2);
    second.publishRoster();
    await stage.run(90);
    expect(ada.leaves).toEqual([2]);
    second.add(bob);
    await stage.run(1_200);
    expect(ada.known.get(2)?.name).toBe('Bob');
  });

  it('does not mind lost and reordered rosters', async () => {
    const { ada, first, second } = await twoPeople();
    const late = second.revision - 1;
    second.clients.set(3, new FakeClient(3, 'Cleo'));
    second.publishRoster();
    // An old roster without Cleo comes after the new one, and then two seconds nothing from the second gateway.
    second.clients.delete(3);
    second.publishRoster({ revision: late });
    second.isAnswering = false;
    await stage.run(2_000);
    first.publishRoster();
    expect(ada.leaves).toEqual([]);
    expect(ada.known.has(2)).toBe(true);
  });

  it('keeps the avatars of a dead gateway for the grace and then tells that they left', async () => {
    const { ada, second } = await twoPeople();
    second.isAnswering = false;
    await stage.run(ROSTER_SILENCE_MS_MAX - 1_500);
    expect(ada.leaves).toEqual([]);
    await stage.run(2_000);
    expect(ada.leaves).toEqual([2]);
  });

  it('lets a restarted gateway take its people back without a leave', async () => {
    const { ada, bob, second } = await twoPeople();
    // The new process of the same name begins with nobody.
    second.epochMs = 2_000;
    second.revision = 0;
    second.clients.delete(2);
    second.publishRoster();
    await stage.run(1_000);
    expect(ada.leaves).toEqual([]);
    bob.epoch = 2;
    bob.sequence = 0;
    second.add(bob);
    second.publishRoster();
    await stage.run(5_000, () => (bob.x += 0.01));
    expect(ada.leaves).toEqual([]);
    expect(ada.known.get(2)?.ageMs).toBeLessThanOrEqual(40);
  });

  it('follows a session to another gateway by the higher epoch, without a leave', async () => {
    const { ada, bob, first, second } = await twoPeople();
    bob.epoch = 2;
    bob.sync = 2;
    first.add(bob);
    first.publishRoster();
    await stage.clock.advanceAsync(5);
    // The old gateway still claims it once, with the lower epoch, and then drops it.
    second.clients.set(2, new FakeClient(2, 'Bob'));
    second.publishRoster();
    await stage.clock.advanceAsync(50);
    second.clients.clear();
    await stage.run(4_000, () => (bob.x += 0.01));
    expect(ada.leaves).toEqual([]);
    expect(ada.known.get(2)?.ageMs).toBeLessThanOrEqual(40);
    expect(bob.known.get(1)?.name).toBe('Ada');
  });

  it('keeps people whose gateway says its last word until they come back', async () => {
    const { ada, second } = await twoPeople();
    second.publishRoster({ isLast: true });
    second.isAnswering = false;
    await stage.run(2_500);
    expect(ada.leaves).toEqual([]);
    await stage.run(1_000);
    expect(ada.leaves).toEqual([2]);
  });

  it('tells a listener everything again, ended by who is present, when its sync rises', async () => {
    const { ada, first } = await twoPeople();
    expect(ada.completes).toEqual([[2]]);
    ada.known.clear();
    ada.known.set(99, { name: 'Ghost', position: { x: 0, y: 0, z: 0 }, toldAtMs: 0, ageMs: 0, updates: 0 });
    ada.sync = 2;
    first.publishRoster();
    await stage.run(120);
    expect(ada.known.get(2)?.name).toBe('Bob');
    expect(ada.known.has(99)).toBe(false);
  });

  it('repeats traits slowly, because the broker may have lost them', async () => {
    const { ada } = await twoPeople();
    const known = ada.known.get(2);
    if (known) known.name = undefined;
    await stage.run(10_500);
    expect(ada.known.get(2)?.name).toBe('Bob');
  });

  it('tells a new name at once and an old version never', async () => {
    const { ada, bob, second } = await twoPeople();
    bob.name = 'Robert';
    second.publishTraits(2);
    await stage.run(90);
    expect(ada.known.get(2)?.name).toBe('Robert');
    bob.name = 'Old';
    second.publishTraits(1);
    await stage.run(11_000);
    expect(ada.known.get(2)?.name).toBe('Robert');
  });

  it('is complete within a second when it starts anew', async () => {
    const { ada, bob } = await twoPeople();
    stage.mixer.stop();
    await stage.mixerBroker.close();
    ada.known.clear();
    bob.known.clear();
    stage.mixerBroker = stage.bus.connect();
    stage.mixer = stage.startMixer();
    await stage.run(1_200);
    expect(ada.known.get(2)?.name).toBe('Bob');
    expect(ada.known.get(2)?.updates).toBeGreaterThan(0);
    expect(bob.known.get(1)?.name).toBe('Ada');
  });

  it('blames nobody for the silence while the broker was away', async () => {
    const { ada, bob } = await twoPeople();
    stage.bus.partition(stage.mixerBroker);
    await stage.run(6_000);
    stage.bus.heal(stage.mixerBroker);
    await stage.run(1_200);
    expect(ada.leaves).toEqual([]);
    expect(bob.leaves).toEqual([]);
    expect(ada.known.get(2)?.name).toBe('Bob');
  });

  it('gives a sign of life to gateways whose listeners get nothing', async () => {
    stage = new Stage();
    const alone = stage.gateway('gateway-1');
    alone.add(new FakeClient(1, 'Alone'));
    alone.publishRoster();
    await stage.run(3_000);
    const times = alone.downlinks.map(({ atMs }) => atMs);
    const gaps = times.slice(1).map((atMs, i) => atMs - times[i]);
    expect(times.length).toBeGreaterThan(25);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(AVATAR_SIGN_OF_LIFE_MS);
    // Not more than needed, either.
    expect(times.length).toBeLessThan(60);
  });

  it('serves only those whom the roster assigns to it', async () => {
    stage = new Stage();
    const other = stage.gateway('gateway-1');
    other.add(new FakeClient(1, 'Ada'));
    other.add(new FakeClient(2, 'Bob'));
    other.isAnswering = false;
    other.publishRoster({ mixerId: 'avatar-mixer-other' });
    other.publishPoses(true);
    await stage.run(500);
    expect(other.downlinks).toEqual([]);
  });

  it('takes poses of a session only from the gateway that has it', async () => {
    const { ada, bob, first } = await twoPeople();
    bob.isMoving = false;
    const impostor = new FakeClient(2, 'Impostor');
    first.clients.set(2, impostor);
    first.publishPoses();
    first.clients.delete(2);
    await stage.run(60);
    expect(await stage.metrics.text()).toMatch(/vicinity_avatar_dropped_total\{reason="pose"\} [1-9]/);
    expect(ada.known.get(2)?.name).toBe('Bob');
  });

  it('splits what a tick has for one gateway into messages of bounded size', async () => {
    stage = new Stage();
    const large = stage.gateway('gateway-1');
    for (let id = 1; id <= 400; id++) large.add(new FakeClient(id, `Name of somebody ${id}`));
    large.publishRoster();
    large.publishTraits();
    await stage.run(1_500, () => {
      for (const client of large.clients.values()) client.x += 0.01;
    });
    expect(Math.max(...large.downlinks.map(({ bytes }) => bytes))).toBeLessThan(300_000);
    const ticks = new Map<number, number>();
    for (const { tick } of large.downlinks) ticks.set(tick, (ticks.get(tick) ?? 0) + 1);
    expect(Math.max(...ticks.values())).toBeGreaterThan(1);
    for (const client of large.clients.values()) {
      expect([...client.known.values()].filter(({ name }) => name !== undefined)).toHaveLength(399);
    }
  });
});
