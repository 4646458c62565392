import type { Broker } from '@app/broker';
import { type Clock, type Random, TickLoop, type Tick, type Timer } from '@app/clock';
import { type Heartbeat, type Instance, type Logger, type MemberDirectory, signUploadTicket } from '@app/runtime';
import { RESUME_WINDOW_MS, SESSIONS_PER_GATEWAY_MAX, type SessionId, UPLINK_TICK_MS, WORLDS_MAX } from '@app/world';
import type { vicinity } from '@app/wire';
import type { AvatarDetails } from './avatars/world-details.js';
import { MessagingClient } from './channels/messaging-client.js';
import { EntityClient } from './entities/entity-client.js';
import { type Builders, powersOf } from './entities/entity-powers.js';
import { Outbox } from './fanout/outbox.js';
import type { GatewayMetrics } from './gateway.metrics.js';
import type { ClientLink } from './session/client-link.js';
import { readResumeToken, signResumeToken } from './session/resume-token.js';
import type { SessionActor } from './session/session.actor.js';
import type { SessionPhase } from './session/session-state.js';
import { originOf } from './session/address-origin.js';
import { SessionError } from './session/session.errors.js';
import type { TransportFactory } from './webrtc/client-media.js';
import { type Admission, type HelloInput, WorldActor } from './world.actor.js';

/** What the gateway's logic needs of its settings. */
export interface GatewayOptions {
  worlds: readonly string[];
  sessionsMax: number;
  signalingPort: number;
  signalingUrl: string | undefined;
  audioMixerSilenceMsMax: number;
  avatarMixerSilenceMsMax: number;
  /** Who may speak to everybody. */
  megaphone: 'nobody' | 'everybody';
  entityServerSilenceMsMax: number;
  /** Who may add, change and erase entities. */
  builders: Builders;
  /** Whether they may lock and unlock them. */
  visitorsMayLock: boolean;
  /** Whether they see what is private of entities that others have added. */
  visitorsMaySeePrivate: boolean;
  /** Single edits per second and session. */
  entityEditsPerSecond: number;
  /** Bytes of large edits per second and session. */
  entityEditBytesPerSecond: number;
  /** Who gets a ticket for the asset-server. */
  uploads: 'everyone' | 'nobody';
  /** On the host of the page; 0 when there is no asset-server. */
  assetsPort: number;
  /** The asset-server's public URL, if the operator gave one. */
  assetsUrl: string | undefined;
}

/** What the gateway's logic stands on. */
export interface GatewayGround {
  clock: Clock;
  random: Random;
  logger: Logger;
  broker: Broker;
  metrics: GatewayMetrics;
  members: MemberDirectory;
  heartbeat: Heartbeat;
  instance: Instance;
  makeTransport: TransportFactory;
  resumeKey(): Uint8Array;
  uploadKey(): Uint8Array;
}

/** A tick that begins later than this was held up, and so was everything it might have heard, in ms. */
const TICK_LATENESS_MS_MAX = 30;
const SWEEP_INTERVAL_MS = 1_000;
/** How long a client waits that is refused because this gateway is full, in ms. */
const FULL_RETRY_MS = 2_000;
const DRAINING_RETRY_MS = 250;

/** The gateway: the worlds it serves, who may enter them, and the beat of the uplink. No sockets, no media, no NestJS. */
export class GatewayActor {
  private readonly worlds = new Map<string, WorldActor>();
  private readonly outbox: Outbox;
  private readonly entityClient: EntityClient;
  private readonly messaging: MessagingClient;
  private readonly loop: TickLoop;
  private sweepTimer: Timer | undefined;
  private isDraining = false;
  /** Set when something happened that makes silence meaningless until the next tick but one. */
  private wasAway = true;

  constructor(
    private readonly options: GatewayOptions,
    private readonly ground: GatewayGround,
  ) {
    const { clock, broker, instance, metrics, members } = ground;
    this.outbox = new Outbox(broker, instance.instanceId, metrics);
    this.entityClient = new EntityClient(broker, members, clock);
    this.messaging = new MessagingClient(broker, members, clock);
    this.openWorlds(options.worlds);
    this.loop = new TickLoop(
      clock,
      UPLINK_TICK_MS,
      (tick) => this.tick(tick),
      2,
      (error) => this.handleTickError(error),
    );
  }

