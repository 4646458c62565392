import type { Clock, Random, Timer } from '@app/clock';
import { NULL_UUID } from '@app/vircadia';
import type { EntryRequest } from './domain-talk.js';
import type { Logger } from '@app/runtime';
import { type SessionId, VIRCADIA_PENDING_MAX } from '@app/world';
import type { GatewayMetrics } from '../../gateway.metrics.js';
import type { ChannelHandlers } from '../../session/client-channel.js';
import type { ClientLink } from '../../session/client-link.js';
import type { SessionActor } from '../../session/session.actor.js';
import type { HelloInput } from '../../world.actor.js';
import type { PeerHost, WebEntrance } from '../peer/packet-path.js';
import { CHANNEL_TICK_MS, VircadiaChannel } from '../peer/vircadia-channel.js';
import { type ClientGround, VircadiaClient } from '../peer/vircadia-client.js';
import { PacedLog } from '../paced-log.js';
import type { TranslatorGround, TranslatorFactory } from '../translate/translators.js';
import type { VirtualNode } from './domain-nodes.js';
import { LocalIds } from './local-ids.js';
import { type ClientPapers, type NodeSockets, nodePapers } from './node-papers.js';

/** What the domain needs of the gateway behind it. */
export interface DomainGateway {
  /** A place for a session, in the world of that name or else the first one. @throws SessionError */
  reserve(place: string): { readonly world: string; readonly sessionId: SessionId };
  /** @throws SessionError */
  admit(link: ClientLink, hello: HelloInput, sessionId: SessionId): SessionActor;
}

/** What the domain stands on. */
export interface DomainGround {
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: GatewayMetrics;
  readonly logger: Logger;
  readonly gatewayId: string;
  readonly gateway: DomainGateway;
  /** Bits of Permission. */
  readonly permissions: number;
  readonly translators: Readonly<Partial<Record<VirtualNode, TranslatorFactory>>>;
  readonly translatorGround: Omit<TranslatorGround, 'logger'>;
  /** Where a client at that address reaches a node. */
  socketsOf(node: VirtualNode, address: string, isWeb: boolean): NodeSockets;
}

const SWEEP_INTERVAL_MS = 1_000;
/** A sweep that comes later than this was held up, and so was everything it might have heard, in ms. */
const SWEEP_LATENESS_MS_MAX = 1_000;
/** Of a client that comes back, its predecessor is a ghost when it is silent for so long, in ms. */
const GHOST_SILENCE_MS = 1_500;

/** The domain that a gateway plays for clients of Vircadia's protocol, whatever edge they come from. */
export class VircadiaDomain implements WebEntrance, ClientGround {
  readonly clock: Clock;
  private readonly clients = new Set<VircadiaClient>();
  /** Those that are no sessions yet, or not any more, in the order in which they came. */
  private readonly pending = new Set<VircadiaClient>();
  private readonly byLocalId = new Map<number, VircadiaClient>();
  private readonly localIds: LocalIds;
  private readonly log: PacedLog;
  private readonly translatorGround: TranslatorGround;
  private timers: readonly Timer[] = [];
  private sweptMs = 0;

  constructor(private readonly ground: DomainGround) {
    this.clock = ground.clock;
    this.localIds = new LocalIds(ground.random);
    this.log = new PacedLog(ground.logger, ground.clock);
    this.translatorGround = { ...ground.translatorGround, logger: this.log };
  }

  /** Begins to beat. */
  start(): void {
    this.sweptMs = this.clock.nowMs();
    this.timers = [
      this.clock.every(CHANNEL_TICK_MS, () => this.tick()),
      this.clock.every(SWEEP_INTERVAL_MS, () => this.sweep()),
    ];
  }

  /** Ends what is still here. A second call is harmless. */
  close(): void {
    for (const timer of this.timers) timer.cancel();
    for (const client of [...this.clients]) client.end();
  }

