import { type NatsBroker, subjectOf } from '@app/broker';
import { readEditReply } from '@app/entities';
import { encodeMessage, entityIdToBytes, type MessageFields, packProperties } from '@app/wire';
import type { EntityId } from '@app/world';

/** BUILD and OPERATE, so that no limit of a person is in the way. */
const POWERS = 1 | 8;
const TIMEOUT_MS = 30_000;

/** The n-th entity of a benchmark. */
export function benchId(index: number): EntityId {
  return `be7c4000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;
}

/** Adds an ordinary box: about 300 bytes. */
export function addBox(index: number): MessageFields<'EntityEdit'> {
  const properties = packProperties({
    name: `Box ${index}`,
    position: { x: (index % 316) * 3, y: 0.5, z: Math.floor(index / 316) * 3 },
    rotation: { x: 0, y: 0.38268343236508984, z: 0, w: 0.9238795325112867 },
    dimensions: { x: 1, y: 1, z: 1 },
    color: { red: index & 0xff, green: (index >> 8) & 0xff, blue: 128 },
    userData: `{"grabbableKey":{"grabbable":true},"index":${index}}`,
    lifetime: -1,
  });
  return { add: { id: entityIdToBytes(benchId(index)), type: 'Box', properties } };
}

/** Changes one text of an entity: the request has about 300 bytes. */
export function changeBox(index: number, round: number): MessageFields<'EntityEdit'> {
  const text = `{"round":${round},"note":"${'x'.repeat(170)}"}`;
  return { change: { id: entityIdToBytes(benchId(index)), properties: packProperties({ userData: text }) } };
}

/** People who edit the world `main` through one entity-server. */
export class EntityAuthors {
  private editCount = 0;

  constructor(
    private readonly broker: NatsBroker,
    server: string,
    private readonly subject = subjectOf('entityEdit', { world: 'main', who: server }),
  ) {}

  /** Sends a transaction; resolves with its place in the log. */
  async edit(edits: MessageFields<'EntityEdit'>[], sessionId: number): Promise<number> {
    const author = { sessionId, name: `Author ${sessionId}`, powers: POWERS };
    const transaction = { editId: `bench-${process.pid}-${++this.editCount}`, author, edits };
    const request = encodeMessage('EntityEditRequest', { transaction });
    const answer = readEditReply(await this.broker.request(this.subject, request, { timeoutMs: TIMEOUT_MS }));
    if (answer.kind === 'refused') throw answer.error;
    return answer.sequence;
  }

  /** Adds entities, five hundred at a time. */
  async fill(count: number): Promise<void> {
    for (let from = 0; from < count; from += 500) {
      const size = Math.min(500, count - from);
      await this.edit(
        Array.from({ length: size }, (_, index) => addBox(from + index)),
        1,
      );
    }
  }

  /**
   * Lets `inFlight` authors edit one after the other's answer, each on entities of its own.
   *
   * @returns how long each edit took, in ms, in no particular order
   */
  async run(count: number, inFlight: number, entities: number): Promise<number[]> {
    const durations: number[] = [];
    let begun = 0;
    const author = async (sessionId: number): Promise<void> => {
      while (begun < count) {
        const round = begun++;
        const beginMs = performance.now();
        await this.edit([changeBox(round % entities, round)], sessionId);
        durations.push(performance.now() - beginMs);
      }
    };
    await Promise.all(Array.from({ length: inFlight }, (_, index) => author(index + 1)));
    return durations;
  }
}
