import { describe, expect, it } from '@jest/globals';
import { MemoryBus, subjectOf } from '@app/broker';
import { openWorldJournal } from '@app/entities';
import { SimClock } from '@app/testing';
import { encodeMessage, type MessageFields } from '@app/wire';
import { makeSnapshot } from './world-requests.js';

describe('A snapshot that is asked for', () => {
  const askWhile = async (answers: MessageFields<'WorldSnapshotReply'>[]): Promise<unknown> => {
    const clock = new SimClock();
    const bus = new MemoryBus({ clock });
    const server = bus.connect();
    server.subscribe(subjectOf('worldSnapshot', { world: 'plaza', who: '0' }), ({ reply }) => {
      const answer = answers.length > 1 ? answers.shift()! : answers[0];
      server.publish(reply!, encodeMessage('WorldSnapshotReply', answer));
    });
    const broker = bus.connect();
    const world = { name: 'plaza', shards: 1, journal: await openWorldJournal(broker, 'plaza') };
    const made = makeSnapshot(broker, clock, world, 'party').catch((error: unknown) => error);
    await clock.advanceAsync(60_000);
    return made;
  };

  it('is asked for again while nobody takes the wish', async () => {
    const done = { sequence: 7, count: 3, sizeBytes: 100 };
    const answers = [{ errorCode: 'actor-stopped' }, { errorCode: 'actor-mailbox-full' }, done];
    expect(await askWhile(answers)).toEqual({ ...done, isNew: true });
    expect(await askWhile([{ errorCode: 'actor-stopped' }])).toMatchObject({ code: 'world-unavailable' });
  });

  it('is not asked for again when it could not be made', async () => {
    const answers = [{ errorCode: 'snapshot-corrupt', errorText: 'No.' }, { sequence: 7 }];
    expect(await askWhile(answers)).toMatchObject({ code: 'snapshot-corrupt' });
    expect(answers).toHaveLength(1);
  });
});
