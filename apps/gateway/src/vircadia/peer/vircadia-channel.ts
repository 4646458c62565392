import { type MessagePart, PacketError, type PacketTypeName } from '@app/vircadia';
import { type MessageOf, decodeMessage, encodeMessage } from '@app/wire';
import type { MessageFields } from '@app/wire';
import type { InstanceId, SessionId } from '@app/world';
import type { ChannelHandlers, ClientChannel, SoundFormat, VoiceInput } from '../../session/client-channel.js';
import type { VirtualNode } from '../domain/domain-nodes.js';
import type { SessionPort, Translator } from '../translate/translator.js';
import type { TranslatorFactory, TranslatorGround } from '../translate/translators.js';
import type { Link } from './link.js';

/** What a channel is made for. */
export interface ChannelParts {
  readonly sessionId: SessionId;
  readonly world: string;
  readonly links: ReadonlyMap<VirtualNode, Link>;
  readonly translators: Readonly<Partial<Record<VirtualNode, TranslatorFactory>>>;
  readonly ground: TranslatorGround;
}

/** A link on which so many packets wait, for so long, does not keep up, in packets and ms. */
const OVERFLOW_PACKETS = 768;
const OVERFLOW_MS = 5_000;
/** How often translators get their beat, in ms. */
export const CHANNEL_TICK_MS = 10;

/** The way to a session's client that speaks Vircadia's protocol: all that comes and goes is translated. */
export class VircadiaChannel implements ClientChannel, SessionPort {
  readonly wantsDetail = true;
  readonly sessionId: SessionId;
  readonly world: string;
  sound: SoundFormat = 'pcm24-10';
  isUp = false;
  private readonly byNode = new Map<VirtualNode, Translator>();
  private readonly all: readonly Translator[];
  private lastRequest = 0;
  private crowdedSinceMs: number | undefined;

  constructor(
    private readonly handlers: ChannelHandlers,
    private readonly parts: ChannelParts,
  ) {
    this.sessionId = parts.sessionId;
    this.world = parts.world;
    for (const [node, link] of parts.links) {
      const translator = parts.translators[node]?.(link, this, parts.ground);
      if (translator) this.byNode.set(node, translator);
    }
    this.all = [...this.byNode.values()];
  }

  // --- From the client -----------------------------------------------------------------------------------------------

  /** A packet of the client. PacketErrors may come out of it. */
  take(node: VirtualNode, name: PacketTypeName, packet: Uint8Array, payloadOffset: number, nowMs: number): void {
    if (!this.isUp) return;
    const translator = this.byNode.get(node);
    try {
      translator?.onPacket(name, packet, payloadOffset, nowMs);
    } catch (error) {
      if (error instanceof PacketError) throw error;
      this.handleFailure(error);
    }
  }

  /** A part of a message of the client; true when it is not to be put together with the others. Throws PacketErrors. */
  takePart(
    node: VirtualNode,
    name: PacketTypeName,
    part: MessagePart,
    packet: Uint8Array,
    payloadOffset: number,
    nowMs: number,
  ): boolean {
    const translator = this.isUp ? this.byNode.get(node) : undefined;
    let isTaken = false;
    if (translator?.takePart) {
      this.guard(() => (isTaken = translator.takePart?.(name, part, packet, payloadOffset, nowMs) ?? false), true);
    }
    return isTaken;
  }

  /** The client hears a node, for the first time or again. */
  activate(node: VirtualNode, nowMs: number): void {
    const translator = this.byNode.get(node);
    if (this.isUp && translator?.onActive) this.guard(() => translator.onActive?.(nowMs));
  }

  /** What was under way on a link is lost. */
  restartSending(node: VirtualNode, nowMs: number): void {
    const translator = this.byNode.get(node);
    if (this.isUp && translator?.onSendingRestarted) this.guard(() => translator.onSendingRestarted?.(nowMs));
  }

  tick(nowMs: number): void {
    if (!this.isUp) return;
    for (const translator of this.all) {
      try {
        translator.tick?.(nowMs);
      } catch (error) {
        this.handleFailure(error);
      }
    }
    this.watchPending(nowMs);
  }

  // --- ClientChannel -------------------------------------------------------------------------------------------------

