import type { Clock } from '@app/clock';
import { type MessagePart, PACKET_TYPES, PacketError, type PacketTypeName } from '@app/vircadia';
import type { MessageFields } from '@app/wire';
import type { ChannelHandlers, ClientChannel } from '../../session/client-channel.js';
import type { ClientLink } from '../../session/client-link.js';
import type { SessionActor } from '../../session/session.actor.js';
import { SessionError } from '../../session/session.errors.js';
import { denialOf } from '../domain/denial.js';
import { type LinkType, VIRTUAL_NODES, type VirtualNode } from '../domain/domain-nodes.js';
import { DomainTalk, type EntryRequest, type TalkHost } from '../domain/domain-talk.js';
import { localIdOf } from '../domain/local-ids.js';
import type { ClientPapers } from '../domain/node-papers.js';
import { isGenuineDatagram, Link, type LinkHost } from './link.js';
import { NodeLife } from './node-life.js';
import type { PacketPath, PathEvents, PeerEntrance, PeerHost } from './packet-path.js';
import { SessionLink, type SessionLinkHost } from './session-link.js';
import type { VircadiaChannel } from './vircadia-channel.js';

/** What a client needs of the domain that it comes to. */
export interface ClientGround {
  readonly clock: Clock;
  /** 27 random bits. */
  initialSequence(): number;
  /** Room for one more, and papers for it. @throws SessionError  when it may not come in */
  issue(client: VircadiaClient, request: EntryRequest): ClientPapers;
  /** The client is there, and becomes a session. @throws SessionError  when it may not */
  admit(link: ClientLink, client: VircadiaClient, papers: ClientPapers): SessionActor;
  makeChannel(client: VircadiaClient, handlers: ChannelHandlers, papers: ClientPapers): VircadiaChannel;
  /** Its papers are void. */
  withdraw(papers: ClientPapers): void;
  /** It has gone. */
  onGone(client: VircadiaClient): void;
  onDropped(reason: string, count: number): void;
  /** A mistake of ours has met the client, which has been sent away. */
  onFailed(error: unknown): void;
  countIn(bytes: number): void;
}

/** One client of Vircadia's protocol: its links to the domain and to all nodes, and the session that it becomes. */
export class VircadiaClient implements PeerEntrance, LinkHost, SessionLinkHost, TalkHost {
  readonly clock: Clock;
  /** To nodes: none as long as the client may be nobody, since of those there may be many. */
  readonly links = new Map<VirtualNode, Link>();
  private readonly domainLink: Link;
  private readonly lives = new Map<VirtualNode, NodeLife>();
  private readonly talk: DomainTalk;
  private session: SessionActor | undefined;
  private sessionLink: SessionLink | undefined;
  private channel: VircadiaChannel | undefined;
  private hasGone = false;

  /** @param isProven  whoever is at the other end is known to get what it is sent */
  constructor(
    readonly host: PeerHost,
    private readonly ground: ClientGround,
    private readonly isProven: boolean,
  ) {
    this.clock = ground.clock;
    this.domainLink = new Link('D', { localId: localIdOf('D') }, undefined, this);
    this.talk = new DomainTalk(this.domainLink, this);
  }

  get address(): string {
    return this.host.address;
  }

  get isPresent(): boolean {
    return this.talk.handshake.stage === 'present';
  }

  get isGone(): boolean {
    return this.hasGone;
  }

  get isWeb(): boolean {
    return this.domainLink.isWeb;
  }

  get papers(): ClientPapers | undefined {
    return this.talk.papers;
  }

  /** When it sent something last that nobody else can have sent. */
  get provenMs(): number {
    return this.talk.handshake.provenMs;
  }

  get fingerprint(): string {
    return this.talk.handshake.fingerprint;
  }

  /** How long nothing has been heard of it, in ms. */
  silenceMs(nowMs: number): number {
    return nowMs - this.talk.handshake.heardMs;
  }

  /** Its silence so far was not its own: this process was away. */
  forgive(nowMs: number): void {
    this.talk.handshake.heardMs = nowMs;
  }

