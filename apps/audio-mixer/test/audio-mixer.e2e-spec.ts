import { type Broker, NatsBroker, subjectOf } from '@app/broker';
import { SystemClock, SystemRandom } from '@app/clock';
import { EvanOpusCodec } from '@app/opus';
import { RoleProcess, silentLogger } from '@app/runtime';
import { loadSettings } from '@app/settings';
import { type NatsServer, startNatsServer } from '@app/testing';
import { decodeMessage, encodeMessage, packPose } from '@app/wire';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { AudioMixerModule } from '../src/audio-mixer.module.js';
import { audioMixerSettings } from '../src/audio-mixer.settings.js';

let nats: NatsServer;
let broker: Broker;
let role: RoleProcess;

beforeAll(async () => {
  nats = await startNatsServer({ jetStream: false });
  broker = await NatsBroker.connect({ url: nats.url });
});
afterAll(async () => {
  await role?.stop();
  await broker.close();
  await nats.stop();
});

it('an audio mixer on a real broker asks for rosters, serves its listener and tells its metrics', async () => {
  const asked = new Promise<string>((resolve) => {
    broker.subscribe(subjectOf('rosterRequest', { world: 'main' }), ({ data }) =>
      resolve(decodeMessage('RosterRequest', data).instanceId),
    );
  });
  const ticks: number[] = [];
  const mixes: number[] = [];
  const sessionsHeard = new Set<number>();
  broker.subscribe(subjectOf('audioDown', { world: 'main', who: 'gateway-1' }), ({ data }) => {
    const downlink = decodeMessage('AudioDownlink', data);
    expect(downlink.mixerId).toBe('audio-mixer-1');
    ticks.push(downlink.tick);
    for (const { sessionId, opus } of downlink.packets) {
      sessionsHeard.add(sessionId ?? 0);
      mixes.push(opus?.length ?? 0);
    }
  });
  await broker.flush();

  role = new RoleProcess(
    { role: 'audio-mixer', module: AudioMixerModule, settings: audioMixerSettings },
    {
      clock: new SystemClock(),
      random: new SystemRandom(),
      logger: silentLogger,
      instance: { instanceId: 'audio-mixer-1', role: 'audio-mixer', epochMs: 1, version: '0' },
      settings: {
        natsUrl: nats.url,
        natsWaitMs: 5_000,
        logLevel: 'info',
        instanceId: undefined,
        ...loadSettings(audioMixerSettings, { flags: [], variables: {} }),
      },
      pid: 1,
      connect: () => NatsBroker.connect({ url: nats.url }),
    },
  );
  await role.start();
  expect(await asked).toBe('audio-mixer-1');

  const roster = { gatewayId: 'gateway-1', gatewayEpochMs: 1, revision: 1, audioMixers: ['audio-mixer-1'] };
  const sessions = [{ sessionId: 1, audioMixer: 1 }, { sessionId: 2 }];
  broker.publish(
    subjectOf('roster', { world: 'main', who: 'gateway-1' }),
    encodeMessage('SessionRoster', { ...roster, sessions }),
  );
  const encoder = new EvanOpusCodec().createEncoder({ channels: 1, bitrate: 32_000, complexity: 1 });
  const isServed = (): boolean => ticks.length > 15 && mixes.filter((size) => size > 20).length > 10;
  // Half a second does where there is nothing else to do.
  for (let index = 0; index < 250 && !isServed(); index++) {
    const samples = Int16Array.from({ length: 960 }, (_, n) => 8_000 * Math.sin((index * 960 + n) * 0.05));
    const pose = packPose({ position: { x: 1, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 1 } });
    const poses = [1, 2].map((sessionId) => ({ sessionId, pose }));
    const packets = [{ sessionId: 2, sequence: index, timestamp: index * 960, opus: encoder.encode(samples) }];
    broker.publish(
      subjectOf('audioUp', { world: 'main', who: 'gateway-1' }),
      encodeMessage('AudioUplink', { gatewayId: 'gateway-1', tick: index, packets, poses }),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  encoder.close();
  expect(isServed()).toBe(true);
  expect([...sessionsHeard]).toEqual([1]);
  const text = await role.metrics.text();
  expect(text).toMatch(/vicinity_audio_listeners 1/);
  expect(text).toMatch(/vicinity_audio_packets_out_total [1-9]/);
});
