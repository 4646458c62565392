import { NatsBroker } from '@app/broker';
import { applyLogEntry, EntityWorld, openWorldJournal } from '@app/entities';
import { type Figure, quantile } from './bench-report.js';
import { EntityAuthors } from './entity-authors.js';
import { EntityServerProcess } from './entity-server-process.js';

const ENTITIES = 1_000;
const IN_FLIGHT = 256;
const WARM_UP_EDITS = 5_000;

/** Acknowledged edits per second, how long an acknowledgement takes, and how fast the log is read again. */
export async function measureEdits(natsUrl: string, edits: number, profileDir?: string): Promise<Figure[]> {
  const broker = await NatsBroker.connect({ url: natsUrl });
  const server = await EntityServerProcess.start(natsUrl, broker, 'bench-edits', profileDir);
  try {
    const authors = new EntityAuthors(broker, server.name);
    await authors.fill(ENTITIES);
    await authors.run(WARM_UP_EDITS, IN_FLIGHT, ENTITIES);
    const cpuBeforeMs = server.cpuMs();
    const many = await timed(() => authors.run(edits, IN_FLIGHT, ENTITIES));
    const cpuMs = server.cpuMs() - cpuBeforeMs;
    const single = await timed(() => authors.run(Math.min(edits, 3_000), 1, ENTITIES));
    const manyMs = [...many.result].sort((a, b) => a - b);
    const singleMs = [...single.result].sort((a, b) => a - b);
    return [
      { name: `entities.acked_per_s.inflight${IN_FLIGHT}`, value: edits / many.seconds, unit: '1/s', target: 20_000 },
      { name: `entities.ack_ms.p50.inflight${IN_FLIGHT}`, value: quantile(manyMs, 0.5), unit: 'ms' },
      { name: `entities.ack_ms.p99.inflight${IN_FLIGHT}`, value: quantile(manyMs, 0.99), unit: 'ms' },
      { name: 'entities.server_cpu_us_per_edit', value: (cpuMs * 1_000) / edits, unit: 'µs' },
      { name: 'entities.ack_ms.p50.inflight1', value: quantile(singleMs, 0.5), unit: 'ms' },
      { name: 'entities.ack_ms.p99.inflight1', value: quantile(singleMs, 0.99), unit: 'ms' },
      ...(await measureReplay(broker)),
    ];
  } finally {
    await server.stop();
    await broker.close();
  }
}

/** Reads the whole log into an empty world, as a server without snapshots would. */
async function measureReplay(broker: NatsBroker): Promise<Figure[]> {
  const { stream, subjects } = await openWorldJournal(broker, 'main');
  const { lastSequence } = await stream.state();
  const world = new EntityWorld();
  let edits = 0;
  const { seconds } = await timed(async () => {
    for await (const entry of stream.scan(subjects.log, 1, lastSequence)) {
      for (const outcome of applyLogEntry(world, entry)) if (outcome.kind === 'done') edits += outcome.results.length;
    }
  });
  return [{ name: 'entities.replay_per_s', value: edits / seconds, unit: '1/s' }];
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const beginMs = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - beginMs) / 1_000 };
}
