import { inspectWorld, type KeptWorld } from '@app/keeper';
import { defineSettings } from '@app/settings';
import { formatTable } from '../table.js';
import { bytesText, timeText } from './plain-text.js';
import { defineCommand } from './world-command.js';
import type { WorldSession } from './world-session.js';

/** `vicinity world list` */
export const list = defineCommand({
  usage: '[--json]',
  help: 'All worlds: entities, place in the log, size, newest snapshot.',
  operandsMin: 0,
  operandsMax: 0,
  flags: defineSettings({
    json: { type: 'boolean', default: false, help: 'One line of JSON for each world.' },
  }),
  async run({ session, flags, print }) {
    const names = session.catalogue.names();
    const rows = await Promise.all(names.map(async (name) => describe(session, await session.world(name))));
    if (flags.json) for (const row of rows) print(JSON.stringify(row));
    else print(rows.length > 0 ? tableOf(rows) : 'There are no worlds yet.');
    return 0;
  },
});

interface WorldRow {
  name: string;
  shards: number;
  /** Absent while no entity-server answers and there is no snapshot. */
  entities?: number;
  sequence: number;
  logBytes: number;
  snapshots: number;
  snapshotBytes: number;
  newestSnapshot?: { sequence: number; time: string; label?: string };
}

async function describe({ broker }: WorldSession, { name, shards, journal }: KeptWorld): Promise<WorldRow> {
  const [state, snapshots, reply] = await Promise.all([
    journal.stream.state(),
    journal.snapshots.list(),
    inspectWorld(broker, name),
  ]);
  const newest = snapshots.at(-1);
  const { label, sequence = 0, madeAtMs = 0 } = newest ?? {};
  return {
    name,
    shards,
    entities: reply?.count ?? (newest?.sequence === state.lastSequence ? newest.count : undefined),
    sequence: state.lastSequence,
    logBytes: state.sizeBytes,
    snapshots: snapshots.length,
    snapshotBytes: snapshots.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    ...(newest && { newestSnapshot: { sequence, time: timeText(madeAtMs), ...(label !== undefined && { label }) } }),
  };
}

function tableOf(rows: readonly WorldRow[]): string {
  const cells = rows.map(({ name, entities, shards, sequence, logBytes, snapshotBytes, newestSnapshot }) => [
    name,
    entities === undefined ? '?' : `${entities}`,
    `${sequence}`,
    `${shards}`,
    bytesText(logBytes + snapshotBytes),
    newestSnapshot ? `${newestSnapshot.time} at ${newestSnapshot.sequence}` : 'none',
    newestSnapshot?.label ?? '',
  ]);
  return formatTable(['world', 'entities', 'sequence', 'shards', 'size', 'newest snapshot', 'label'], cells);
}
