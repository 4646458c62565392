import { EvanOpusCodec } from '@app/opus';
import { type BenchReport, describeMachine, describeVersions } from './bench-report.js';
import { recordVoices } from './crowd.js';
import { LongRun, type LongRunOptions, type LongRunReport } from './simulation/long-run.js';

/** The first look that counts for memory: until then pools and compiled code grow. In minutes. */
const SETTLED_MINUTE = 20;

/**
 * `npm run bench -- soak [--minutes=120] [--people=100] [--talk=60] [--seed=1]`: hours of a virtual clock with the real
 * codec. Fails when somebody is not served, or something is left behind.
 */
export async function run(args: string[]): Promise<BenchReport> {
  const options = readOptions(args);
  const machine = describeMachine();
  const startMs = performance.now();
  const report = await new LongRun({
    ...options,
    codec: new EvanOpusCodec(),
    voices: recordVoices(4),
    onMinute: (minute, memory) => {
      const used = memory ? `: ${memory.heap.toFixed(1)} + ${memory.external.toFixed(1)} MiB in use` : '';
      const seconds = (performance.now() - startMs) / 1_000;
      process.stderr.write(`minute ${minute} after ${seconds.toFixed(0)} s${used}\n`);
    },
  }).run();
  refuseFailures(report);
  const { loss, jitterMs, people, minutes } = options;
  return {
    bench: 'soak',
    machine,
    versions: describeVersions(),
    conditions: {
      crowd: `${people} people coming, going, walking and talking for ${minutes} minutes of a virtual clock, seed ${options.seed}`,
      network: `${100 * loss} % of the packets lost, jitter ${jitterMs} ms on average, client clocks up to 200 ppm wrong`,
      mixer: 'the real one with the real codec, one process, broker in memory',
    },
    figures: figuresOf(report, performance.now() - startMs),
  };
}

function readOptions(args: readonly string[]): LongRunOptions {
  const unknown = args.find((arg) => !/^--(minutes|people|talk|seed)=\d+$/.test(arg));
  if (unknown) throw new Error(`The soak does not know the option ${unknown}.`);
  const valueOf = (name: string, otherwise: number): number =>
    Number(args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? otherwise);
  const minutes = valueOf('minutes', 120);
  return {
    seed: valueOf('seed', 1),
    people: valueOf('people', 100),
    minutes,
    talkMsPerMinute: 1_000 * valueOf('talk', 60),
    loss: 0.03,
    jitterMs: 15,
    memoryEveryMinutes: Math.min(10, minutes),
  };
}

function refuseFailures({ starvedLooks, brokenMixes, failedTicks, atTheEnd }: LongRunReport): void {
  const failures = { starvedLooks, brokenMixes, failedTicks, ...atTheEnd };
  const found = Object.entries(failures).filter(([, count]) => count !== 0);
  if (found.length > 0) throw new Error(`The soak has failed: ${JSON.stringify(Object.fromEntries(found))}.`);
}

function figuresOf(report: LongRunReport, elapsedMs: number): BenchReport['figures'] {
  const { memory, visits, mixesMade, packetsDecoded, looks, starvedLooks } = report;
  const settled = memory.filter(({ minute }) => minute >= SETTLED_MINUTE).map(({ reading }) => reading);
  const readings = settled.length > 0 ? settled : memory.map(({ reading }) => reading);
  const [first, last] = [readings[0], readings[readings.length - 1]];
  const mebibytes = { unit: 'MiB' };
  return [
    { name: 'soak.visits', value: visits, unit: 'sessions' },
    { name: 'soak.mixes', value: mixesMade, unit: 'packets' },
    { name: 'soak.voice_packets', value: packetsDecoded, unit: 'packets' },
    { name: 'soak.looks_without_a_mix', value: starvedLooks, unit: `of ${looks}`, target: 0 },
    { name: 'soak.heap', value: last.heap, ...mebibytes },
    { name: 'soak.heap_growth', value: last.heap - first.heap, ...mebibytes },
    { name: 'soak.external', value: last.external, ...mebibytes },
    { name: 'soak.external_growth', value: last.external - first.external, ...mebibytes },
    { name: 'soak.resident_growth', value: last.resident - first.resident, ...mebibytes },
    { name: 'soak.wall_time', value: elapsedMs / 1_000, unit: 's' },
  ];
}
