import type { Broker } from '@app/broker';
import { subjectOf } from '@app/broker';
import { decodeMessage, encodeMessage } from '@app/wire';
import { MIX_TICK_MS, type SoundFormat } from '@app/world';
import { setTimeout as sleep } from 'node:timers/promises';
import { preferProcesses } from './bench-report.js';
import { makeCrowd, type Spread, type Talking } from './crowd.js';
import { MixerProcess } from './mixer-process.js';
import { PHASES, type Phase, type PhaseTimes } from './phase-clock.js';
import { PlayedGateway } from './played-gateway.js';

/** Share of a core that the measured mixer is given to do; slow motion keeps it there. */
const LOAD_AIM = 0.6;
/** First guess of what a listener costs in a tick, in ms; what it really costs is measured while warming up. */
const GUESS_MS: Readonly<Record<Talking, number>> = { all_talking: 0.2, one_in_ten: 0.08 };
/** Shortest time to warm up and to measure, in the mixer's ticks. */
const WARM_UP_TICKS_MIN = 40;
const MEASURE_TICKS_MIN = 50;
/** Ticks that a change of the factor disturbs. */
const SETTLE_TICKS = 10;
/** A measurement that was disturbed (ticks skipped, quality shed) is repeated, slower, up to so many times in all. */
const ATTEMPTS_MAX = 3;
/** A mixer in slow motion answers between two long ticks, in ms. */
const ANSWER_MS_MAX = 3_000;
/** The mixer's own maximum of listeners is 512; larger crowds need it raised. */
const DEFAULT_LISTENERS_MAX = 512;

/** One measurement: who is there, and how the mixer is set. */
export interface Scenario {
  count: number;
  talking: Talking;
  spread: Spread;
  /** What everybody sends and takes; `opus-20` if not given. */
  sound?: SoundFormat;
  /** Of the listeners' encoders; the mixer's default if not given. */
  complexity?: number | undefined;
}

/** How long to measure, on the wall's clock. */
export interface Durations {
  warmUpMs: number;
  measureMs: number;
}

/** What the mixer did in the measured time. */
export interface Reading extends Scenario {
  ticks: number;
  /** Times slower than real time. */
  factor: number;
  cpuSeconds: number;
  wallSeconds: number;
  /** Seconds in each phase. */
  phaseSeconds: Record<Phase, number>;
  mixesReceived: number;
  skippedTicks: number;
  sheddingLevel: number;
  residentMiB: number;
}

/** Whether it says less about the mixer than about the machine. */
export function isDisturbed({ skippedTicks, sheddingLevel }: Reading): boolean {
  return skippedTicks > 0 || sheddingLevel !== 0;
}

/** What mixers are measured with. */
export interface Laboratory {
  broker: Broker;
  natsUrl: string;
  natsPid: number;
  voices: readonly Uint8Array[][];
  profileDir: string | undefined;
}

/** Starts a mixer, lets it mix for everybody in slow motion, and measures. Repeats what was disturbed. */
export async function measureScenario(scenario: Scenario, durations: Durations, lab: Laboratory): Promise<Reading> {
  const { count, talking, complexity } = scenario;
  let factor = Math.ceil((count * GUESS_MS[talking]) / MIX_TICK_MS / LOAD_AIM);
  for (let attempt = 1; ; attempt++) {
    const settings: Record<string, number> = {};
    if (complexity !== undefined) {
      settings['audio-complexity'] = complexity;
      settings['audio-crowd-complexity'] = complexity;
    }
    if (count > DEFAULT_LISTENERS_MAX) settings['audio-listeners-max'] = count;
    const mixer = await startMixer('bench-mixer', settings, lab);
    const gateway = new PlayedGateway(lab.broker, mixer.instanceId);
    try {
      const reading = await new Measurement(scenario, lab, mixer, gateway).run(durations, factor, attempt === 1);
      if (!isDisturbed(reading) || attempt === ATTEMPTS_MAX) return reading;
      factor = Math.ceil(reading.factor * 1.5);
    } finally {
      gateway.close();
      await mixer.stop();
    }
  }
}

