import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryBus } from '@app/broker';
import type { SnapshotInfo } from '@app/journal';
import { SimClock } from '@app/testing';
import {
  type EntityEdit,
  encodeRecord,
  encodeSnapshot,
  EntityError,
  EntityWorld,
  openWorldAt,
  openWorldJournal,
  verifyWorld,
  type WorldHistory,
  type WorldJournal,
} from './index.js';
import { ADA, IDS } from './naive-world.fixture.js';
import { add, change, erase } from './world-kit.fixture.js';

const [A] = IDS;

/** A world whose log and snapshots are in a broker. */
class StoredWorld {
  readonly clock = new SimClock();
  readonly broker = new MemoryBus({ clock: this.clock }).connect();
  readonly world = new EntityWorld();
  /** The state's hash behind each sequence. */
  readonly hashes: Uint8Array[] = [this.world.hash()];
  journal!: WorldJournal;

  async open(): Promise<this> {
    this.journal = await openWorldJournal(this.broker, 'plaza');
    return this;
  }

  async do(author: typeof ADA, ...edits: EntityEdit[]): Promise<void> {
    await this.clock.advance(1_000);
    const transactions = [{ editId: `edit-${this.world.lastSequence}`, author, edits }];
    const record = { epoch: 1, writer: 'entity-server-1', writtenAtMs: this.clock.wallMs(), transactions };
    await this.append(encodeRecord(record));
    this.world.apply(record, this.hashes.length);
    this.hashes.push(this.world.hash());
  }

  append(data: Uint8Array): Promise<unknown> {
    return this.journal.stream.append(this.journal.subjects.log.replace('*', '0'), data);
  }

  snapshot(world = this.world, at = world.lastSequence): Promise<SnapshotInfo> {
    const hash = Buffer.from(world.hash()).toString('hex');
    const meta = { tiers: [], madeAtMs: 0, writtenAtMs: world.lastWrittenAtMs, count: world.size, hash };
    return this.journal.snapshots.put(at, encodeSnapshot(world), meta);
  }
}

async function code(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'fine',
    (error: unknown) => (error instanceof EntityError ? error.code : String(error)),
  );
}

/** The history without what came before a sequence. */
function forgotten({ stream, ...rest }: WorldJournal, firstSequence: number): WorldHistory<SnapshotInfo> {
  return {
    ...rest,
    stream: {
      state: async () => ({ ...(await stream.state()), firstSequence }),
      sequenceAt: (timeMs) => stream.sequenceAt(timeMs),
      scan: (pattern, from, to) => stream.scan(pattern, Math.max(from, firstSequence), to),
    },
  };
}

describe('the history of a world', () => {
  let stored: StoredWorld;

  beforeEach(async () => {
    stored = await new StoredWorld().open();
    for (let i = 0; i < 30; i++) {
      await stored.do(ADA, i % 10 === 0 ? add(IDS[i / 10]) : change(IDS[0], { name: `name ${i}` }));
      if (i % 8 === 7) await stored.snapshot();
    }
  });

  it('opens the world at any sequence', async () => {
    for (let sequence = 0; sequence <= 30; sequence++) {
      const world = await openWorldAt(stored.journal, { sequence });
      expect(world.lastSequence).toBe(sequence);
      expect(world.hash()).toEqual(stored.hashes[sequence]);
    }
    expect((await openWorldAt(stored.journal, { sequence: 99 })).lastSequence).toBe(30);
  });

  it('opens the world at any second', async () => {
    const endMs = stored.clock.wallMs();
    for (const agoS of [0, 1, 7, 29, 30]) {
      const world = await openWorldAt(stored.journal, { timeMs: endMs - agoS * 1_000 });
      expect(world.lastSequence).toBe(30 - agoS);
    }
    expect((await openWorldAt(stored.journal, { timeMs: endMs + 99_000 })).lastSequence).toBe(30);
    expect((await openWorldAt(stored.journal, { timeMs: endMs - 500 })).lastSequence).toBe(29);
  });

  it('goes back to an older snapshot when one is damaged', async () => {
    await stored.snapshot(new EntityWorld(), 24);
    expect((await openWorldAt(stored.journal, { sequence: 26 })).hash()).toEqual(stored.hashes[26]);
  });

  it('says when it does not go back far enough', async () => {
    expect(await code(openWorldAt(forgotten(stored.journal, 9), { sequence: 12 }))).toBe('fine');
    expect(await code(openWorldAt(forgotten(stored.journal, 9), { sequence: 8 }))).toBe('fine');
    expect(await code(openWorldAt(forgotten(stored.journal, 9), { sequence: 5 }))).toBe('history-gone');
    expect(await code(openWorldAt(forgotten(stored.journal, 20), { sequence: 22 }))).toBe('history-gone');
    expect(await code(openWorldAt(forgotten(stored.journal, 20), { sequence: 26 }))).toBe('fine');
  });

  it('is verified from the first event, with every snapshot on the way', async () => {
    await stored.append(Uint8Array.of(1, 2, 3));
    const told: number[] = [];
    const report = await verifyWorld(stored.journal, (sequence) => told.push(sequence));
    expect(report).toMatchObject({
      fromSequence: 0,
      toSequence: 31,
      records: 31,
      unreadable: 1,
      count: 3,
      hash: stored.hashes[30],
      snapshots: [{ sequence: 8 }, { sequence: 16 }, { sequence: 24 }],
    });
    expect(told.at(-1)).toBe(31);
  });

  it('tells which snapshots are not what the log leads to', async () => {
    const other = await openWorldAt(stored.journal, { sequence: 15 });
    const transactions = [{ editId: 'x', author: ADA, edits: [erase(A)] }];
    other.apply({ epoch: 1, writer: 'w', writtenAtMs: 0, transactions }, 16);
    await stored.snapshot(other);
    await stored.snapshot(new EntityWorld(), 24);
    await stored.snapshot(new EntityWorld(), 77);
    const { snapshots } = await verifyWorld(stored.journal);
    expect(snapshots).toEqual([
      { sequence: 8 },
      { sequence: 16, fault: 'Its state is not the one that the log leads to.' },
      { sequence: 24, fault: 'The snapshot at 24 is of 0.' },
      { sequence: 77, fault: 'It is of a place behind the end of the log.' },
    ]);
  });

  it('is verified from the oldest snapshot when the log has lost its beginning', async () => {
    const report = await verifyWorld(forgotten(stored.journal, 10));
    expect(report).toMatchObject({ fromSequence: 16, toSequence: 30, records: 14, hash: stored.hashes[30] });
    expect(report.snapshots[0]).toEqual({ sequence: 8, fault: 'The log does not go back to it.' });
    expect(await code(verifyWorld(forgotten(stored.journal, 28)))).toBe('history-gone');
  });
});
