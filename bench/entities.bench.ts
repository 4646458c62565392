import { startNatsServer } from '@app/testing';
import { type BenchReport, describeMachine, describeVersions, type Figure } from './bench-report.js';
import { measureColdStart } from './entities-cold-start.js';
import { measureEdits } from './entities-edits.js';
import { INTEREST_CONDITIONS, measureInterest } from './interest.bench.js';

/**
 * Options of the command line: `--edits N` per measurement, `--entities 10000,100000` for cold starts, `--profile DIR` for a
 * CPU profile of each server, `--only edits|cold-start|interest` for one of the three, `--quick` for seconds instead of
 * minutes.
 */
interface EntitiesOptions {
  edits: number;
  entities: readonly number[];
  profileDir?: string;
  only?: Part;
  isQuick: boolean;
}

/** What is measured, in this order. */
const PARTS = ['edits', 'cold-start', 'interest'] as const;
type Part = (typeof PARTS)[number];

/**
 * Durable edits, replay and cold start of one entity-server on a real broker with file storage; and who is told what, which
 * is measured in this process.
 */
export async function run(args: readonly string[]): Promise<BenchReport> {
  const options = readOptions(args);
  const machine = describeMachine();
  const isWanted = (part: Part): boolean => options.only === undefined || options.only === part;
  const figures: Figure[] = [];
  if (isWanted('edits')) {
    figures.push(...(await withBroker((url) => measureEdits(url, options.edits, options.profileDir))));
  }
  for (const count of isWanted('cold-start') ? options.entities : []) {
    figures.push(...(await withBroker((url) => measureColdStart(url, count, options.profileDir))));
  }
  if (isWanted('interest')) figures.push(...measureInterest(options.isQuick));
  return {
    bench: 'entities',
    machine,
    versions: describeVersions(),
    conditions: {
      edits: options.edits,
      storage: 'file, one replica, sync_interval as nats-server has it by default',
      processes: 'nats-server, one entity-server, and this program as the authors, on the same machine',
      edit: 'one changed property (userData) of one of 1,000 entities, about 300 bytes encoded',
      ...INTEREST_CONDITIONS,
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
  const isQuick = args.includes('--quick');
  const edits = Number(valueOf('--edits') ?? (isQuick ? 5_000 : 60_000));
  const entities = (valueOf('--entities') ?? (isQuick ? '10000' : '10000,100000'))
    .split(',')
    .filter(Boolean)
    .map(Number);
  const part = valueOf('--only');
  const only = PARTS.find((name) => name === part);
  const isWrong = !Number.isInteger(edits) || edits < 1_000 || (part !== undefined && !only);
  if (isWrong || entities.some((count) => !Number.isInteger(count) || count < 1)) {
    const usage = '--edits N (at least 1000) --entities N,N,... --only edits|cold-start|interest --profile DIR --quick';
    throw new Error(`Usage: ${usage}`);
  }
  return { edits, entities, profileDir: valueOf('--profile'), only, isQuick };
}
