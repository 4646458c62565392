import { type MomentWords, readMoment } from '@app/keeper';
import { CliError } from '../cli.errors.js';

/** Explains in the help what a moment is. */
export const MOMENT_HELP = [
  'MOMENT is one of',
  '  512                    a sequence: a place in the log of the world, as `log` and `list` print it',
  '  2026-11-21T14:30:05Z   a time as `log` prints it; with an offset (+01:00) or, without a zone, that of this machine',
  '  2026-11-21             the beginning of a day',
  '  14:30, 14:30:05        that time of day, today, or yesterday if it is still to come',
  '  -90s, -10m, -1h30m, -2d, -1w   so long ago',
  '  now',
  '  label:NAME             the snapshot of that name',
].join('\n');

/** Reads a moment. Fails with `cli-usage`. */
export function readMomentArgument(text: string, nowMs: number): MomentWords {
  const moment = readMoment(text, nowMs);
  if (moment) return moment;
  const shown = JSON.stringify(text.slice(0, 64));
  throw new CliError('cli-usage', `${shown} is no moment: a sequence, a time such as 14:30 or -10m, or label:NAME.`);
}

/** Reads a moment that must be a time, as a range of time has them, in ms since 1970-01-01 UTC. Fails with `cli-usage`. */
export function readTimeArgument(text: string, nowMs: number): number {
  const moment = readMomentArgument(text, nowMs);
  if ('timeMs' in moment) return moment.timeMs;
  throw new CliError(
    'cli-usage',
    `${JSON.stringify(text.slice(0, 64))} is no time, such as 14:30, -10m or 2026-11-21.`,
  );
}
