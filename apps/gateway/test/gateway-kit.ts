import { type Broker, MemoryBus, type MemoryBroker, parseSubject, subjectOf } from '@app/broker';
import { type ClientMediaState, type ClientTransportEvents, MediaError } from '@app/media';
import { BrokerMemberDirectory, type HeartbeatReport, PrometheusMetrics, RoleState, silentLogger } from '@app/runtime';
import { SeededRandom, SimClock } from '@app/testing';
import { type MessageFields, type MessageOf, decodeMessage, encodeMessage, packPose, type vicinity } from '@app/wire';
import { PROTOCOL_VERSION } from '@app/world';
import { GatewayActor } from '../src/gateway.actor.js';
import { GatewayMetrics } from '../src/gateway.metrics.js';
import type { ClientLink } from '../src/session/client-link.js';
import { type SocketEvents, SignalingRouter } from '../src/signaling/signaling.router.js';
import type { MediaTransport } from '../src/webrtc/client-media.js';

/** A WebRTC connection that exists only in the test's mind. */
export class FakeTransport implements MediaTransport {
  state: ClientMediaState = 'connecting';
  readonly mixes: { sequence: number; timestamp: number }[] = [];
  readonly reliable: MessageOf<'ServerReliable'>[] = [];
  readonly realtime: Uint8Array[] = [];
  readonly answers: string[] = [];
  readonly offer: string;
  readonly realtimeDrops = 0;
  /** Bytes that the client has not taken yet, as a test wants it. */
  reliableWaitingBytes = 0;

  constructor(
    readonly generation: number,
    readonly events: ClientTransportEvents,
  ) {
    this.offer = `offer ${generation}`;
  }

  accept(sdp: string): ReturnType<MediaTransport['accept']> {
    if (sdp === 'bad') return Promise.reject(new MediaError('answer-malformed', 'No answer.'));
    this.answers.push(sdp);
    return Promise.resolve({ fingerprint: { algorithm: 'sha-256', value: '' }, isMixWanted: true });
  }

  sendMix(_opus: Uint8Array, sequence: number, timestamp: number): void {
    this.mixes.push({ sequence, timestamp });
  }

  sendReliable(message: Uint8Array): void {
    this.reliable.push(decodeMessage('ServerReliable', message));
  }

  refreshReliable(): void {}

  sendRealtime(message: Uint8Array): boolean {
    this.realtime.push(message);
    return true;
  }

  close(): void {
    this.enter('closed');
  }

  enter(state: ClientMediaState): void {
    if (this.state === state || this.state === 'closed') return;
    this.state = state;
    this.events.onState(state);
  }
}

/** A client without a browser: its socket, and the connections it was offered. */
export class SimClient implements ClientLink {
  readonly address = '192.0.2.1';
  readonly signals: MessageOf<'ServerSignal'>[] = [];
  readonly events: SocketEvents;
  end: 'open' | 'closed' | 'terminated' = 'open';
  private sequence = 0;

  constructor(private readonly kit: GatewayKit) {
    this.events = kit.router.accept(this);
  }

  send(signal: MessageFields<'ServerSignal'>): void {
    this.signals.push(decodeMessage('ServerSignal', encodeMessage('ServerSignal', signal)));
  }

  close(): void {
    this.end = 'closed';
  }

  terminate(): void {
    this.end = 'terminated';
  }

  signal(message: MessageFields<'ClientSignal'>): void {
    this.events.onFrame(encodeMessage('ClientSignal', message));
  }

  hello(fields: MessageFields<'Hello'> = {}): this {
    this.signal({ hello: { protocolVersion: PROTOCOL_VERSION, traits: { name: 'Ada' }, ...fields } });
    return this;
  }

  /** Says Hello and lets its media be connected. */
  async enter(fields: MessageFields<'Hello'> = {}): Promise<this> {
    this.hello(fields);
    await this.kit.clock.advanceAsync(20);
    this.transport.enter('connected');
    await this.kit.clock.advanceAsync(20);
    return this;
  }

  get sessionId(): number {
    return this.find('welcome')?.sessionId ?? 0;
  }

  get token(): string {
    return this.find('welcome')?.resumeToken ?? '';
  }

  /** The connection it was offered last. */
  get transport(): FakeTransport {
    const transport = this.kit.transports.at(-1);
    if (!transport) throw new Error('nothing was offered');
    return transport;
  }

  find<Kind extends keyof MessageOf<'ServerSignal'>>(kind: Kind): MessageOf<'ServerSignal'>[Kind] | undefined {
    return this.signals.findLast((signal) => signal[kind])?.[kind];
  }

  say(transport: FakeTransport, message: MessageFields<'ClientReliable'>): void {
    transport.events.onReliable(encodeMessage('ClientReliable', message));
  }

