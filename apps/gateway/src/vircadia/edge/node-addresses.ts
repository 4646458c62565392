import { lookup } from 'node:dns/promises';
import { isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Clock } from '@app/clock';
import { SocketType, ipv4Socket } from '@app/vircadia';
import { type VirtualNode, portOf } from '../domain/domain-nodes.js';
import type { NodeSockets } from '../domain/node-papers.js';

type Interfaces = ReturnType<typeof networkInterfaces>;

const LOOPBACK = '127.0.0.1';

/** What web clients are told: they take neither address nor port from it, but it must be one of IPv4 (D.5). */
const WEB_SOCKET = ipv4Socket(SocketType.WebRtc, LOOPBACK, 0);
const WEB_SOCKETS: NodeSockets = { publicSocket: WEB_SOCKET, localSocket: WEB_SOCKET };

/** The system is asked for its addresses no more often than this, in ms: that takes longer than anything else here. */
const INTERFACES_MS = 5_000;

/** Where clients are told to reach the nodes. */
export class NodeAddresses {
  private known: Interfaces = {};
  private knownMs = -Infinity;
  /** All nodes are asked for one after the other. */
  private last = { client: '', nearest: '' };

  /** @param announced  an address of IPv4; undefined when clients can use the one that they came to */
  constructor(
    private readonly listenAddress: string,
    private readonly announced: string | undefined,
    private readonly clock: Pick<Clock, 'nowMs'>,
    private readonly interfaces: () => Interfaces = networkInterfaces,
  ) {}

  /** Of a node, for a client at that address. */
  socketsOf(node: VirtualNode, domainPort: number, clientAddress: string, isWeb: boolean): NodeSockets {
    if (isWeb) return WEB_SOCKETS;
    const port = portOf(node, domainPort);
    const own = isIPv4(this.listenAddress) && this.listenAddress !== '0.0.0.0';
    const local = own ? this.listenAddress : this.nearest(clientAddress);
    return {
      publicSocket: ipv4Socket(SocketType.Udp, this.announced ?? local, port),
      localSocket: ipv4Socket(SocketType.Udp, local, port),
    };
  }

  private nearest(client: string): string {
    const nowMs = this.clock.nowMs();
    const isOld = nowMs - this.knownMs >= INTERFACES_MS;
    if (isOld) {
      this.knownMs = nowMs;
      this.known = this.interfaces();
    }
    if (isOld || this.last.client !== client) this.last = { client, nearest: nearestAddress(client, this.known) };
    return this.last.nearest;
  }
}

/** An address of IPv4 for what is announced, which may be a host name; undefined when there is none. */
export async function resolveAnnounced(announced: string | undefined): Promise<string | undefined> {
  if (announced === undefined || isIPv4(announced)) return announced;
  const found = await lookup(announced, { family: 4 }).catch(() => undefined);
  return found?.address;
}

/** Of the machine's own addresses, the one in the client's network; else the first that others can reach. Pure. */
export function nearestAddress(clientAddress: string, interfaces: Interfaces): string {
  const client = clientAddress.replace(/^::ffff:/, '');
  const entries = Object.values(interfaces)
    .flatMap((list) => list ?? [])
    .filter(({ family }) => family === 'IPv4');
  const isNear = ({ address, netmask }: { address: string; netmask: string }): boolean =>
    isIPv4(client) && (bitsOf(address) & bitsOf(netmask)) === (bitsOf(client) & bitsOf(netmask));
  const nearest = entries.find(isNear) ?? entries.find(({ internal }) => !internal) ?? entries[0];
  return nearest?.address ?? LOOPBACK;
}

function bitsOf(address: string): number {
  return address.split('.').reduce((bits, part) => (bits << 8) | Number(part), 0);
}
