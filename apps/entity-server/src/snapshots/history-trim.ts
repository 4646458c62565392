import type { Stream } from '@app/broker';

/** How much of a world's log is kept. */
export interface HistoryOptions {
  /** In ms; 0 for ever. */
  historyMsMax: number;
  /** 0 for as much as there is. */
  historyBytesMax: number;
}

/** What is done about a log. */
export interface HistoryPlan {
  /** First sequence that stays; 0 when nothing goes. */
  readonly trimBefore: number;
  /** More should go than snapshots allow: one more is needed. */
  readonly needsSnapshot: boolean;
}

/** A log as the plan sees it: records taken for equally large. */
export interface LogExtent {
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly sizeBytes: number;
  /** Sequence of the newest record that is older than the limit; 0 when there is none. */
  readonly oldSequence: number;
}

/**
 * Plans what a log forgets: what is too old or too much, but never what is not in the newest two snapshots, so that a world
 * can be opened even if one of them cannot be read. Pure.
 *
 * @param snapshots  oldest first
 */
export function planTrim(
  { firstSequence, lastSequence, sizeBytes, oldSequence }: LogExtent,
  snapshots: readonly { readonly sequence: number }[],
  bytesMax: number,
): HistoryPlan {
  const count = lastSequence - firstSequence + 1;
  if (count < 1) return { trimBefore: 0, needsSnapshot: false };
  const excess = bytesMax > 0 ? Math.ceil(count * Math.max(0, 1 - bytesMax / sizeBytes)) : 0;
  const wanted = Math.max(oldSequence + 1, firstSequence + excess);
  const newest = snapshots.at(-1)?.sequence ?? 0;
  // The last record stays: a writer names it when it appends the next one.
  const trimBefore = Math.min(wanted, (snapshots.at(-2)?.sequence ?? 0) + 1, lastSequence);
  // With two of them, each at half of the bytes, the log never has more than all.
  const bytesBehind = (sizeBytes * (lastSequence - newest)) / count;
  const needsSnapshot = oldSequence > newest || (bytesMax > 0 && bytesBehind > bytesMax / 2);
  return { trimBefore: trimBefore > firstSequence ? trimBefore : 0, needsSnapshot };
}

/** What is to be said of a log now. Fails with a BrokerError while storage is away. */
export async function extentOf(stream: Stream, { historyMsMax }: HistoryOptions, wallMs: number): Promise<LogExtent> {
  const [state, oldSequence] = await Promise.all([
    stream.state(),
    historyMsMax > 0 ? stream.sequenceAt(wallMs - historyMsMax) : 0,
  ]);
  return { ...state, oldSequence };
}
