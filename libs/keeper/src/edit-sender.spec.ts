import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryBroker, MemoryBus, subjectOf } from '@app/broker';
import { SystemClock } from '@app/clock';
import { decodeMessage, encodeMessage, type MessageFields, vicinity } from '@app/wire';
import { EditSender } from './edit-sender.js';

const ID = '00000000-0000-4000-8000-000000000001';
const EDITS = [{ kind: 'erase', id: ID, expectedRevision: 3 }] as const;

/** Time that goes by at once. */
class QuickClock extends SystemClock {
  private skippedMs = 0;

  override nowMs(): number {
    return super.nowMs() + this.skippedMs;
  }

  override after(delayMs: number, callback: () => void): ReturnType<SystemClock['after']> {
    if (delayMs === 250) this.skippedMs += delayMs;
    return super.after(delayMs === 250 ? 0 : delayMs, callback);
  }
}

describe('the sender of edits', () => {
  let answers: Array<MessageFields<'EntityEditReply'>>;
  let heard: vicinity.v1.EntityEditRequest[];
  let sender: EditSender;
  let server: MemoryBroker;

  const listen = (): void => {
    server.subscribe(subjectOf('entityEdit', { world: 'plaza', who: 'any' }), ({ data, reply }) => {
      heard.push(decodeMessage('EntityEditRequest', data.slice()));
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      server.publish(reply ?? '', encodeMessage('EntityEditReply', answer ?? {}));
    });
  };

  beforeEach(() => {
    const clock = new QuickClock();
    const bus = new MemoryBus({ clock });
    server = new MemoryBroker(bus);
    heard = [];
    sender = new EditSender(new MemoryBroker(bus), clock, { world: 'plaza', runId: 'run' });
  });

  it('edits as an operator, each transaction under an id of its own', async () => {
    answers = [{ sequence: 5, results: [] }];
    listen();
    expect(await sender.send(EDITS)).toEqual({ sequence: 5, results: [] });
    await sender.send(EDITS);
    expect(heard.map(({ transaction }) => transaction?.editId)).toEqual(['run-1', 'run-2']);
    const { author } = heard[0].transaction ?? {};
    const powers = vicinity.v1.EntityPower.ENTITY_POWER_OPERATE;
    expect(author).toMatchObject({ sessionId: 0, name: 'operator', powers });
  });

  it('tries again with the same id while nobody can write, or a world is new', async () => {
    answers = [
      { errorCode: 'world-busy' },
      { errorCode: 'world-unknown' },
      { errorCode: 'world-unavailable' },
      { sequence: 7 },
    ];
    listen();
    expect((await sender.send(EDITS)).sequence).toBe(7);
    expect(new Set(heard.map(({ transaction }) => transaction?.editId))).toEqual(new Set(['run-1']));
    expect(heard).toHaveLength(4);
  });

  it('passes on what the world refuses', async () => {
    answers = [{ errorCode: 'entity-revision-stale', errorText: 'It has changed.', errorIndex: 0 }];
    listen();
    await expect(sender.send(EDITS)).rejects.toMatchObject({
      code: 'entity-revision-stale',
      message: 'It has changed.',
    });
    expect(heard).toHaveLength(1);
  });

  it('gives up after a while when nobody answers', async () => {
    await expect(sender.send(EDITS)).rejects.toMatchObject({ code: 'world-unavailable' });
  });

  it('gives a world up that stays unknown', async () => {
    answers = [{ errorCode: 'world-unknown', errorText: 'There is no such world.' }];
    listen();
    await expect(sender.send(EDITS)).rejects.toMatchObject({ code: 'world-unknown' });
  });
});
