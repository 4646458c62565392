import type { Clock, Random, Timer } from '@app/clock';
import { MediaError } from '@app/media';
import type { Logger } from '@app/runtime';
import {
  AVATAR_DETAIL_BYTES_MAX,
  CLIENT_SILENCE_MS_MAX,
  type InstanceId,
  POSE_BYTES_MIN,
  RESUME_WINDOW_MS,
  type SessionId,
  type SoundFormat,
} from '@app/world';
import {
  type HearingWishes,
  type MessageFields,
  countNamed,
  encodeMessage,
  isPosePrefix,
  packHearingWishes,
} from '@app/wire';
import type { CheckedTraits, RealtimeInput, ReliableInput, SignalInput } from '../client-input.js';
import type { GatewayMetrics } from '../gateway.metrics.js';
import type { EntityInput, EntityMotionInput } from '../entities/entity-input.js';
import type { EditLimits } from '../rate-limit.js';
import { ClientMedia, type TransportFactory } from '../webrtc/client-media.js';
import type { ChannelHandlers, ClientChannel, VoiceInput } from './client-channel.js';
import type { ClientLink } from './client-link.js';
import { InputGate } from './input-gate.js';
import {
  INITIAL_SESSION_STATE,
  type SessionEvent,
  type SessionState,
  isListed,
  isServed,
  nextSessionState,
} from './session-state.js';
import { SessionError } from './session.errors.js';
import { VoiceLevel } from './voice-level.js';

/** Numbered requests of a client that others answer. */
export type ChannelRequest = Extract<ReliableInput, { kind: 'subscribe' | 'unsubscribe' | 'post' }>;

/** What a session needs of the world it is in. */
export interface SessionHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: GatewayMetrics;
  readonly logger: Logger;
  readonly makeTransport: TransportFactory;
  readonly isMegaphoneAllowed: boolean;
  readonly editLimits: EditLimits;
  onStateChanged(session: SessionActor, before: SessionState): void;
  onPose(session: SessionActor): void;
  /** Its ears have moved, and its avatar has not. */
  onEars(session: SessionActor): void;
  /** It takes its mixes in another format now. */
  onSound(session: SessionActor): void;
  onTraits(session: SessionActor): void;
  onDetail(session: SessionActor, detail: Uint8Array, full: Uint8Array | undefined): void;
  onWishes(session: SessionActor): void;
  /** How many more people the wishes of all sessions may name. */
  roomForWishes(): number;
  onVoice(session: SessionActor, packet: VoiceInput): void;
  onRequest(session: SessionActor, request: ChannelRequest): void;
  /** It has a new connection: what it said about entities on the one before has to be said again. */
  onLink(session: SessionActor): void;
  onEntityInput(session: SessionActor, input: EntityInput): void;
  onEntityMotion(session: SessionActor, input: EntityMotionInput): void;
}

/** A socket that breaks while media flows may be replaced within this time before others see the session leave, in ms. */
export const SOCKET_GRACE_MS = 700;
/** Changes of traits within one epoch; the version of an epoch's first traits is epoch times this. */
const TRAITS_PER_EPOCH_MAX = 65_536;

/**
 * One connected (or lately connected) client: its socket, its media, what others know of it. What a client sends comes
 * through its InputGate.
 */
export class SessionActor {
  state: SessionState = INITIAL_SESSION_STATE;
  traits: CheckedTraits = { name: 'Guest', colour: 0, modelUrl: '' };
  /** Packed; our own copy. */
  pose: Uint8Array;
  /** The part of the pose that audio mixers need. */
  earPose: Uint8Array;
  /** Of the newest pose; 16 bits. */
  poseSequence = 0;
  /** Bytes of what there is of its avatar beyond the pose, and its number; 0 when there is nothing. */
  detailBytes = 0;
  detailSequence = 0;
  /** `traitsVersion` when its avatar's extras changed last; 0 when there are none. */
  extrasVersion = 0;
  /** The mixers that serve it now. */
  audioMixer: InstanceId | undefined;
  avatarMixer: InstanceId | undefined;
  isMuted = false;
  /** What it wishes about what it hears, encoded; undefined until it has said so here. Outlives the connection. */
  wishes: Uint8Array | undefined;
  /** How many people its wishes name. */
  namedCount = 0;
  readonly level = new VoiceLevel();
  /** Its media has been connected at least once. */
  hasBeenUp = false;
  /** Until when it can be resumed, while it is away. */
  awayUntilMs = 0;
  /** When its newest token was sent. */
  tokenSentAtMs = 0;
  /** When its newest pose was passed on, for limits of rate. */
  earPoseSentAtMs = -Infinity;