  move(transport: FakeTransport, x: number, sequence = ++this.sequence): void {
    const pose = packPose({ position: { x, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 1 } });
    transport.events.onRealtime(encodeMessage('ClientRealtime', { poseUpdate: { sequence, pose } }));
  }

  speak(transport: FakeTransport, sequence: number, audioLevel = 30): void {
    const opus = Uint8Array.from([0x78, 1, 2, 3]);
    transport.events.onVoice({ sequence, timestamp: sequence * 960, audioLevel, opus });
  }
}

/** A gateway's logic on a virtual clock and a broker in memory, with the rest of the domain played by the test. */
export class GatewayKit {
  readonly clock: SimClock;
  readonly broker: MemoryBroker;
  readonly others: MemoryBroker;
  readonly transports: FakeTransport[] = [];
  readonly reports: HeartbeatReport[] = [];
  readonly gateway: GatewayActor;
  readonly router: SignalingRouter;
  readonly rosters: MessageOf<'SessionRoster'>[] = [];
  readonly traits: MessageOf<'TraitsTable'>[] = [];
  readonly hearing: MessageOf<'HearingTable'>[] = [];
  readonly audioUps: MessageOf<'AudioUplink'>[] = [];
  readonly avatarUps: MessageOf<'AvatarUplink'>[] = [];
  readonly interests: MessageOf<'EntityInterestTable'>[] = [];
  readonly motionUps: MessageOf<'EntityMotionUplink'>[] = [];
  /** No worker can take a connection. */
  isMediaDown = false;
  private readonly alive = new Map<string, string>();

  /**
   * @param bus        of a domain in which others are played by somebody else; must have the same clock
   * @param gatewayId  each of several draws other numbers for its sessions
   */
  constructor(
    sessionsMax = 10,
    megaphone: 'nobody' | 'everybody' = 'nobody',
    clock = new SimClock(1_000),
    readonly bus = new MemoryBus({ clock }),
    readonly gatewayId = 'gateway-a',
  ) {
    this.clock = clock;
    const broker = (this.broker = bus.connect());
    this.others = bus.connect();
    const members = new BrokerMemberDirectory(broker, clock);
    members.start();
    const metrics = new GatewayMetrics(new PrometheusMetrics());
    this.gateway = new GatewayActor(
      {
        worlds: ['main', 'other'],
        sessionsMax,
        signalingPort: 1,
        signalingUrl: undefined,
        audioMixerSilenceMsMax: 150,
        avatarMixerSilenceMsMax: 1_000,
        megaphone,
        entityServerSilenceMsMax: 600,
        builders: 'everyone',
        visitorsMayLock: true,
        visitorsMaySeePrivate: false,
        entityEditsPerSecond: 500,
        entityEditBytesPerSecond: 131_072,
        uploads: 'everyone',
        assetsPort: 40_104,
        assetsUrl: undefined,
      },
      {
        clock,
        random: new SeededRandom(7 + gatewayId.charCodeAt(gatewayId.length - 1) - 'a'.charCodeAt(0)),
        logger: silentLogger,
        broker,
        metrics,
        members,
        heartbeat: { report: (report) => void this.reports.push(report), state: RoleState.ROLE_STATE_READY },
        instance: { instanceId: gatewayId, role: 'gateway', epochMs: 100, version: '1' },
        makeTransport: (generation, events) => this.makeTransport(generation, events),
        resumeKey: () => new Uint8Array(32).fill(1),
        uploadKey: () => new Uint8Array(32).fill(2),
      },
    );
    this.router = new SignalingRouter(this.gateway, clock, metrics);
    this.wire(broker);
    this.record('roster', 'SessionRoster', this.rosters);
    this.record('avatarTraits', 'TraitsTable', this.traits);
    this.record('hearing', 'HearingTable', this.hearing);
    this.record('audioUp', 'AudioUplink', this.audioUps);
    this.record('avatarUp', 'AvatarUplink', this.avatarUps);
    this.record('entityInterest', 'EntityInterestTable', this.interests);
    this.record('entityMotionUp', 'EntityMotionUplink', this.motionUps);
    clock.every(500, () => this.beat());
    this.gateway.start();
  }

  client(): SimClient {
    return new SimClient(this);
  }

  /** A role process appears in the domain; it lives until `kill`. */
  async addMember(role: string, instanceId: string): Promise<void> {
    this.alive.set(instanceId, role);
    this.beat();
    await this.clock.advanceAsync(20);
  }

  kill(instanceId: string): void {
    this.alive.delete(instanceId);
  }

  /** An audio mixer that answers every listener it is given, each 20 ms. */
  async addAudioMixer(instanceId: string): Promise<void> {
    let tick = 0;
    this.clock.every(20, () => {
      tick++;
      if (this.alive.has(instanceId)) this.mix(instanceId, tick, this.listenersOf(instanceId));
    });
    await this.addMember('audio-mixer', instanceId);
  }

