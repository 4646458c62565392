import { createHash } from 'node:crypto';
import type { NatsBroker } from '@app/broker';
import { SystemClock } from '@app/clock';
import { applyLogEntry, EntityWorld, openWorldJournal, recordOfEntry, type WorldJournal } from '@app/entities';
import { type LogEntry, LogFollower } from '@app/journal';

/** What a reader has seen at one place of the log. */
export interface Sight {
  /** SHA-256 of the entry, hexadecimal. */
  digest: string;
  /** Hash of the world after it, hexadecimal. */
  hash: string;
}

/** Reads a world's log while it is written, as an entity-server does, and keeps what it has seen. */
export class LiveReader {
  readonly sights = new Map<number, Sight>();
  readonly world = new EntityWorld();
  /** By shard: whose record was the newest. */
  readonly writers = new Map<number, string>();
  /** Why following had to end. */
  failure: unknown;

  private constructor(
    readonly journal: WorldJournal,
    private readonly follower: LogFollower,
  ) {
    follower.onFailed((error) => (this.failure = error));
  }

  static async start(broker: NatsBroker, world: string): Promise<LiveReader> {
    const journal = await openWorldJournal(broker, world);
    const follower = new LogFollower(broker, journal.stream, journal.subjects, new SystemClock());
    const reader = new LiveReader(journal, follower);
    await follower.start(1, (entry) => reader.read(entry));
    return reader;
  }

  /** Resolves when everything has been read up to there. */
  reached(sequence: number, timeoutMs: number): Promise<void> {
    return this.follower.reached(sequence, timeoutMs);
  }

  stop(): void {
    this.follower.stop();
  }

  private read(entry: LogEntry): void {
    applyLogEntry(this.world, entry);
    this.sights.set(entry.sequence, { digest: digestOf(entry.data), hash: hashOf(this.world) });
    const writer = recordOfEntry(entry)?.writer;
    if (writer) this.writers.set(shardOfSubject(entry.subject), writer);
  }
}

/** Hexadecimal digits of a world's state hash. */
export function hashOf(world: EntityWorld): string {
  return Buffer.from(world.hash()).toString('hex');
}

export function digestOf(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** The shard whose writer appends to this subject of a world's log. */
export function shardOfSubject(subject: string): number {
  return Number(subject.slice(subject.lastIndexOf('.') + 1));
}
