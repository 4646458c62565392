import type { Timer } from '@app/clock';
import { openWorldJournal } from '@app/entities';
import type { vicinity } from '@app/wire';
import { ENTITY_EDITS_WAITING_TO_OPEN_MAX } from '@app/world';
import { type EditReply, refusalOf } from './edit-reply.js';
import { EDIT_PATIENCE_MS } from './front/entity-front.js';
import { OpenRetry } from './open-retry.js';
import { OpenWorld } from './open-world.js';
import { worldBusy, worldUnavailable } from './passing-errors.js';
import type { WorldGround } from './world-ground.js';
import { WorldReplica } from './world-replica.js';

/** One world in this process: opened as soon as storage allows, and anew when its log cannot be followed any more. */
export class WorldActor {
  private current: OpenWorld | undefined;
  private readonly waiting = new Set<() => void>();
  private readonly openRetry: OpenRetry;
  private retry: Timer | undefined;
  private isStopped = false;

  constructor(
    readonly name: string,
    private readonly shards: number,
    private readonly ground: WorldGround,
  ) {
    this.openRetry = new OpenRetry(ground.random);
  }

  /** The world while it is open. */
  get open(): OpenWorld | undefined {
    return this.current;
  }

  /** Resolves after the first attempt; others follow in the background. */
  async start(): Promise<void> {
    const { broker, logger } = this.ground;
    try {
      const journal = await openWorldJournal(broker, this.name, true);
      const replica = await WorldReplica.open(this.name, journal, this.ground);
      this.adopt(replica);
    } catch (error) {
      if (this.isStopped) return;
      const { delayMs, isNews } = this.openRetry.note(error);
      if (isNews) logger.warn({ err: error, world: this.name }, 'A world cannot be opened yet; trying again.');
      this.retry = this.ground.clock.after(delayMs, () => void this.start());
    }
  }

  /** Answers when the log has the edits, or with a code. Never fails. */
  edit(request: vicinity.v1.EntityEditRequest): Promise<EditReply> {
    const deadlineMs = this.ground.clock.nowMs() + EDIT_PATIENCE_MS;
    return this.current?.edit(request, deadlineMs) ?? this.editLater(request, deadlineMs);
  }

  private async editLater(request: vicinity.v1.EntityEditRequest, deadlineMs: number): Promise<EditReply> {
    if (this.waiting.size >= ENTITY_EDITS_WAITING_TO_OPEN_MAX) return refusalOf(worldBusy());
    const world = await this.whenOpen(EDIT_PATIENCE_MS);
    return world ? world.edit(request, deadlineMs) : refusalOf(worldUnavailable());
  }

  /** Resolves with the open world, or with undefined after that time. */
  private async whenOpen(timeoutMs: number): Promise<OpenWorld | undefined> {
    if (!this.current && !this.isStopped) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          timer.cancel();
          this.waiting.delete(wake);
          resolve();
        };
        const timer = this.ground.clock.after(timeoutMs, wake);
        this.waiting.add(wake);
      });
    }
    return this.current;
  }

  /** Gives its shards up to others; edits that still arrive here go to them. */
  async handOver(): Promise<void> {
    await this.current?.handOver();
  }

  /** Finishes what is in flight and gives its shards up. A second call is harmless. */
  async stop(): Promise<void> {
    if (this.isStopped) return;
    this.isStopped = true;
    this.retry?.cancel();
    this.wakeAll();
    await this.current?.drain();
  }

  private adopt(replica: WorldReplica): void {
    if (this.isStopped) return replica.stop();
    this.openRetry.clear();
    const world = new OpenWorld(replica, this.shards, this.ground);
    replica.onFailed((error) => {
      this.ground.logger.error({ err: error, world: this.name }, 'The log cannot be followed; opening the world anew.');
      if (this.current !== world) return;
      this.current = undefined;
      void world.abandon();
      const { delayMs } = this.openRetry.note(error);
      if (!this.isStopped) this.retry = this.ground.clock.after(delayMs, () => void this.start());
    });
    this.current = world;
    world.start();
    this.ground.logger.info(
      { world: this.name, sequence: replica.lastSequence, entities: replica.world.size },
      'A world is open.',
    );
    this.wakeAll();
  }

  private wakeAll(): void {
    for (const wake of [...this.waiting]) wake();
  }
}