  /** Whether the datagram is one that only this client can have sent to this node. */
  isGenuine(type: LinkType, datagram: Uint8Array): boolean {
    const { papers } = this;
    const secret = type === 'D' ? undefined : papers?.nodes.get(type)?.secret;
    return papers !== undefined && secret !== undefined && isGenuineDatagram(datagram, { ...papers, secret });
  }

  // --- The edge (PeerEntrance) ---------------------------------------------------------------------------------------

  attach(type: LinkType, path: PacketPath): PathEvents {
    const link = this.linkOf(type);
    link.usePath(path);
    if (type !== 'D') this.lives.get(type)?.reset();
    return {
      onPacket: (datagram) => {
        if (this.hasGone || !link.uses(path)) return;
        this.ground.countIn(datagram.length);
        try {
          link.receive(datagram, this.clock.nowMs());
        } catch (error) {
          this.fail(error);
        }
      },
      onClosed: () => {
        if (!link.uses(path)) return;
        link.usePath(undefined);
        // Web clients never open a node's channel again unless they are told of the node anew (trap 8).
        if (type !== 'D') this.talk.renew(type);
      },
    };
  }

  leave(): void {
    this.end();
  }

  /** Every 10 ms. */
  tick(nowMs: number): void {
    try {
      this.work(nowMs);
    } catch (error) {
      this.fail(error);
    }
  }

  private work(nowMs: number): void {
    this.domainLink.tick(nowMs);
    if (!this.isPresent) return;
    const { interest } = this.talk.handshake;
    for (const [node, link] of this.links) {
      link.tick(nowMs);
      if (interest.includes(node)) this.lives.get(node)?.tick(nowMs);
    }
    this.channel?.tick(nowMs);
  }

  /** Once a second: whoever is silent for too long is gone. */
  sweep(nowMs: number): void {
    this.domainLink.flushCounts();
    for (const link of this.links.values()) link.flushCounts();
    if (this.talk.handshake.isSilent(nowMs)) return this.end();
    this.talk.reassure(nowMs);
    this.session?.handlePong();
  }

  /** It is gone: its session ends, nothing of it is kept. A second call is harmless. */
  end(error?: SessionError): void {
    if (this.hasGone) return;
    if (error) this.deny(error);
    this.hasGone = true;
    this.talk.handshake.end();
    this.dismiss();
    this.domainLink.close();
    for (const link of this.links.values()) link.close();
    this.ground.onGone(this);
    this.host.close();
  }

  // --- Its session ---------------------------------------------------------------------------------------------------

  openChannel(handlers: ChannelHandlers): ClientChannel {
    if (!this.papers) throw new Error('a client without papers has no session');
    this.channel = this.ground.makeChannel(this, handlers, this.papers);
    return this.channel;
  }

  onSignal({ closed, error }: MessageFields<'ServerSignal'>): void {
    // Who may come back does so by itself, and takes a denial for the last word.
    if (closed && !closed.resumable) this.talk.deny(denialOf(closed.code ?? '', closed.text ?? ''));
    else if (error) this.onDropped('vircadia-signal', 1);
  }

  /** The session is over. @param link  of which session */
  onSessionClosed(link: SessionLink): void {
    if (link === this.sessionLink) this.end();
  }

  // --- What links tell (LinkHost) ------------------------------------------------------------------------------------

  initialSequence(): number {
    return this.ground.initialSequence();
  }

  onHeard(link: Link, packet: Uint8Array): void {
    const { handshake } = this.talk;
    const nowMs = this.clock.nowMs();
    const { header } = PACKET_TYPES[packet[0]];
    if (header !== 'plain' || this.isProven) handshake.heardMs = nowMs;
    if (link.type === 'D' || header !== 'verified') return;
    if (handshake.prove(nowMs)) this.becomePresent();
  }

  onRefused(link: Link, packet: Uint8Array): void {
    if (link.type !== 'D') return;
    try {
      this.tellDomain(() => this.talk.onRefused(packet));
    } catch (error) {
      if (!(error instanceof PacketError)) throw error;
      this.onDropped('vircadia-malformed', 1);
    }
  }

