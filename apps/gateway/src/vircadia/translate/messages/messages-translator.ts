import { CODECS_TO_SERVER, type MessagesData, NULL_UUID, type PacketTypeName } from '@app/vircadia';
import type { MessageFields, MessageOf, vicinity } from '@app/wire';
import { BINARY_BYTES_MAX, CHANNELS_PER_SESSION_MAX, isChannelName, WORLD_CHANNEL } from '@app/world';
import { uuidOfSession } from '../../identity.js';
import { readerOf } from '../../peer/packet-reader.js';
import type { TranslatorFactory, TranslatorGround } from '../translators.js';
import type { NodePort, SessionPort, Translator } from '../translator.js';
import { CHAT_CHANNEL, CHAT_NEAR_M, readChat, writeChat } from './chat-words.js';

type Post = MessageFields<'Post'>;
type ChannelMessage = vicinity.v1.ChannelMessage.$Properties;

/** A subscription that was too much at once is tried again after this long, in ms. */
const RETRY_MS = 1_000;
const NOTHING = new Uint8Array(0);

/**
 * The messages mixer (specification G). Its channels are ours, by name. What clients say there is passed on as it is, text or
 * not, and not kept; who says it is whom we know, whatever the client writes. Chat is the exception: it is the world's.
 */
export class MessagesTranslator implements Translator {
  private readonly subscribed = new Set<string>();
  /** Requests of subscriptions that have not been answered. */
  private readonly asked = new Map<number, string>();
  /** Channels to subscribe to, and when, in ms. */
  private readonly later = new Map<string, number>();

  constructor(
    private readonly port: NodePort,
    private readonly session: SessionPort,
    private readonly ground: Pick<TranslatorGround, 'metrics'>,
  ) {}

  onPacket(name: PacketTypeName, packet: Uint8Array, payloadOffset: number): void {
    const reader = readerOf(packet, payloadOffset);
    if (name === 'MessagesData') this.say(CODECS_TO_SERVER.MessagesData.read(reader));
    else if (name === 'MessagesSubscribe') this.subscribe(CODECS_TO_SERVER.MessagesSubscribe.read(reader));
    else if (name === 'MessagesUnsubscribe') this.unsubscribe(CODECS_TO_SERVER.MessagesUnsubscribe.read(reader));
  }

  onReliable({ channelMessage, subscribed, requestFailed }: MessageOf<'ServerReliable'>, nowMs: number): void {
    if (channelMessage) this.tell(channelMessage, nowMs);
    else if (subscribed) this.asked.delete(subscribed.request ?? 0);
    else if (requestFailed) this.handleFailure(requestFailed, nowMs);
  }

  tick(nowMs: number): void {
    for (const [channel, atMs] of this.later) {
      if (nowMs < atMs) return;
      this.later.delete(channel);
      // One at a time: together they would be too much again.
      return this.ask(channel);
    }
  }

  private subscribe(channel: string): void {
    if (this.subscribed.has(channel)) return;
    if (!isChannelName(channel)) return this.drop('channel');
    if (this.subscribed.size >= CHANNELS_PER_SESSION_MAX) return this.drop('channels');
    this.subscribed.add(channel);
    this.ask(channel);
  }

  private ask(channel: string): void {
    // Everybody hears the world's chat.
    if (channel === WORLD_CHANNEL) return;
    const request = this.session.nextRequest();
    this.asked.set(request, channel);
    this.session.reliable({ subscribe: { request, channel } });
  }

  private unsubscribe(channel: string): void {
    if (!this.subscribed.delete(channel) || channel === WORLD_CHANNEL) return;
    this.later.delete(channel);
    this.session.reliable({ unsubscribe: { request: this.session.nextRequest(), channel } });
  }

  private say({ channel, isText, data }: MessagesData): void {
    if (!isChannelName(channel)) return this.drop('channel');
    if (data.length === 0 || data.length > BINARY_BYTES_MAX) return this.drop('size');
    const words = channel === CHAT_CHANNEL && isText ? readChat(data) : undefined;
    if (!words) return this.post({ channel, binary: data, binaryIsText: isText });
    const { text, isLocal } = words;
    if (text === '') return this.drop('size');
    if (!isLocal) return this.post({ channel: WORLD_CHANNEL, text });
    this.post({ channel: WORLD_CHANNEL, binary: Buffer.from(text), binaryIsText: true, nearM: CHAT_NEAR_M });
  }

  private post(post: Post): void {
    this.session.reliable({ post: { request: this.session.nextRequest(), ...post } });
  }

  private tell(message: ChannelMessage, nowMs: number): void {
    const channel = message.channel ?? '';
    const isText = typeof message.text === 'string' || message.binaryIsText === true;
    const isChat = channel === WORLD_CHANNEL && isText && this.subscribed.has(CHAT_CHANNEL);
    if (!isChat && !this.subscribed.has(channel)) return;
    const binary = message.binary ?? NOTHING;
    const data = typeof message.text === 'string' ? Buffer.from(message.text) : binary;
    // What nobody has said comes from the server itself.
    const senderId = message.senderId ? uuidOfSession(message.senderId) : NULL_UUID;
    if (this.subscribed.has(channel)) this.send({ channel, isText, data, senderId }, nowMs);
    if (!isChat) return;
    const words = Buffer.from(data.buffer, data.byteOffset, data.length).toString('utf8');
    const chat = writeChat(words, message.senderName ?? '', message.nearness);
    this.send({ channel: CHAT_CHANNEL, isText: true, data: chat, senderId }, nowMs);
  }

  private send(message: MessagesData, nowMs: number): void {
    if (!this.port.send('MessagesData', message, nowMs)) this.drop('full');
  }

  private handleFailure({ request, code }: vicinity.v1.RequestFailed.$Properties, nowMs: number): void {
    const channel = this.asked.get(request ?? 0);
    if (channel === undefined) return;
    this.asked.delete(request ?? 0);
    if (!this.subscribed.has(channel)) return;
    this.later.delete(channel);
    if (code === 'rate-limited') this.later.set(channel, nowMs + RETRY_MS);
    else this.subscribed.delete(channel);
  }

  private drop(reason: 'channel' | 'channels' | 'size' | 'full'): void {
    this.ground.metrics.countDrop(`vircadia-message-${reason}`);
  }
}

/** The messages mixer for one client. */
export const makeMessagesTranslator: TranslatorFactory = (port, session, ground) =>
  new MessagesTranslator(port, session, ground);
