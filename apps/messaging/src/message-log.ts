import { type Broker, BrokerError, type StoredMessage, type Stream, type StreamOptions, subjectOf } from '@app/broker';
import { channelToken } from '@app/world';

const STREAM_NAME = 'VW_MESSAGES';

/** How much of what was said is kept. */
export interface RetentionOptions {
  messagesPerChannelMax: number;
  ageMsMax: number;
  bytesMax: number;
}

/**
 * The log of all channels: a text is said when the log has it. The log gives each message its place, refuses
 * repetitions, and publishes what it has stored, once and in order, on `vw.<world>.message.out.<channel>`. So it does
 * not matter how many instances append.
 */
export class MessageLog {
  private opening: Promise<Stream> | undefined;

  constructor(
    private readonly broker: Broker,
    private readonly retention: RetentionOptions,
  ) {}

  /** Opens the log, or makes it. What is appended or read opens it, too. */
  async open(): Promise<void> {
    await this.stream();
  }

  /**
   * Resolves with the message's place when the log has it; a repetition of `messageId` gets the place of the first.
   * Appends of one process are stored in the order of the calls.
   */
  async append(world: string, channel: string, message: Uint8Array, messageId: string): Promise<number> {
    const subject = subjectOf('messageLog', { world, who: channelToken(channel) });
    const { sequence } = await this.use((stream) => stream.append(subject, message, { messageId }));
    return sequence;
  }

  /** The newest messages of a channel, oldest first. */
  last(world: string, channel: string, count: number): Promise<StoredMessage[]> {
    const subject = subjectOf('messageLog', { world, who: channelToken(channel) });
    return this.use((stream) => stream.last(subject, count));
  }

  private async use<T>(work: (stream: Stream) => Promise<T>): Promise<T> {
    const stream = await this.stream();
    try {
      return await work(stream);
    } catch (error) {
      // The broker may have lost the stream; it is made again by whoever needs it next.
      if (error instanceof BrokerError && error.code === 'broker-unavailable') this.opening = undefined;
      throw error;
    }
  }

  private stream(): Promise<Stream> {
    if (!this.opening) {
      const opening = this.broker.stream(streamOptions(this.retention));
      this.opening = opening;
      opening.catch(() => {
        if (this.opening === opening) this.opening = undefined;
      });
    }
    return this.opening;
  }
}

function streamOptions(retention: RetentionOptions): StreamOptions {
  return {
    name: STREAM_NAME,
    subjects: [subjectOf('messageLog')],
    messagesPerSubjectMax: retention.messagesPerChannelMax,
    ageMsMax: retention.ageMsMax,
    bytesMax: retention.bytesMax,
    republish: { from: subjectOf('messageLog'), to: subjectOf('messageOut') },
  };
}
