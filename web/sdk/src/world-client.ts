import { WORLD_CHANNEL, type Pose, type SessionId } from '@app/world';
import { encodeMessage, type MessageOf } from '@app/wire';
import { Assets } from './assets/assets.js';
import { AvatarList } from './avatar-list.js';
import { Channels } from './channels.js';
import type { ChannelMessage } from './channel-log.js';
import { readMediaStats, type ClientStats } from './client-stats.js';
import type { ReceivedPose } from './remote-avatar.js';
import { Connection, type ConnectionState, type SessionIdentity } from './connection.js';
import { clientFailure, type VicinityError } from './errors.js';
import { EntityView } from './entities/entity-view.js';
import { Emitter } from './events.js';
import { Hearing } from './hearing.js';
import { LocalAvatar, type OwnTraits } from './local-avatar.js';
import type { MediaLink, Uplink } from './media-link.js';
import { Microphone } from './microphone.js';
import { PingMeter } from './ping-meter.js';
import { BrowserPlatform, type Platform } from './platform.js';
import { median } from './rate-meter.js';
import { RequestNumbers } from './request-numbers.js';
import { Speaker } from './speaker.js';

/** Who joins, where. */
export interface JoinOptions {
  /** The domain-server's address; default: the page's own. */
  serverUrl?: string;
  /** The world to enter; default: the domain's first one. */
  world?: string;
  /** How others see this person. */
  traits?: Partial<OwnTraits>;
  /** Where to stand; default: the local avatar's present pose. */
  pose?: Pose;
}

/** Things that are decided once. */
export interface WorldClientOptions {
  /** Whether the mix is played; default true. With false, do something with `mixStream` yourself. */
  playback?: boolean;
  /** Software and version for the server's logs, at most 64 characters. */
  agent?: string;
  /** For specs: replaces the browser. */
  platform?: Platform;
}

/** What a page can be told. Avatars, channels, microphone and speaker have events of their own. */
export interface WorldClientEvents {
  /** The connection has changed, or an attempt has failed. */
  status: ConnectionState;
  /** The server has said who we are; again after each reconnect, usually with the same number. */
  session: SessionIdentity;
  /** The mix comes on another track now: `mixStream` holds it already. */
  mixTrack: MediaStreamTrack;
  /** A pose of somebody else has arrived; up to 60 times a second for each avatar. */
  avatarPose: { sessionId: SessionId } & ReceivedPose;
  /** Something was said on a channel that this client hears; `isHistory` tells old messages. */
  message: ChannelMessage;
  /** Joining failed, or the session ended without our doing. */
  ended: VicinityError;
}

const STANDING_AT_ORIGIN: Pose = { position: { x: 0, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 1 } };
const POSE_DELAYS_MAX = 256;

/** One person in one world: joins, stays (through any interruption that can be survived), leaves. */
export class WorldClient extends Emitter<WorldClientEvents> {
  /** This person's body. */
  readonly localAvatar: LocalAvatar;
  /** Everybody else. */
  readonly avatars: AvatarList;
  /** Chat and other messages. */
  readonly channels: Channels;
  /** The things in the world. */
  readonly entities: EntityView;
  /** Files: models, pictures, sounds. */
  readonly assets: Assets;
  /** Works before joining, too. */
  readonly microphone: Microphone;
  /** Who is heard how: gains, ignored people, personal space. */
  readonly hearing: Hearing;
  /** Plays the mix. */
  readonly speaker: Speaker;
  /** What this listener hears: one stereo track, replaced when the media moves. Undefined outside browsers. */
  readonly mixStream: MediaStream | undefined;
  private readonly platform: Platform;
  private readonly ping: PingMeter;
  private readonly agent: string;
  private connection: Connection | undefined;
  private identity: SessionIdentity | undefined;
  /** Our looks as the server was told them last. */
  private toldTraits: OwnTraits | undefined;
  private sentMuted: boolean | undefined;
  private readonly poseDelaysMs: number[] = [];