  /** These worlds can be entered from now on; worlds that were open before stay so. */
  openWorlds(names: readonly string[]): void {
    for (const name of names) {
      if (!this.worlds.has(name) && this.worlds.size < WORLDS_MAX) this.worlds.set(name, this.makeWorld(name));
    }
  }

  /** Begins to beat. */
  start(): void {
    const { members, broker, clock } = this.ground;
    members.onChange(() => {
      for (const world of this.worlds.values()) world.handleMembers();
    });
    broker.onStatus((status) => {
      this.wasAway = true;
      if (status.type !== 'connected') return;
      for (const world of this.worlds.values()) world.handleBrokerBack();
    });
    this.loop.start();
    this.sweepTimer = clock.every(SWEEP_INTERVAL_MS, () => this.sweep());
    for (const world of this.worlds.values()) world.handleMembers();
    this.report();
  }

  /**
   * A number for a session that may come soon, in the world of that name, or else in the first one.
   *
   * @throws SessionError  when there would be no place for it
   */
  reserve(place: string): { world: string; sessionId: SessionId } {
    this.checkRoom();
    const named = this.worlds.get(place) ?? this.worlds.get(this.options.worlds[0]);
    if (!named) throw new SessionError('world-unknown', 'There is no world here.');
    return { world: named.name, sessionId: named.drawNumber() };
  }

  /**
   * Lets a client in.
   *
   * @param reserved  a number from `reserve`
   * @throws SessionError  to be told as Refused
   */
  admit(link: ClientLink, hello: HelloInput, reserved?: SessionId): SessionActor {
    const { clock, logger, instance } = this.ground;
    if (this.isDraining) throw new SessionError('gateway-draining', 'This gateway is shutting down.');
    const claim = hello.resumeToken
      ? readResumeToken(hello.resumeToken, this.ground.resumeKey(), clock.wallMs())
      : undefined;
    if (hello.resumeToken && !claim) {
      logger.warn(
        { address: link.address, agent: hello.agent },
        'A resume token is not valid; the client enters anew.',
      );
    }
    const name = hello.world || claim?.world || this.options.worlds[0];
    const world = this.worlds.get(name);
    if (!world) throw new SessionError('world-unknown', 'There is no world of that name here.');
    const isKnown = claim !== undefined && world.directory.get(claim.sessionId) !== undefined;
    if (!isKnown) this.checkRoom();
    const greet = ({ session: welcomed, isResumed }: Admission): void => {
      logger.info({ session: welcomed.id, world: name, isResumed, agent: hello.agent }, 'A client has come.');
      link.send({
        welcome: {
          sessionId: welcomed.id,
          resumed: isResumed,
          world: name,
          gatewayId: instance.instanceId,
          resumeWindowMs: RESUME_WINDOW_MS,
          megaphoneAllowed: this.options.megaphone === 'everybody',
          ...world.papersFor(welcomed),
          assetsUrl: this.options.assetsUrl ?? '',
          assetsPort: this.options.assetsPort,
        },
      });
    };
    const session = world.admit(link, hello, claim, greet, reserved);
    this.report();
    return session;
  }

  /** How long a refused client should wait before it tries again, in ms; 0 when trying is useless. */
  retryAfterMs(error: SessionError): number {
    if (error.code === 'gateway-full') return FULL_RETRY_MS;
    if (error.code === 'gateway-draining') return DRAINING_RETRY_MS;
    return error.retryable ? FULL_RETRY_MS : 0;
  }

  handleRoster(world: string, message: vicinity.v1.SessionRoster): void {
    this.worlds.get(world)?.handleRoster(message);
  }

  handleRosterRequest(world: string): void {
    this.worlds.get(world)?.handleRosterRequest();
  }

  handleAudioDown(world: string, message: vicinity.v1.AudioDownlink): void {
    this.worlds.get(world)?.handleAudioDown(message);
  }

  handleAvatarDown(world: string, message: vicinity.v1.AvatarDownlink): void {
    this.worlds.get(world)?.handleAvatarDown(message);
  }

  handleAvatarDetails(world: string, message: vicinity.v1.AvatarDetails): void {
    this.worlds.get(world)?.handleDetails(message);
  }

