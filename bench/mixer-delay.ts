import { EvanOpusCodec } from '@app/opus';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Figure, quantile } from './bench-report.js';
import { makeCrowd } from './crowd.js';
import { codecDelayMs, DelayProbe, markerPackets } from './delay-probe.js';
import type { MixerBenchOptions } from './mixer-options.js';
import { type Laboratory, startMixer } from './mixer-scenario.js';
import { PlayedGateway, type Player } from './played-gateway.js';

/** Pairs of a marked source and its listener, each with another phase to the mixer's tick. */
const PROBES = 10;
/** People who talk to each other meanwhile. */
const CROWD = 25;
/** A machine on which this does not suffice says nothing about delay. */
const PATIENCE_MS = 60_000;

/** How much later the mix arrives at the gateway than the voice did, in real time. */
export async function measureDelay(
  options: MixerBenchOptions,
  lab: Laboratory,
): Promise<{ figures: Figure[]; notes: Record<string, string | number> }> {
  const codec = new EvanOpusCodec();
  const packets = markerPackets(codec);
  const codecDelay = codecDelayMs(codec, packets);
  const mixer = await startMixer('bench-delay', {}, lab);
  const gateway = new PlayedGateway(lab.broker, mixer.instanceId);
  const { players, probes } = placeProbes(codec, gateway, packets, codecDelay);
  try {
    gateway.onMix = (mix) => probes.get(mix.sessionId)?.take(mix);
    gateway.start([...makeCrowd(CROWD, 'circle', 'all_talking', lab.voices, options.sound), ...players]);
    await sleep(options.warmUpMs);
    const delays = await collect([...probes.values()], options.markers);
    gateway.stop();
    return {
      figures: [
        { name: 'mixer.added_delay_ms.p50', value: quantile(delays, 0.5), unit: 'ms' },
        { name: 'mixer.added_delay_ms.p99', value: quantile(delays, 0.99), unit: 'ms' },
      ],
      notes: { markers: delays.length, 'codec look-ahead, ms': codecDelay.toFixed(1) },
    };
  } finally {
    for (const probe of probes.values()) probe.close();
    gateway.close();
    await mixer.stop();
  }
}

/** Far away from the crowd and from each other, so that nothing but their markers is heard there. */
function placeProbes(
  codec: EvanOpusCodec,
  gateway: PlayedGateway,
  packets: Uint8Array[],
  codecDelay: number,
): { players: Player[]; probes: Map<number, DelayProbe> } {
  const probes = new Map<number, DelayProbe>();
  const players: Player[] = [];
  for (let index = 0; index < PROBES; index++) {
    const place = { x: 500 + 300 * index, z: 0, yaw: 0, isMoving: false, firstPacket: 0 };
    const phaseMs = (20 * (index + 0.5)) / PROBES;
    const source: Player = { ...place, sessionId: 1 + index, packets, phaseMs, isListener: false };
    const listener: Player = {
      ...place,
      z: 1,
      sessionId: 101 + index,
      packets,
      phaseMs,
      isListener: true,
      isTalking: () => false,
    };
    players.push(source, listener);
    probes.set(listener.sessionId, new DelayProbe(codec, gateway, source, codecDelay));
  }
  return { players, probes };
}

/** Waits for so many markers; their delays in rising order. */
async function collect(probes: readonly DelayProbe[], markers: number): Promise<number[]> {
  for (const probe of probes) probe.delaysMs.length = 0;
  const found = (): number[] => probes.flatMap((probe) => probe.delaysMs);
  const deadlineMs = performance.now() + PATIENCE_MS;
  while (found().length < markers && performance.now() < deadlineMs) await sleep(250);
  return found().sort((a, b) => a - b);
}
