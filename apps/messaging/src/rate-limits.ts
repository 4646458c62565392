import type { Clock } from '@app/clock';
import { BINARY_BYTES_MAX, SESSIONS_PER_WORLD_MAX, WORLDS_MAX } from '@app/world';
import { CHANNELS_KEPT_MAX } from './channel-directory.js';
import { MessagingError } from './messaging.errors.js';
import { RateLimit } from './rate-limit.js';

/** How much may be said; see messaging.settings.ts. */
export interface RateOptions {
  senderPerSecond: number;
  senderBurst: number;
  channelPerSecond: number;
  channelBurst: number;
  senderBinariesPerSecond: number;
  channelBinariesPerSecond: number;
  senderBytesPerSecond: number;
  worldBytesPerSecond: number;
}

/** New channels: nobody may fill the log with channels that exist only to be many. */
const NEW_CHANNELS = { perSecond: 0.5, burst: 64, keysMax: SESSIONS_PER_WORLD_MAX };
/** So many seconds' worth of binary messages may come at once. */
const BURST_S = 4;

/** Who may say how much where: texts, which are kept, and binary messages, which are large or many instead. */
export class RateLimits {
  private readonly newChannels: RateLimit;
  private readonly texts: { readonly sender: RateLimit; readonly channel: RateLimit };
  private readonly binaries: { readonly sender: RateLimit; readonly channel: RateLimit };
  private readonly senderBytes: RateLimit;
  private readonly worldBytes: RateLimit;

  constructor(clock: Clock, options: RateOptions) {
    const limit = (perSecond: number, burst: number, keysMax: number): RateLimit =>
      new RateLimit(clock, { perSecond, burst, keysMax });
    const binaries = (perSecond: number, keysMax: number): RateLimit => limit(perSecond, BURST_S * perSecond, keysMax);
    // The largest must pass, however little an operator allows.
    const bytes = (perSecond: number, keysMax: number): RateLimit =>
      limit(perSecond, Math.max(BINARY_BYTES_MAX, BURST_S * perSecond), keysMax);
    this.newChannels = new RateLimit(clock, NEW_CHANNELS);
    this.texts = {
      sender: limit(options.senderPerSecond, options.senderBurst, SESSIONS_PER_WORLD_MAX),
      channel: limit(options.channelPerSecond, options.channelBurst, CHANNELS_KEPT_MAX),
    };
    this.binaries = {
      sender: binaries(options.senderBinariesPerSecond, SESSIONS_PER_WORLD_MAX),
      channel: binaries(options.channelBinariesPerSecond, CHANNELS_KEPT_MAX),
    };
    this.senderBytes = bytes(options.senderBytesPerSecond, SESSIONS_PER_WORLD_MAX);
    this.worldBytes = bytes(options.worldBytesPerSecond, WORLDS_MAX);
  }

  /**
   * Counts a message, or throws `rate-limited`.
   *
   * @param sender       with its world
   * @param binaryBytes  undefined for a text
   */
  check(
    world: string,
    sender: string,
    channel: string,
    binaryBytes: number | null | undefined,
    isNewChannel: boolean,
  ): void {
    const limits = binaryBytes == null ? this.texts : this.binaries;
    if (!limits.sender.take(sender) || !this.senderBytes.take(sender, binaryBytes ?? 0)) {
      throw new MessagingError('rate-limited', 'You are sending too fast.');
    }
    if (isNewChannel && !this.newChannels.take(sender)) {
      throw new MessagingError('rate-limited', 'You are using too many channels.');
    }
    if (!limits.channel.take(`${world}/${channel}`) || !this.worldBytes.take(world, binaryBytes ?? 0)) {
      throw new MessagingError('rate-limited', 'Too much is being said here at this moment.');
    }
  }
}