/** A mixer process that is ready. */
export async function startMixer(
  instanceId: string,
  settings: Record<string, string | number>,
  { broker, natsUrl, natsPid, profileDir }: Laboratory,
): Promise<MixerProcess> {
  const mixer = new MixerProcess(instanceId, natsUrl, settings, profileDir);
  for (const deadlineMs = performance.now() + 20_000; performance.now() < deadlineMs && mixer.isRunning;) {
    if ((await askMetrics(broker)).length > 0) {
      preferProcesses(mixer.pid, natsPid, process.pid);
      return mixer;
    }
    await sleep(50);
  }
  await mixer.stop();
  throw new Error('The audio mixer did not start within 20 s.');
}

class Measurement {
  constructor(
    private readonly scenario: Scenario,
    private readonly lab: Laboratory,
    private readonly mixer: MixerProcess,
    private readonly gateway: PlayedGateway,
  ) {}

  /** @param adapts  whether to choose a better factor from what is seen while warming up */
  async run({ warmUpMs, measureMs }: Durations, guess: number, adapts: boolean): Promise<Reading> {
    const { scenario, gateway, lab } = this;
    let factor = guess;
    await this.slowDown(factor);
    gateway.start(makeCrowd(scenario.count, scenario.spread, scenario.talking, lab.voices, scenario.sound));
    await sleep(Math.max(warmUpMs / 2, (WARM_UP_TICKS_MIN / 2) * MIX_TICK_MS * factor));
    const second = await this.watch(Math.max(warmUpMs / 2, (WARM_UP_TICKS_MIN / 2) * MIX_TICK_MS * factor));
    if (adapts && second.ticks > 0) {
      factor = Math.max(1, Math.ceil((1_000 * second.cpuSeconds) / second.ticks / MIX_TICK_MS / LOAD_AIM));
      await this.slowDown(factor);
      await sleep(SETTLE_TICKS * MIX_TICK_MS * factor);
    }
    const watched = await this.watch(Math.max(measureMs, MEASURE_TICKS_MIN * MIX_TICK_MS * factor));
    const sheddingLevel = await readMetric(lab.broker, 'vicinity_audio_shedding_level');
    gateway.stop();
    return { ...scenario, ...watched, factor, sheddingLevel, residentMiB: this.mixer.residentMiB() };
  }

  private async slowDown(factor: number): Promise<void> {
    await this.mixer.slowDown(factor);
    this.gateway.slowDown(factor);
  }

  /** What happens in the next `wallMs`. */
  private async watch(
    wallMs: number,
  ): Promise<Omit<Reading, keyof Scenario | 'factor' | 'sheddingLevel' | 'residentMiB'>> {
    const { gateway, mixer } = this;
    let mixesReceived = 0;
    gateway.onMix = () => void mixesReceived++;
    gateway.skippedTicks = 0;
    const ticksBefore = gateway.ticks;
    const phasesBefore = await mixer.phases();
    const cpuBefore = mixer.cpuSeconds();
    const startMs = performance.now();
    await sleep(wallMs);
    const cpuSeconds = mixer.cpuSeconds() - cpuBefore;
    const wallSeconds = (performance.now() - startMs) / 1_000;
    const ticks = gateway.ticks - ticksBefore;
    const { skippedTicks } = gateway;
    const mixes = mixesReceived;
    const phases = await mixer.phases();
    // Phases are looked at a moment later than the processor time: their own ticks count for them. They are told by the
    // machine's clock, which goes on while others use the processor; how much that is, is known for whole ticks.
    const spent = (name: keyof PhaseTimes): number => phases[name] - phasesBefore[name];
    const isRunning = Math.min(1, spent('tickCpuMs') / Math.max(1, spent('tickMs')));
    const scale = (isRunning * ticks) / Math.max(1, spent('ticks')) / 1_000;
    const phaseSeconds = Object.fromEntries(PHASES.map((phase) => [phase, spent(phase) * scale])) as Record<
      Phase,
      number
    >;
    return { ticks, cpuSeconds, wallSeconds, phaseSeconds, mixesReceived: mixes, skippedTicks };
  }
}

async function askMetrics(broker: Broker): Promise<string[]> {
  const request = encodeMessage('MetricsRequest', {});
  const replies = await broker.requestMany(subjectOf('metrics'), request, { timeoutMs: ANSWER_MS_MAX, repliesMax: 1 });
  return replies.map((reply) => decodeMessage('MetricsReply', reply).text);
}

async function readMetric(broker: Broker, name: string): Promise<number> {
  const [text = ''] = await askMetrics(broker);
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1) ?? NaN);
}
