import { type Broker, NatsBroker, subjectOf } from '@app/broker';
import { SystemClock, SystemRandom } from '@app/clock';
import { EvanOpusCodec } from '@app/opus';
import { RoleProcess, silentLogger } from '@app/runtime';
import { loadSettings } from '@app/settings';
import { type NatsServer, startNatsServer } from '@app/testing';
import { decodeMessage, encodeMessage, packPose, vicinity } from '@app/wire';
import { PCM_MIX_BYTES } from '@app/world';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { AudioMixerModule } from '../src/audio-mixer.module.js';
import { audioMixerSettings } from '../src/audio-mixer.settings.js';

/** Of who sends samples. */
const PCM_TONE_HZ = 900;
/** Mixes of samples that are looked at: half a second. */
const MEASURED_MIXES = 25;

/** 10 ms of a tone as samples. */
function pcmPacket(sessionId: number, sequence: number): vicinity.v1.ISourcePacket {
  const tone = (n: number): number => 8_000 * Math.sin((2 * Math.PI * PCM_TONE_HZ * (sequence * 240 + n)) / 24_000);
  const pcm = new Uint8Array(Int16Array.from({ length: 240 }, (_, n) => tone(n)).buffer);
  return { sessionId, sequence, timestamp: sequence * 480, pcm };
}

/** Of a tone in the newest mixes, at the left ear. */
function amplitudeOf(mixes: readonly Uint8Array[], hz: number): number {
  let real = 0;
  let imaginary = 0;
  let count = 0;
  for (const mix of mixes.slice(-MEASURED_MIXES)) {
    const samples = new Int16Array(mix.buffer);
    for (let index = 0; index < samples.length; index += 2, count++) {
      real += samples[index] * Math.cos((2 * Math.PI * hz * count) / 24_000);
      imaginary += samples[index] * Math.sin((2 * Math.PI * hz * count) / 24_000);
    }
  }
  return (2 * Math.hypot(real, imaginary)) / count / 32_768;
}

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
  const pcm: Uint8Array[] = [];
  const sessionsHeard = new Set<number>();
  broker.subscribe(subjectOf('audioDown', { world: 'main', who: 'gateway-1' }), ({ data }) => {
    const downlink = decodeMessage('AudioDownlink', data);
    expect(downlink.mixerId).toBe('audio-mixer-1');
    ticks.push(downlink.tick);
    for (const { sessionId, opus, pcm: samples } of downlink.packets) {
      sessionsHeard.add(sessionId ?? 0);
      if (sessionId === 1) mixes.push(opus?.length ?? 0);
      else pcm.push(Uint8Array.from(samples ?? []));
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
  const sound = vicinity.v1.SoundFormat.SOUND_FORMAT_PCM24;
  const sessions = [{ sessionId: 1, audioMixer: 1 }, { sessionId: 2 }, { sessionId: 3, audioMixer: 1, sound }];
  broker.publish(
    subjectOf('roster', { world: 'main', who: 'gateway-1' }),
    encodeMessage('SessionRoster', { ...roster, sessions }),
  );
  const encoder = new EvanOpusCodec().createEncoder({ channels: 1, bitrate: 32_000, complexity: 1 });
  const isServed = (): boolean =>
    ticks.length > 15 && mixes.filter((size) => size > 20).length > 10 && pcm.length > MEASURED_MIXES;
  // Half a second does where there is nothing else to do.
  for (let index = 0; index < 250 && !isServed(); index++) {
    const samples = Int16Array.from({ length: 960 }, (_, n) => 8_000 * Math.sin((index * 960 + n) * 0.05));
    const pose = packPose({ position: { x: 1, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 1 } });
    const poses = [1, 2, 3].map((sessionId) => ({ sessionId, pose }));
    const packets = [
      { sessionId: 2, sequence: index, timestamp: index * 960, opus: encoder.encode(samples) },
      ...[0, 1].map((half) => pcmPacket(3, 2 * index + half)),
    ];
    broker.publish(
      subjectOf('audioUp', { world: 'main', who: 'gateway-1' }),
      encodeMessage('AudioUplink', { gatewayId: 'gateway-1', tick: index, packets, poses }),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  encoder.close();
  expect(isServed()).toBe(true);
  expect([...sessionsHeard].sort()).toEqual([1, 3]);
  expect(new Set(pcm.map(({ length }) => length))).toEqual(new Set([PCM_MIX_BYTES]));
  // Whoever takes samples hears who sends Opus, and not itself.
  const [opusTone, ownTone] = [(0.05 * 48_000) / (2 * Math.PI), PCM_TONE_HZ].map((hz) => amplitudeOf(pcm, hz));
  expect(opusTone).toBeGreaterThan(0.01);
  expect(ownTone).toBeLessThan(opusTone / 4);
  const text = await role.metrics.text();
  expect(text).toMatch(/vicinity_audio_listeners 2/);
  expect(text).toMatch(/vicinity_audio_sources 2/);
  expect(text).toMatch(/vicinity_audio_packets_out_total [1-9]/);
});
