import { type EntityWorld, openWorldAt, type WorldJournal, type WorldMoment } from '@app/entities';
import { KeeperError } from './keeper.errors.js';

/** A moment as somebody has written it; labels are those of snapshots. */
export type MomentWords = WorldMoment | { readonly label: string };

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const DAY_MS = 86_400_000;

/**
 * Reads a moment: a sequence (`512`), `now`, a time before now (`-90s`, `-10m`, `-1h30m`, `-2d`, `-1w`), a time of day
 * (`14:30`, `14:30:05`: the last one that there was), a date or time of ISO 8601 (`2026-11-21`, `2026-11-21T14:30:05Z`;
 * without a zone in that of this machine), or `label:NAME` of a snapshot. Undefined for anything else.
 */
export function readMoment(text: string, nowMs: number): MomentWords | undefined {
  if (/^\d{1,15}$/.test(text)) return { sequence: Number(text) };
  if (text === 'now') return { timeMs: nowMs };
  if (text.startsWith('label:')) return text.length > 6 ? { label: text.slice(6) } : undefined;
  const timeMs = readAgo(text, nowMs) ?? readTimeOfDay(text, nowMs) ?? readIso(text);
  return timeMs === undefined ? undefined : { timeMs };
}

/** The place in the log that a moment means. Fails with `moment-unknown`: no such snapshot, or not that far yet. */
export async function sequenceOf(journal: WorldJournal, moment: MomentWords): Promise<number> {
  if ('timeMs' in moment) return journal.stream.sequenceAt(moment.timeMs);
  if ('label' in moment) return sequenceOfLabel(journal, moment.label);
  const { lastSequence } = await journal.stream.state();
  if (moment.sequence <= lastSequence) return moment.sequence;
  throw new KeeperError('moment-unknown', `The log has nothing at ${moment.sequence}; it ends at ${lastSequence}.`);
}

/** The world at a moment, and what time it was then, in ms since 1970-01-01 UTC: that of the last record if nobody says. */
export async function worldAt(
  journal: WorldJournal,
  moment: MomentWords,
  nowMs: number,
): Promise<{ world: EntityWorld; atMs: number }> {
  const world = await openWorldAt(journal, { sequence: await sequenceOf(journal, moment) });
  const atMs = 'timeMs' in moment ? Math.min(moment.timeMs, nowMs) : world.lastWrittenAtMs;
  return { world, atMs: Math.max(atMs, world.lastWrittenAtMs) };
}

async function sequenceOfLabel({ snapshots }: WorldJournal, label: string): Promise<number> {
  const found = (await snapshots.list()).findLast((info) => info.label === label);
  if (found) return found.sequence;
  throw new KeeperError('moment-unknown', `There is no snapshot called "${label}".`);
}

function readAgo(text: string, nowMs: number): number | undefined {
  if (!/^-(\d{1,9}[smhdw])+$/.test(text)) return undefined;
  let agoMs = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([smhdw])/g)) agoMs += Number(count) * UNIT_MS[unit];
  return Math.max(0, nowMs - agoMs);
}

function readTimeOfDay(text: string, nowMs: number): number | undefined {
  const match = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (!match) return undefined;
  const [hours, minutes, seconds] = [match[1], match[2], match[3] ?? '0'].map(Number);
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const day = new Date(nowMs);
  const timeMs = day.setHours(hours, minutes, seconds, 0);
  // A day can have 23 or 25 hours, so yesterday is counted in days.
  return timeMs <= nowMs ? timeMs : new Date(nowMs - DAY_MS).setHours(hours, minutes, seconds, 0);
}

function readIso(text: string): number | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?)?$/.exec(text);
  if (!match) return undefined;
  const [, date, time = '00:00', zone = ''] = match;
  const timeMs = new Date(`${date}T${time}${zone}`).getTime();
  return Number.isNaN(timeMs) ? undefined : timeMs;
}
