import type { Member } from '@app/runtime';
import { JoinError } from './join.errors.js';
import type { JoinRequest } from './join-request.js';

/** A gateway that has room, and where its signalling socket is. */
export interface GatewayAddress {
  instanceId: string;
  url: string;
}

/** What placement needs of a gateway. */
export type GatewayMember = Pick<
  Member,
  'instanceId' | 'load' | 'sessions' | 'sessionsMax' | 'signalingPort' | 'signalingUrl'
>;

/** Gateways that a client is told of. */
const GATEWAYS_TOLD_MAX = 8;
const PORT_MAX = 65_535;
const SOCKET_URL = /^wss?:\/\//;

/**
 * Where a client should knock, best first. Pure.
 *
 * Heartbeats are up to half a second old: of a crowd that arrives together everybody would see the same least loaded
 * gateway. That is bounded by the gateways' own refusal, after which the client tries the next of the list.
 *
 * @param gateways  READY ones
 */
export function placeClient(gateways: readonly GatewayMember[], request: JoinRequest): GatewayAddress[] {
  const reachable = gateways.filter(isReachable);
  if (reachable.length === 0) {
    throw new JoinError('no-gateway', 'The domain is starting: no gateway is ready to let people in yet.');
  }
  const withRoom = reachable.filter((gateway) => gateway.sessionsMax === 0 || gateway.sessions < gateway.sessionsMax);
  if (withRoom.length === 0) throw new JoinError('domain-full', 'The domain is full at the moment.');
  return withRoom
    .sort((a, b) => fullness(a) - fullness(b) || a.sessions - b.sessions || (a.instanceId < b.instanceId ? -1 : 1))
    .slice(0, GATEWAYS_TOLD_MAX)
    .map((gateway) => ({ instanceId: gateway.instanceId, url: signalingUrl(gateway, request) }));
}

/** Heartbeats are the word of other processes; a browser is only ever sent to a WebSocket. */
function isReachable({ signalingUrl: url, signalingPort: port }: GatewayMember): boolean {
  return url === '' ? port > 0 && port <= PORT_MAX : SOCKET_URL.test(url) && URL.canParse(url);
}

/** Of the two kinds of full, places and processor, the worse one counts. */
function fullness(gateway: GatewayMember): number {
  const places = gateway.sessionsMax > 0 ? gateway.sessions / gateway.sessionsMax : 0;
  const load = Number.isFinite(gateway.load) ? gateway.load : 1;
  return Math.max(places, load);
}

function signalingUrl(gateway: GatewayMember, { host, isSecure }: JoinRequest): string {
  return gateway.signalingUrl || `${isSecure ? 'wss' : 'ws'}://${host}:${gateway.signalingPort}/signal`;
}