  private link: ClientLink | undefined;
  private lastAddress = '';
  private channel: ClientChannel | undefined;
  private gate: InputGate;
  private hasPoseOfStay = false;
  /** Its channel says where its ears are; its pose does not. */
  private hasEars = false;
  private traitsCount = 0;
  private grace: Timer | undefined;

  constructor(
    readonly id: SessionId,
    /** Drawn at its birth; with it the numbers of its requests are unlike those of any other session. */
    readonly birth: number,
    pose: Uint8Array,
    private readonly host: SessionHost,
  ) {
    this.pose = pose;
    this.earPose = pose.subarray(0, POSE_BYTES_MIN);
    this.gate = this.openGate();
  }

  /** Of the traits; rises with each change, also across gateways. */
  get traitsVersion(): number {
    return this.state.epoch * TRAITS_PER_EPOCH_MAX + this.traitsCount;
  }

  /** Where its client connects from, or has connected from last; empty before the first time. */
  get address(): string {
    return this.lastAddress;
  }

  /** What its mixes have to be. */
  get sound(): SoundFormat {
    return this.channel?.sound ?? 'opus-20';
  }

  /** Its client shows avatars with joints and all. */
  get wantsDetail(): boolean {
    return this.channel?.wantsDetail ?? false;
  }

  get hasLink(): boolean {
    return this.link !== undefined;
  }

  /** Its client has come, or come back: from now on this socket speaks for it. Media begins anew. */
  welcome(
    link: ClientLink,
    epoch: number,
    hello: { traits: CheckedTraits; pose: Uint8Array | undefined },
    greet: () => void,
  ): void {
    this.release(new SessionError('session-moved', 'This session goes on in another connection.'), false);
    this.link = link;
    this.lastAddress = link.address;
    this.gate = this.openGate();
    this.traits = hello.traits;
    this.traitsCount = 0;
    this.extrasVersion = 0;
    this.detailBytes = 0;
    this.detailSequence = 0;
    if (hello.pose) this.setPose(hello.pose);
    this.hasPoseOfStay = false;
    this.apply({ type: 'welcomed', epoch });
    greet();
    this.host.onTraits(this);
    this.host.onPose(this);
    this.openChannel(link);
  }

  /** Tells the client something on the socket, if it has one. */
  signal(message: MessageFields<'ServerSignal'>): void {
    this.link?.send(message);
  }

  /** A checked message of the socket. */
  handleSignal(input: SignalInput): void {
    if (!this.gate.admitSignal()) return;
    switch (input.kind) {
      case 'hello':
        return this.refuseSignal(new SessionError('signal-unexpected', 'This socket has said Hello already.'));
      case 'bye':
        return this.end();
      default:
        this.channel?.handleNegotiation(input).catch((error: unknown) => {
          if (error instanceof MediaError) return this.refuseSignal(error);
          // The next offer follows by itself when this one leads to nothing.
          this.host.metrics.countDrop('answer-failed');
          this.host.logger.error({ err: error, session: this.id }, 'An answer could not be handled.');
        });
    }
  }

  /** A frame of the socket that is no message. */
  handleBadSignal(error: SessionError): void {
    this.gate.refuseSignal(error);
  }

  /** The socket has answered a ping. */
  handlePong(): void {
    this.gate.hear();
  }

  /** The socket has ended. @param isOrderly  the client closed it on purpose */
  handleSocketClosed(link: ClientLink, isOrderly: boolean): void {
    if (this.link !== link) return;
    this.link = undefined;
    if (isOrderly || !this.channel?.isUp) return this.vanish();
    this.grace = this.host.clock.after(SOCKET_GRACE_MS, () => this.vanish());
  }

  /** Notices a client that has gone without a word. Not called after this process was away itself. */
  checkSilence(nowMs: number): void {
    if (isListed(this.state) && this.gate.silenceMs(nowMs) > CLIENT_SILENCE_MS_MAX) this.vanish();
  }

  /** Sends a message on the reliable channel. */
  sendReliable(message: MessageFields<'ServerReliable'>): void {
    this.passReliable(encodeMessage('ServerReliable', message));
  }

  /** Passes on an encoded ServerReliable. */
  passReliable(bytes: Uint8Array): void {
    if (this.channel?.sendReliable(bytes)) this.host.metrics.countOut('reliable', bytes.length);
    else if (isListed(this.state)) this.apply({ type: 'news-missed' });
  }

