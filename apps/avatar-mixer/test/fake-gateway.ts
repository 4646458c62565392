import { type Broker, parseSubject, subjectOf } from '@app/broker';
import { type MessageOf, decodeMessage, encodeMessage, packPose } from '@app/wire';
import type { SessionId } from '@app/world';
import type { AvatarMixerActor } from '../src/avatar-mixer.actor.js';

const WORLD = 'main';

/** What one simulated client knows of another. */
export interface KnownAvatar {
  name: string | undefined;
  position: { x: number; y: number; z: number };
  toldAtMs: number;
  ageMs: number;
  updates: number;
}

/** One simulated client: applies what it is told as a real one does. */
export class FakeClient {
  readonly known = new Map<SessionId, KnownAvatar>();
  readonly leaves: SessionId[] = [];
  readonly completes: SessionId[][] = [];
  realtimeBytesMax = 0;
  realtimeCount = 0;
  waitMsMax = 0;
  epoch = 1;
  sync = 1;
  x = 0;
  z = 0;
  sequence = 0;
  isMoving = true;

  constructor(
    readonly sessionId: SessionId,
    public name: string,
  ) {}

  receiveRealtime(bytes: Uint8Array, nowMs: number): void {
    this.realtimeBytesMax = Math.max(this.realtimeBytesMax, bytes.length);
    this.realtimeCount++;
    for (const update of decodeMessage('ServerRealtime', bytes).avatarUpdates?.updates ?? []) {
      const known = this.entry(update.sessionId ?? 0);
      if (known.toldAtMs >= 0) this.waitMsMax = Math.max(this.waitMsMax, nowMs - known.toldAtMs);
      known.toldAtMs = nowMs;
      known.ageMs = update.ageMs ?? 0;
      known.updates++;
    }
  }

  receiveReliable(bytes: Uint8Array): void {
    const news = decodeMessage('ServerReliable', bytes).avatarNews;
    for (const { sessionId, traits } of news?.traits ?? []) this.entry(sessionId ?? 0).name = traits?.name ?? '';
    for (const sessionId of news?.left ?? []) {
      this.known.delete(sessionId);
      this.leaves.push(sessionId);
    }
    if (!news?.isComplete) return;
    const present = news.present ?? [];
    this.completes.push(present);
    for (const sessionId of this.known.keys()) if (!present.includes(sessionId)) this.known.delete(sessionId);
  }

  pose(): Uint8Array {
    return packPose({ position: { x: this.x, y: 0, z: this.z }, orientation: { x: 0, y: 0, z: 0, w: 1 } });
  }

  private entry(sessionId: SessionId): KnownAvatar {
    let known = this.known.get(sessionId);
    if (!known) {
      known = { name: undefined, position: { x: 0, y: 0, z: 0 }, toldAtMs: -1, ageMs: 0, updates: 0 };
      this.known.set(sessionId, known);
    }
    return known;
  }
}

/** A gateway as avatar mixers see it; the test decides when it says what. */
export class FakeGateway {
  readonly clients = new Map<SessionId, FakeClient>();
  readonly downlinks: Array<MessageOf<'AvatarDownlink'> & { atMs: number; bytes: number }> = [];
  revision = 0;
  isAnswering = true;

  constructor(
    private readonly broker: Broker,
    readonly gatewayId: string,
    public epochMs: number,
    private readonly mixerId: string,
    private readonly nowMs: () => number,
  ) {
    broker.subscribe(subjectOf('avatarDown', { who: gatewayId }), ({ data }) => this.receive(data));
    broker.subscribe(subjectOf('rosterRequest'), () => {
      if (!this.isAnswering) return;
      this.publishRoster();
      this.publishTraits();
    });
  }

  add(client: FakeClient): FakeClient {
    this.clients.set(client.sessionId, client);
    return client;
  }

  publishRoster(options: { isLast?: boolean; revision?: number; mixerId?: string } = {}): void {
    const sessions = [...this.clients.values()].map(({ sessionId, epoch, sync }) => ({
      sessionId,
      epoch,
      sync,
      avatarMixer: 1,
    }));
    const { gatewayId, epochMs } = this;
    this.send('roster', 'SessionRoster', {
      gatewayId,
      gatewayEpochMs: epochMs,
      revision: options.revision ?? ++this.revision,
      avatarMixers: [options.mixerId ?? this.mixerId],
      sessions,
      isLast: options.isLast ?? false,
    });
  }

  publishTraits(version = 1): void {
    const entries = [...this.clients.values()].map(({ sessionId, epoch, name }) => ({
      sessionId,
      version: epoch * 4_096 + version,
      traits: { name },
    }));
    this.send('avatarTraits', 'TraitsTable', { gatewayId: this.gatewayId, entries });
  }

  /** The poses of those who moved, or of all. */
  publishPoses(all = false): void {
    const poses = [...this.clients.values()]
      .filter((client) => all || client.isMoving)
      .map((client) => ({
        sessionId: client.sessionId,
        sequence: (client.sequence = (client.sequence + 1) & 0xffff),
        pose: client.pose(),
      }));
    if (poses.length > 0) this.send('avatarUp', 'AvatarUplink', { gatewayId: this.gatewayId, poses });
  }

  private send(row: 'roster' | 'avatarTraits' | 'avatarUp', message: string, fields: object): void {
    this.broker.publish(subjectOf(row, { world: WORLD, who: this.gatewayId }), encodeMessage(message, fields));
  }

  private receive(data: Uint8Array): void {
    const downlink = decodeMessage('AvatarDownlink', data.slice());
    this.downlinks.push(Object.assign(downlink, { atMs: this.nowMs(), bytes: data.length }));
    for (const { sessionId, realtime, reliable } of downlink.payloads) {
      const client = this.clients.get(sessionId ?? 0);
      if (realtime?.length) client?.receiveRealtime(realtime, this.nowMs());
      if (reliable?.length) client?.receiveReliable(reliable);
    }
  }
}

/** Hands the broker's messages to an actor, as the role's controller does. */
export function attach(actor: AvatarMixerActor, broker: Broker): void {
  broker.subscribe(subjectOf('roster'), ({ subject, data }) =>
    actor.handleRoster(parseSubject(subject)?.world ?? '', decodeMessage('SessionRoster', data)),
  );
  broker.subscribe(subjectOf('avatarUp'), ({ subject, data }) =>
    actor.handleUplink(parseSubject(subject)?.world ?? '', decodeMessage('AvatarUplink', data)),
  );
  broker.subscribe(subjectOf('avatarTraits'), ({ subject, data }) =>
    actor.handleTraits(parseSubject(subject)?.world ?? '', decodeMessage('TraitsTable', data)),
  );
}
