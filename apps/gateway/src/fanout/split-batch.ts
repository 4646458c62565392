import { BATCH_BYTES_MAX } from '@app/world';

/** Cuts a list into runs of at most `bytesMax` each; an item that is larger alone gets a run of its own. Pure. */
export function splitByBytes<T>(
  items: readonly T[],
  sizeOf: (item: T) => number,
  bytesMax: number = BATCH_BYTES_MAX,
  countMax: number = Infinity,
): T[][] {
  const runs: T[][] = [];
  let run: T[] = [];
  let runBytes = 0;
  for (const item of items) {
    const bytes = sizeOf(item);
    if (run.length > 0 && (runBytes + bytes > bytesMax || run.length >= countMax)) {
      runs.push(run);
      run = [];
      runBytes = 0;
    }
    run.push(item);
    runBytes += bytes;
  }
  if (run.length > 0) runs.push(run);
  return runs;
}