  start(): void {
    this.isUp = true;
    this.handlers.onUp();
  }

  /** This client negotiates nothing of the kind. */
  async handleNegotiation(): Promise<void> {
    return;
  }

  sendReliable(bytes: Uint8Array): boolean {
    if (!this.isUp) return false;
    const message: MessageOf<'ServerReliable'> = decodeMessage('ServerReliable', bytes);
    const nowMs = this.nowMs;
    for (const translator of this.all) {
      if (translator.onReliable) this.guard(() => translator.onReliable?.(message, nowMs));
    }
    return true;
  }

  sendRealtime(bytes: Uint8Array): boolean {
    if (!this.isUp) return false;
    const message: MessageOf<'ServerRealtime'> = decodeMessage('ServerRealtime', bytes);
    const nowMs = this.nowMs;
    for (const translator of this.all) {
      try {
        translator.onRealtime?.(message, nowMs);
      } catch (error) {
        this.handleFailure(error);
      }
    }
    return true;
  }

  sendMix(_mixerId: InstanceId, _tick: number, sound: Uint8Array, frames: number): boolean {
    if (!this.isUp) return false;
    const nowMs = this.nowMs;
    for (const translator of this.all) {
      try {
        translator.onMix?.(sound, frames, nowMs);
      } catch (error) {
        this.handleFailure(error);
      }
    }
    return true;
  }

  get reliableWaitingBytes(): number {
    let bytes = 0;
    for (const link of this.parts.links.values()) bytes += link.pendingBytes;
    for (const translator of this.all) bytes += translator.waitingBytes ?? 0;
    return bytes;
  }

  get messageWaitingBytes(): number {
    return this.parts.links.get('m')?.pendingBytes ?? 0;
  }

  /** It is always right. */
  refreshReliable(): void {
    return;
  }

  close(): void {
    if (!this.isUp) return;
    this.isUp = false;
    for (const translator of this.all) if (translator.close) this.guard(() => translator.close?.());
  }

  // --- SessionPort ---------------------------------------------------------------------------------------------------

  reliable(message: MessageFields<'ClientReliable'>): void {
    if (this.isUp) this.handlers.onReliable(encodeMessage('ClientReliable', message));
  }

  realtime(message: MessageFields<'ClientRealtime'>): void {
    if (this.isUp) this.handlers.onRealtime(encodeMessage('ClientRealtime', message));
  }

  nextRequest(): number {
    return ++this.lastRequest;
  }

  voice(input: VoiceInput): void {
    if (this.isUp) this.handlers.onVoice(input);
  }

  setSound(format: SoundFormat): void {
    if (format === this.sound) return;
    this.sound = format;
    if (this.isUp) this.handlers.onSoundChanged();
  }

  ears(pose: Uint8Array): void {
    if (this.isUp) this.handlers.onEars(pose);
  }

  detail(detail: Uint8Array, full: Uint8Array | undefined): void {
    if (this.isUp) this.handlers.onDetail(detail, full);
  }

  private get nowMs(): number {
    return this.parts.ground.clock.nowMs();
  }

  private watchPending(nowMs: number): void {
    let isCrowded = false;
    for (const link of this.parts.links.values()) if (link.pendingCount >= OVERFLOW_PACKETS) isCrowded = true;
    if (!isCrowded) this.crowdedSinceMs = undefined;
    else this.crowdedSinceMs ??= nowMs;
    if (this.crowdedSinceMs !== undefined && nowMs - this.crowdedSinceMs > OVERFLOW_MS) {
      this.crowdedSinceMs = undefined;
      this.handlers.onOverflow();
    }
  }

  /** For what is rare; what comes with every packet and tick makes no function for it. */
  private guard(work: () => void, passesPacketErrors = false): void {
    try {
      work();
    } catch (error) {
      if (passesPacketErrors && error instanceof PacketError) throw error;
      this.handleFailure(error);
    }
  }

  /** A mistake of ours costs what was being translated, and nobody's connection. */
  private handleFailure(error: unknown): void {
    const { metrics, logger } = this.parts.ground;
    metrics.countDrop('vircadia-translation-failed');
    logger.error({ err: error, session: this.sessionId }, 'Something could not be translated for a Vircadia client.');
  }
}