  onPacket(link: Link, name: PacketTypeName, packet: Uint8Array, payloadOffset: number): void {
    const { type, receivedMs: nowMs } = link;
    if (type === 'D') return this.hearDomain(name, packet, payloadOffset);
    if (!this.isPresent) return this.onDropped('vircadia-stranger', 1);
    const life = this.lives.get(type) as NodeLife;
    if (name === 'Ping') life.answerPing(packet, payloadOffset, nowMs);
    // Over data channels only an answer says that the client listens; over UDP whatever it sends on its own.
    else if (!life.isActive && (name === 'PingReply' || !link.isWeb)) {
      life.isActive = true;
      this.channel?.activate(type, nowMs);
    }
    if (name !== 'Ping' && name !== 'PingReply') this.channel?.take(type, name, packet, payloadOffset, nowMs);
  }

  onPart(link: Link, name: PacketTypeName, part: MessagePart, packet: Uint8Array, payloadOffset: number): boolean {
    if (link.type === 'D' || !this.channel) return false;
    return this.channel.takePart(link.type, name, part, packet, payloadOffset, link.receivedMs);
  }

  onSendingRestarted(link: Link): void {
    if (link.type !== 'D') this.channel?.restartSending(link.type, this.clock.nowMs());
  }

  onDropped(reason: string, count: number): void {
    this.ground.onDropped(reason, count);
  }

  // --- What the domain needs (TalkHost) ------------------------------------------------------------------------------

  enter(request: EntryRequest): ClientPapers {
    const papers = this.ground.issue(this, request);
    this.domainLink.identify({ localId: localIdOf('D') }, { localId: papers.localId });
    this.identifyLinks(papers);
    return papers;
  }

  restart(): void {
    this.dismiss();
    for (const link of [this.domainLink, ...this.links.values()]) link.restart();
    for (const life of this.lives.values()) life.reset();
  }

  refuse(): void {
    // Web clients ask again on the same channel; of those who may not be there nothing is kept.
    if (!this.isProven) this.end();
  }

  private hearDomain(name: PacketTypeName, packet: Uint8Array, payloadOffset: number): void {
    this.tellDomain(() => this.talk.onPacket(name, packet, payloadOffset));
  }

  private tellDomain(tell: () => void): void {
    tell();
    if (this.isProven && this.talk.handshake.prove(this.domainLink.receivedMs)) this.becomePresent();
  }

  private linkOf(type: LinkType): Link {
    if (type === 'D') return this.domainLink;
    if (this.links.size === 0) this.openLinks();
    return this.links.get(type) as Link;
  }

  private openLinks(): void {
    for (const node of VIRTUAL_NODES) {
      const link = new Link(node, { localId: localIdOf(node) }, undefined, this);
      this.links.set(node, link);
      this.lives.set(node, new NodeLife(link, this.clock));
    }
    if (this.papers) this.identifyLinks(this.papers);
  }

  private identifyLinks({ localId, nodes }: ClientPapers): void {
    for (const [node, link] of this.links) {
      const paper = nodes.get(node);
      if (!paper) continue;
      const { record, secret } = paper;
      link.identify({ localId: record.localId, secret }, { localId, secret });
    }
  }

  private becomePresent(): void {
    const { papers } = this.talk;
    if (!papers) return;
    // Web clients are there before they have come to any node.
    if (this.links.size === 0) this.openLinks();
    try {
      this.sessionLink = new SessionLink(this);
      this.session = this.ground.admit(this.sessionLink, this, papers);
      this.talk.completeList();
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      this.end(error);
    }
  }

  /** A mistake of ours costs the one client that met it, not everybody's. */
  private fail(error: unknown): void {
    this.ground.onFailed(error);
    this.end();
  }

  private deny({ code, message }: SessionError): void {
    this.talk.deny(denialOf(code, message));
  }

  /** The session ends; the client may get another one. */
  private dismiss(): void {
    const { session, papers } = this;
    this.session = undefined;
    this.sessionLink = undefined;
    this.channel = undefined;
    if (papers) this.ground.withdraw(papers);
    session?.end();
  }
}
