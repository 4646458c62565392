import type { EntityWorld } from './entity-world.js';

/** One message of a world's log. */
export interface HistoryEntry {
  readonly sequence: number;
  readonly data: Uint8Array;
}

/** What is needed of a log; a Stream of libs/broker fits. */
export interface HistoryLog {
  state(): Promise<{ firstSequence: number; lastSequence: number }>;
  scan(pattern: string, fromSequence: number, toSequence: number): AsyncIterable<HistoryEntry>;
  sequenceAt(timeMs: number): Promise<number>;
}

/** What is needed of a place of snapshots; a SnapshotStore of libs/journal fits. */
export interface HistorySnapshots<Info extends { readonly sequence: number } = { readonly sequence: number }> {
  newestAtOrBefore(sequence: number): Promise<Info | undefined>;
  open(info: Info): AsyncIterable<Uint8Array>;
  list(): Promise<Info[]>;
}

/** Where a world's past is. */
export interface WorldHistory<Info extends { readonly sequence: number } = { readonly sequence: number }> {
  readonly log: HistoryLog;
  /** Subjects of the world's records, for example `vw.plaza.entity.log.*`. */
  readonly pattern: string;
  readonly snapshots: HistorySnapshots<Info>;
}

/** A moment of a world: a place in its log, or a time in ms since 1970-01-01 UTC. */
export type WorldMoment = { readonly sequence: number } | { readonly timeMs: number };

/**
 * The world as it was: from the newest good snapshot at or before that moment, and the log from there. Moments behind the
 * end are the end. Fails with `history-gone` when the log does not go back far enough.
 */
export async function openWorldAt<Info extends { readonly sequence: number }>(
  _history: WorldHistory<Info>,
  _moment: WorldMoment,
): Promise<EntityWorld> {
  throw new Error('not yet');
}

/** A snapshot that was compared with the log. */
export interface VerifiedSnapshot {
  readonly sequence: number;
  /** What is wrong; absent when it is what the log says. */
  readonly fault?: string;
}

/** What verifying has found. */
export interface VerifyReport {
  /** Where reading began: 0 for the beginning of the world, else the sequence of the oldest usable snapshot. */
  readonly fromSequence: number;
  readonly toSequence: number;
  readonly records: number;
  readonly count: number;
  readonly hash: Uint8Array;
  readonly snapshots: readonly VerifiedSnapshot[];
  /** Messages of the log that are no records. */
  readonly unreadable: number;
}

/** Reads a world from the first event, and compares every snapshot on the way. Fails with `history-gone`. */
export async function verifyWorld<Info extends { readonly sequence: number }>(
  _history: WorldHistory<Info>,
  _onProgress?: (sequence: number, lastSequence: number) => void,
): Promise<VerifyReport> {
  throw new Error('not yet');
}
