import { isWorldName } from '@app/world';
import { JoinError } from './join.errors.js';

/** How the browser has reached us, unchecked. */
export interface RawHost {
  hostHeader: string | undefined;
  forwardedHost: string | undefined;
  forwardedProto: string | undefined;
}

/** What the browser sent, unchecked. */
export interface RawJoinRequest extends RawHost {
  /** Of the query; anything may be in it. */
  world: unknown;
}

/** How the browser has reached us. */
export interface ReachedHost {
  /** Host name or address, in brackets if it is IPv6; it becomes part of URLs. */
  host: string;
  /** By https. */
  isSecure: boolean;
}

/** A checked wish to join. */
export interface JoinRequest {
  world: string;
  /** Host name or address that the browser used, in brackets if it is IPv6; it becomes part of URLs. */
  host: string;
  /** The page came by https, so sockets must be wss. */
  isSecure: boolean;
}

/** A name or IPv4 address, or an IPv6 address in brackets, then perhaps a port. */
const HOST_PATTERN = /^([A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::(\d{1,5}))?$/;
const SHOWN_CHARACTERS_MAX = 64;

/** Checks a join request; fails with JoinError. Nothing of what it returns needs to be checked again. */
export function parseJoinRequest(
  raw: RawJoinRequest,
  worlds: readonly string[],
  trustsForwarded: boolean,
): JoinRequest {
  const world = raw.world === undefined || raw.world === '' ? worlds[0] : raw.world;
  if (typeof world !== 'string' || !isWorldName(world)) {
    throw new JoinError('join-malformed-request', 'The name of a world has 1 to 32 small letters, digits and hyphens.');
  }
  if (!worlds.includes(world)) {
    throw new JoinError('world-unknown', `There is no world called ${world.slice(0, SHOWN_CHARACTERS_MAX)} here.`);
  }
  const reached = readHost(raw, trustsForwarded);
  if (!reached) throw new JoinError('join-malformed-request', 'The Host header is missing or malformed.');
  return { world, ...reached };
}

/** The host under which the browser knows us; undefined when the header is missing or malformed. Pure. */
export function readHost(raw: RawHost, trustsForwarded: boolean): ReachedHost | undefined {
  const hostHeader = (trustsForwarded && firstOf(raw.forwardedHost)) || raw.hostHeader;
  const host = HOST_PATTERN.exec(hostHeader ?? '')?.[1];
  return host ? { host, isSecure: trustsForwarded && firstOf(raw.forwardedProto) === 'https' } : undefined;
}

/** A chain of proxies appends; the first one saw the browser. */
function firstOf(header: string | undefined): string | undefined {
  return header?.split(',', 1)[0].trim();
}
