import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { type BenchReport, describeMachine, describeVersions, type Figure } from './bench-report.js';
import { hotSpotsOf } from './users/hot-spots.js';
import { figuresOf, usersPerCore } from './users/users-figures.js';
import { readUsersOptions, type UsersOptions } from './users/users-options.js';
import { type Costs, measureUsers, nameOf, total, type UsersReading } from './users/users-scenario.js';
import { tableOf } from './users/users-table.js';
import { measureWebUsers } from './users/web-users.js';

/**
 * `npm run bench -- users-per-core [--quick] [--counts=25,50] [--talking=all|tenth|both] [--web-counts=4,8]
 * [--seconds=8] [--codec=opus|pcm|both] [--real-time] [--factor=1] [--profile=DIR] [--table=FILE]`
 */
export async function run(args: string[]): Promise<BenchReport> {
  const options = readUsersOptions(args);
  const machine = describeMachine();
  if (machine.load1 > machine.cores / 2) say(`This machine is busy (load ${machine.load1}); figures will be too low.`);
  const figures: Figure[] = [];
  const notes: Record<string, string | number> = {};
  let kind = '';
  let costs: Costs = FIRST_COSTS;
  for (const crowd of options.crowds) {
    const { talking, codec } = crowd;
    // What one crowd is found to cost tells how slowly the next one of its kind has to go.
    if (kind !== `${talking}.${codec}`) costs = { ...FIRST_COSTS };
    kind = `${talking}.${codec}`;
    const reading = await measureUsers(crowd, options, costs, say);
    figures.push(...figuresOf(reading));
    tell(reading, notes);
  }
  for (const count of options.webCounts) {
    const reading = await measureWebUsers(count, options.seconds, options.profileDir);
    figures.push(...reading.figures);
    notes[`web.n${count}`] = reading.note;
    say(`web.n${count}: ${reading.note}`);
  }
  if (options.profileDir) for (const line of hotSpotsOf(options.profileDir)) say(line);
  const report: BenchReport = {
    bench: 'users-per-core',
    machine,
    versions: describeVersions(),
    conditions: { ...describeConditions(options), ...notes },
    figures,
  };
  if (options.tableFile) writeFileSync(options.tableFile, tableOf(report));
  return report;
}

/** Guesses for the first crowd of a kind. */
const FIRST_COSTS: Readonly<Costs> = { server: 0.025, bots: 0.015, busiest: 0.012 };

function tell(reading: UsersReading, notes: Record<string, string | number>): void {
  const { factor, cpuByRole, userSeconds, troubles } = reading;
  const roles = [...cpuByRole]
    .sort(([, a], [, b]) => b - a)
    .map(([role, cpu]) => `${role} ${((1_000 * cpu) / userSeconds).toFixed(2)}`);
  const verdict = troubles.length > 0 ? `; OVERLOADED: ${troubles.join('; ')}` : '';
  const note =
    `${factor === 1 ? 'real time' : `${factor} times slower`}, ms per user and second: ` +
    `${((1_000 * total(cpuByRole)) / userSeconds).toFixed(2)} (${roles.join(', ')})${verdict}`;
  notes[nameOf(reading)] = note;
  say(`${nameOf(reading)}: ${usersPerCore(reading).toFixed(1)} users per core; ${note}`);
}

function describeConditions({ seconds, isRealTime }: UsersOptions): Record<string, string | number> {
  return {
    server: 'vicinity up with its default settings: broker, all roles, media worker and supervisor on this machine',
    users:
      'bots with one UDP socket each, in a circle of 20 m; Opus (.pcm: samples as they are) of 10 ms, mono in and stereo out; avatars ' +
      'with 60 joints at 30 Hz, a quarter of them walking; all talking, or each one 2 s of each 20 s and silent frames in between',
    cpu:
      `user and system time of all processes of the server from /proc over ${seconds} s of users' time, divided by the time ` +
      'of mixes that bots really got; bots are processes of their own and do not count',
    'slow motion': isRealTime
      ? 'none: where the machine is overloaded, figures say so'
      : `the clocks of server and bots run a whole factor slower where ${cpus().length} cores are too few for both, so that ` +
        'every mix is made and nothing is given up; CPU time is real. Delays at a factor f are those of a machine with ' +
        'processors f times as fast: waiting is as long, working is shorter',
    delay:
      "from a bot's socket to another's, sample by sample, with chirps among the voices; its own encoder's look-ahead is " +
      "taken out, the server's is in it; from mouth to ear are 10 ms more, in which a frame is spoken",
    web: 'pages of one headless Chromium with our own SDK, microphones open, nothing drawn, in real time',
  };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
