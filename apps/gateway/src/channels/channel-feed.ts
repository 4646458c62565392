import { type Broker, type BrokerMessage, type Subscription, subjectOf } from '@app/broker';
import { HISTORY_COUNT_MAX, channelToken } from '@app/world';
import { type vicinity, WireError, decodeMessage } from '@app/wire';

type ChannelMessage = vicinity.v1.ChannelMessage.$Properties;

/** What a feed needs of its surroundings. */
export interface ChannelFeedPorts {
  broker: Broker;
  history(channel: string, count: number): Promise<ChannelMessage[]>;
  deliver(channel: string, message: ChannelMessage): void;
  countDrop(reason: string, count?: number): void;
}

/** Messages held back while missing ones are fetched. */
const HELD_MAX = 256;

/**
 * The messages of one channel as this gateway hears them, for as long as somebody here wants them. Text comes from the
 * channel's log with its place in it and the place of the message before, so a message that the broker lost is noticed and
 * fetched: in every receiver the sequences only rise, and none is missing.
 */
export class ChannelFeed {
  private readonly subscriptions: Subscription[];
  private lastSequence = 0;
  /** Arrived while older ones were being fetched. */
  private held: ChannelMessage[] | undefined;
  private isClosed = false;

  constructor(
    world: string,
    readonly channel: string,
    private readonly ports: ChannelFeedPorts,
  ) {
    const who = channelToken(channel);
    this.subscriptions = [
      ports.broker.subscribe(subjectOf('messageOut', { world, who }), (message) => this.handleText(message)),
      ports.broker.subscribe(subjectOf('messageTransient', { world, who }), (message) => this.handleBinary(message)),
    ];
  }

  /** The broker was away: whatever was said meanwhile is fetched. */
  catchUp(): void {
    if (this.lastSequence > 0) this.fetch();
  }

  /** A second call is harmless. */
  close(): void {
    this.isClosed = true;
    for (const subscription of this.subscriptions.splice(0)) subscription.unsubscribe();
  }

  private handleText(raw: BrokerMessage): void {
    const message = this.decode(raw);
    if (!message) return;
    // The log knows the place only when it has the message, so it cannot stand in the message itself.
    message.sequence = raw.sequence ?? message.sequence;
    if (this.held) {
      if (this.held.length < HELD_MAX) this.held.push(message);
      else this.ports.countDrop('channel-held');
      return;
    }
    const isGap = this.lastSequence > 0 && (raw.previousSequence ?? 0) > this.lastSequence;
    if (!isGap) return this.deliver(message);
    this.fetch(message);
  }

  private handleBinary(raw: BrokerMessage): void {
    const message = this.decode(raw);
    if (message) this.ports.deliver(this.channel, message);
  }

  private deliver(message: ChannelMessage): void {
    const sequence = message.sequence ?? 0;
    if (sequence !== 0 && sequence <= this.lastSequence) return;
    this.lastSequence = sequence;
    this.ports.deliver(this.channel, message);
  }

  private fetch(newest?: ChannelMessage): void {
    if (this.held) return;
    this.held = newest ? [newest] : [];
    const release = (missed: ChannelMessage[]): void => {
      const held = this.held ?? [];
      this.held = undefined;
      if (this.isClosed) return;
      for (const message of [...missed, ...held]) this.deliver(message);
    };
    this.ports.history(this.channel, HISTORY_COUNT_MAX).then(release, () => {
      this.ports.countDrop('channel-gap');
      release([]);
    });
  }

  private decode(raw: BrokerMessage): ChannelMessage | undefined {
    try {
      return decodeMessage('ChannelMessage', Uint8Array.from(raw.data));
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.ports.countDrop('channel-malformed');
      return undefined;
    }
  }
}
