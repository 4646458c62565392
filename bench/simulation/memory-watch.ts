import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What is left after everything that nobody needs has been given back, in MiB. */
export interface MemoryReading {
  heap: number;
  /** Outside the heap: typed arrays, and what native objects report. */
  external: number;
  resident: number;
}

let collect: (() => void) | undefined;

/** Collects garbage, then looks. */
export function readMemory(): MemoryReading {
  if (!collect) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed / 2 ** 20, external: external / 2 ** 20, resident: rss / 2 ** 20 };
}
