import { isInstanceId, isWorldName, PROTOCOL_VERSION } from '@app/world';
import { clientFailure, serverFailure } from './errors.js';
import type { Platform } from './platform.js';
import type { GatewayAddress } from './reconnect-policy.js';

/** What /api/join says. */
export interface JoinPlan {
  protocolVersion: number;
  world: string;
  /** Least loaded first; never empty. */
  gateways: GatewayAddress[];
}

/** A gateway list longer than this is cut: nobody needs more places to knock at. */
const GATEWAYS_MAX = 32;
const ANSWER_CHARACTERS_MAX = 65_536;

/** Asks the domain-server which gateways let people into a world. Throws a VicinityError with a plain sentence. */
export async function requestJoin(
  platform: Platform,
  serverUrl: string,
  world: string | undefined,
  timeoutMs: number,
): Promise<JoinPlan> {
  const url = new URL('/api/join', serverUrl);
  if (world) url.searchParams.set('world', world);
  const abort = new AbortController();
  const timer = platform.clock.after(timeoutMs, () => abort.abort());
  let text: string;
  try {
    const response = await platform.fetch(url.href, { signal: abort.signal });
    text = await response.text();
  } catch (cause) {
    throw clientFailure('join-unreachable', { cause });
  } finally {
    timer.cancel();
  }
  return readJoinAnswer(text);
}

/** Checks the answer's shape; nothing of it is used unchecked. */
export function readJoinAnswer(text: string): JoinPlan {
  if (text.length > ANSWER_CHARACTERS_MAX) throw clientFailure('join-malformed');
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (cause) {
    // A proxy's error page, or a domain-server that is not there yet.
    throw clientFailure('join-unreachable', { cause });
  }
  if (!isRecord(answer)) throw clientFailure('join-malformed');
  if (isRecord(answer.error)) throw serverFailure(answer.error.code, answer.error.text, answer.error.retryAfterMs);
  const { protocolVersion, world, gateways } = answer;
  if (
    typeof protocolVersion !== 'number' ||
    typeof world !== 'string' ||
    !isWorldName(world) ||
    !Array.isArray(gateways)
  ) {
    throw clientFailure('join-malformed');
  }
  if (protocolVersion >>> 16 !== PROTOCOL_VERSION >>> 16) {
    throw serverFailure(
      'version-mismatch',
      'This page speaks another version of the protocol than the server. Reload the page to update it.',
      0,
    );
  }
  const addresses = gateways.slice(0, GATEWAYS_MAX).filter(isGatewayAddress);
  if (addresses.length === 0) throw clientFailure('join-no-gateway');
  return { protocolVersion, world, gateways: addresses.map(({ instanceId, url }) => ({ instanceId, url })) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isGatewayAddress(value: unknown): value is GatewayAddress {
  return (
    isRecord(value) &&
    typeof value.instanceId === 'string' &&
    isInstanceId(value.instanceId) &&
    typeof value.url === 'string' &&
    /^wss?:\/\//.test(value.url)
  );
}
