import { NatsBroker } from '@app/broker';
import { SystemClock } from '@app/clock';
import { BrokerMemberDirectory } from '@app/runtime';
import { entityIdOfBytes } from '@app/wire';
import { EntityClient, type EditOutcome } from '../../../apps/gateway/src/entities/entity-client.js';
import type { EditNote, NotedOutcome } from './edit-notes.js';
import { type EditMix, requestOf } from './edit-mix.js';
import type { EntityEdit } from '@vicinity/sdk';

/** A final no; everything else only says that nobody knows. */
const PASSING = new Set(['world-unavailable', 'world-busy']);

/** What gateways have: a connection, the list of members, and the client that asks again and again. Nobody kills it. */
export class AuthorsDoor {
  private readonly clock = new SystemClock();

  private constructor(
    readonly broker: NatsBroker,
    private readonly members: BrokerMemberDirectory,
    private readonly client: EntityClient,
  ) {}

  static async open(url: string): Promise<AuthorsDoor> {
    const clock = new SystemClock();
    const broker = await NatsBroker.connect({ url });
    const members = new BrokerMemberDirectory(broker, clock);
    members.start();
    return new AuthorsDoor(broker, members, new EntityClient(broker, members, clock));
  }

  /** Has a transaction done as a gateway would, and notes how it went. */
  async edit(author: string, sessionId: number, token: string, edits: readonly EntityEdit[]): Promise<EditNote> {
    const editId = `e-${token}`;
    const bytes = requestOf(editId, author, sessionId, edits);
    const beganMs = this.clock.nowMs();
    const outcome = notedOf(await this.client.edit('main', editId, bytes, () => undefined));
    return { author, editId, token, beganMs, endedMs: this.clock.nowMs(), outcome };
  }

  async close(): Promise<void> {
    this.members.stop();
    await this.broker.close();
  }
}

/** Edits one transaction after the other, as a gateway does it for one session, until it is told to stop. */
export async function editOn(
  door: AuthorsDoor,
  mix: EditMix,
  author: { name: string; sessionId: number },
  notes: EditNote[],
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    const task = mix.draw(author.name);
    const note = await door.edit(author.name, author.sessionId, task.token, task.edits);
    notes.push(note);
    mix.learn(task, note);
  }
}

function notedOf(outcome: EditOutcome): NotedOutcome {
  if ('code' in outcome) return { kind: PASSING.has(outcome.code) ? 'unknown' : 'refused', code: outcome.code };
  const results = outcome.results.map(({ id, revision }) => ({ id: entityIdOfBytes(id), revision: revision ?? 0 }));
  return { kind: 'acked', sequence: outcome.sequence, results };
}