  /** Somebody at an edge. @param isProven  whoever it is gets what it is sent; not known of a mere UDP address */
  enter(host: PeerHost, isProven = true): VircadiaClient {
    const client = new VircadiaClient(host, this, isProven);
    this.clients.add(client);
    this.wait(client);
    return client;
  }

  /** The client that has this number. */
  clientOf(localId: number): VircadiaClient | undefined {
    return this.byLocalId.get(localId);
  }

  // --- What clients need (ClientGround) ------------------------------------------------------------------------------

  initialSequence(): number {
    return this.ground.random.nextUint32() & 0x7ff_ffff;
  }

  issue(client: VircadiaClient, request: EntryRequest): ClientPapers {
    const { gateway, gatewayId, permissions, socketsOf } = this.ground;
    this.layGhosts(client, request);
    // One that begins anew has been a session until now.
    this.wait(client);
    const { world, sessionId } = gateway.reserve(request.placeName ?? '');
    const localId = this.localIds.draw();
    this.byLocalId.set(localId, client);
    const nodes = nodePapers(world, gatewayId, sessionId, (node) => socketsOf(node, client.address, client.isWeb));
    return { world, sessionId, localId, permissions, nodes };
  }

  withdraw({ localId }: ClientPapers): void {
    this.byLocalId.delete(localId);
    this.localIds.release(localId);
  }

  admit(link: ClientLink, client: VircadiaClient, { world, sessionId }: ClientPapers): SessionActor {
    this.pending.delete(client);
    // Until its avatar has said who it is.
    const traits = { name: 'Guest', colour: 0, modelUrl: '' };
    const agent = client.isWeb ? 'vircadia web' : 'vircadia udp';
    return this.ground.gateway.admit(
      link,
      { kind: 'hello', world, resumeToken: '', traits, pose: undefined, agent },
      sessionId,
    );
  }

  makeChannel(client: VircadiaClient, handlers: ChannelHandlers, papers: ClientPapers): VircadiaChannel {
    const { sessionId, world } = papers;
    return new VircadiaChannel(handlers, {
      sessionId,
      world,
      links: client.links,
      translators: this.ground.translators,
      ground: this.translatorGround,
    });
  }

  onGone(client: VircadiaClient): void {
    this.clients.delete(client);
    this.pending.delete(client);
  }

  onDropped(reason: string, count: number): void {
    this.ground.metrics.countDrop(reason, count);
  }

  onFailed(error: unknown): void {
    this.ground.metrics.countDrop('vircadia-failed');
    this.log.error({ err: error }, 'A Vircadia client met a mistake, and is sent away.');
  }

  countIn(bytes: number): void {
    this.ground.metrics.countIn('vircadia', bytes);
  }

  /** It has to prove itself: those who have waited longest make room for it. */
  private wait(client: VircadiaClient): void {
    this.pending.add(client);
    for (const oldest of this.pending) {
      if (this.pending.size <= VIRCADIA_PENDING_MAX) return;
      this.ground.metrics.countDrop('vircadia-pending');
      oldest.end();
    }
  }

  /** A client that comes back after it lost its connection shall not meet itself. */
  private layGhosts(client: VircadiaClient, { machineFingerprint }: EntryRequest): void {
    if (machineFingerprint === NULL_UUID) return;
    const nowMs = this.clock.nowMs();
    for (const other of this.clients) {
      if (!other.isPresent || other.fingerprint !== machineFingerprint) continue;
      const isGhost = other.address === client.address && other.silenceMs(nowMs) >= GHOST_SILENCE_MS;
      if (isGhost && other !== client) other.end();
    }
  }

  private tick(): void {
    const nowMs = this.clock.nowMs();
    for (const client of this.clients) client.tick(nowMs);
  }

  private sweep(): void {
    const nowMs = this.clock.nowMs();
    const isLate = nowMs - this.sweptMs > SWEEP_INTERVAL_MS + SWEEP_LATENESS_MS_MAX;
    this.sweptMs = nowMs;
    for (const client of [...this.clients]) {
      if (isLate) client.forgive(nowMs);
      client.sweep(nowMs);
    }
  }
}