  /** Bytes on the reliable channel that are not yet with the client, as far as that is known. */
  get reliableWaitingBytes(): number {
    return this.channel?.reliableWaitingBytes ?? 0;
  }

  /** Of these, what holds up messages of channels. */
  get messageWaitingBytes(): number {
    return this.channel?.messageWaitingBytes ?? this.reliableWaitingBytes;
  }

  /** Makes `reliableWaitingBytes` right a moment later. */
  refreshReliable(): void {
    this.channel?.refreshReliable();
  }

  /** Passes on an encoded ServerRealtime; late ones are dropped. */
  passRealtime(bytes: Uint8Array): void {
    if (this.channel?.sendRealtime(bytes)) this.host.metrics.countOut('realtime', bytes.length);
    else this.host.metrics.countDrop('realtime-full');
  }

  /** Passes on sound, of `frames` samples at 48 kHz and in the format of `sound`, of the mixer that serves it. */
  passMix(mixerId: InstanceId, tick: number, sound: Uint8Array, frames: number): void {
    if (this.channel?.sendMix(mixerId, tick, sound, frames)) this.host.metrics.countOut('mix', sound.length);
    else this.host.metrics.countDrop('mix-late');
  }

  /** Tells the client that a numbered request could not be done. */
  failRequest(request: number, code: string, text: string): void {
    this.sendReliable({ requestFailed: { request, code, text } });
  }

  /** Others may have missed something, or it may: makes mixers tell it everything again. */
  missNews(): void {
    this.apply({ type: 'news-missed' });
  }

  /** Ends it for good; with an error the client is told why. A second call is harmless. */
  end(error?: SessionError): void {
    if (this.state.phase === 'closed') return;
    this.release(error, false);
    this.apply({ type: 'ended' });
  }

  /** Sends the client away; it may come back with its token, here or elsewhere. */
  sendAway(error: SessionError): void {
    this.release(error, true);
    this.vanish();
  }

  private openChannel(link: ClientLink): void {
    const { clock, random, makeTransport, metrics, logger } = this.host;
    const handlers: ChannelHandlers = {
      onUp: () => {
        this.hasBeenUp = true;
        this.gate.hear();
        this.host.onLink(this);
        this.apply({ type: 'media-connected' });
      },
      onDown: () => this.apply({ type: 'media-lost' }),
      onGaveUp: () => {
        logger.info({ session: this.id }, 'A client could not connect its media.');
        this.sendAway(new SessionError('media-timeout', 'No connection for sound and movement came about.'));
      },
      onVoice: (packet) => this.gate.takeVoice(packet),
      onReliable: (message) => this.gate.takeReliable(message),
      onRealtime: (message) => this.gate.takeRealtime(message),
      onOverflow: () => {
        metrics.countDrop('reliable-overflow');
        this.sendAway(new SessionError('client-too-slow', 'The connection does not keep up with what is sent to it.'));
      },
      onEars: (pose) => this.handleEars(pose),
      onDetail: (detail, full) => this.handleDetail(detail, full),
      onSoundChanged: () => this.host.onSound(this),
    };
    const onOffer = (generation: number, sdp: string): void => this.signal({ offer: { generation, sdp } });
    this.channel =
      link.openChannel?.(handlers) ?? new ClientMedia(clock, random, makeTransport, { ...handlers, onOffer });
    this.channel.start();
  }

  /** Limits begin anew with each connection. */
  private openGate(): InputGate {
    const { clock, metrics, editLimits } = this.host;
    return new InputGate(clock, metrics, editLimits, {
      onVoice: (packet) => this.handleVoice(packet),
      onRealtime: (input) => this.handleRealtime(input),
      onReliable: (input) => this.handleReliable(input),
      onRefused: (request, code, text) => this.failRequest(request, code, text),
      onSignalRefused: (code, text) => this.signal({ error: { code, text } }),
      onFlood: () => this.handleFlood(),
    });
  }

  private handleVoice(packet: VoiceInput): void {
    if (!packet.injector) {
      if (this.isMuted) return this.host.metrics.countDrop('voice-muted');
      this.level.hear(packet.audioLevel, this.host.clock.nowMs());
    }
    if (isServed(this.state)) this.host.onVoice(this, packet);
  }

  private handleRealtime(input: RealtimeInput): void {
    if (input.kind === 'pose') this.handlePose(input.sequence, input.pose);
    else if (input.kind === 'motion') this.host.onEntityMotion(this, input);
    else this.passRealtime(encodeMessage('ServerRealtime', { pong: { token: input.token } }));
  }

