import type { Figure } from '../bench-report.js';
import { markersShareOf, nameOf, total, type UsersReading } from './users-scenario.js';

/** Ten times the predecessor's 4.5, in this release; 100 is where we are going. */
const USERS_PER_CORE_TARGET = 45;
const DELAY_P99_MS_TARGET = 40;
const DELAY_COUNT = 100;
/** Half of what a world carries: nobody may miss anything. */
const GAPLESS_COUNT_MAX = 50;

/** Figures of bots that are passed on, with their units. */
const PASSED_ON: ReadonlyArray<readonly [name: string, unit: string]> = [
  ['mixes_per_second', '1/s'],
  ['silent_share', 'of mixes'],
  ['gaps', 'frames'],
  ['late', 'frames'],
  ['with_gaps', 'bots'],
  ['added_delay_ms.p50', 'ms'],
  ['added_delay_ms.p99', 'ms'],
  ['mouth_to_ear_ms.p50', 'ms'],
  ['mouth_to_ear_ms.p99', 'ms'],
  ['markers_heard', 'markers'],
  ['markers_sent', 'markers'],
  ['avatars_seen', 'avatars'],
  ['avatar_updates_hz', '1/s'],
  ['avatar_joints_hz', '1/s'],
  ['avatar_kbit_per_second', 'kbit/s'],
  ['datagrams_in_per_second', '1/s'],
  ['avatar_age_ms.p50', 'ms'],
  ['avatar_age_ms.p99', 'ms'],
  ['avatar_interval_ms.p99', 'ms'],
  ['join_ms.p50', 'ms'],
  ['join_ms.p99', 'ms'],
  ['own_lateness_ms.p99', 'ms'],
  ['own_frames_skipped', 'frames'],
];

export function usersPerCore({ cpuByRole, userSeconds }: UsersReading): number {
  return userSeconds / total(cpuByRole);
}

export function figuresOf(reading: UsersReading): Figure[] {
  const name = nameOf(reading);
  const { cpuByRole, userSeconds, factor, ticksSkipped, run } = reading;
  const perUserSecond = (cpuSeconds: number): number => (1_000 * cpuSeconds) / userSeconds;
  const isTarget = reading.talking === 'all_talking';
  const figures: Figure[] = [
    {
      name: `users.per_core.${name}`,
      value: usersPerCore(reading),
      unit: 'users',
      ...(isTarget ? { target: USERS_PER_CORE_TARGET } : {}),
    },
    { name: `users.cpu_ms.total.${name}`, value: perUserSecond(total(cpuByRole)), unit: 'ms per user and second' },
    ...[...cpuByRole]
      .sort(([, a], [, b]) => b - a)
      .map(([role, cpu]) => ({
        name: `users.cpu_ms.${role}.${name}`,
        value: perUserSecond(cpu),
        unit: 'ms per user and second',
      })),
    { name: `users.bots_cpu_ms.${name}`, value: perUserSecond(run.cpuSeconds), unit: 'ms per user and second' },
    { name: `users.slow_factor.${name}`, value: factor, unit: 'times' },
    { name: `users.ticks_skipped.${name}`, value: ticksSkipped, unit: 'ticks' },
  ];
  for (const [figure, unit] of PASSED_ON) {
    const value = run.figures.get(figure);
    if (value === undefined || Number.isNaN(value)) continue;
    const target = targetOf(figure, reading.count);
    figures.push({ name: `users.${figure}.${name}`, value, unit, ...(target === undefined ? {} : { target }) });
  }
  const markersShare = markersShareOf(run.figures);
  if (!Number.isNaN(markersShare)) {
    figures.push({ name: `users.markers_share.${name}`, value: markersShare, unit: 'of markers' });
  }
  return figures;
}

function targetOf(figure: string, count: number): number | undefined {
  if (figure === 'added_delay_ms.p99' && count === DELAY_COUNT) return DELAY_P99_MS_TARGET;
  if ((figure === 'gaps' || figure === 'with_gaps') && count <= GAPLESS_COUNT_MAX) return 0;
  return undefined;
}
