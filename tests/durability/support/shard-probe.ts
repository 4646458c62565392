import { setTimeout as pause } from 'node:timers/promises';
import { shardOfRoot } from '@app/entities';
import type { EntityId } from '@app/world';
import type { EditNote } from './edit-notes.js';
import type { AuthorsDoor } from './nats-author.js';

const INTERVAL_MS = 40;
const IN_FLIGHT_MAX = 60;

/** Changes one entity again and again, without waiting for answers, to see when a shard answers. */
export class ShardProbe {
  readonly notes: EditNote[] = [];
  private readonly id: EntityId;
  private count = 0;
  private inFlight = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    readonly shard: number,
    shards: number,
    private readonly door: AuthorsDoor,
  ) {
    this.id = idInShard(shard, shards);
  }

  async start(): Promise<void> {
    await this.send({ kind: 'add', type: 'Empty' });
    this.timer = setInterval(() => {
      if (this.inFlight < IN_FLIGHT_MAX) void this.send({ kind: 'change' });
    }, INTERVAL_MS);
  }

  /** Resolves when all answers are there. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    while (this.inFlight > 0) await pause(20);
  }

  /** How long after a moment the first change was acknowledged that was asked for after it; undefined when none was. */
  answeredAfter(atMs: number): number | undefined {
    const after = this.notes.filter(({ beganMs, outcome }) => beganMs >= atMs && outcome.kind === 'acked');
    return after.length > 0 ? Math.min(...after.map(({ endedMs }) => endedMs)) - atMs : undefined;
  }

  private async send(edit: { kind: 'add'; type: string } | { kind: 'change' }): Promise<void> {
    this.inFlight++;
    const author = `probe${this.shard}`;
    const token = `${author}-${++this.count}`;
    const edits = [{ ...edit, id: this.id, properties: { userData: token } }];
    // Each is a session of its own, because those of one session wait for each other.
    this.notes.push(await this.door.edit(author, 1_000_000 * (this.shard + 1) + this.count, token, edits));
    this.inFlight--;
  }
}

function idInShard(shard: number, shards: number): EntityId {
  for (let number = 0; ; number++) {
    const id = `90be0000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
    if (shardOfRoot(id, shards) === shard) return id;
  }
}
