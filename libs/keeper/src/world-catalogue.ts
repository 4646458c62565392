import type { Broker } from '@app/broker';
import type { Clock } from '@app/clock';
import { EntityError, openWorldJournal, type WorldJournal } from '@app/entities';
import { WorldDirectory, WORLDS_BUCKET } from '@app/runtime';
import { WORLDS_MAX } from '@app/world';
import { KeeperError } from './keeper.errors.js';

/** A world that somebody looks after: where its log and its snapshots are. */
export interface KeptWorld {
  readonly name: string;
  /** Into how many parts it is divided. */
  readonly shards: number;
  readonly journal: WorldJournal;
}

/** The worlds that the broker knows of: those that were created, and those of the settings once a server has seen them. */
export class WorldCatalogue {
  /** Resolves when all worlds are known. */
  static async open(broker: Broker, clock: Clock): Promise<WorldCatalogue> {
    const directory = new WorldDirectory(broker, clock, []);
    // Opening the bucket fails when storage is away; the directory alone would try for ever.
    await broker.keyValue(WORLDS_BUCKET);
    await directory.start();
    return new WorldCatalogue(broker, directory);
  }

  private constructor(
    private readonly broker: Broker,
    private readonly directory: WorldDirectory,
  ) {}

  close(): void {
    this.directory.stop();
  }

  /** Names of all worlds, sorted. */
  names(): readonly string[] {
    return [...this.directory.names()].sort();
  }

  has(name: string): boolean {
    return this.directory.has(name);
  }

  /** Opens a world; fails with `world-unknown` when there is none of that name, and never makes one. */
  async get(name: string): Promise<KeptWorld> {
    if (!this.directory.has(name)) throw new EntityError('world-unknown', `There is no world called ${name}.`);
    const journal = await openWorldJournal(this.broker, name);
    return { name, shards: this.directory.shardsOf(name) ?? 1, journal };
  }

  /** Makes a world and opens it. Fails with `world-exists`, or with `worlds-too-many`. */
  async create(name: string, shards: number): Promise<KeptWorld> {
    if (this.directory.names().length >= WORLDS_MAX) {
      throw new KeeperError('worlds-too-many', `A domain has at most ${WORLDS_MAX} worlds.`);
    }
    const isNew = await this.directory.create(name, { shards });
    if (!isNew) throw new KeeperError('world-exists', `There is a world called ${name} already.`);
    return { name, shards, journal: await openWorldJournal(this.broker, name) };
  }
}
