import type { Clock } from '@app/clock';
import {
  CODECS_TO_SERVER,
  DATA_HEADER_BYTES,
  DOMAIN_LIST_HEADER_BYTES,
  type DomainConnectRequest,
  NODE_RECORD_BYTES,
  NULL_UUID,
  type NodeRecord,
  PACKET_TYPES,
  PacketType,
  type PacketTypeName,
  admitFrom,
  isOurSignature,
  packetSource,
} from '@app/vircadia';
import type { Link } from '../peer/link.js';
import { readerOf } from '../peer/packet-reader.js';
import { uuidOfDomain, uuidOfSession } from '../identity.js';
import { PROTOCOL_MISMATCH, denialOf } from './denial.js';
import { TokenBucket } from '../../rate-limit.js';
import { SessionError } from '../../session/session.errors.js';
import type { VirtualNode } from './domain-nodes.js';
import { Handshake } from './handshake.js';
import { localIdOf } from './local-ids.js';
import type { ClientPapers } from './node-papers.js';

/** What the domain goes by when it lets somebody in. The null UUID is the fingerprint of those whose machine is not known. */
export type EntryRequest = Pick<DomainConnectRequest, 'machineFingerprint' | 'placeName' | 'interest' | 'currentTime'>;

/** What the domain says only after somebody else has agreed. */
export interface TalkHost {
  readonly clock: Clock;
  /** The client may come in: gives it papers. @throws SessionError  when it may not */
  enter(request: EntryRequest): ClientPapers;
  /** It knows nothing any more of what it was told; it will enter next. */
  restart(): void;
  /** It was not let in, and has been told so. */
  refuse(): void;
  /** It has left. */
  leave(): void;
  onDropped(reason: string, count: number): void;
}

/** Answers to one client: the web SDK asks up to twenty times a second when it has missed some. */
const ANSWERS_PER_SECOND = 20;
const ANSWERS_BURST = 60;
/** Bytes of a DomainList's packet before its first node. */
const LIST_START_BYTES = DATA_HEADER_BYTES + 2 + DOMAIN_LIST_HEADER_BYTES;
/** Where everybody arrives. */
const VIEWPOINT = '/0,0,0/0,0,0,1';
/** What native clients wait for before they wear an avatar: heights in metres. */
const SETTINGS = JSON.stringify({ avatars: { min_avatar_height: 0.009, max_avatar_height: 5.2 } });

/** What the domain and one client say to each other (specification D). */
export class DomainTalk {
  handshake: Handshake;
  papers: ClientPapers | undefined;
  /** How many nodes the client was told of last. */
  private listedCount = 0;
  private readonly answers = new TokenBucket(ANSWERS_PER_SECOND, ANSWERS_BURST);

  constructor(
    private readonly link: Link,
    private readonly host: TalkHost,
  ) {
    this.handshake = new Handshake(host.clock.nowMs());
  }

  /** A packet on the domain's link. PacketErrors come out of it. */
  onPacket(name: PacketTypeName, packet: Uint8Array, payloadOffset: number): void {
    // Most answers are larger than what is asked, and anybody can ask in the client's name.
    if (name !== 'DomainDisconnectRequest' && !this.answers.take(this.nowMs)) {
      return this.host.onDropped('vircadia-answers', 1);
    }
    if (name === 'DomainConnectRequest') {
      return this.onConnect(CODECS_TO_SERVER.DomainConnectRequest.read(readerOf(packet, payloadOffset)));
    }
    if (!this.papers) return this.host.onDropped('vircadia-stranger', 1);
    switch (name) {
      case 'DomainListRequest': {
        const request = CODECS_TO_SERVER.DomainListRequest.read(readerOf(packet, payloadOffset));
        if (this.handshake.checkIn(request, this.nowMs)) this.sendList(this.papers, request.currentTime, false);
        return;
      }
      case 'DomainServerPathQuery':
        return this.onPathQuery(CODECS_TO_SERVER.DomainServerPathQuery.read(readerOf(packet, payloadOffset)));
      case 'DomainSettingsRequest':
        this.link.send('DomainSettings', SETTINGS, this.nowMs);
        return;
      case 'UsernameFromIDRequest':
        return this.onUsername(CODECS_TO_SERVER.UsernameFromIDRequest.read(readerOf(packet, payloadOffset)));
      case 'DomainDisconnectRequest':
        return this.host.leave();
      default:
        // Nobody may kick here; and the rest is not for the domain.
        return this.host.onDropped('vircadia-misplaced', 1);
    }
  }

  /** A packet that nobody known here can have sent. PacketErrors come out of it. */
  onRefused(packet: Uint8Array): void {
    if (this.papers) return;
    const [type, version] = packet;
    if (version !== PACKET_TYPES[type]?.version) {
      // Whoever speaks another version of the protocol is told so.
      if (type === PacketType.DomainConnectRequest) this.deny(PROTOCOL_MISMATCH);
    } else if (type === PacketType.DomainListRequest && this.link.isWeb) this.onStray(packet);
  }

