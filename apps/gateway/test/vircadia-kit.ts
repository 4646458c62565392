import { SeededRandom } from '@app/testing';
import { PrometheusMetrics, silentLogger } from '@app/runtime';
import type { PacketTypeName } from '@app/vircadia';
import type { MessageOf } from '@app/wire';
import { GatewayMetrics } from '../src/gateway.metrics.js';
import { type LinkType, VIRTUAL_NODES, type VirtualNode } from '../src/vircadia/domain/domain-nodes.js';
import { VircadiaDomain } from '../src/vircadia/domain/vircadia-domain.js';
import { NodeAddresses } from '../src/vircadia/edge/node-addresses.js';
import { UdpEdge } from '../src/vircadia/edge/udp-edge.js';
import type { DatagramHandler, DatagramSockets } from '../src/vircadia/edge/udp-sockets.js';
import type { NodePort, SessionPort, Translator } from '../src/vircadia/translate/translator.js';
import type { TranslatorFactory } from '../src/vircadia/translate/translators.js';
import { GatewayKit } from './gateway-kit.js';
import { NativeClient } from './native-client.js';

export const VIRCADIA_PORT = 40_102;
/** One way through the network that tests make, in ms. */
const WAY_MS = 2;

interface Place {
  readonly address: string;
  readonly port: number;
}

/** A translator that remembers what it was told. */
export class SpyTranslator implements Translator {
  readonly calls: string[] = [];
  readonly packets: PacketTypeName[] = [];
  readonly reliable: MessageOf<'ServerReliable'>[] = [];
  waitingBytes = 0;
  fails = false;

  constructor(
    readonly node: VirtualNode,
    readonly port: NodePort,
    readonly session: SessionPort,
  ) {}

  onActive(): void {
    this.calls.push('active');
  }

  onSendingRestarted(): void {
    this.calls.push('restarted');
  }

  onPacket(name: PacketTypeName): void {
    this.packets.push(name);
    if (this.fails) throw new Error('a mistake of ours');
  }

  onReliable(message: MessageOf<'ServerReliable'>): void {
    this.reliable.push(message);
    if (this.fails) throw new Error('a mistake of ours');
  }

  close(): void {
    this.calls.push('closed');
  }
}

/** A native client at an address. */
export class KitClient extends NativeClient {
  /** Bytes of datagrams that have come. */
  receivedBytes = 0;
  sentBytes = 0;

  constructor(
    private readonly kit: VircadiaKit,
    public place: Place,
    fingerprint?: string,
  ) {
    super((type, datagram) => {
      this.sentBytes += datagram.length;
      kit.toServer(type, datagram, this.portFor(type));
    }, fingerprint);
  }

  /** Where the server sees packets to one of its sockets come from: a NAT may use a port for each. */
  portFor: (type: LinkType) => Place = () => this.place;

  async enter(): Promise<this> {
    this.connect();
    await this.kit.pass(3 * WAY_MS);
    this.pingAll();
    await this.kit.pass(3 * WAY_MS);
    return this;
  }

  /** The client lives on: check-ins, and keep-alives of its nodes. */
  async live(durationMs: number, intervalMs = 500): Promise<void> {
    for (let passedMs = 0; passedMs < durationMs; passedMs += intervalMs) {
      this.checkIn();
      this.pingAll();
      await this.kit.pass(intervalMs);
    }
  }
}

/** The domain and the edge of UDP on a virtual clock, in front of a gateway's logic. */
export class VircadiaKit {
  /** The system takes no datagram of ours at the moment. */
  isFull = false;
  readonly gatewayKit: GatewayKit;
  readonly domain: VircadiaDomain;
  readonly edge: UdpEdge;
  readonly translators: SpyTranslator[] = [];
  readonly drops = new Map<string, number>();
  readonly clients: KitClient[] = [];
  /** Datagrams to addresses of nobody. */
  readonly strays: { type: LinkType; datagram: Uint8Array; address: string; port: number }[] = [];
  /** Lines of the log. */
  readonly failures: string[] = [];
  private onDatagram: DatagramHandler = () => undefined;

