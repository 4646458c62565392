import type { Broker } from '@app/broker';
import type { Clock, Random } from '@app/clock';
import type { Instance, Logger, MemberDirectory } from '@app/runtime';
import { HEARING_NAMED_PER_GATEWAY_MAX, type SessionClaim, type SessionId, compareClaims } from '@app/world';
import { type vicinity, packPose } from '@app/wire';
import { type AvatarDetails, WorldDetails } from './avatars/world-details.js';
import { ChannelTable } from './channels/channel-table.js';
import type { MessagingClient } from './channels/messaging-client.js';
import type { SignalInput } from './client-input.js';
import type { EntityClient } from './entities/entity-client.js';
import type { EntityInput, EntityMotionInput } from './entities/entity-input.js';
import { EntityTable } from './entities/entity-table.js';
import { Downlink } from './fanout/downlink.js';
import { DuePoses } from './fanout/due-poses.js';
import { HearingPublisher } from './fanout/hearing.js';
import { KnownRosters } from './fanout/known-rosters.js';
import type { Outbox } from './fanout/outbox.js';
import { RosterPublisher } from './fanout/roster.js';
import { Serving, type ServingOptions } from './fanout/serving.js';
import { TickBatch } from './fanout/tick-batch.js';
import type { GatewayMetrics } from './gateway.metrics.js';
import type { EditLimits } from './rate-limit.js';
import type { VoiceInput } from './session/client-channel.js';
import type { ClientLink } from './session/client-link.js';
import { TOKEN_LIFETIME_MS, type ResumeClaim } from './session/resume-token.js';
import { type ChannelRequest, SessionActor, type SessionHost } from './session/session.actor.js';
import { SessionDirectory } from './session/session-directory.js';
import { type PaperSigner, type Papers, SessionPapers } from './session/session-papers.js';
import { type SessionState, isListed, isServed } from './session/session-state.js';
import { SessionError } from './session/session.errors.js';
import type { TransportFactory } from './webrtc/client-media.js';

/** What a world stands on. */
export interface WorldGround extends PaperSigner, ServingOptions {
  random: Random;
  logger: Logger;
  broker: Broker;
  metrics: GatewayMetrics;
  members: MemberDirectory;
  instance: Instance;
  outbox: Outbox;
  messaging: MessagingClient;
  makeTransport: TransportFactory;
  isMegaphoneAllowed: boolean;
  entityClient: EntityClient;
  entityServerSilenceMsMax: number;
  /** What visitors may do with entities: bits of EntityPower. */
  entityPowers: number;
  /** The number under which entity-servers know a network address. */
  originOf(address: string): number;
  editLimits: EditLimits;
}

/** A checked Hello. */
export type HelloInput = Extract<SignalInput, { kind: 'hello' }>;

/** What the client is told in Welcome. */
export interface Admission {
  session: SessionActor;
  isResumed: boolean;
}

/** Each session is looked at once in so many uplink ticks: ten times a second. */
const LOOK_INTERVAL_TICKS = 10;
/** Everybody's pose is repeated once in so many uplink ticks: once a second. */
const REPEAT_INTERVAL_TICKS = 100;
/** After this process was away, silence of clients means nothing for this long, in ms. */
const AWAKE_AFTER_MS = 1_500;
/** Where a client stands that does not say where it is. */
const ENTRANCE = packPose({ position: { x: 0, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 1 } });

