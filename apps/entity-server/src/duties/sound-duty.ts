import { type Broker, subjectOf } from '@app/broker';
import type { Clock, Timer } from '@app/clock';
import type { Entity, EntityChange, EntityWorld } from '@app/entities';
import { encodeMessage } from '@app/wire';
import type { EntityId, InstanceId } from '@app/world';
import { isHeard, soundTableOf } from './sound-table.js';

/** The table is told at least this often, in ms. */
const INTERVAL_MS = 2_000;
/** After a change it is told this much later, in ms, so that many changes make one table. */
const CHANGE_DELAY_MS = 50;
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
  /** Entities that are heard, and when their sound has begun, ms since 1970-01-01 UTC. */
  private readonly heard = new Map<EntityId, number>();
  private timer: Timer | undefined;
  private soon: Timer | undefined;

  constructor(
    private readonly worldName: string,
    private readonly world: EntityWorld,
    private readonly ground: SoundGround,
  ) {
    for (const entity of world.entities()) if (isHeard(entity)) this.heard.set(entity.id, entity.createdAtMs);
  }

  start(): void {
    this.timer ??= this.ground.clock.every(INTERVAL_MS, () => this.publish());
    this.publish();
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
    if (isChanged && this.timer) this.soon ??= this.ground.clock.after(CHANGE_DELAY_MS, () => this.publish());
  }

  private beginningOf(before: Entity | undefined, after: Entity): number {
    const known = this.heard.get(after.id);
    const isSame = BEGINNING.every((name) => before?.properties[name] === after.properties[name]);
    return known !== undefined && isSame ? known : after.editedAtMs;
  }

  private publish(): void {
    this.soon?.cancel();
    this.soon = undefined;
    const { broker, instanceId, clock } = this.ground;
    const startedAtMs = ({ id, createdAtMs }: Entity): number => this.heard.get(id) ?? createdAtMs;
    const table = soundTableOf(this.world, this.heard.keys(), clock.wallMs(), startedAtMs);
    const subject = subjectOf('entitySound', { world: this.worldName, who: instanceId });
    broker.publish(subject, encodeMessage('EntitySoundTable', table));
  }
}
