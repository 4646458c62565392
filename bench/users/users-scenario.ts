import { rmSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Talking } from '../crowd.js';
import { type BotsRun, runBots } from './bots-run.js';
import { type CpuByRole, MeasuredDomain } from './measured-domain.js';
import type { UsersOptions, UsersScenario } from './users-options.js';

/** Share of the machine that server and bots may take together, and of a core that one process may. */
const BUSY_SHARE = 0.6;
const FACTOR_MAX = 40;
const ATTEMPTS_MAX = 3;
/** What is missing at most for a run that counts. */
const MISSING_SHARE_MAX = 0.005;
/** Chirps that have to arrive: whole mixes, not what the gateway sends while a mixer is away. */
const MARKERS_SHARE_MIN = 0.98;
const SKIPPED_SHARE_MAX = 0.01;
const TICKS_HZ = 50;
/** A crowd of this talking has so many pairs that measure delays. */
const PAIRS = 4;
const TALKING_SHARE: Readonly<Record<Talking, string>> = { all_talking: '1', one_in_ten: '0.1' };

/** What one user costs: in cores, from the crowds before. */
export interface Costs {
  server: number;
  bots: number;
  /** The busiest process of the server. */
  busiest: number;
}

/** What one crowd was measured to take, and to get. */
export interface UsersReading extends UsersScenario {
  readonly factor: number;
  readonly cpuByRole: CpuByRole;
  /** Of mixes that were really made: what the CPU time is divided by. */
  readonly userSeconds: number;
  readonly ticksSkipped: number;
  readonly run: BotsRun;
  /** Why these figures are not those of a server that keeps up; empty if they are. */
  readonly troubles: readonly string[];
}

/** Measures a crowd in a domain of its own, more slowly if the machine was too slow. */
export async function measureUsers(
  scenario: UsersScenario,
  options: UsersOptions,
  costs: Costs,
  say: (line: string) => void,
): Promise<UsersReading> {
  let factor = options.isRealTime ? 1 : Math.max(options.factorMin, factorFor(scenario.count, costs));
  for (let attempt = 1; ; attempt++) {
    const reading = await measureOnce(scenario, options, factor);
    learn(costs, reading);
    if (reading.troubles.length === 0 || options.isRealTime || attempt === ATTEMPTS_MAX) return reading;
    const next = Math.min(FACTOR_MAX, Math.max(Math.ceil(1.5 * factor), factorFor(scenario.count, costs)));
    if (next === factor) return reading;
    say(`  once more, ${next} times slower: ${reading.troubles.join('; ')}`);
    factor = next;
  }
}

async function measureOnce(
  scenario: UsersScenario,
  { seconds, profileDir }: UsersOptions,
  factor: number,
): Promise<UsersReading> {
  const { count, talking, codec } = scenario;
  const profiles = profileDir ? `${profileDir}/${nameOf(scenario)}` : undefined;
  if (profiles) rmSync(profiles, { recursive: true, force: true });
  const domain = await MeasuredDomain.start({ factor, profileDir: profiles });
  try {
    const flags = ['--domain', domain.vircadiaAddress, '--count', `${count}`, '--talking', TALKING_SHARE[talking]];
    const pairs = Math.min(PAIRS, Math.floor(count / 4));
    flags.push(
      '--codec',
      codec,
      '--listen',
      `${pairs}`,
      '--seconds',
      `${seconds}`,
      '--no-verify',
      '--settle',
      '3',
      '--ramp',
      '100',
    );
    let before: CpuByRole = new Map();
    let after: CpuByRole = new Map();
    let skipped = 0;
    let watchedMs = 0;
    // What asking and profiling take is left out: processor time is taken between them.
    const run = await runBots(flags, factor, {
      begin: async () => {
        if (profiles) domain.toggleProfiles();
        skipped = -(await skippedTicks(domain));
        before = domain.cpuByRole();
        watchedMs = -performance.now();
      },
      end: async () => {
        after = domain.cpuByRole();
        watchedMs += performance.now();
        if (profiles) domain.toggleProfiles();
        skipped += await skippedTicks(domain);
      },
    });
    const cpuByRole = new Map([...after].map(([role, cpu]) => [role, cpu - (before.get(role) ?? 0)]));
    const measuredSeconds = run.figures.get('seconds') ?? seconds;
    const userSeconds = ((count * watchedMs) / (1_000 * factor)) * (run.figures.get('mix_share') ?? 0);
    const troubles = troublesOf(run, skipped / (measuredSeconds * TICKS_HZ), talking);
    return { ...scenario, factor, cpuByRole, userSeconds, ticksSkipped: skipped, run, troubles };
  } finally {
    await domain.stop();
  }
}

async function skippedTicks(domain: MeasuredDomain): Promise<number> {
  return domain.metric('audio_ticks_skipped_total');
}

/** For example `all_talking.n100`; with other codecs than Opus `all_talking.n100.pcm`. */
export function nameOf({ talking, count, codec }: UsersScenario): string {
  return `${talking}.n${count}${codec === 'opus' ? '' : `.${codec}`}`;
}

/** Chirps that pairs of bots heard, of those that they should have; NaN without pairs. */
export function markersShareOf(figures: ReadonlyMap<string, number>): number {
  return (figures.get('markers_heard') ?? 0) / (figures.get('markers_sent') ?? 0);
}

/** Why figures are not those of a server that keeps up. */
export function troublesOf({ figures, remarks }: BotsRun, skippedShare: number, talking: Talking): string[] {
  const troubles = [...remarks];
  const missing = 1 - (figures.get('mix_share') ?? 0);
  if (missing > MISSING_SHARE_MAX) troubles.push(`${(100 * missing).toFixed(1)} % of the mixes did not come`);
  if (skippedShare > SKIPPED_SHARE_MAX)
    troubles.push(`the mixer skipped ${(100 * skippedShare).toFixed(1)} % of its ticks`);
  const silent = talking === 'all_talking' ? (figures.get('silent_share') ?? 0) : 0;
  if (silent > MISSING_SHARE_MAX) troubles.push(`${(100 * silent).toFixed(1)} % of the mixes were silent`);
  const markers = markersShareOf(figures);
  if (markers < MARKERS_SHARE_MIN) troubles.push(`${(100 * (1 - markers)).toFixed(1)} % of the chirps were not heard`);
  return troubles;
}

/** How many times slower the machine carries so many. */
function factorFor(count: number, { server, bots, busiest }: Costs): number {
  const ofMachine = (count * (server + bots)) / (BUSY_SHARE * cpus().length);
  const ofCore = (count * busiest) / BUSY_SHARE;
  return Math.min(FACTOR_MAX, Math.max(1, Math.ceil(ofMachine), Math.ceil(ofCore)));
}

function learn(costs: Costs, { cpuByRole, userSeconds, run }: UsersReading): void {
  if (!(userSeconds > 0)) return;
  costs.server = total(cpuByRole) / userSeconds;
  costs.bots = run.cpuSeconds / userSeconds;
  costs.busiest = Math.max(...cpuByRole.values()) / userSeconds;
}

export function total(cpuByRole: CpuByRole): number {
  return [...cpuByRole.values()].reduce((sum, cpu) => sum + cpu, 0);
}
