import type { Broker } from '@app/broker';
import { ChannelActor } from './channel.actor.js';
import type { MessageLog } from './message-log.js';

/** Channels that one instance keeps in memory; the one that was silent longest is forgotten first. */
export const CHANNELS_KEPT_MAX = 4_096;

/** The channels that this instance has heard of lately. */
export class ChannelDirectory {
  private readonly channels = new Map<string, ChannelActor>();

  constructor(
    private readonly broker: Broker,
    private readonly log: MessageLog,
    private readonly keptMax = CHANNELS_KEPT_MAX,
  ) {}

  get count(): number {
    return this.channels.size;
  }

  has(world: string, channel: string): boolean {
    return this.channels.has(keyOf(world, channel));
  }

  /** The channel's actor, made if necessary. Undefined when there are too many that are all busy. */
  open(world: string, channel: string): ChannelActor | undefined {
    const key = keyOf(world, channel);
    let actor = this.channels.get(key);
    if (!actor) {
      if (this.channels.size >= this.keptMax && !this.forgetOne()) return undefined;
      actor = new ChannelActor(world, channel, this.broker, this.log);
    }
    // Maps keep the order of insertion: the first is the one that was silent longest.
    this.channels.delete(key);
    this.channels.set(key, actor);
    return actor;
  }

  private forgetOne(): boolean {
    for (const [key, actor] of this.channels) {
      if (actor.isIdle) return this.channels.delete(key);
    }
    return false;
  }
}

function keyOf(world: string, channel: string): string {
  // World names have no slash.
  return `${world}/${channel}`;
}
