import type { ReadStructure } from '@app/settings';

/** One rhythm of the rolling backups. */
export interface SnapshotTier {
  /** 1 to 32 letters, digits and hyphens; unique. */
  readonly name: string;
  /** 1 to 5,256,000 (ten years). */
  readonly everyMinutes: number;
  /** How many of this tier are kept, 1 to 1,000. */
  readonly keepCount: number;
}

/** What the schedule needs to know of a stored snapshot. */
export interface ScheduledSnapshot {
  /** Place in the log. */
  readonly sequence: number;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly madeAtMs: number;
  /** Names of the tiers that it was made for; empty for others. */
  readonly tiers: readonly string[];
  /** A name that a person gave it; such snapshots are never deleted by the schedule. */
  readonly label?: string;
}

/** Snapshots without a tier and a name that are kept: they only make starts fast. */
const PLAIN_KEEP_COUNT = 2;
const MS_PER_MINUTE = 60_000;
const TIERS_MAX = 16;
const TIER_NAME = /^[a-z0-9-]{1,32}$/;
const MINUTES_MAX = 5_256_000;
const KEEP_COUNT_MAX = 1_000;

/** Every half hour, day, week and month (30 days). */
export const DEFAULT_TIERS: readonly SnapshotTier[] = [
  { name: 'half-hourly', everyMinutes: 30, keepCount: 5 },
  { name: 'daily', everyMinutes: 1_440, keepCount: 7 },
  { name: 'weekly', everyMinutes: 10_080, keepCount: 4 },
  { name: 'monthly', everyMinutes: 43_200, keepCount: 12 },
];

/** Tiers for which a snapshot should be made now. Pure. */
export function dueTiers(
  tiers: readonly SnapshotTier[],
  snapshots: readonly ScheduledSnapshot[],
  nowMs: number,
): SnapshotTier[] {
  return tiers.filter(({ name, everyMinutes }) => {
    const newestMs = snapshots.reduce(
      (ms, { tiers: of, madeAtMs }) => (of.includes(name) ? Math.max(ms, madeAtMs) : ms),
      0,
    );
    return nowMs - newestMs >= everyMinutes * MS_PER_MINUTE;
  });
}

/**
 * Snapshots that nobody needs any more, oldest first: they have no name, are not among the newest of any tier that they
 * were made for, and not among the newest of all. Pure.
 */
export function obsoleteSnapshots<S extends ScheduledSnapshot>(
  tiers: readonly SnapshotTier[],
  snapshots: readonly S[],
): S[] {
  const newestFirst = [...snapshots].sort((a, b) => b.sequence - a.sequence);
  const kept = new Set<S>(newestFirst.filter(({ label }) => label !== undefined));
  for (const { name, keepCount } of tiers) {
    newestFirst
      .filter((snapshot) => snapshot.tiers.includes(name))
      .slice(0, keepCount)
      .forEach((one) => kept.add(one));
  }
  // Where the next start begins, and one more in case that it cannot be read.
  newestFirst.slice(0, PLAIN_KEEP_COUNT).forEach((one) => kept.add(one));
  return newestFirst.filter((snapshot) => !kept.has(snapshot)).reverse();
}

/** Reads the setting: a list of `{name, everyMinutes, keepCount}`. */
export function readTiers(json: unknown): ReadStructure<readonly SnapshotTier[]> {
  if (!Array.isArray(json) || json.length > TIERS_MAX)
    return { problem: `must be a list of at most ${TIERS_MAX} tiers` };
  const tiers: SnapshotTier[] = [];
  for (const [index, item] of json.entries()) {
    const { name, everyMinutes, keepCount } = (item ?? {}) as Record<string, unknown>;
    const isNew = !tiers.some((tier) => tier.name === name);
    if (typeof name !== 'string' || !TIER_NAME.test(name) || !isNew)
      return { problem: `has no usable name at ${index}` };
    if (!isWithin(everyMinutes, MINUTES_MAX))
      return { problem: `needs everyMinutes from 1 to ${MINUTES_MAX} at ${index}` };
    if (!isWithin(keepCount, KEEP_COUNT_MAX))
      return { problem: `needs keepCount from 1 to ${KEEP_COUNT_MAX} at ${index}` };
    tiers.push({ name, everyMinutes, keepCount });
  }
  return { value: tiers };
}

function isWithin(value: unknown, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max;
}
