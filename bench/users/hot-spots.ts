import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Functions that are named for each program. */
const NAMED = 25;
/** Programs that do less than this of a core are left out. */
const BUSY_SHARE_MIN = 0.05;

interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  timeDeltas: number[];
}

/** Where the time goes, by program: the functions in which it is spent, without what they call, in % of the busy time. */
export function hotSpotsOf(folder: string): string[] {
  return profilesIn(folder).flatMap((file) => {
    const { busyShare, functions } = readProfile(JSON.parse(readFileSync(file, 'utf8')) as Profile);
    const rows = functions
      .slice(0, NAMED)
      .map(([name, share]) => `  ${(100 * share).toFixed(1).padStart(5)} %  ${name}`);
    if (busyShare < BUSY_SHARE_MIN) return [];
    return [`${file.slice(folder.length + 1)}: ${(100 * busyShare).toFixed(0)} % of a core`, ...rows];
  });
}

function profilesIn(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? profilesIn(path) : path.endsWith('.cpuprofile') ? [path] : []))
    .sort();
}

function readProfile({ nodes, samples, timeDeltas }: Profile): {
  busyShare: number;
  functions: [name: string, share: number][];
} {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  let whole = 0;
  samples.forEach((id, index) => {
    const name = names.get(id) ?? '';
    times.set(name, (times.get(name) ?? 0) + timeDeltas[index]);
    whole += timeDeltas[index];
  });
  // What the profiler itself takes to begin.
  whole -= times.get('dispatch') ?? 0;
  const busy = whole - (times.get('(idle)') ?? 0);
  for (const name of ['(idle)', 'dispatch']) times.delete(name);
  const functions = [...times].map(([name, time]): [string, number] => [name, time / busy]);
  return { busyShare: busy / whole, functions: functions.sort(([, a], [, b]) => b - a) };
}

/** `receive apps/gateway/src/x.js:12`; of packages only the package. */
function nameOf({ functionName, url, lineNumber }: Profile['nodes'][number]['callFrame']): string {
  if (url === '') return functionName;
  const path = url.replace(/^.*\/dist\//, '').replace(/^.*\/node_modules\//, '');
  return `${functionName || '(anonymous)'} ${path}:${lineNumber + 1}`;
}
