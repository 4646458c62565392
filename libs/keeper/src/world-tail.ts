import { applyLogEntry, type EntityWorld, openWorldAt, readLog, type WorldJournal } from '@app/entities';

/** A world as it is now, read from its log as often as somebody asks. */
export class WorldTail {
  /** Reads the newest snapshot and what the log has since, up to what it has at the call or to a place before. */
  static async open(journal: WorldJournal, toSequence = Number.MAX_SAFE_INTEGER): Promise<WorldTail> {
    return new WorldTail(journal, await openWorldAt(journal, { sequence: toSequence }));
  }

  /** @param world  as it was at its `lastSequence`; becomes what it is later */
  constructor(
    private readonly journal: WorldJournal,
    /** As it was at the last call of `advance`. */
    readonly world: EntityWorld,
  ) {}

  /** Reads on, up to what the log has at the call or to a place before. The world is always the same object. */
  async advance(toSequence = Infinity): Promise<EntityWorld> {
    const { lastSequence } = await this.journal.stream.state();
    const end = Math.min(toSequence, lastSequence);
    for await (const entry of readLog(this.journal, this.world.lastSequence + 1, end)) applyLogEntry(this.world, entry);
    return this.world;
  }
}
