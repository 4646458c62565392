import { subjectOf, NatsBroker, type Broker } from '@app/broker';
import { EvanOpusCodec } from '@app/opus';
import { startNatsServer } from '@app/testing';
import { decodeMessage, encodeMessage } from '@app/wire';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BenchReport,
  describeMachine,
  describeVersions,
  type Figure,
  preferProcesses,
  quantile,
} from './bench-report.js';
import { codecDelayMs, DelayProbe, markerPackets } from './delay-probe.js';
import { MixerProcess } from './mixer-process.js';
import { PlayedGateway, type Player } from './played-gateway.js';
import { seeded, synthesiseVoice } from './speech-synthesis.js';

const MIXER_ID = 'audio-mixer-bench';
const PACKET_FRAMES = 960;
const TICKS_HZ = 50;
/** Different voices; people share them at different places of an endless recording. */
const VOICES = 25;
/** The crowd stands in a circle of this diameter, in metres. */
const CIRCLE_M = 20;
/** Share of a core that the measured mixer is given to do; above 0.9 it would begin to shed quality. */
const LOAD_AIM = 0.75;
/** A measurement that the machine disturbed (ticks skipped, quality shed) is repeated up to so many times in all. */
const ATTEMPTS_MAX = 2;
/** Listeners that the pilot run begins with. */
const PILOT_LISTENERS = 12;
/** Pairs of a marked source and its listener, each with another phase to the mixer's tick. */
const PROBES = 10;
/** What issue 3 wants to reach at N = 100. */
const TARGETS: Readonly<Record<string, number>> = {
  'mixer.listeners_per_core.all_talking.n100': 150,
  'mixer.added_delay_ms.p99': 40,
};

interface BenchOptions {
  counts: number[];
  warmUpMs: number;
  measureMs: number;
  voiceSeconds: number;
  markers: number;
  movingShare: number;
  profileDir: string | undefined;
}

interface Measured {
  listeners: number;
  cores: number;
  mixesExpected: number;
  mixesReceived: number;
  skippedTicks: number;
  sheddingLevel: number;
  residentMiB: number;
}

/** `npm run bench -- mixer [--quick] [--counts=25,50] [--seconds=8] [--moving=0.25] [--profile=DIR]` */
export async function run(args: string[]): Promise<BenchReport> {
  const options = readOptions(args);
  const machine = describeMachine();
  if (machine.load1 > machine.cores / 2) say(`This machine is busy (load ${machine.load1}); figures will be too low.`);
  say(`Recording ${VOICES} voices ...`);
  const codec = new EvanOpusCodec();
  const voices = recordVoices(codec, options.voiceSeconds);
  const nats = await startNatsServer({ jetStream: false });
  const broker = await NatsBroker.connect({ url: nats.url, name: 'bench' });
  const mixer = new MixerProcess(MIXER_ID, nats.url, {}, options.profileDir);
  const gateway = new PlayedGateway(broker, MIXER_ID);
  const figures: Figure[] = [];
  const notes: Record<string, string | number> = {};
  try {
    await waitUntilReady(broker);
    notes.priority = preferProcesses(mixer.pid, nats.pid ?? 0, process.pid)
      ? 'mixer, broker and benchmark go before other processes (nice -15)'
      : 'as any other process';
    for (const count of options.counts) {
      const measured = await measureCrowd(count, voices, options, gateway, mixer, broker);
      report(count, measured, figures, notes);
    }
    say(`Measuring the delay with ${options.markers} markers ...`);
    figures.push(...(await measureDelay(codec, voices, options, gateway, notes)));
  } finally {
    gateway.close();
    await mixer.stop();
    await broker.close();
    await nats.stop();
  }
  for (const figure of figures) if (TARGETS[figure.name] !== undefined) figure.target = TARGETS[figure.name];
  return {
    bench: 'mixer',
    machine,
    versions: describeVersions(),
    conditions: { ...describeConditions(options), ...notes },
    figures,
  };
}

function readOptions(args: string[]): BenchOptions {
  const isQuick = args.includes('--quick');
  const valueOf = (name: string): string | undefined =>
    args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
  const known = /^--(quick|counts=[\d,]+|seconds=[\d.]+|moving=[\d.]+|profile=.+)$/;
  const unknown = args.find((arg) => !known.test(arg));
  if (unknown) throw new Error(`The mixer benchmark does not know the option ${unknown}.`);
  const seconds = Number(valueOf('seconds') ?? (isQuick ? 1 : 10));
  return {
    counts: (valueOf('counts') ?? (isQuick ? '25' : '25,50,100,200')).split(',').map(Number),
    warmUpMs: isQuick ? 1_000 : 4_000,
    measureMs: seconds * 1_000,
    voiceSeconds: isQuick ? 1 : 8,
    markers: isQuick ? 20 : 400,
    movingShare: Number(valueOf('moving') ?? 0.25),
    profileDir: valueOf('profile'),
  };
}