  mix(mixerId: string, tick: number, sessionIds: number[]): void {
    const packets = sessionIds.map((sessionId) => ({ sessionId, opus: Uint8Array.from([0xfc, 0xff, 0xfe]) }));
    this.publish('audioDown', this.gatewayId, 'AudioDownlink', { mixerId, tick, packets });
  }

  publish<Name extends 'AudioDownlink' | 'AvatarDownlink' | 'EntityDownlink' | 'SessionRoster' | 'RosterRequest'>(
    row: 'audioDown' | 'avatarDown' | 'entityDown' | 'roster' | 'rosterRequest',
    who: string,
    name: Name,
    fields: MessageFields<Name>,
  ): void {
    this.others.publish(subjectOf(row, { world: 'main', who }), encodeMessage(name, fields));
  }

  /** The newest roster of the world `main`. */
  get roster(): MessageOf<'SessionRoster'> {
    const roster = this.rosters.at(-1);
    if (!roster) throw new Error('no roster yet');
    return roster;
  }

  entryOf(sessionId: number): vicinity.v1.RosterEntry.$Properties | undefined {
    return this.roster.sessions.find((entry) => entry.sessionId === sessionId);
  }

  /** The audio mixer that serves a session. */
  mixerOf(sessionId: number): string | undefined {
    return this.roster.audioMixers[(this.entryOf(sessionId)?.audioMixer ?? 0) - 1];
  }

  private listenersOf(instanceId: string): number[] {
    const place = this.roster.audioMixers.indexOf(instanceId) + 1;
    if (place === 0) return [];
    return this.roster.sessions.filter((entry) => entry.audioMixer === place).map((entry) => entry.sessionId ?? 0);
  }

  private async makeTransport(generation: number, events: ClientTransportEvents): Promise<FakeTransport> {
    if (this.isMediaDown) throw new MediaError('media-unavailable', 'No worker.');
    const transport = new FakeTransport(generation, events);
    this.transports.push(transport);
    return transport;
  }

  private beat(): void {
    const state = RoleState.ROLE_STATE_READY;
    for (const [instanceId, role] of this.alive) {
      const message = encodeMessage('MemberHeartbeat', { instanceId, role, epochMs: 1, state });
      this.others.publish(subjectOf('member', { who: instanceId }), message);
    }
  }

  /** What NestJS and the controller do in a process. */
  private wire(broker: Broker): void {
    const { gateway, gatewayId: who } = this;
    const worldOf = (subject: string): string => parseSubject(subject)?.world ?? '';
    broker.subscribe(subjectOf('roster'), ({ subject, data }) =>
      gateway.handleRoster(worldOf(subject), decodeMessage('SessionRoster', data)),
    );
    broker.subscribe(subjectOf('rosterRequest'), ({ subject }) => gateway.handleRosterRequest(worldOf(subject)));
    broker.subscribe(subjectOf('audioDown', { who }), ({ subject, data }) =>
      gateway.handleAudioDown(worldOf(subject), decodeMessage('AudioDownlink', data)),
    );
    broker.subscribe(subjectOf('avatarDown', { who }), ({ subject, data }) =>
      gateway.handleAvatarDown(worldOf(subject), decodeMessage('AvatarDownlink', data)),
    );
    broker.subscribe(subjectOf('entityDown', { who }), ({ subject, data }) =>
      gateway.handleEntityDown(worldOf(subject), decodeMessage('EntityDownlink', data)),
    );
    broker.subscribe(subjectOf('avatarDetail'), ({ subject, data }) =>
      gateway.handleAvatarDetails(worldOf(subject), decodeMessage('AvatarDetails', data)),
    );
    broker.subscribe(subjectOf('avatarExtras', { who }), ({ subject, data, reply }) => {
      const { sessionId } = decodeMessage('AvatarExtrasRequest', data);
      const answer = gateway.answerAvatarExtras(worldOf(subject), sessionId);
      if (reply) broker.publish(reply, encodeMessage('AvatarExtras', answer));
    });
  }

  private record<
    Name extends
      | 'SessionRoster'
      | 'TraitsTable'
      | 'HearingTable'
      | 'AudioUplink'
      | 'AvatarUplink'
      | 'EntityInterestTable'
      | 'EntityMotionUplink',
  >(
    row: 'roster' | 'avatarTraits' | 'hearing' | 'audioUp' | 'avatarUp' | 'entityInterest' | 'entityMotionUp',
    name: Name,
    into: MessageOf<Name>[],
  ): void {
    this.others.subscribe(subjectOf(row, { world: 'main', who: this.gatewayId }), ({ data }) => {
      into.push(decodeMessage(name, Uint8Array.from(data)));
    });
  }
}
