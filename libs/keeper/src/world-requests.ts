import { type Broker, BrokerError, subjectOf } from '@app/broker';
import { type Clock, pause } from '@app/clock';
import { EntityError, toldError } from '@app/entities';
import { decodeMessage, encodeMessage, type vicinity } from '@app/wire';
import { KeeperError } from './keeper.errors.js';
import type { KeptWorld } from './world-catalogue.js';

/** A world of as many entities as there can be is written and read back in less, in ms. */
const SNAPSHOT_MS = 120_000;
/** How long the first shard may be without a writer, in ms. */
const WRITER_MS = 15_000;
const PAUSE_MS = 250;
/** What it is answered with that could not take the wish, or gives the duty to another one: nothing was made. */
const NOT_TAKEN: ReadonlySet<string> = new Set(['actor-stopped', 'actor-mailbox-full']);
const INSPECT_MS = 2_000;

/** A snapshot that is there now. */
export interface MadeSnapshot {
  /** Place in the log. */
  readonly sequence: number;
  /** Entities in it. */
  readonly count: number;
  readonly sizeBytes: number;
  /** False when nothing had changed since one that is kept under a name. */
  readonly isNew: boolean;
}

/**
 * Has a snapshot made by the entity-server that has the first shard. There is one for each place in the log, so that none
 * is made where one has a name. Fails with `snapshot-exists` when the name is taken, or one of another name is there, and
 * with an EntityError.
 *
 * @param label  what it is called; empty for one without a name
 */
export async function makeSnapshot(
  broker: Broker,
  clock: Clock,
  { name, journal }: KeptWorld,
  label: string,
): Promise<MadeSnapshot> {
  const [{ lastSequence }, known] = await Promise.all([journal.stream.state(), journal.snapshots.list()]);
  const here = known.find((info) => info.sequence === lastSequence && info.label !== undefined);
  if (here && (label === '' || here.label === label)) return { ...here, isNew: false };
  if (here) throw taken(`Nothing has changed since the snapshot "${here.label}", which has all there is.`);
  if (label !== '' && known.some((info) => info.label === label)) {
    throw taken(`There is a snapshot called "${label}" already.`);
  }
  const { sequence, count, sizeBytes } = await requestSnapshot(broker, clock, name, label);
  return { sequence, count, sizeBytes, isNew: true };
}

function taken(sentence: string): KeeperError {
  return new KeeperError('snapshot-exists', sentence);
}

async function requestSnapshot(
  broker: Broker,
  clock: Clock,
  world: string,
  label: string,
): Promise<vicinity.v1.WorldSnapshotReply> {
  const subject = subjectOf('worldSnapshot', { world, who: '0' });
  const startMs = clock.nowMs();
  for (;;) {
    const reply = await snapshotOnce(broker, subject, label);
    if (!(reply instanceof EntityError)) return reply;
    if (!reply.retryable || clock.nowMs() - startMs > WRITER_MS) throw reply;
    await pause(clock, PAUSE_MS);
  }
}

/** What some entity-server says of a world; undefined when none answers at once. */
export async function inspectWorld(broker: Broker, world: string): Promise<vicinity.v1.WorldInspectReply | undefined> {
  const subject = subjectOf('worldInspect', { world, who: 'any' });
  try {
    const bytes = await broker.request(subject, encodeMessage('WorldInspectRequest', {}), { timeoutMs: INSPECT_MS });
    const reply = decodeMessage('WorldInspectReply', bytes);
    return reply.errorCode ? undefined : reply;
  } catch (error) {
    if (error instanceof BrokerError) return undefined;
    throw error;
  }
}

async function snapshotOnce(
  broker: Broker,
  subject: string,
  label: string,
): Promise<vicinity.v1.WorldSnapshotReply | EntityError> {
  try {
    const request = encodeMessage('WorldSnapshotRequest', { label });
    const reply = decodeMessage(
      'WorldSnapshotReply',
      await broker.request(subject, request, { timeoutMs: SNAPSHOT_MS }),
    );
    if (NOT_TAKEN.has(reply.errorCode)) return new EntityError('world-unavailable', reply.errorText);
    return reply.errorCode ? toldError(reply.errorCode, reply.errorText) : reply;
  } catch (cause) {
    // Whether a snapshot that took too long was made is not known: nobody asks for a second one.
    if (!(cause instanceof BrokerError) || !cause.retryable || cause.code === 'broker-timeout') throw cause;
    return new EntityError('world-unavailable', 'No entity-server writes this world; is one running?', { cause });
  }
}