  constructor(sessionsMax = 10) {
    this.gatewayKit = new GatewayKit(sessionsMax);
    const { clock, gateway } = this.gatewayKit;
    const random = new SeededRandom(11);
    const metrics = new GatewayMetrics(new PrometheusMetrics());
    metrics.countDrop = (reason, count = 1) => void this.drops.set(reason, (this.drops.get(reason) ?? 0) + count);
    const logger = { ...silentLogger, error: (_fields: object | string, text = '') => void this.failures.push(text) };
    const addresses = new NodeAddresses('192.0.2.9', undefined, clock, () => ({}));
    const spy =
      (node: VirtualNode): TranslatorFactory =>
      (port, session) => {
        const translator = new SpyTranslator(node, port, session);
        this.translators.push(translator);
        return translator;
      };
    const translatorGround = {
      ...{ clock, random, metrics, gatewayId: 'gateway-a' },
      avatarsOf: () => undefined,
      avatarUrl: '',
    };
    this.domain = new VircadiaDomain({
      clock,
      random,
      metrics,
      logger,
      gatewayId: 'gateway-a',
      gateway,
      permissions: 1,
      translators: Object.fromEntries(VIRTUAL_NODES.map((node) => [node, spy(node)])),
      translatorGround,
      socketsOf: (node, address, isWeb) => addresses.socketsOf(node, VIRCADIA_PORT, address, isWeb),
    });
    this.edge = new UdpEdge(this.sockets(), this.domain, clock, logger, metrics);
    this.domain.start();
    void this.edge.start();
  }

  client(address = '198.51.100.1', port = 50_000 + this.clients.length, fingerprint?: string): KitClient {
    const client = new KitClient(this, { address, port }, fingerprint);
    client.nowMs = this.gatewayKit.clock.nowMs();
    this.clients.push(client);
    return client;
  }

  async pass(durationMs: number): Promise<void> {
    await this.gatewayKit.clock.advanceAsync(durationMs);
    for (const client of this.clients) client.nowMs = this.gatewayKit.clock.nowMs();
  }

  /** The process is away for that long, while nothing happens in it. */
  sleep(durationMs: number): void {
    const { clock } = this.gatewayKit;
    const nowMs = clock.nowMs.bind(clock);
    clock.nowMs = () => nowMs() + durationMs;
  }

  /** Numbers of all sessions that others see. */
  get listed(): number[] {
    return this.gatewayKit.roster.sessions.map(({ sessionId }) => sessionId ?? 0);
  }

  translatorOf(node: VirtualNode): SpyTranslator {
    const translator = this.translators.findLast((each) => each.node === node);
    if (!translator) throw new Error('nobody has come');
    return translator;
  }

  toServer(type: LinkType, datagram: Uint8Array, from: Place): void {
    const copy = datagram.slice();
    this.gatewayKit.clock.after(WAY_MS, () => this.onDatagram(type, copy, from.address, from.port));
  }

  private sockets(): DatagramSockets {
    return {
      start: async (onDatagram) => {
        this.onDatagram = onDatagram;
      },
      send: (type, datagram, port, address) => {
        if (this.isFull) return false;
        const copy = datagram.slice();
        this.gatewayKit.clock.after(WAY_MS, () => this.toClient(type, copy, port, address));
        return true;
      },
      close: () => undefined,
    };
  }

  private toClient(type: LinkType, datagram: Uint8Array, port: number, address: string): void {
    const client = this.clients.find((each) => {
      const place = each.portFor(type);
      return place.port === port && place.address === address;
    });
    if (!client) return void this.strays.push({ type, datagram, port, address });
    client.receivedBytes += datagram.length;
    client.nowMs = this.gatewayKit.clock.nowMs();
    client.receive(type, datagram);
  }
}
