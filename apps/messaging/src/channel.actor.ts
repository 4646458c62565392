import { type Broker, subjectOf } from '@app/broker';
import { encodeMessage, type vicinity } from '@app/wire';
import { channelToken } from '@app/world';
import type { MessageLog } from './message-log.js';
import { MessagingError } from './messaging.errors.js';

/** Posts of one channel that wait for the log. */
const POSTS_IN_FLIGHT_MAX = 256;
/** Binary posts whose ids are remembered, so that a repetition is not published twice. */
const REMEMBERED_MAX = 256;

/** One channel of one world. What is posted here is said in the order in which it came. */
export class ChannelActor {
  private inFlight = 0;
  private readonly transientIds = new Set<string>();
  private readonly token: string;

  constructor(
    readonly world: string,
    readonly channel: string,
    private readonly broker: Broker,
    private readonly log: MessageLog,
  ) {
    this.token = channelToken(channel);
  }

  /** Nothing is in flight: the actor can be forgotten. */
  get isIdle(): boolean {
    return this.inFlight === 0;
  }

  /**
   * Stores a text; resolves with its place when the log has it. Posts are sent to the log without waiting for the
   * answers of those before: one connection keeps the order.
   */
  async postText(message: vicinity.v1.ChannelMessage.$Properties, messageId: string): Promise<number> {
    if (this.inFlight >= POSTS_IN_FLIGHT_MAX) {
      throw new MessagingError('channel-busy', 'Too many people are writing here at this moment.');
    }
    this.inFlight++;
    try {
      return await this.log.append(this.world, this.channel, encodeMessage('ChannelMessage', message), messageId);
    } finally {
      this.inFlight--;
    }
  }

  /** Passes a binary message on. It has no place in the log: its sequence is 0, and whoever comes later misses it. */
  postBinary(message: vicinity.v1.ChannelMessage.$Properties, messageId: string): void {
    if (this.transientIds.has(messageId)) return;
    if (this.transientIds.size >= REMEMBERED_MAX) {
      this.transientIds.delete(this.transientIds.values().next().value as string);
    }
    this.transientIds.add(messageId);
    const subject = subjectOf('messageTransient', { world: this.world, who: this.token });
    this.broker.publish(subject, encodeMessage('ChannelMessage', message));
  }
}
