/** What is known of a snapshot without reading it. */
export interface SnapshotMeta {
  /** What a person has called it, at most 64 characters. */
  readonly label?: string;
  /** Why it is kept, for example `rolling`, `hourly`, `named`. */
  readonly tiers: readonly string[];
  /** When it was made, ms since 1970-01-01 UTC. */
  readonly madeAtMs: number;
  /** Time of the last record in it, ms since 1970-01-01 UTC; 0 for an empty log. */
  readonly writtenAtMs: number;
  /** Things in it. */
  readonly count: number;
  /** Hash of the state, lower-case hexadecimal. */
  readonly hash: string;
}

/** One snapshot of a store. */
export interface SnapshotInfo extends SnapshotMeta {
  /** It holds everything up to this place in the log. */
  readonly sequence: number;
  readonly sizeBytes: number;
  /** When it was stored, ms since 1970-01-01 UTC. */
  readonly storedAtMs: number;
}

const LABEL_CHARACTERS_MAX = 64;
const TIERS_MAX = 16;

/** As an object store keeps it. */
export function encodeSnapshotMeta(meta: SnapshotMeta): Record<string, string> {
  return {
    ...(meta.label !== undefined && { label: meta.label }),
    tiers: meta.tiers.join(' '),
    madeAtMs: String(meta.madeAtMs),
    writtenAtMs: String(meta.writtenAtMs),
    count: String(meta.count),
    hash: meta.hash,
  };
}

/** Undefined for what nobody here has written. */
export function decodeSnapshotMeta(stored: Readonly<Record<string, unknown>>): SnapshotMeta | undefined {
  const { label, tiers, hash } = stored;
  const [madeAtMs, writtenAtMs, count] = [stored.madeAtMs, stored.writtenAtMs, stored.count].map(numberOf);
  if (madeAtMs === undefined || writtenAtMs === undefined || count === undefined) return undefined;
  if (typeof tiers !== 'string' || typeof hash !== 'string' || !/^[0-9a-f]{0,128}$/.test(hash)) return undefined;
  if (label !== undefined && (typeof label !== 'string' || label.length > LABEL_CHARACTERS_MAX)) return undefined;
  const names = tiers.split(' ').filter(Boolean);
  if (names.length > TIERS_MAX) return undefined;
  return { ...(label !== undefined && { label }), tiers: names, madeAtMs, writtenAtMs, count, hash };
}

function numberOf(text: unknown): number | undefined {
  if (typeof text !== 'string' || !/^\d{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
