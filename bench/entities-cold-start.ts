import { NatsBroker, subjectOf } from '@app/broker';
import { decodeMessage, encodeMessage } from '@app/wire';
import type { Figure } from './bench-report.js';
import { EntityAuthors } from './entity-authors.js';
import { EntityServerProcess } from './entity-server-process.js';

/** Edits after the snapshot, which are read from the log. */
const TAIL_EDITS = 1_000;
const TARGET_S = 3;
const TARGET_COUNT = 100_000;
const SNAPSHOT_TIMEOUT_MS = 120_000;

/** How long an entity-server takes from its start as a process to a world of so many entities that can be used. */
export async function measureColdStart(natsUrl: string, count: number, profileDir?: string): Promise<Figure[]> {
  const broker = await NatsBroker.connect({ url: natsUrl });
  try {
    const first = await EntityServerProcess.start(natsUrl, broker, `bench-fill-${count}`);
    const authors = new EntityAuthors(broker, first.name);
    await authors.fill(count);
    const snapshotMs = await makeSnapshot(broker);
    await authors.run(TAIL_EDITS, 64, count);
    const before = await first.inspect(broker);
    await first.stop();
    const beginMs = performance.now();
    const second = await EntityServerProcess.start(natsUrl, broker, `bench-cold-${count}`, profileDir);
    const seconds = (performance.now() - beginMs) / 1_000;
    const after = await second.inspect(broker);
    await second.stop();
    if (Buffer.compare(before.hash, after.hash) !== 0) throw new Error('The world is another one after the start.');
    return [
      {
        name: `entities.cold_start_s.n${count}`,
        value: seconds,
        unit: 's',
        ...(count === TARGET_COUNT ? { target: TARGET_S } : {}),
      },
      { name: `entities.snapshot_s.n${count}`, value: snapshotMs / 1_000, unit: 's' },
    ];
  } finally {
    await broker.close();
  }
}

async function makeSnapshot(broker: NatsBroker): Promise<number> {
  const beginMs = performance.now();
  const subject = subjectOf('worldSnapshot', { world: 'main', who: '0' });
  const answer = await broker.request(subject, encodeMessage('WorldSnapshotRequest', {}), {
    timeoutMs: SNAPSHOT_TIMEOUT_MS,
  });
  const reply = decodeMessage('WorldSnapshotReply', answer);
  if (reply.errorCode) throw new Error(`No snapshot: ${reply.errorCode} ${reply.errorText}`);
  return performance.now() - beginMs;
}