function describeConditions(options: BenchOptions): Record<string, string | number> {
  return {
    sound: '48 kHz, 20 ms ticks; voices mono Opus 32 kb/s in, mixes stereo Opus 64 kb/s complexity 5 out',
    crowd: `all talking without pauses in a circle of ${CIRCLE_M} m; ${options.movingShare * 100} % walk and turn, 33 poses/s`,
    engine: '16 nearest voices one by one, all others panned; everybody is within earshot of everybody',
    cpu: `user and system time of the mixer process from /proc over ${options.measureMs / 1_000} s, codecs and broker included`,
    delay:
      'arrival of a packet at the gateway to arrival of the mix at the gateway, sample by sample; included: 10 ms uplink ' +
      'ticks, broker twice, jitter buffer, tick alignment, mixing, encoding, under the load of 25 talkers and listeners; ' +
      'excluded: the look-ahead of both Opus encoders',
  };
}

function recordVoices(codec: EvanOpusCodec, seconds: number): Uint8Array[][] {
  return Array.from({ length: VOICES }, (_, voice) => {
    const encoder = codec.createEncoder({ channels: 1, bitrate: 32_000, complexity: 5, application: 'voip' });
    const samples = synthesiseVoice(voice + 1, seconds * TICKS_HZ * PACKET_FRAMES);
    const packets: Uint8Array[] = [];
    for (let begin = 0; begin < samples.length; begin += PACKET_FRAMES) {
      packets.push(encoder.encode(samples.slice(begin, begin + PACKET_FRAMES)));
    }
    encoder.close();
    return packets;
  });
}

/** People spread evenly over the circle; the first ones listen, and they are anywhere in it. */
function makeCrowd(count: number, listeners: number, voices: Uint8Array[][], movingShare: number): Player[] {
  const chance = seeded(count);
  return Array.from({ length: count }, (_, index) => {
    const radius = (CIRCLE_M / 2) * Math.sqrt(chance());
    const angle = 2 * Math.PI * chance();
    const packets = voices[index % voices.length];
    return {
      sessionId: 1_000 + index,
      packets,
      firstPacket: Math.floor(chance() * packets.length),
      phaseMs: 20 * chance(),
      isListener: index < listeners,
      isMoving: chance() < movingShare,
      x: radius * Math.cos(angle),
      z: radius * Math.sin(angle),
      yaw: 2 * Math.PI * chance(),
    };
  });
}

async function measureCrowd(
  count: number,
  voices: Uint8Array[][],
  options: BenchOptions,
  gateway: PlayedGateway,
  mixer: MixerProcess,
  broker: Broker,
): Promise<Measured> {
  const runWith = (listeners: number, warmUpMs: number, measureMs: number): Promise<Measured> =>
    measure(makeCrowd(count, listeners, voices, options.movingShare), warmUpMs, measureMs, gateway, mixer, broker);
  const few = await runWith(Math.min(count, PILOT_LISTENERS), options.warmUpMs, options.measureMs / 3);
  // What all the voices cost without any listener is not known yet: the first guess is cautious, the second one good.
  const guess = clampCount((LOAD_AIM / few.cores) * few.listeners, count);
  const pilot = guess <= few.listeners ? few : await runWith(guess, options.warmUpMs / 2, options.measureMs / 4);
  const perListener = (pilot.cores - few.cores) / (pilot.listeners - few.listeners);
  // A pilot run that was disturbed says nothing: stay with the cautious guess.
  const isUsable = perListener > 0 && !isDisturbed(few) && !isDisturbed(pilot);
  const wanted = isUsable ? pilot.listeners + (LOAD_AIM - pilot.cores) / perListener : guess;
  const listeners = clampCount(wanted, count);
  for (let attempt = 1; ; attempt++) {
    say(`N = ${count}: measuring with ${listeners} listeners ...`);
    const measured = await runWith(listeners, options.warmUpMs, options.measureMs);
    if (!isDisturbed(measured) || attempt === ATTEMPTS_MAX) return measured;
    say(
      `N = ${count}: disturbed (${measured.skippedTicks} ticks skipped, shedding ${measured.sheddingLevel}); once more.`,
    );
    await waitForFullQuality(broker);
  }
}

function isDisturbed({ skippedTicks, sheddingLevel }: Measured): boolean {
  return skippedTicks > 0 || sheddingLevel > 0;
}

function clampCount(value: number, count: number): number {
  return Math.max(1, Math.min(count, Math.floor(value)));
}

async function measure(
  players: Player[],
  warmUpMs: number,
  measureMs: number,
  gateway: PlayedGateway,
  mixer: MixerProcess,
  broker: Broker,
): Promise<Measured> {
  let mixesReceived = 0;
  gateway.onMix = () => void mixesReceived++;
  gateway.start(players);
  await sleep(warmUpMs);
  mixesReceived = 0;
  gateway.skippedTicks = 0;
  const ticksBefore = gateway.ticks;
  const cpuBefore = mixer.cpuSeconds();
  const startMs = performance.now();
  await sleep(measureMs);
  const seconds = (performance.now() - startMs) / 1_000;
  const cores = (mixer.cpuSeconds() - cpuBefore) / seconds;
  const ticks = gateway.ticks - ticksBefore + gateway.skippedTicks;
  const listeners = players.filter(({ isListener }) => isListener).length;
  const measured = {
    listeners,
    cores,
    mixesExpected: ticks * listeners,
    mixesReceived,
    skippedTicks: gateway.skippedTicks,
    sheddingLevel: await readMetric(broker, 'vicinity_audio_shedding_level'),
    residentMiB: mixer.residentMiB(),
  };
  gateway.stop();
  await sleep(300);
  return measured;
}

