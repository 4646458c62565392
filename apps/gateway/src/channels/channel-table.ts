import type { Clock } from '@app/clock';
import {
  BINARY_SLOW_BYTES,
  CHANNELS_PER_SESSION_MAX,
  SERVER_RELIABLE_BYTES_MAX,
  type SessionId,
  WORLD_CHANNEL,
} from '@app/world';
import { type MessageFields, type vicinity, encodeMessage } from '@app/wire';
import { ChannelFeed, type ChannelFeedPorts } from './channel-feed.js';
import { isNear, nearnessAt } from './nearness.js';
import { PacedFanout } from './paced-fanout.js';
import { PostQueue } from './post-queue.js';
import type { MessagingClient } from './messaging-client.js';
import type { ChannelRequest } from '../session/session.actor.js';

type ChannelMessage = vicinity.v1.ChannelMessage.$Properties;

/** A session as channels see it. */
export interface ChannelSession {
  readonly id: SessionId;
  readonly birth: number;
  readonly traits: { readonly name: string };
  /** Packed. */
  readonly pose: Uint8Array;
  readonly messageWaitingBytes: number;
  refreshReliable(): void;
  sendReliable(message: MessageFields<'ServerReliable'>): void;
  passReliable(bytes: Uint8Array): void;
  failRequest(request: number, code: string, text: string): void;
}

/** Bytes of history in one answer; the rest of the message is small. */
const HISTORY_BYTES_MAX = SERVER_RELIABLE_BYTES_MAX - 16_384;

/** Live messages of a channel that wait for a session's history; it is there, or has failed, within seconds. */
const HELD_MAX = 1_000;

/** One session's interest in one channel. */
interface Interest {
  /** Up to here the session has been told, as history. */
  toldSequence: number;
  /** Live messages that wait for the history before them. */
  held: ChannelMessage[] | undefined;
}

interface SessionChannels {
  session: ChannelSession;
  interests: Map<string, Interest>;
  posts: PostQueue;
}

/** Who here wants which channel, in one world. There is one broker subscription per wanted channel, not per session. */
export class ChannelTable {
  private readonly sessions = new Map<SessionId, SessionChannels>();
  private readonly feeds = new Map<string, { feed: ChannelFeed; members: Set<SessionChannels> }>();
  private readonly feedPorts: ChannelFeedPorts;
  /** Binary messages, which may be large. */
  private readonly fanout: PacedFanout<SessionChannels>;

  constructor(
    private readonly world: string,
    private readonly messaging: MessagingClient,
    ports: Pick<ChannelFeedPorts, 'broker' | 'countDrop'> & { clock: Clock },
  ) {
    this.fanout = new PacedFanout(ports.clock, (...given) => this.passBinary(...given), ports.countDrop);
    this.feedPorts = {
      ...ports,
      history: (channel, count) => this.messaging.history(this.world, channel, count),
      deliver: (channel, message) => this.deliver(channel, message),
    };
  }

  /** A session is there: it hears the world's chat. Its subscriptions of before are kept. */
  enter(session: ChannelSession): void {
    if (this.sessions.has(session.id)) return;
    const entry: SessionChannels = {
      session,
      interests: new Map(),
      posts: new PostQueue((request, outcome) =>
        'code' in outcome
          ? session.failRequest(request, outcome.code, outcome.text)
          : session.sendReliable({ posted: { request, sequence: outcome.sequence } }),
      ),
    };
    this.sessions.set(session.id, entry);
    this.join(entry, WORLD_CHANNEL);
  }

  /** A session is gone for good. */
  leave(sessionId: SessionId): void {
    const entry = this.sessions.get(sessionId);
    if (!entry) return;
    this.sessions.delete(sessionId);
    for (const channel of entry.interests.keys()) this.part(entry, channel);
    entry.interests.clear();
  }

  /** A numbered request of a session that has entered. */
  handle(sessionId: SessionId, request: ChannelRequest): void {
    const entry = this.sessions.get(sessionId);
    if (!entry) return;
    if (request.kind === 'subscribe') this.subscribe(entry, request);
    else if (request.kind === 'unsubscribe') this.unsubscribe(entry, request);
    else this.post(entry, request);
  }

  /** The broker is back: fetches what was said while it was away. */
  catchUp(): void {
    for (const { feed } of this.feeds.values()) feed.catchUp();
  }

  /** A second call is harmless. */
  close(): void {
    for (const { feed } of this.feeds.values()) feed.close();
    this.feeds.clear();
    this.fanout.close();
    this.sessions.clear();
  }

  private subscribe(
    entry: SessionChannels,
    { request, channel, historyCount }: ChannelRequest & { kind: 'subscribe' },
  ): void {
    // The world's chat is not counted: nobody asked for it.
    if (!entry.interests.has(channel) && entry.interests.size > CHANNELS_PER_SESSION_MAX) {
      const text = `A session can be subscribed to ${CHANNELS_PER_SESSION_MAX} channels.`;
      return entry.session.failRequest(request, 'channels-too-many', text);
    }
    const interest = this.join(entry, channel);
    if (historyCount === 0) {
      return entry.session.sendReliable({ subscribed: { request, channel, subscribed: true, history: [] } });
    }
    // Live messages wait, so that what the session gets is in the channel's order.
    interest.held ??= [];
    this.messaging.history(this.world, channel, historyCount).then(
      (messages) => this.tellHistory(entry, request, channel, newestWithin(messages, HISTORY_BYTES_MAX)),
      (error: Error) => {
        entry.session.failRequest(request, 'chat-unavailable', error.message);
        this.release(entry, channel);
      },
    );
  }