  /** What there is of the avatar of a session here beyond name, colour and model. */
  answerAvatarExtras(world: string, sessionId: SessionId): vicinity.v1.AvatarExtras.$Properties {
    return this.worlds.get(world)?.answerExtras(sessionId) ?? { version: 0 };
  }

  /** Joints and all of the avatars of a world; undefined when it is not open here. */
  avatarsOf(world: string): AvatarDetails | undefined {
    return this.worlds.get(world)?.avatars;
  }

  handleEntityDown(world: string, message: vicinity.v1.EntityDownlink): void {
    this.worlds.get(world)?.handleEntityDown(message);
  }

  /** Sends everybody away to come back elsewhere, and lets nobody in any more. A second call is harmless. */
  drain(): void {
    if (this.isDraining) return;
    this.isDraining = true;
    this.loop.stop();
    this.sweepTimer?.cancel();
    const error = new SessionError('gateway-draining', 'This gateway is shutting down.');
    for (const world of this.worlds.values()) world.drain(error);
  }

  private makeWorld(name: string): WorldActor {
    const { options, ground, outbox, entityClient, messaging } = this;
    return new WorldActor(name, {
      ...ground,
      outbox,
      messaging,
      signToken: (claim) => signResumeToken(claim, ground.resumeKey()),
      signTicket: (claim) => (options.uploads === 'everyone' ? signUploadTicket(claim, ground.uploadKey()) : ''),
      audioMixerSilenceMsMax: options.audioMixerSilenceMsMax,
      avatarMixerSilenceMsMax: options.avatarMixerSilenceMsMax,
      isMegaphoneAllowed: options.megaphone === 'everybody',
      entityClient,
      entityServerSilenceMsMax: options.entityServerSilenceMsMax,
      originOf: (address) => originOf(address, ground.resumeKey()),
      entityPowers: powersOf(options.builders, options.visitorsMayLock, options.visitorsMaySeePrivate),
      editLimits: {
        editsPerSecond: options.entityEditsPerSecond,
        editBytesPerSecond: options.entityEditBytesPerSecond,
      },
    });
  }

  private checkRoom(): void {
    if (this.isDraining) throw new SessionError('gateway-draining', 'This gateway is shutting down.');
    if (this.sessionCount >= this.options.sessionsMax) {
      throw new SessionError('gateway-full', 'This gateway has no place left.');
    }
  }

  private get sessionCount(): number {
    let count = 0;
    for (const world of this.worlds.values()) count += world.directory.listedCount;
    return count;
  }

  private tick(tick: Tick): void {
    const nowMs = this.ground.clock.nowMs();
    const { metrics, broker } = this.ground;
    metrics.observeTick(tick.latenessMs + tick.skipped * UPLINK_TICK_MS);
    const isHeldUp = tick.skipped > 0 || tick.latenessMs > TICK_LATENESS_MS_MAX;
    const elapsedMs = isHeldUp || this.wasAway || !broker.isConnected ? 0 : UPLINK_TICK_MS;
    this.wasAway = !broker.isConnected;
    for (const world of this.worlds.values()) world.tick(tick.index, nowMs, elapsedMs);
  }

  private sweep(): void {
    const nowMs = this.ground.clock.nowMs();
    for (const world of this.worlds.values()) world.sweep(nowMs);
    this.report();
    this.ground.metrics.flush();
  }

  private report(): void {
    const counts: Record<SessionPhase, number> = { pending: 0, connecting: 0, active: 0, away: 0, closed: 0 };
    for (const world of this.worlds.values()) world.directory.countByPhase(counts);
    const { pending, connecting, active, away } = counts;
    this.ground.metrics.setSessions({ pending, connecting, active, away });
    const sessions = connecting + active;
    const sessionsMax = Math.min(this.options.sessionsMax, SESSIONS_PER_GATEWAY_MAX);
    this.ground.heartbeat.report({
      load: sessions / sessionsMax,
      sessions,
      sessionsMax,
      signalingPort: this.options.signalingPort,
      ...(this.options.signalingUrl ? { signalingUrl: this.options.signalingUrl } : {}),
    });
  }

  private handleTickError(error: unknown): void {
    this.ground.metrics.countDrop('tick-failed');
    this.ground.logger.error({ err: error }, 'An uplink tick failed.');
  }
}