  constructor(options: WorldClientOptions = {}) {
    super();
    this.platform = options.platform ?? new BrowserPlatform();
    this.agent = options.agent ?? 'vicinity-sdk/0.1.0';
    const { clock } = this.platform;
    this.mixStream = this.platform.createStream();
    this.speaker = new Speaker(this.mixStream, options.playback ?? true);
    this.microphone = new Microphone(this.platform.mediaDevices, clock, (uplink) => this.handleUplink(uplink));
    this.localAvatar = new LocalAvatar(clock, STANDING_AT_ORIGIN, { name: 'Guest' }, () =>
      this.microphone.isSpeaking(),
    );
    this.avatars = new AvatarList(clock);
    this.assets = new Assets(clock, (url, init) => this.platform.fetch(url, init));
    const numbers = new RequestNumbers();
    this.channels = new Channels(clock, numbers);
    this.entities = new EntityView({
      clock,
      numbers,
      rttMs: () => this.ping.rttMs,
      ownId: () => this.sessionId,
    });
    this.hearing = new Hearing(clock, (sessionId) => this.avatars.get(sessionId) !== undefined);
    this.ping = new PingMeter(clock);
    this.localAvatar.on('traitsChanged', () => this.sendTraits());
    this.microphone.on('changed', () => this.sendMuted());
    this.channels.on('message', (message) => this.emit('message', message));
    this.avatars.on('posed', ({ avatar, received }) => {
      this.emit('avatarPose', { sessionId: avatar.sessionId, ...received });
      this.poseDelaysMs.push(received.ageMs + (this.ping.rttMs ?? 0));
      if (this.poseDelaysMs.length > POSE_DELAYS_MAX) this.poseDelaysMs.shift();
    });
  }

  /** Where the connection is. */
  get state(): ConnectionState['kind'] {
    return this.status.kind;
  }

  /** The same with details: why it is not connected, and how often that has been tried. */
  get status(): ConnectionState {
    return this.connection?.state ?? { kind: 'idle' };
  }

  /** This client's session; survives reconnects. 0 before the server has given one. */
  get sessionId(): SessionId {
    return this.identity?.sessionId ?? 0;
  }

  /** The instance name of the gateway that this client is connected to; empty before the first. */
  get gatewayId(): string {
    return this.identity?.gatewayId ?? '';
  }

  /** The world that was entered; empty before. */
  get world(): string {
    return this.identity?.world ?? '';
  }

  /** Round trip to the gateway, in ms. */
  get rttMs(): number | undefined {
    return this.ping.rttMs;
  }

  /** The SDK's clock, which avatars are sampled with. */
  nowMs(): number {
    return this.platform.clock.nowMs();
  }

  /**
   * Joins a world. Settles when sound and messages flow; fails with a VicinityError whose message can be shown as it is.
   * A client can join again after it has left.
   */
  async join(options: JoinOptions = {}): Promise<void> {
    if (this.connection && this.connection.state.kind !== 'closed') {
      throw clientFailure('request-invalid', { detail: 'This client has joined already. Leave first.' });
    }
    if (options.pose) this.localAvatar.setPose(options.pose);
    if (options.traits) this.localAvatar.setTraits(options.traits);
    this.identity = undefined;
    const connection = new Connection(
      this.platform,
      {
        serverUrl: options.serverUrl ?? globalThis.location?.href ?? '',
        world: options.world,
        agent: this.agent,
        // Asked for each Hello.
        traits: () => (this.toldTraits = this.localAvatar.traits),
        pose: () => this.localAvatar.pose,
        uplink: () => this.microphone.uplink,
      },
      {
        onState: (state) => this.handleState(state),
        onSession: (identity) => this.handleSession(identity),
        onAssets: (place, ticket) => this.assets.handleWelcome(place, ticket),
        onTicket: (ticket) => this.assets.handleTicket(ticket),
        onLink: (link, isNewStay) => this.handleLink(link, isNewStay),
        onLinkLost: () => this.handleLinkLost(),
        onReliable: (message) => this.handleReliable(message),
        onRealtime: (message) => this.handleRealtime(message),
      },
    );
    this.connection = connection;
    await connection.open();
  }

  /** Leaves for good: others see it at once. The microphone is switched off. */
  leave(): void {
    this.connection?.leave();
    this.microphone.stop();
  }

  /**
   * Leaves, and gives everything back that a page could run out of (audio element and context, listeners). For pages
   * that make more than one client; this one cannot be used again.
   */
  dispose(): void {
    this.leave();
    this.microphone.dispose();
    this.speaker.stop();
  }

  /** Breaks the connection and comes back as the same session: what a page offers as "reconnect". */
  reconnect(): void {
    this.connection?.reconnect();
  }

  /** Says something in the world chat; settles with its place in the chat. */
  say(text: string): Promise<number> {
    return this.channels.post(WORLD_CHANNEL, text);
  }

  /** Call from a click or key: lets the browser play sound and show the microphone's level. */
  async unlock(): Promise<void> {
    this.microphone.unlock();
    await this.speaker.play();
  }

