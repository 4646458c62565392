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
  /** When it was stored or last described, ms since 1970-01-01 UTC. */
  readonly storedAtMs: number;
}
