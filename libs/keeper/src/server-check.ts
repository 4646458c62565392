import { type Broker, subjectOf } from '@app/broker';
import { type Clock, pause } from '@app/clock';
import type { EntityWorld, WorldJournal } from '@app/entities';
import { BrokerMemberDirectory } from '@app/runtime';
import { decodeMessage, encodeMessage } from '@app/wire';
import { WorldTail } from './world-tail.js';

/** What a living entity-server says about a world, compared with the log. */
export interface CheckedServer {
  readonly serverId: string;
  /** Place in the log that it told the state of. */
  readonly sequence: number;
  /** What is wrong, as a sentence; absent when it is what the log says. */
  readonly fault?: string;
}

/** Heartbeats come twice a second; after this everybody who lives has been heard, in ms. */
const LISTEN_MS = 1_500;
const ANSWER_MS = 10_000;
const WRONG_STATE = 'Its state is not the one that the log leads to.';

interface Answer {
  serverId: string;
  sequence: number;
  hash?: Uint8Array;
  fault?: string;
}

/** Instance names of the entity-servers that are running. Takes about a second. */
export async function findEntityServers(broker: Broker, clock: Clock): Promise<string[]> {
  const members = new BrokerMemberDirectory(broker, clock);
  members.start();
  await pause(clock, LISTEN_MS);
  const servers = members.live('entity-server').map(({ instanceId }) => instanceId);
  members.stop();
  return servers;
}

/**
 * Asks entity-servers what they know of a world, and compares it with the log. Edits may go on: each is compared at the
 * place that it told of.
 *
 * @param verified  the world as verifyWorld has read it; it is read on, as far as the servers are
 */
export async function checkServers(
  broker: Broker,
  { name, journal }: { name: string; journal: WorldJournal },
  servers: readonly string[],
  verified: EntityWorld,
): Promise<CheckedServer[]> {
  const { lastSequence } = verified;
  const tail = new WorldTail(journal, verified);
  const answers = await Promise.all(servers.map((serverId) => ask(broker, name, serverId, lastSequence)));
  const checked: CheckedServer[] = [];
  for (const { serverId, sequence, hash, fault } of answers.sort((a, b) => a.sequence - b.sequence)) {
    const isRight = hash !== undefined && (await isStateAt(tail, sequence, hash));
    checked.push({ serverId, sequence, ...(isRight ? {} : { fault: fault ?? WRONG_STATE }) });
  }
  return checked;
}

async function isStateAt(tail: WorldTail, sequence: number, hash: Uint8Array): Promise<boolean> {
  const expected = await tail.advance(sequence);
  return expected.lastSequence === sequence && Buffer.compare(expected.hash(), hash) === 0;
}

async function ask(broker: Broker, world: string, who: string, atLeastSequence: number): Promise<Answer> {
  const request = encodeMessage('WorldInspectRequest', { atLeastSequence });
  try {
    const bytes = await broker.request(subjectOf('worldInspect', { world, who }), request, { timeoutMs: ANSWER_MS });
    const { errorCode, errorText, sequence, hash } = decodeMessage('WorldInspectReply', bytes);
    return errorCode
      ? { serverId: who, sequence: 0, fault: errorText }
      : { serverId: who, sequence, hash: hash.slice() };
  } catch (error) {
    return { serverId: who, sequence: 0, fault: error instanceof Error ? error.message : 'It does not answer.' };
  }
}