  /** The client is known to be there: nodes that it could not be told of for want of that are told now. */
  completeList(): void {
    const records = this.records();
    for (const record of records.slice(this.listedCount)) this.link.send('DomainServerAddedNode', record, this.nowMs);
    this.listedCount = records.length;
  }

  /**
   * A client of UDP whose check-ins are lost, because very many others knock, gets the list unasked: without any it would
   * begin anew after five of them (specification D.9), though everything else that it says is heard.
   */
  reassure(nowMs: number): void {
    if (!this.papers || this.link.isWeb || !this.handshake.isUnheard(nowMs)) return;
    this.sendList(this.papers, this.handshake.requestTime, false);
  }

  /** The client shall forget a node, and come to it anew. */
  renew(node: VirtualNode): void {
    const record = this.papers?.nodes.get(node)?.record;
    if (!record || !this.handshake.interest.includes(node)) return;
    this.link.send('DomainServerRemovedNode', record.id, this.nowMs);
    // Should it be faster than that, the next list says the same.
    this.link.send('DomainServerAddedNode', record, this.nowMs);
  }

  /** Tells the client that it has to go, if it gets a word. */
  deny(denial: ReturnType<typeof denialOf>): void {
    this.link.send('DomainConnectionDenied', denial, this.nowMs);
  }

  private onConnect(request: DomainConnectRequest): void {
    if (!isOurSignature(request.protocolSignature)) {
      // Not this client's, if it is one that is here already.
      if (this.papers) return this.host.onDropped('vircadia-doubtful', 1);
      this.deny(PROTOCOL_MISMATCH);
      return this.host.refuse();
    }
    const meaning = this.handshake.meaningOf(request, this.nowMs);
    if (meaning === 'doubtful') return this.host.onDropped('vircadia-doubtful', 1);
    if (meaning === 'restart') this.begin();
    this.letIn(request, true);
  }

  /**
   * Somebody checks in who is not known any more: the gateway has been another one, or the channels of web clients have
   * ended with their media worker. They become somebody new at once, rather than after five seconds of silence, and find
   * themselves and all nodes under new numbers in the list.
   */
  private onStray(packet: Uint8Array): void {
    const payloadOffset = admitFrom(packet, { localId: packetSource(packet) ?? 0 });
    if (payloadOffset < 0) return;
    const request = CODECS_TO_SERVER.DomainListRequest.read(readerOf(packet, payloadOffset));
    this.letIn({ ...request, machineFingerprint: NULL_UUID }, false);
  }

  private letIn(request: EntryRequest, isNewConnection: boolean): void {
    try {
      this.papers ??= this.host.enter(request);
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      this.deny(denialOf(error.code, error.message));
      return this.host.refuse();
    }
    this.handshake.list(request, this.nowMs);
    this.sendList(this.papers, request.currentTime, isNewConnection);
  }

  private begin(): void {
    this.host.restart();
    this.handshake = new Handshake(this.nowMs);
    this.papers = undefined;
  }

  private sendList(papers: ClientPapers, requestTime: number, isNewConnection: boolean): void {
    const room = Math.floor((this.link.allowanceBytes - LIST_START_BYTES) / NODE_RECORD_BYTES);
    if (room < 0) return this.host.onDropped('vircadia-unproven', 1);
    const nodes = this.records().slice(0, room);
    this.listedCount = nodes.length;
    const { world, sessionId, localId, permissions } = papers;
    const list = {
      domainId: uuidOfDomain(world),
      domainLocalId: localIdOf('D'),
      sessionId: uuidOfSession(sessionId),
      localId,
      permissions,
      isAuthenticated: true,
      requestTime,
      sentUs: Math.round(this.host.clock.wallMs() * 1_000),
      processingUs: 0,
      isNewConnection,
      nodes,
    };
    this.link.send('DomainList', list, this.nowMs);
  }

  /** The nodes that the client wants to know of. */
  private records(): NodeRecord[] {
    return this.handshake.interest.flatMap((node) => {
      const paper = this.papers?.nodes.get(node);
      return paper ? [paper.record] : [];
    });
  }

  /** There is one place, the entrance. */
  private onPathQuery(path: string): void {
    if (path === '/') this.link.send('DomainServerPathResponse', { path, viewpoint: VIEWPOINT }, this.nowMs);
    else this.host.onDropped('vircadia-path', 1);
  }

  /** Names are not checked here, and nobody may know more than that. */
  private onUsername(nodeId: string): void {
    const reply = { nodeId, username: '', machineFingerprint: NULL_UUID, isAdmin: false };
    this.link.send('UsernameFromIDReply', reply, this.nowMs);
  }

  private get nowMs(): number {
    return this.host.clock.nowMs();
  }
}
