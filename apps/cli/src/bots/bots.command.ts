import { type Clock, pause, SystemClock } from '@app/clock';
import { loadSettings } from '@app/settings';
import { writeFileSync } from 'node:fs';
import { CliError } from '../cli.errors.js';
import { formatTable } from '../table.js';
import type { CrowdShare } from './bot-crowd.js';
import { botsSettings, type BotsSettings, habitsOf } from './bots.settings.js';
import { CrowdProcess } from './crowd-process.js';
import { type BotFigure, figuresOf, remarksOf } from './crowd-report.js';
import type { CrowdReading } from './crowd-tally.js';
import { addressOf } from './udp-socket.js';

const POLL_MS = 50;

/** What is written with `--json`. */
interface BotsReport {
  readonly tool: 'bots';
  readonly settings: BotsSettings;
  readonly remarks: readonly string[];
  readonly figures: readonly BotFigure[];
}

/**
 * Lets bots into a domain, measures what they are served, and tells it. Resolves with the exit code, 1 when it was ended
 * before anything was measured; fails with `cli-domain-unreachable` when not a single one was let in.
 */
export async function bots(flags: readonly string[], print: (text: string) => void): Promise<number> {
  const settings = loadSettings(botsSettings, { section: 'bots', flags, variables: {} });
  const clock = new SystemClock();
  const habits = habitsOf(settings);
  const host = await addressOf(habits.host);
  const crowds = sharesOf(settings).map((share) => new CrowdProcess(share));
  let isInterrupted = false;
  const interruption = new Promise<void>((resolve) => {
    const interrupt = (): void => {
      isInterrupted = true;
      resolve();
    };
    // The last one: started by a program that has gone.
    for (const sign of ['SIGINT', 'SIGTERM', 'disconnect']) process.once(sign, interrupt);
  });
  try {
    const starting = crowds.map((crowd) =>
      crowd.ask({ kind: 'start', habits: { ...habits, host }, share: crowd.share }),
    );
    await Promise.race([Promise.all(starting), interruption]);
    const joined = isInterrupted ? 0 : await untilJoined(crowds, settings, clock, () => isInterrupted);
    if (!isInterrupted) {
      say(`${joined} of ${settings.count} bots are in.`);
      if (joined === 0) throw await nobodyIn(crowds, settings);
      await wait(clock, settings.settle * 1_000, () => isInterrupted);
    }
    if (isInterrupted) {
      await Promise.all(crowds.map((crowd) => crowd.ask({ kind: 'leave' })));
      say('Ended before anything was measured.');
      return 1;
    }
    await Promise.all(crowds.map((crowd) => crowd.ask({ kind: 'measure' })));
    say('Measuring.');
    await wait(clock, settings.seconds * 1_000, () => isInterrupted);
    const readings = await readAll(crowds);
    say('Measured.');
    tell(settings, readings, print);
    await Promise.all(crowds.map((crowd) => crowd.ask({ kind: 'leave' })));
    return 0;
  } finally {
    for (const crowd of crowds) crowd.end();
  }
}

/** As even as may be; a pair stays together, because its delay is measured with one clock. */
function sharesOf({ count, perProcess, listen, ramp }: BotsSettings): CrowdShare[] {
  const processes = Math.ceil(count / perProcess);
  const each = 2 * Math.ceil(count / processes / 2);
  const shares: CrowdShare[] = [];
  for (let first = 0; first < count; first += each) {
    const share = { first, count: Math.min(each, count - first), total: count, pairs: listen };
    shares.push({ ...share, rampPerSecond: ramp / processes });
  }
  return shares;
}

async function untilJoined(
  crowds: readonly CrowdProcess[],
  { count, joinSeconds }: BotsSettings,
  clock: Clock,
  isOver: () => boolean,
): Promise<number> {
  const deadlineMs = clock.nowMs() + joinSeconds * 1_000;
  for (;;) {
    const answers = await Promise.all(crowds.map((crowd) => crowd.ask({ kind: 'count' })));
    const joined = answers.reduce((sum, answer) => sum + answer.joined, 0);
    if (joined === count || clock.nowMs() >= deadlineMs || isOver()) return joined;
    await pause(clock, POLL_MS);
  }
}

async function readAll(crowds: readonly CrowdProcess[]): Promise<CrowdReading[]> {
  const answers = await Promise.all(crowds.map((crowd) => crowd.ask({ kind: 'read' })));
  return answers.flatMap(({ reading }) => (reading ? [reading] : []));
}

async function nobodyIn(crowds: readonly CrowdProcess[], { domain, joinSeconds }: BotsSettings): Promise<CliError> {
  const readings = await readAll(crowds);
  const [refusal] = readings.flatMap((reading) => reading.refusals);
  const isLetIn = readings.some(({ histograms }) => histograms.list.counts.length > 0);
  const silence = isLetIn
    ? `they were let in, but sent no sound within ${joinSeconds} s.`
    : `nothing answered within ${joinSeconds} s; is it running, and is the port its base port plus 2?`;
  const reason = refusal ? `it says: ${refusal[0]}` : silence;
  return new CliError('cli-domain-unreachable', `No bot got into the domain at ${domain}: ${reason}`);
}

function tell(settings: BotsSettings, readings: readonly CrowdReading[], print: (text: string) => void): void {
  const figures = figuresOf(readings);
  const remarks = remarksOf(readings, settings.count);
  const rows = figures
    .filter(({ value }) => !Number.isNaN(value))
    .map(({ name, value, unit }) => [name, Number.isInteger(value) ? `${value}` : value.toFixed(2), unit]);
  print(formatTable(['figure', 'value', 'unit'], rows));
  for (const remark of remarks) print(remark);
  if (settings.json === undefined) return;
  const report: BotsReport = { tool: 'bots', settings, remarks, figures };
  try {
    writeFileSync(settings.json, `${JSON.stringify(report, null, 2)}\n`);
  } catch (cause) {
    throw new CliError('cli-file-unusable', `${settings.json} cannot be written.`, { cause });
  }
}

async function wait(clock: Clock, durationMs: number, isOver: () => boolean): Promise<void> {
  const endMs = clock.nowMs() + durationMs;
  while (clock.nowMs() < endMs && !isOver()) await pause(clock, Math.min(POLL_MS, Math.max(1, endMs - clock.nowMs())));
}

/** How far it is; whoever starts this from a program waits for these lines. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
