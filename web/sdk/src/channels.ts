import {
  BINARY_BYTES_MAX,
  CHANNEL_NAME_CHARACTERS_MAX,
  HISTORY_COUNT_MAX,
  isChannelName,
  TEXT_CHARACTERS_MAX,
  WORLD_CHANNEL,
  type SessionId,
} from '@app/world';
import { encodeMessage, type MessageFields, type MessageOf, type vicinity } from '@app/wire';
import type { Clock, Timer } from './clock.js';
import { clientFailure, serverFailure, type VicinityError } from './errors.js';
import { Emitter } from './events.js';
import { ChannelLog, isAfter, type ChannelMessage, type ChannelPlace } from './channel-log.js';
import { RequestNumbers } from './request-numbers.js';
import { cleanName, cutText } from './traits.js';

/** Unanswered requests; beyond it, new ones fail at once. */
const PENDING_MAX = 64;
const REQUEST_TIMEOUT_MS = 10_000;

/** What a page can be told about channels. */
export interface ChannelEvents {
  /** A message that was not known before. Old ones (`isHistory`) may come after newer ones: sort by `sequence`. */
  message: ChannelMessage;
}

interface Pending {
  bytes: Uint8Array;
  resolve: (sequence: number) => void;
  reject: (error: VicinityError) => void;
  timer: Timer;
  /** Asks for what was said during an interruption; asked anew on each link, so never repeated. */
  isCatchUp: boolean;
}

/**
 * Text and binary messages between people and programs of a world.
 *
 * A request whose answer is lost in an interruption is repeated with the same number as soon as the session is back, and
 * the server does nothing twice. Channels stay subscribed across reconnects. What was said meanwhile is fetched (up to
 * 100 messages of each channel that this client knows something of), and told once, as history.
 */
export class Channels extends Emitter<ChannelEvents> {
  private readonly logs = new Map<string, ChannelLog>();
  private readonly subscriptions = new Map<string, number>();
  private readonly pending = new Map<number, Pending>();
  /** Channels with an interruption that has not been filled yet, and the last place known before it. */
  private readonly gaps = new Map<string, ChannelPlace>();
  private world: string | undefined;
  private send: ((bytes: Uint8Array) => boolean) | undefined;

  /** @param numbers  shared with others who ask on the same connection */
  constructor(
    private readonly clock: Clock,
    private readonly numbers: RequestNumbers = new RequestNumbers(),
  ) {
    super();
  }

  /**
   * Asks for a channel's messages, and for its last `historyCount` (0 to 100) ones. The world chat is heard without
   * it; subscribing to it fetches the history.
   */
  async subscribe(channel: string, options: { historyCount?: number } = {}): Promise<void> {
    checkChannel(channel);
    const historyCount = Math.min(HISTORY_COUNT_MAX, Math.max(0, Math.trunc(options.historyCount ?? 0)));
    this.subscriptions.set(channel, historyCount);
    await this.ask((request) => ({ subscribe: { request, channel, historyCount } }));
  }

  /** No more messages of this channel, please. */
  async unsubscribe(channel: string): Promise<void> {
    checkChannel(channel);
    this.subscriptions.delete(channel);
    this.gaps.delete(channel);
    await this.ask((request) => ({ unsubscribe: { request, channel } }));
  }

  /**
   * Says something: 1 to 2,000 characters of text, or 1 to 131,072 bytes, which are not kept. Settles with the message's place
   * in the channel once the server has it; the own message also comes back as an event, in the channel's order.
   */
  async post(channel: string, content: string | Uint8Array): Promise<number> {
    checkChannel(channel);
    if (typeof content === 'string') {
      const text = cleanText(content);
      if (text.length === 0 || text.length > TEXT_CHARACTERS_MAX) {
        throw clientFailure('request-invalid', {
          detail: `A message has between 1 and ${TEXT_CHARACTERS_MAX} characters; this one has ${text.length}.`,
        });
      }
      return this.ask((request) => ({ post: { request, channel, text } }));
    }
    if (content.length === 0 || content.length > BINARY_BYTES_MAX) {
      throw clientFailure('request-invalid', {
        detail: `A binary message has between 1 and ${BINARY_BYTES_MAX} bytes; this one has ${content.length}.`,
      });
    }
    return this.ask((request) => ({ post: { request, channel, binary: content } }));
  }

  /** What has been said on a channel, oldest first: the newest 500 messages that this client has seen. */
  messages(channel: string): readonly ChannelMessage[] {
    return this.logs.get(channel)?.messages ?? [];
  }

  /** For the client: whose channels these are. Another world has other ones of the same names. */
  enter(world: string): void {
    if (this.world !== undefined && this.world !== world) {
      this.logs.clear();
      this.gaps.clear();
    }
    this.world = world;
  }

  /** For the client: requests go here from now on. */
  attach(send: (bytes: Uint8Array) => boolean, options: { isNewStay: boolean; isResumed: boolean }): void {
    this.send = send;
    for (const [request, entry] of [...this.pending]) {
      // In a new session the server cannot know the number, so repeating a post could say it twice.
      if (!entry.isCatchUp && (options.isResumed || !options.isNewStay)) send(entry.bytes);
      else this.settle(request)?.reject(clientFailure('request-interrupted'));
    }
    for (const channel of new Set([WORLD_CHANNEL, ...this.subscriptions.keys()])) {
      if (this.logs.get(channel)?.newest) this.catchUp(channel);
      else if (options.isNewStay && this.subscriptions.has(channel)) this.subscribeAgain(channel);
    }
  }