  private handlePose(sequence: number, pose: Uint8Array): void {
    // The channel is unordered: only what is newer than the newest counts, in 16-bit arithmetic. The first one of a stay
    // counts always, because a reloaded client may count anew.
    const ahead = (sequence - this.poseSequence) & 0xffff;
    if (this.hasPoseOfStay && (ahead === 0 || ahead >= 0x8000)) return;
    this.hasPoseOfStay = true;
    this.poseSequence = sequence;
    this.setPose(pose);
    this.host.onPose(this);
  }

  private setPose(pose: Uint8Array): void {
    this.pose = pose;
    if (!this.hasEars) this.earPose = pose.subarray(0, POSE_BYTES_MIN);
  }

  private handleEars(pose: Uint8Array): void {
    if (!isPosePrefix(pose)) return this.host.metrics.countDrop('ears-invalid');
    this.hasEars = true;
    this.earPose = pose.slice(0, POSE_BYTES_MIN);
    this.host.onEars(this);
  }

  private handleDetail(detail: Uint8Array, full: Uint8Array | undefined): void {
    if (Math.max(detail.length, full?.length ?? 0) > AVATAR_DETAIL_BYTES_MAX) {
      return this.host.metrics.countDrop('detail-too-large');
    }
    this.detailBytes = detail.length;
    this.detailSequence = (this.detailSequence + 1) >>> 0 || 1;
    this.host.onDetail(this, detail, full);
  }

  /** Its avatar's extras are new: returns the number of their version, which is told with its traits. */
  renewExtras(): number {
    this.countTraits();
    this.extrasVersion = this.traitsVersion;
    this.host.onTraits(this);
    return this.extrasVersion;
  }

  private countTraits(): void {
    this.traitsCount = Math.min(this.traitsCount + 1, TRAITS_PER_EPOCH_MAX - 1);
  }

  private handleReliable(input: ReliableInput): void {
    switch (input.kind) {
      case 'set-traits':
        this.traits = input.traits;
        this.countTraits();
        return this.host.onTraits(this);
      case 'set-audio':
        this.isMuted = input.isMuted;
        if (input.isMuted) this.level.silence();
        return;
      case 'set-hearing':
        return this.handleWishes(input.wishes);
      case 'edit':
      case 'interest':
      case 'claim':
        return this.host.onEntityInput(this, input);
      default:
        return this.host.onRequest(this, input);
    }
  }

  private handleWishes(given: HearingWishes): void {
    const namedCount = countNamed(given);
    if (namedCount > this.namedCount && namedCount - this.namedCount > this.host.roomForWishes()) {
      throw new SessionError('hearing-too-many', 'Too many people are named in wishes here.');
    }
    // Who is ignored must be so also when a megaphone is asked for in the same breath.
    const isRefused = given.hasMegaphone && !this.host.isMegaphoneAllowed;
    this.namedCount = namedCount;
    this.wishes = packHearingWishes(isRefused ? { ...given, hasMegaphone: false } : given);
    this.host.onWishes(this);
    if (isRefused) throw new SessionError('megaphone-not-allowed', 'Nobody may use a megaphone here.');
  }

  private refuseSignal(error: SessionError | MediaError): void {
    this.host.metrics.countDrop(error.code);
    this.signal({ error: { code: error.code, text: error.message } });
  }

  /** The client sends far more than it may: it is disconnected, and does not come back with its token. */
  handleFlood(): void {
    if (this.state.phase === 'closed') return;
    this.host.logger.warn({ session: this.id, address: this.link?.address }, 'A client floods and is disconnected.');
    this.end(new SessionError('flooding', 'The client sends far more than it may.'));
  }

  private vanish(): void {
    this.release(undefined, true);
    this.awayUntilMs = this.host.clock.nowMs() + RESUME_WINDOW_MS;
    this.apply({ type: 'vanished' });
  }

  /** Lets go of socket and media. */
  private release(error: SessionError | undefined, resumable: boolean): void {
    this.grace?.cancel();
    this.grace = undefined;
    const { link, channel } = this;
    this.link = undefined;
    this.channel = undefined;
    this.hasEars = false;
    this.level.silence();
    if (link) {
      if (error) link.send({ closed: { code: error.code, text: error.message, resumable } });
      // Without a reason to tell, the client is silent: an orderly end would wait for it.
      if (error || !resumable) link.close();
      else link.terminate();
    }
    channel?.close();
  }

  private apply(event: SessionEvent): void {
    const before = this.state;
    this.state = nextSessionState(before, event);
    if (this.state !== before) this.host.onStateChanged(this, before);
  }
}
