import { startNatsServer } from '@app/testing';
import { type BenchReport, describeMachine, describeVersions, type Figure } from './bench-report.js';
import { measureColdStart } from './entities-cold-start.js';
import { measureEdits } from './entities-edits.js';

/**
 * Options of the command line: `--edits N` per measurement, `--entities 10000,100000` for cold starts, `--profile DIR` for a
 * CPU profile of each server.
 */
interface EntitiesOptions {
  edits: number;
  entities: readonly number[];
  profileDir?: string;
}

/** Durable edits, replay and cold start of one entity-server on a real broker with file storage. */
export async function run(args: readonly string[]): Promise<BenchReport> {
  const options = readOptions(args);
  const machine = describeMachine();
  const figures = await withBroker((url) => measureEdits(url, options.edits, options.profileDir));
  for (const count of options.entities)
    figures.push(...(await withBroker((url) => measureColdStart(url, count, options.profileDir))));
  return {
    bench: 'entities',
    machine,
    versions: describeVersions(),
    conditions: {
      edits: options.edits,
      storage: 'file, one replica, sync_interval as nats-server has it by default',
      processes: 'nats-server, one entity-server, and this program as the authors, on the same machine',
      edit: 'one changed property (userData) of one of 1,000 entities, about 300 bytes encoded',
    },
    figures,
  };
}

/** Each measurement has a broker of its own, with nothing in it. */
async function withBroker(measure: (url: string) => Promise<Figure[]>): Promise<Figure[]> {
  const server = await startNatsServer();
  try {
    return await measure(server.url);
  } finally {
    await server.stop();
  }
}

function readOptions(args: readonly string[]): EntitiesOptions {
  const valueOf = (name: string): string | undefined => {
    const index = args.indexOf(name);
    return index < 0 ? undefined : args[index + 1];
  };
  const edits = Number(valueOf('--edits') ?? 60_000);
  const entities = (valueOf('--entities') ?? '10000,100000').split(',').filter(Boolean).map(Number);
  if (!Number.isInteger(edits) || edits < 1_000 || entities.some((count) => !Number.isInteger(count) || count < 1)) {
    throw new Error('Usage: --edits N (at least 1000) --entities N,N,... --profile DIR');
  }
  return { edits, entities, profileDir: valueOf('--profile') };
}
