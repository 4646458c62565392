import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NatsBroker } from '@app/broker';
import { pause, SystemClock, SystemRandom } from '@app/clock';
import { commonSettings, type CommonSettings, RoleProcess, silentLogger } from '@app/runtime';
import { loadSettings } from '@app/settings';
import { type NatsServer, startNatsServer } from '@app/testing';
import 'reflect-metadata';
import { AvatarMixerModule } from '../src/avatar-mixer.module.js';
import { avatarMixerSettings } from '../src/avatar-mixer.settings.js';
import { FakeClient, FakeGateway } from './fake-gateway.js';

const clock = new SystemClock();

describe('The avatar-mixer role on a real broker', () => {
  let server: NatsServer;
  let broker: NatsBroker;
  let role: RoleProcess | undefined;

  beforeAll(async () => {
    server = await startNatsServer();
    broker = await NatsBroker.connect({ url: server.url });
    const settings = { ...commonSettings, ...avatarMixerSettings };
    role = new RoleProcess(
      { role: 'avatar-mixer', module: AvatarMixerModule, settings: avatarMixerSettings },
      {
        clock,
        random: new SystemRandom(),
        logger: silentLogger,
        instance: { instanceId: 'avatar-mixer-1', role: 'avatar-mixer', epochMs: 1, version: '1' },
        settings: loadSettings(settings, { flags: [], variables: {} }) as CommonSettings,
        pid: 1,
        connect: () => NatsBroker.connect({ url: server.url }),
      },
    );
    await role.start();
  });

  afterAll(async () => {
    await role?.stop();
    await broker.close();
    await server.stop();
  });

  it('shows people to each other, and goes on by itself when the broker restarts', async () => {
    const gateway = new FakeGateway(broker, 'gateway-1', 1, 'avatar-mixer-1', () => clock.nowMs());
    const ada = gateway.add(new FakeClient(1, 'Ada'));
    const bob = gateway.add(new FakeClient(2, 'Bob'));
    // Lives until something is so; a machine that is busy with something else gets the time that it needs.
    const liveUntil = async (holds: () => boolean): Promise<void> => {
      for (const endMs = clock.nowMs() + 10_000; !holds() && clock.nowMs() < endMs; await pause(clock, 30)) {
        ada.x += 0.01;
        gateway.publishPoses(true);
        if (gateway.revision === 0 || Math.floor(clock.nowMs() / 200) % 5 === 0) gateway.publishRoster();
      }
    };
    const updatesOfAda = (): number => bob.known.get(1)?.updates ?? 0;
    await liveUntil(() => updatesOfAda() > 10 && ada.known.get(2)?.name === 'Bob');
    expect(bob.known.get(1)?.name).toBe('Ada');
    expect(ada.known.get(2)?.name).toBe('Bob');
    expect(updatesOfAda()).toBeGreaterThan(10);
    await server.restart();
    const updatesBefore = updatesOfAda();
    await liveUntil(() => updatesOfAda() > updatesBefore + 10);
    expect(updatesOfAda()).toBeGreaterThan(updatesBefore + 10);
    expect(ada.leaves).toEqual([]);
    expect(await role?.metrics.text()).toMatch(/vicinity_avatar_listeners 2/);
    expect(await role?.metrics.text()).toMatch(/vicinity_avatar_ticks_failed_total 0/);
  });
});