/** One world on this gateway: its sessions, what they send to the mixers, what comes back. */
export class WorldActor implements SessionHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: GatewayMetrics;
  readonly logger: Logger;
  readonly makeTransport: TransportFactory;
  readonly isMegaphoneAllowed: boolean;
  readonly editLimits: EditLimits;
  readonly directory: SessionDirectory;

  private readonly rosters: KnownRosters;
  private readonly roster: RosterPublisher;
  private readonly hearing: HearingPublisher;
  private readonly batch: TickBatch;
  private readonly downlink: Downlink;
  private readonly channels: ChannelTable;
  private readonly entities: EntityTable;
  private readonly details: WorldDetails;
  private readonly serving: Serving;
  private readonly duePoses: DuePoses<SessionActor>;
  private readonly papers: SessionPapers;
  private silenceCountsFromMs = 0;

  constructor(
    readonly name: string,
    private readonly ground: WorldGround,
  ) {
    const { clock, random, metrics, logger, instance, outbox } = ground;
    this.clock = clock;
    this.random = random;
    this.metrics = metrics;
    this.logger = logger.child({ world: name });
    this.makeTransport = ground.makeTransport;
    this.isMegaphoneAllowed = ground.isMegaphoneAllowed;
    this.editLimits = ground.editLimits;
    this.directory = new SessionDirectory(random);
    this.rosters = new KnownRosters(instance.instanceId);
    this.roster = new RosterPublisher(name, instance.epochMs, outbox, () => this.directory.all());
    this.hearing = new HearingPublisher(name, outbox, () => this.directory.all());
    this.batch = new TickBatch(name, outbox);
    const countDrop = (reason: string, count?: number): void => metrics.countDrop(reason, count);
    this.downlink = new Downlink((sessionId) => this.directory.get(sessionId), countDrop);
    this.channels = new ChannelTable(name, ground.messaging, { broker: ground.broker, clock, countDrop });
    this.entities = new EntityTable(name, {
      ...ground,
      silenceMsMax: ground.entityServerSilenceMsMax,
      powers: ground.entityPowers,
    });
    this.details = new WorldDetails(name, {
      broker: ground.broker,
      clock,
      outbox,
      gatewayId: instance.instanceId,
      countDrop,
      sessions: () => this.directory.all(),
      isOurs: (sessionId) => this.directory.get(sessionId) !== undefined,
      isListedBy: (gatewayId, sessionId) => this.rosters.lists(gatewayId, sessionId),
      isWantedElsewhere: () => this.rosters.isDetailWanted,
      gatewayOf: (sessionId) => this.rosters.claimOf(sessionId)?.gatewayId,
      renewTraits: (sessionId) => this.directory.get(sessionId)?.renewExtras(),
    });
    this.duePoses = new DuePoses(() => this.directory.all());
    this.papers = new SessionPapers(name, ground);
    this.serving = new Serving(() => this.directory.all(), ground, {
      onChanged: () => this.roster.markChanged(true),
      onNewListener: () => this.duePoses.addAll(),
      onFailover: (kind) => metrics.countFailovers(kind, 1),
    });
    this.handleMembers();
  }

  // --- Clients -------------------------------------------------------------------------------------------------------

  /** Lets a client in: as the session of its token, if there is a good one for this world, else as a new one. */
  admit(
    link: ClientLink,
    hello: HelloInput,
    claim: ResumeClaim | undefined,
    greet: (admission: Admission) => void,
    reserved?: SessionId,
  ): SessionActor {
    const isResumed = claim !== undefined && claim.world === this.name && !this.directory.hasEnded(claim.sessionId);
    const session = isResumed ? this.resume(claim) : this.create(reserved);
    const epoch =
      Math.max(session.state.epoch, isResumed ? claim.epoch : 0, this.rosters.claimOf(session.id)?.epoch ?? 0) + 1;
    session.welcome(link, epoch, hello, () => greet({ session, isResumed }));
    return session;
  }

  /** Joints and all of the avatars here, for those who show them. */
  get avatars(): AvatarDetails {
    return this.details;
  }

  /** A number that no session has. */
  drawNumber(): SessionId {
    return this.directory.drawNumber((candidate) => this.rosters.claimOf(candidate) !== undefined);
  }

  /** Fresh papers for a session of ours. */
  papersFor(session: SessionActor): Papers {
    return this.papers.issue(session);
  }

  // --- What sessions tell (SessionHost) ------------------------------------------------------------------------------

  onStateChanged(session: SessionActor, before: SessionState): void {
    const { state } = session;
    if (isListed(state) && !isListed(before)) {
      this.channels.enter(session);
      this.duePoses.add(session);
    } else if (!isListed(state) && isListed(before)) {
      this.batch.forget(session);
      this.duePoses.forget(session);
    }
    this.entities.handleState(session);
    const wasServed = isServed(before);
    if (isServed(state) !== wasServed) this.serving.update(session, this.clock.nowMs());
    if (state.phase === 'closed') this.forget(session);
    this.roster.markChanged(isServed(state) !== wasServed || isListed(state) !== isListed(before));
  }

  onPose(session: SessionActor): void {
    if (isListed(session.state)) this.batch.addPose(session);
  }

  onEars(session: SessionActor): void {
    if (isListed(session.state)) this.batch.addEars(session);
  }

  onSound(session: SessionActor): void {
    if (isServed(session.state)) this.roster.markChanged(true);
  }

  onTraits(session: SessionActor): void {
    this.roster.markTraits(session);
  }

  onDetail(session: SessionActor, detail: Uint8Array, full: Uint8Array | undefined): void {
    this.details.handleOwn(session.id, session.detailSequence, detail, full);
    if (isListed(session.state)) this.batch.addBody(session);
  }

  onWishes(session: SessionActor): void {
    this.hearing.mark(session);
  }

  roomForWishes(): number {
    let named = 0;
    for (const { namedCount } of this.directory.all()) named += namedCount;
    return HEARING_NAMED_PER_GATEWAY_MAX - named;
  }

  onVoice(session: SessionActor, packet: VoiceInput): void {
    const nowMs = this.clock.nowMs();
    if (!this.batch.addVoice(session.id, packet, nowMs)) this.metrics.countDrop('voice-late');
  }

  onRequest(session: SessionActor, request: ChannelRequest): void {
    this.channels.handle(session.id, request);
  }

  onLink(session: SessionActor): void {
    this.entities.handleLink(session);
  }

  onEntityInput(session: SessionActor, input: EntityInput): void {
    this.entities.handleInput(session, input);
  }

  onEntityMotion(session: SessionActor, input: EntityMotionInput): void {
    this.entities.handleMotion(session, input);
  }

  // --- What the broker brings ----------------------------------------------------------------------------------------

  handleRoster(roster: vicinity.v1.SessionRoster): void {
    const claims = this.rosters.apply(roster, this.clock.nowMs());
    for (const [sessionId, claim] of claims ?? []) {
      const session = this.directory.get(sessionId);
      if (session && compareClaims(claim, this.claimOf(session)) > 0) this.handOver(session);
    }
  }

  handleDetails(message: vicinity.v1.AvatarDetails): void {
    this.details.handleOthers(message);
  }

  answerExtras(sessionId: SessionId): vicinity.v1.AvatarExtras.$Properties {
    return this.details.answerExtras(sessionId);
  }

  /** Somebody has just started, and needs to know everything. */
  handleRosterRequest(): void {
    this.details.markAll();
    this.roster.markAll();
    this.duePoses.addAll();
  }

  handleAudioDown(message: vicinity.v1.AudioDownlink): void {
    this.serving.hearAudio(message.mixerId);
    this.downlink.handleAudio(message);
  }

  handleAvatarDown(message: vicinity.v1.AvatarDownlink): void {
    this.serving.hearAvatar(message.mixerId);
    this.downlink.handleAvatar(message);
  }

  handleEntityDown(message: vicinity.v1.EntityDownlink): void {
    this.entities.handleDown(message);
  }

  /** Processes have come or gone. */
  handleMembers(): void {
    const nowMs = this.clock.nowMs();
    this.entities.handleMembers(nowMs);
    this.serving.setMembers(this.ground.members, nowMs);
  }

  /** The broker is back: whatever was told meanwhile is lost, in both directions. */
  handleBrokerBack(): void {
    for (const session of this.directory.all()) session.missNews();
    this.handleRosterRequest();
    this.channels.catchUp();
    this.entities.handleBrokerBack();
  }

  // --- Time ----------------------------------------------------------------------------------------------------------

  /**
   * One uplink tick.
   *
   * @param elapsedMs  since the last one; 0 when this process or the broker was away meanwhile
   */
  tick(index: number, nowMs: number, elapsedMs: number): void {
    if (elapsedMs === 0) this.silenceCountsFromMs = nowMs + AWAKE_AFTER_MS;
    this.serving.tick(nowMs, elapsedMs);
    for (const session of this.directory.all()) this.look(session, index + session.id, nowMs);
    if (this.roster.tick(nowMs)) {
      this.duePoses.take((session) => {
        this.batch.repeatPose(session);
        this.hearing.mark(session, true);
      });
    }
    // Before the poses: with them ears open, and nobody is to hear whom it ignores, not even for a moment.
    this.hearing.tick(nowMs);
    this.batch.flush(index, nowMs);
    this.details.tick(nowMs);
    this.entities.tick(nowMs, elapsedMs);
  }

  /** Once a second. */
  sweep(nowMs: number): void {
    this.directory.sweep(nowMs);
    if (!this.ground.broker.isConnected) return;
    this.rosters.sweep(nowMs);
    this.details.sweep(
      (sessionId) => this.directory.get(sessionId) !== undefined || this.rosters.claimOf(sessionId) !== undefined,
    );
  }

  /** Sends everybody away and tells the last roster. */
  drain(error: SessionError): void {
    // First the roster, with everybody in it: they go on elsewhere and are not to vanish in between.
    this.roster.publishLast(this.clock.nowMs());
    for (const session of [...this.directory.all()]) session.sendAway(error);
    this.channels.close();
  }

  private look(session: SessionActor, slot: number, nowMs: number): void {
    if (slot % LOOK_INTERVAL_TICKS !== 0 || !isListed(session.state)) return;
    if (nowMs >= this.silenceCountsFromMs) session.checkSilence(nowMs);
    if (!isListed(session.state)) return;
    if (slot % REPEAT_INTERVAL_TICKS === 0) this.batch.addPose(session);
    else if (session.level.isNews(nowMs)) this.batch.addBody(session);
    if (session.hasLink && this.papers.areOld(session, nowMs)) {
      session.signal({ tokenRenewed: this.papers.issue(session) });
    }
  }

  private create(sessionId = this.drawNumber()): SessionActor {
    // Two that wait can have drawn the same number: whoever is second asks again.
    if (this.directory.get(sessionId)) throw new SessionError('gateway-full', 'This place has been taken.');
    return this.take(sessionId, this.random.nextUint32());
  }

  private resume(claim: ResumeClaim): SessionActor {
    return this.directory.get(claim.sessionId) ?? this.take(claim.sessionId, claim.birth);
  }

  private take(sessionId: SessionId, birth: number): SessionActor {
    const session = new SessionActor(sessionId, birth, ENTRANCE, this);
    this.directory.add(session);
    return session;
  }

  private claimOf(session: SessionActor): SessionClaim {
    const { instanceId, epochMs } = this.ground.instance;
    return { epoch: session.state.epoch, gatewayEpochMs: epochMs, gatewayId: instanceId };
  }

  /** Another gateway has the session now. */
  private handOver(session: SessionActor): void {
    this.logger.info({ session: session.id }, 'A session goes on at another gateway.');
    this.directory.remove(session, false, 0);
    this.details.forget(session.id);
    session.end(new SessionError('session-moved', 'This session goes on in another connection.'));
  }

  private forget(session: SessionActor): void {
    this.channels.leave(session.id);
    this.entities.leave(session);
    this.details.forget(session.id);
    const isOurs = this.directory.get(session.id) === session;
    // One that was handed over has been removed already, and may come back to us.
    if (isOurs) this.directory.remove(session, true, this.clock.nowMs() + TOKEN_LIFETIME_MS);
  }
}
