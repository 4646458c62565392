import { type Broker, subjectOf } from '@app/broker';
import type { Clock, Timer } from '@app/clock';
import type { Entity, EntityChange, EntityWorld } from '@app/entities';
import { encodeMessage } from '@app/wire';
import type { EntityId, InstanceId } from '@app/world';
import { chooseHeard, isHeard, soundTableOf } from './sound-table.js';

/** The table is told at least this often, in ms. */
const INTERVAL_MS = 2_000;
/** After a change it is told this much later, in ms, so that many changes make one table. */
const CHANGE_DELAY_MS = 50;
/** Tables follow each other at this distance at least, in ms, and take at most this share of the process's time. */
const PAUSE_MS_MIN = 250;
const TIME_SHARE_MAX = 1 / 20;
/** A sound begins anew when one of these becomes another. */
const BEGINNING = ['playing', 'soundURL', 'timeOffset'] as const;

/** What the duty stands on. */
export interface SoundGround {
  clock: Clock;
  broker: Broker;
  instanceId: InstanceId;
}

/**
 * Knows which sounds and sound zones a world has, and tells audio mixers as long as it is this process's duty. It listens
 * also while it is not, so that whoever takes over knows when sounds have begun.
 */
export class SoundDuty {
  /** Entities that are heard, in the order in which they came, and when their sound has begun, ms since 1970-01-01 UTC. */
  private readonly heard = new Map<EntityId, number>();
  /** Those of them that are told; undefined when they have to be chosen anew. */
  private chosen: readonly EntityId[] | undefined;
  /** On the monotonic clock. */
  private notBeforeMs = -Infinity;
  private timer: Timer | undefined;
  private soon: Timer | undefined;

  constructor(
    private readonly worldName: string,
    private readonly world: EntityWorld,
    private readonly ground: SoundGround,
  ) {
    const entities = [...world.entities()].filter(isHeard);
    entities.sort((a, b) => a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1));
    for (const { id, createdAtMs } of entities) this.heard.set(id, createdAtMs);
  }

  start(): void {
    this.timer ??= this.ground.clock.every(INTERVAL_MS, () => this.plan(0));
    this.plan(0);
  }

  /** A second call is harmless. */
  stop(): void {
    this.timer?.cancel();
    this.soon?.cancel();
    this.timer = this.soon = undefined;
  }

  handleChanges(changes: readonly EntityChange[]): void {
    let isChanged = false;
    for (const { id, before, after } of changes) {
      if (after && isHeard(after)) this.heard.set(id, this.beginningOf(before, after));
      else if (!this.heard.delete(id)) continue;
      isChanged = true;
    }
    if (!isChanged) return;
    this.chosen = undefined;
    if (this.timer) this.plan(CHANGE_DELAY_MS);
  }

  private beginningOf(before: Entity | undefined, after: Entity): number {
    const known = this.heard.get(after.id);
    const isSame = BEGINNING.every((name) => before?.properties[name] === after.properties[name]);
    return known !== undefined && isSame ? known : after.editedAtMs;
  }

  private plan(delayMs: number): void {
    const { clock } = this.ground;
    const waitMs = Math.max(delayMs, this.notBeforeMs - clock.nowMs());
    if (waitMs <= 0) this.publish();
    else this.soon ??= clock.after(waitMs, () => this.publish());
  }

  private publish(): void {
    this.soon?.cancel();
    this.soon = undefined;
    const { broker, instanceId, clock } = this.ground;
    const beganAtMs = clock.nowMs();
    const startedAtMs = ({ id, createdAtMs }: Entity): number => this.heard.get(id) ?? createdAtMs;
    this.chosen ??= chooseHeard(this.entities()).map(({ id }) => id);
    const table = soundTableOf(this.world, this.chosen, clock.wallMs(), startedAtMs);
    const subject = subjectOf('entitySound', { world: this.worldName, who: instanceId });
    broker.publish(subject, encodeMessage('EntitySoundTable', table));
    const nowMs = clock.nowMs();
    this.notBeforeMs = nowMs + Math.max(PAUSE_MS_MIN, (nowMs - beganAtMs) / TIME_SHARE_MAX);
  }

  private *entities(): Generator<Entity, void> {
    for (const id of this.heard.keys()) {
      const entity = this.world.get(id);
      if (entity) yield entity;
    }
  }
}
