import type { Broker } from '@app/broker';
import type { Clock, Timer } from '@app/clock';
import type { Logger } from '@app/runtime';
import type { vicinity } from '@app/wire';
import {
  BINARY_BYTES_MAX,
  CHANNEL_NAME_CHARACTERS_MAX,
  formatSessionId,
  HISTORY_BYTES_MAX,
  HISTORY_COUNT_MAX,
  isChannelName,
  isText,
  isWorldName,
  NAME_CHARACTERS_MAX,
  NEAR_M_MAX,
} from '@app/world';
import { ChannelDirectory } from './channel-directory.js';
import { readHistory } from './history.js';
import { MessageLog, type RetentionOptions } from './message-log.js';
import { MessagingError } from './messaging.errors.js';
import type { MessagingMetrics } from './messaging.metrics.js';
import { RateLimits, type RateOptions } from './rate-limits.js';

/** How long to wait before the log is tried again at start, in ms. */
const OPEN_RETRY_MS = 500;
/** Histories that are read at the same time. */
const HISTORIES_IN_FLIGHT_MAX = 64;

/** What an operator can choose. */
export interface MessagingOptions extends RetentionOptions, RateOptions {}

/** What is said in all worlds: checked, limited, stored, passed on. */
export class MessagingActor {
  private readonly log: MessageLog;
  private readonly directory: ChannelDirectory;
  private readonly limits: RateLimits;
  private historiesInFlight = 0;
  private retry: Timer | undefined;
  private isStopped = false;

  constructor(
    broker: Broker,
    private readonly clock: Clock,
    options: MessagingOptions,
    private readonly metrics: MessagingMetrics,
    private readonly logger: Logger,
  ) {
    this.log = new MessageLog(broker, options);
    this.directory = new ChannelDirectory(broker, this.log);
    this.limits = new RateLimits(clock, options);
  }

  /** Opens the log; a broker whose storage is not ready yet is asked again, in the background. */
  async start(): Promise<void> {
    try {
      await this.log.open();
    } catch (error) {
      if (this.isStopped) return;
      this.logger.warn({ err: error }, 'The message log cannot be opened yet; trying again.');
      this.retry = this.clock.after(OPEN_RETRY_MS, () => void this.start());
    }
  }

  /** A second call is harmless. */
  stop(): void {
    this.isStopped = true;
    this.retry?.cancel();
  }

  /** Answers when the message is said: a text when the log has it, a binary message at once. Fails with a code. */
  async post(world: string, request: vicinity.v1.PostRequest): Promise<vicinity.v1.PostReply.$Properties> {
    const startMs = this.clock.nowMs();
    try {
      const message = this.checkPost(world, request);
      const sequence = await this.say(world, message, request.deduplicationId);
      this.metrics.posted.inc(1, { kind: message.content ?? 'text' });
      this.metrics.postMs.observe(this.clock.nowMs() - startMs);
      return { sequence };
    } catch (error) {
      this.metrics.refused.inc(1, { reason: reasonOf(error) });
      throw error;
    }
  }

  /** The newest messages of a channel. Fails with a code. */
  async history(world: string, request: vicinity.v1.HistoryRequest): Promise<vicinity.v1.HistoryReply.$Properties> {
    const { channel, count } = request;
    checkChannel(world, channel);
    if (count < 1 || count > HISTORY_COUNT_MAX) {
      throw new MessagingError('request-invalid', `One can ask for 1 to ${HISTORY_COUNT_MAX} old messages.`);
    }
    if (this.historiesInFlight >= HISTORIES_IN_FLIGHT_MAX) {
      throw new MessagingError('channel-busy', 'Too many people ask for old messages at this moment.');
    }
    this.historiesInFlight++;
    try {
      const { messages, unreadable } = readHistory(await this.log.last(world, channel, count), HISTORY_BYTES_MAX);
      this.metrics.histories.inc();
      if (unreadable > 0) this.metrics.refused.inc(unreadable, { reason: 'stored-unreadable' });
      return { messages };
    } finally {
      this.historiesInFlight--;
    }
  }

  /** What gateways have checked is checked again here, because the log is for ever and everybody reads it. */
  private checkPost(world: string, request: vicinity.v1.PostRequest): vicinity.v1.ChannelMessage.$Properties {
    const message = request.message;
    if (!message) throw new MessagingError('message-invalid', 'There is no message.');
    checkChannel(world, message.channel ?? '');
    if (!/^[\x21-\x7e]{1,64}$/.test(request.deduplicationId)) {
      throw new MessagingError('message-invalid', 'The message has no usable id.');
    }
    if (!message.senderId) throw new MessagingError('message-invalid', 'The message has no sender.');
    if ((message.senderName ?? '').length > NAME_CHARACTERS_MAX) {
      throw new MessagingError('message-invalid', 'The name of the sender is too long.');
    }
    const { text, binary } = message;
    if (typeof text === 'string' ? !isText(text) : !binary?.length || binary.length > BINARY_BYTES_MAX) {
      throw new MessagingError('message-invalid', 'The message is empty, too long, or has control characters.');
    }
    if (message.nearness && !isNearness(message.nearness)) {
      throw new MessagingError('message-invalid', 'Those who are near are nowhere.');
    }
    return message;
  }

  private async say(
    world: string,
    message: vicinity.v1.ChannelMessage.$Properties,
    deduplicationId: string,
  ): Promise<number> {
    const channel = message.channel ?? '';
    const { senderId, senderName, text, binary, binaryIsText, nearness } = message;
    const sender = `${world}/${formatSessionId(senderId ?? 0)}`;
    this.limits.check(world, sender, channel, binary?.length, !this.directory.has(world, channel));
    const actor = this.directory.open(world, channel);
    this.metrics.channels.set(this.directory.count);
    if (!actor) throw new MessagingError('channel-busy', 'Too many channels are in use at this moment.');
    const said = { channel, senderId, senderName, sentAtMs: this.clock.wallMs() };
    // Ids are unique within a world only.
    const messageId = `${world}/${deduplicationId}`;
    if (typeof text === 'string') return actor.postText({ ...said, text }, messageId);
    actor.postBinary({ ...said, binary, binaryIsText, nearness }, messageId);
    return 0;
  }
}

function checkChannel(world: string, channel: string): void {
  if (!isWorldName(world) || !isChannelName(channel)) {
    throw new MessagingError(
      'channel-invalid',
      `A channel name has 1 to ${CHANNEL_NAME_CHARACTERS_MAX} characters, none of them invisible.`,
    );
  }
}

function isNearness({ x, y, z, radiusM }: vicinity.v1.Nearness.$Properties): boolean {
  return Number.isFinite((x ?? 0) + (y ?? 0) + (z ?? 0)) && (radiusM ?? 0) >= 0 && (radiusM ?? 0) <= NEAR_M_MAX;
}

function reasonOf(error: unknown): string {
  return error instanceof MessagingError ? error.code : 'log-failed';
}