function report(count: number, measured: Measured, figures: Figure[], notes: Record<string, string | number>): void {
  const { listeners, cores, mixesExpected, mixesReceived, skippedTicks, sheddingLevel, residentMiB } = measured;
  const name = `all_talking.n${count}`;
  figures.push(
    { name: `mixer.listeners_per_core.${name}`, value: listeners / cores, unit: 'listeners' },
    { name: `mixer.us_per_listener.${name}`, value: (cores / listeners / TICKS_HZ) * 1e6, unit: 'µs per tick' },
    { name: `mixer.mixes_missing.${name}`, value: mixesExpected - mixesReceived, unit: `of ${mixesExpected}` },
  );
  notes[`n${count}`] =
    `${listeners} listeners on ${cores.toFixed(2)} cores, ${skippedTicks} ticks skipped, shedding level ` +
    `${sheddingLevel}, ${residentMiB.toFixed(0)} MiB${isDisturbed(measured) ? '; DISTURBED, do not use' : ''}`;
  say(`N = ${count}: ${(listeners / cores).toFixed(1)} listeners per core (${notes[`n${count}`]})`);
}

/** Probes far away from a talking crowd and from each other, so that nothing but their markers is heard there. */
async function measureDelay(
  codec: EvanOpusCodec,
  voices: Uint8Array[][],
  options: BenchOptions,
  gateway: PlayedGateway,
  notes: Record<string, string | number>,
): Promise<Figure[]> {
  const packets = markerPackets(codec);
  const codecDelay = codecDelayMs(codec, packets);
  const crowd = makeCrowd(25, 25, voices, options.movingShare);
  const probes = new Map<number, DelayProbe>();
  const players = [...crowd];
  for (let index = 0; index < PROBES; index++) {
    const place = { x: 500 + 300 * index, z: 0, yaw: 0, isMoving: false, firstPacket: 0 };
    const phaseMs = (20 * (index + 0.5)) / PROBES;
    const source: Player = { ...place, sessionId: 1 + index, packets, phaseMs, isListener: false };
    const listener: Player = {
      ...place,
      z: 1,
      sessionId: 101 + index,
      packets: [new Uint8Array([0xf8])],
      phaseMs,
      isListener: true,
    };
    players.push(source, listener);
    probes.set(listener.sessionId, new DelayProbe(codec, gateway, source, codecDelay));
  }
  gateway.onMix = (mix) => probes.get(mix.sessionId)?.take(mix);
  gateway.start(players);
  await sleep(options.warmUpMs);
  for (const probe of probes.values()) probe.delaysMs.length = 0;
  const found = (): number[] => [...probes.values()].flatMap((probe) => probe.delaysMs);
  for (
    const deadlineMs = performance.now() + 60_000;
    found().length < options.markers && performance.now() < deadlineMs;
  ) {
    await sleep(250);
  }
  gateway.stop();
  for (const probe of probes.values()) probe.close();
  const delays = found().sort((a, b) => a - b);
  notes.markers = delays.length;
  notes['codec look-ahead, ms'] = codecDelay.toFixed(1);
  return [
    { name: 'mixer.added_delay_ms.p50', value: quantile(delays, 0.5), unit: 'ms' },
    { name: 'mixer.added_delay_ms.p99', value: quantile(delays, 0.99), unit: 'ms' },
  ];
}

async function waitUntilReady(broker: Broker): Promise<void> {
  for (const deadlineMs = performance.now() + 20_000; performance.now() < deadlineMs;) {
    const replies = await askMetrics(broker);
    if (replies.length > 0) return;
    await sleep(100);
  }
  throw new Error('The audio mixer did not start within 20 s.');
}

/** Quality comes back step by step when the load is gone. */
async function waitForFullQuality(broker: Broker): Promise<void> {
  for (const deadlineMs = performance.now() + 60_000; performance.now() < deadlineMs;) {
    if ((await readMetric(broker, 'vicinity_audio_shedding_level')) === 0) return;
    await sleep(500);
  }
}

async function askMetrics(broker: Broker): Promise<string[]> {
  const request = encodeMessage('MetricsRequest', {});
  const replies = await broker.requestMany(subjectOf('metrics'), request, { timeoutMs: 500, repliesMax: 1 });
  return replies.map((reply) => decodeMessage('MetricsReply', reply).text);
}

async function readMetric(broker: Broker, name: string): Promise<number> {
  const [text = ''] = await askMetrics(broker);
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1) ?? NaN);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
