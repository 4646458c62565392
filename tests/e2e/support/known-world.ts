import { NatsBroker, subjectOf } from '@app/broker';
import { decodeMessage, encodeMessage } from '@app/wire';
import type { Visitor } from './visitor.js';
import { within } from './within.js';

export interface Vec3 {
  x: number;
  y: number;
  z: number;
}

/** Properties; those that tests look at have names. */
export interface KnownProperties {
  [name: string]: unknown;
  name?: string;
  locked?: boolean;
  modelURL?: string;
  color?: { red: number; green: number; blue: number };
  dimensions?: Vec3;
  position?: Vec3;
}

/** Everything that a client is told of an entity. */
export interface KnownEntity {
  id: string;
  type: string;
  properties: KnownProperties;
  revision: number;
  createdBy: { sessionId: number; name: string };
  createdAtMs: number;
  editedBy: { sessionId: number; name: string };
  editedAtMs: number;
}

const ANSWER_MS_MAX = 25_000;

/** The world as a visitor's client knows it, in the order of ids. */
export async function knownWorld(visitor: Visitor): Promise<KnownEntity[]> {
  const telling = visitor.page.evaluate(() =>
    [...window.vicinity!.client.entities]
      .map(({ id, type, told }) => ({ id, ...structuredClone(told), type }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
  );
  return (await within(ANSWER_MS_MAX, `${visitor.name} tells what is there`, telling)) as unknown as KnownEntity[];
}

/** Waits until a visitor's client knows an entity of which something is so. */
export async function untilFinds(
  visitor: Visitor,
  what: string,
  isSo: (entity: KnownEntity) => boolean,
): Promise<KnownEntity> {
  const giveUpAt = Date.now() + ANSWER_MS_MAX;
  for (;;) {
    const known = await knownWorld(visitor);
    const found = known.find(isSo);
    if (found) return found;
    if (Date.now() > giveUpAt) {
      throw new Error(`${visitor.name} does not see ${what} within ${ANSWER_MS_MAX} ms: ${JSON.stringify(known)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

/** Waits until a visitor has been told of everything, and that is so many things. */
export async function untilKnows(visitor: Visitor, count: number, timeoutMs = ANSWER_MS_MAX): Promise<void> {
  await visitor.page
    .waitForFunction(
      (wanted) => {
        const { client } = window.vicinity!;
        return client.state === 'connected' && client.entities.isEverything && client.entities.size === wanted;
      },
      count,
      { timeout: timeoutMs, polling: 50 },
    )
    .catch(async (cause: Error) => {
      const known = await visitor.page
        .evaluate(() => {
          const { state, entities } = window.vicinity!.client;
          return `${state}, ${entities.size} things, ${entities.isEverything ? 'everything' : 'not everything'}`;
        })
        .catch(String);
      const said = [...visitor.errors, ...visitor.complaints].slice(-5).join('\n');
      throw new Error(`${visitor.name} does not know ${count} things after ${timeoutMs} ms: ${known}\n${said}`, {
        cause,
      });
    });
}

/** What an entity-server says of its world: how much there is, and the hash of all of it. */
export async function inspectWorld(
  portBase: number,
  world = 'main',
): Promise<{ hash: string; count: number; sequence: number }> {
  const broker = await NatsBroker.connect({ url: `nats://127.0.0.1:${portBase + 10}`, name: 'building-spec' });
  try {
    const subject = subjectOf('worldInspect', { world, who: 'any' });
    const request = encodeMessage('WorldInspectRequest', { atLeastSequence: 0 });
    const asking = broker.request(subject, request, { timeoutMs: ANSWER_MS_MAX });
    const answer = await within(ANSWER_MS_MAX + 1_000, 'The world is inspected', asking);
    const reply = decodeMessage('WorldInspectReply', Uint8Array.from(answer));
    if (reply.errorCode) throw new Error(`The world cannot be inspected: ${reply.errorCode} ${reply.errorText}`);
    return {
      hash: Buffer.from(reply.hash ?? []).toString('hex'),
      count: reply.count ?? 0,
      sequence: Number(reply.sequence ?? 0),
    };
  } finally {
    await broker.close();
  }
}