  /** How this client is doing, as plain data. */
  async stats(): Promise<ClientStats> {
    const nowMs = this.nowMs();
    const peer = this.connection?.link?.peer;
    const rtp = peer ? await readMediaStats(peer).catch(() => undefined) : undefined;
    return {
      sessionId: this.sessionId,
      gatewayId: this.gatewayId,
      state: this.state,
      rttMs: this.rttMs,
      poseDelayMs: median(this.poseDelaysMs),
      malformedCount: this.connection?.malformedCount ?? 0,
      avatars: [...this.avatars].map((avatar) => ({
        sessionId: avatar.sessionId,
        name: avatar.name,
        updateRateHz: avatar.updateRateHz(nowMs),
        shownDelayMs: avatar.delayMs,
        isSpeaking: avatar.isSpeaking(nowMs),
      })),
      packetsReceived: rtp?.packetsReceived ?? 0,
      packetsLost: rtp?.packetsLost ?? 0,
      concealedSamples: rtp?.concealedSamples ?? 0,
      jitterMs: rtp?.jitterMs,
      jitterBufferMs: rtp?.jitterBufferMs,
      mixLevel: rtp?.mixLevel,
      packetsSent: rtp?.packetsSent ?? 0,
      isSending: this.microphone.isSending,
      microphoneLevel: this.microphone.level(),
    };
  }

  private handleState(state: ConnectionState): void {
    if (state.kind === 'closed') {
      this.avatars.clear();
      this.channels.close();
      this.entities.close();
      this.hearing.close();
      this.setMixTrack(undefined);
    }
    this.emit('status', state);
    if (state.kind === 'closed' && state.error) this.emit('ended', state.error);
  }

  private handleSession(identity: SessionIdentity): void {
    const isAnother = this.identity !== undefined && this.identity.sessionId !== identity.sessionId;
    if (this.identity !== undefined && this.identity.world !== identity.world) this.entities.forgetWorld();
    this.identity = identity;
    if (isAnother) this.avatars.clear();
    this.hearing.handleSession(identity.isMegaphoneAllowed, isAnother);
    this.channels.enter(identity.world);
    this.emit('session', identity);
  }

  private handleLink(link: MediaLink, isNewStay: boolean): void {
    this.setMixTrack(link.mixTrack);
    const isResumed = this.identity?.isResumed ?? false;
    if (isNewStay) this.sentMuted = undefined;
    this.localAvatar.attach((bytes) => link.sendRealtime(bytes));
    this.ping.attach((bytes) => link.sendRealtime(bytes));
    this.channels.attach((bytes) => link.sendReliable(bytes), { isNewStay, isResumed });
    this.hearing.attach((bytes) => link.sendReliable(bytes));
    this.entities.attach({
      sendReliable: (bytes) => link.sendReliable(bytes),
      sendRealtime: (bytes) => link.sendRealtime(bytes),
      isNewStay,
      isResumed,
    });
    if (this.toldTraits !== this.localAvatar.traits) this.sendTraits();
    this.sendMuted();
    void this.speaker.play();
  }

  private handleLinkLost(): void {
    this.localAvatar.detach();
    this.ping.detach();
    this.channels.detach();
    this.hearing.detach();
    this.entities.detach();
  }

  private handleReliable(message: MessageOf<'ServerReliable'>): void {
    if (message.avatarNews) this.avatars.handleNews(message.avatarNews, this.sessionId);
    else if (message.requestFailed && this.hearing.handleFailure(message.requestFailed)) return;
    else if (!this.entities.handle(message)) this.channels.handle(message);
  }

  private handleRealtime(message: MessageOf<'ServerRealtime'>): void {
    if (message.avatarUpdates) this.avatars.handleUpdates(message.avatarUpdates, this.sessionId);
    else if (message.entityMotions) this.entities.handleMotions(message.entityMotions);
    else if (message.pong) this.ping.handlePong(message.pong.token ?? 0);
  }

  private handleUplink(uplink: Uplink): void {
    void this.connection?.setUplink(uplink).catch(() => undefined);
  }

  private sendTraits(): void {
    const { traits } = this.localAvatar;
    const bytes = encodeMessage('ClientReliable', { setTraits: { traits } });
    if (this.connection?.link?.sendReliable(bytes)) this.toldTraits = traits;
  }

  /** The gateway drops what a muted microphone still sends, and tells the mixers that there is nothing to hear. */
  private sendMuted(): void {
    // Not while a push-to-talk key is up: the word that follows would overtake the news that we are heard again.
    const muted = this.microphone.isMuted;
    if (muted === this.sentMuted) return;
    const bytes = encodeMessage('ClientReliable', { setAudio: { muted } });
    if (this.connection?.link?.sendReliable(bytes)) this.sentMuted = muted;
  }

  private setMixTrack(track: MediaStreamTrack | undefined): void {
    if (!this.mixStream) return;
    for (const old of this.mixStream.getAudioTracks()) {
      if (old !== track) this.mixStream.removeTrack(old);
    }
    if (!track) return;
    this.mixStream.addTrack(track);
    this.emit('mixTrack', track);
  }
}