  private tellHistory(entry: SessionChannels, request: number, channel: string, history: ChannelMessage[]): void {
    const interest = entry.interests.get(channel);
    if (!interest) return;
    entry.session.sendReliable({ subscribed: { request, channel, subscribed: true, history } });
    interest.toldSequence = Math.max(interest.toldSequence, history.at(-1)?.sequence ?? 0);
    this.release(entry, channel);
  }

  private unsubscribe(entry: SessionChannels, { request, channel }: ChannelRequest & { kind: 'unsubscribe' }): void {
    const isKept = channel === WORLD_CHANNEL;
    if (!isKept && entry.interests.delete(channel)) this.part(entry, channel);
    entry.session.sendReliable({ subscribed: { request, channel, subscribed: isKept, history: [] } });
  }

  private post(entry: SessionChannels, post: ChannelRequest & { kind: 'post' }): void {
    const { session } = entry;
    if ('binary' in post && this.fanout.isBusy) {
      return session.failRequest(post.request, 'channel-busy', 'Too much is on its way to people here at this moment.');
    }
    const message: MessageFields<'ChannelMessage'> = {
      channel: post.channel,
      senderId: session.id,
      senderName: session.traits.name,
      ...contentOf(post, session),
    };
    const deduplicationId = `${session.id.toString(16)}-${session.birth.toString(16)}-${post.request}`;
    const isQueued = entry.posts.add({
      request: post.request,
      bytes: 'binary' in post ? post.binary.length : 4 * post.text.length,
      send: () => this.messaging.post(this.world, message, deduplicationId),
    });
    if (!isQueued) session.failRequest(post.request, 'posts-too-many', 'Too many messages wait to be sent.');
  }

  private join(entry: SessionChannels, channel: string): Interest {
    const known = entry.interests.get(channel);
    if (known) return known;
    const interest: Interest = { toldSequence: 0, held: undefined };
    entry.interests.set(channel, interest);
    let wanted = this.feeds.get(channel);
    if (!wanted) {
      wanted = { feed: new ChannelFeed(this.world, channel, this.feedPorts), members: new Set() };
      this.feeds.set(channel, wanted);
    }
    wanted.members.add(entry);
    return interest;
  }

  private part(entry: SessionChannels, channel: string): void {
    const wanted = this.feeds.get(channel);
    if (!wanted?.members.delete(entry) || wanted.members.size > 0) return;
    wanted.feed.close();
    this.feeds.delete(channel);
  }

  private deliver(channel: string, message: ChannelMessage): void {
    const wanted = this.feeds.get(channel);
    if (!wanted) return;
    // Encoded once for everybody.
    const bytes = encodeMessage('ServerReliable', { channelMessage: { ...message, channel } });
    const sequence = message.sequence ?? 0;
    if (sequence === 0) {
      const { nearness } = message;
      const members = [...wanted.members];
      const who = nearness ? members.filter(({ session }) => isNear(nearness, session.pose)) : members;
      return this.fanout.send(channel, bytes, who);
    }
    for (const entry of wanted.members) {
      const interest = entry.interests.get(channel);
      if (!interest) continue;
      if (interest.held) {
        if (interest.held.length < HELD_MAX) interest.held.push(message);
      } else if (sequence > interest.toldSequence) entry.session.passReliable(bytes);
    }
  }

  /** Whoever is slow misses some: they are not kept for anybody. */
  private passBinary(channel: string, bytes: Uint8Array, { session, interests }: SessionChannels): void {
    if (!interests.has(channel)) return;
    if (session.messageWaitingBytes <= BINARY_SLOW_BYTES) return session.passReliable(bytes);
    session.refreshReliable();
    this.feedPorts.countDrop('binary-slow');
  }

  private release(entry: SessionChannels, channel: string): void {
    const interest = entry.interests.get(channel);
    const held = interest?.held ?? [];
    if (!interest) return;
    interest.held = undefined;
    for (const message of held) {
      if ((message.sequence ?? 0) <= interest.toldSequence) continue;
      entry.session.sendReliable({ channelMessage: { ...message, channel } });
    }
  }
}

/** The newest messages that fit, oldest first. */
function newestWithin(messages: readonly ChannelMessage[], bytesMax: number): ChannelMessage[] {
  let bytes = 0;
  let index = messages.length;
  while (index > 0) {
    bytes += encodeMessage('ChannelMessage', messages[index - 1]).length + 4;
    if (bytes > bytesMax) break;
    index--;
  }
  return messages.slice(index);
}

function contentOf(
  post: ChannelRequest & { kind: 'post' },
  { pose }: ChannelSession,
): Pick<ChannelMessage, 'text' | 'binary' | 'binaryIsText' | 'nearness'> {
  if ('text' in post) return { text: post.text };
  const { binary, isText: binaryIsText, nearM } = post;
  return { binary, binaryIsText, nearness: nearM > 0 ? nearnessAt(pose, nearM) : undefined };
}