  /** For the client: there is no link at the moment. */
  detach(): void {
    this.send = undefined;
  }

  /** For the client: there will be no link any more. */
  close(): void {
    for (const request of [...this.pending.keys()]) this.settle(request)?.reject(clientFailure('left-world'));
  }

  /** For the client: a message of the reliable channel. Returns whether it was for us. */
  handle(message: MessageOf<'ServerReliable'>): boolean {
    if (message.channelMessage) this.take(message.channelMessage, false);
    else if (message.posted) this.settle(message.posted.request)?.resolve(message.posted.sequence ?? 0);
    else if (message.subscribed) this.handleSubscribed(message.subscribed);
    else if (message.requestFailed) {
      const { request, code, text } = message.requestFailed;
      this.settle(request)?.reject(serverFailure(code, text, 0));
    } else return false;
    return true;
  }

  private handleSubscribed({ request, channel, history }: vicinity.v1.Subscribed.$Properties): void {
    const entry = this.settle(request);
    if (!entry || !channel) return;
    const gap = entry.isCatchUp ? this.gaps.get(channel) : undefined;
    for (const old of history ?? []) {
      if (isAfter({ sequence: old.sequence ?? 0, sentAtMs: old.sentAtMs ?? 0 }, gap)) this.take(old, true);
    }
    if (entry.isCatchUp) this.gaps.delete(channel);
    else if (this.subscriptions.get(channel)) this.logOf(channel).handleHistoryTold();
    entry.resolve(0);
  }

  private subscribeAgain(channel: string): void {
    const historyCount = this.subscriptions.get(channel) ?? 0;
    this.ask((request) => ({ subscribe: { request, channel, historyCount } })).catch(() => undefined);
  }

  /** The link before this one may have been broken for a while. The answer also makes the subscription anew. */
  private catchUp(channel: string): void {
    const newest = this.logs.get(channel)?.newest;
    // An interruption within an interruption: the gap begins with the first one.
    if (newest && !this.gaps.has(channel)) this.gaps.set(channel, newest);
    const historyCount = HISTORY_COUNT_MAX;
    this.ask((request) => ({ subscribe: { request, channel, historyCount } }), true).catch(() => undefined);
  }

  private logOf(channel: string): ChannelLog {
    let log = this.logs.get(channel);
    if (!log) this.logs.set(channel, (log = new ChannelLog()));
    return log;
  }

  private take(wire: vicinity.v1.ChannelMessage.$Properties, isHistory: boolean): void {
    const message = readChannelMessage(wire, isHistory);
    if (!message) return;
    if (this.logOf(message.channel).insert(message)) this.emit('message', message);
  }

  private ask(build: (request: number) => MessageFields<'ClientReliable'>, isCatchUp = false): Promise<number> {
    if (!this.send) return Promise.reject(clientFailure('request-interrupted'));
    if (this.pending.size >= PENDING_MAX) return Promise.reject(clientFailure('request-timeout'));
    const request = this.numbers.next();
    const bytes = encodeMessage('ClientReliable', build(request));
    return new Promise((resolve, reject) => {
      const timer = this.clock.after(REQUEST_TIMEOUT_MS, () =>
        this.settle(request)?.reject(clientFailure('request-timeout')),
      );
      this.pending.set(request, { bytes, resolve, reject, timer, isCatchUp });
      // When it cannot be sent now, it is sent again as soon as there is a link.
      this.send?.(bytes);
    });
  }

  private settle(request: number | null | undefined): Pending | undefined {
    const entry = this.pending.get(request ?? 0);
    if (!entry) return undefined;
    this.pending.delete(request ?? 0);
    entry.timer.cancel();
    return entry;
  }
}

function checkChannel(channel: string): void {
  if (!isChannelName(channel)) {
    throw clientFailure('request-invalid', {
      detail: `A channel's name has between 1 and ${CHANNEL_NAME_CHARACTERS_MAX} characters and no control characters.`,
    });
  }
}

/** What no server takes is left out (control characters but line feed and tab) or replaced (halves of characters). */
function cleanText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\n\t])\p{Cc}/gu, '')
    .replace(/\p{Cs}/gu, '\ufffd');
}

/** A message as it came, checked and bounded; undefined when it is none. */
function readChannelMessage(
  wire: vicinity.v1.ChannelMessage.$Properties,
  isHistory: boolean,
): ChannelMessage | undefined {
  const { channel, sequence, senderId, senderName, sentAtMs, text, binary, binaryIsText, nearness } = wire;
  if (!channel || !isChannelName(channel)) return undefined;
  const isBinary = binary instanceof Uint8Array && binary.length > 0;
  if (!isBinary && !text) return undefined;
  if (isBinary && binary.length > BINARY_BYTES_MAX) return undefined;
  const isLongText = isBinary && binaryIsText === true;
  const shortText = isBinary ? undefined : cutText(text ?? '', TEXT_CHARACTERS_MAX);
  return {
    channel,
    sequence: sequence ?? 0,
    senderId: (senderId ?? 0) as SessionId,
    senderName: cleanName(senderName ?? ''),
    // Dates beyond what Date can hold would throw where they are shown.
    sentAtMs: Math.min(Math.max(0, sentAtMs ?? 0), 8.64e15),
    text: isLongText ? new TextDecoder().decode(binary) : shortText,
    // What was decoded is a view into the datagram; this one is kept.
    binary: isBinary && !isLongText ? binary.slice() : undefined,
    isNearby: nearness != null,
    isHistory,
  };
}
