import { NatsBroker } from '@app/broker';
import { startNatsServer } from '@app/testing';
import { type BenchReport, describeMachine, describeVersions, type Figure, preferProcesses } from './bench-report.js';
import { DIAMETER_M, recordVoices } from './crowd.js';
import { measureDelay } from './mixer-delay.js';
import { complexityFigures, figuresOf, growthFigures, listenersPerCore, nameOf, phasesOf } from './mixer-figures.js';
import { withTargets } from './mixer-figures.js';
import { complexityScenarios, type MixerBenchOptions, readMixerOptions, scenariosOf } from './mixer-options.js';
import { isDisturbed, type Laboratory, measureScenario, type Reading } from './mixer-scenario.js';

/**
 * `npm run bench -- mixer [--quick] [--counts=25,50] [--talking=all|tenth|both] [--crowd=circle|spread|both]
 * [--sound=opus|opus-10|pcm] [--complexity=N] [--seconds=8] [--markers=400] [--profile=DIR]`
 */
export async function run(args: string[]): Promise<BenchReport> {
  const options = readMixerOptions(args);
  const machine = describeMachine();
  if (machine.load1 > machine.cores / 2) say(`This machine is busy (load ${machine.load1}); figures will be too low.`);
  say('Recording voices ...');
  const voices = recordVoices(options.voiceSeconds, options.sound);
  const nats = await startNatsServer({ jetStream: false });
  const broker = await NatsBroker.connect({ url: nats.url, name: 'bench' });
  const lab = { broker, natsUrl: nats.url, natsPid: nats.pid ?? 0, voices, profileDir: options.profileDir };
  const figures: Figure[] = [];
  const notes: Record<string, string | number> = {
    priority: preferProcesses(process.pid, lab.natsPid)
      ? 'mixer, broker and benchmark go before other processes (nice -15)'
      : 'as any other process',
  };
  try {
    const readings = await measureCrowds(options, lab, notes);
    figures.push(...growthFigures(readings), ...readings.flatMap(figuresOf));
    figures.push(...(await compareComplexities(options, lab, notes)));
    if (options.markers > 0) {
      say(`Measuring the delay with ${options.markers} markers ...`);
      const delay = await measureDelay(options, lab);
      figures.push(...delay.figures);
      Object.assign(notes, delay.notes);
    }
  } finally {
    await broker.close();
    await nats.stop();
  }
  return {
    bench: 'mixer',
    machine,
    versions: describeVersions(),
    conditions: { ...describeConditions(options), ...notes },
    figures: withTargets(figures),
  };
}

async function measureCrowds(
  options: MixerBenchOptions,
  lab: Laboratory,
  notes: Record<string, string | number>,
): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (const scenario of scenariosOf(options)) {
    const reading = await measureScenario(scenario, options, lab);
    readings.push(reading);
    tell(nameOf(reading), reading, notes);
  }
  return readings;
}

async function compareComplexities(
  options: MixerBenchOptions,
  lab: Laboratory,
  notes: Record<string, string | number>,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const scenario of complexityScenarios(options)) {
    const reading = await measureScenario(scenario, options, lab);
    figures.push(...complexityFigures(reading, scenario.complexity));
    tell(`complexity${scenario.complexity}.${nameOf(reading)}`, reading, notes);
  }
  return figures.sort((a, b) => a.name.localeCompare(b.name));
}

function tell(name: string, reading: Reading, notes: Record<string, string | number>): void {
  const { ticks, factor, cpuSeconds, wallSeconds, skippedTicks, sheddingLevel, residentMiB } = reading;
  notes[name] =
    `${ticks} ticks, ${factor} times slower than real, ${(cpuSeconds / wallSeconds).toFixed(2)} cores, ${skippedTicks} ticks ` +
    `skipped, shedding level ${sheddingLevel}, ${residentMiB.toFixed(0)} MiB${isDisturbed(reading) ? '; DISTURBED, do not use' : ''}`;
  const phases = phasesOf(reading).map((phase) => `${phase.name} ${phase.us.toFixed(1)}`);
  say(`${name}: ${listenersPerCore(reading).toFixed(1)} listeners per core; µs: ${phases.join(', ')} (${notes[name]})`);
}

function describeConditions(options: MixerBenchOptions): Record<string, string | number> {
  return {
    sound:
      `48 kHz, 20 ms ticks; voices mono Opus 32 kb/s from an encoder for speech in, a stereo Opus mix of 64 kb/s at ` +
      `${options.complexity === undefined ? 'the default complexity (0 in a crowd)' : `complexity ${options.complexity}`} ` +
      'for each listener out',
    crowd:
      `N people who all listen, in a circle of ${DIAMETER_M.circle} m or spread over ${DIAMETER_M.spread} m; a quarter walks ` +
      'and turns, 33 poses/s; all talking without pauses, or each one 2 s of each 20 s',
    'slow motion':
      'the clocks of mixer and gateway run a whole factor slower where N listeners are too many for a core, so that every ' +
      'mix is made and no quality is given up; CPU time is real',
    cpu: `user and system time of the mixer process from /proc over ${options.measureMs / 1_000} s or more, all threads, codecs and broker included`,
    phases:
      "time inside the codec, the engine and its renderer on the machine's clock, less the share of the ticks in which the " +
      'process was kept from running; rest is CPU time less these',
    delay:
      'arrival of a packet at the gateway to arrival of the mix at the gateway, sample by sample; included: 10 ms uplink ' +
      'ticks, broker twice, jitter buffer, tick alignment, mixing, encoding, under the load of 25 talkers and listeners; ' +
      'excluded: the look-ahead of both Opus encoders',
  };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
