import { readFile } from 'node:fs/promises';
import type { ChildProcess } from 'node:child_process';
import type { Clock, Timer } from '@app/clock';

const INTERVAL_MS = 50;
const BYTES_PER_KIB = 1_024;

/**
 * Kills a process whose memory grows beyond a bound: what Node's own limit knows of is the heap of JavaScript, and not the
 * buffers that models are made of. Where the system does not tell (it is not Linux), nothing happens.
 */
export function watchMemory(clock: Clock, child: ChildProcess, bytesMax: number): Timer {
  let isAsking = false;
  const watch = clock.every(INTERVAL_MS, () => {
    if (child.exitCode !== null || child.signalCode !== null) return watch.cancel();
    if (isAsking || child.pid === undefined) return;
    isAsking = true;
    void residentBytes(child.pid).then((bytes) => {
      isAsking = false;
      if (bytes > bytesMax) child.kill('SIGKILL');
    });
  });
  return watch;
}

/** Memory of a process that is really there; 0 when nobody tells. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * BYTES_PER_KIB;
}
