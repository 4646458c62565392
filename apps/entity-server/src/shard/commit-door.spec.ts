import { describe, expect, it } from '@jest/globals';
import { MemoryBus, subjectOf } from '@app/broker';
import { SimClock } from '@app/testing';
import { decodeMessage } from '@app/wire';
import { POWER } from '../rules/edit-rule.js';
import { type CommitOutcome, NEVER_ASKED, type Submission, submissionOf } from './commit.js';
import { requestCommit, serveCommits } from './commit-door.js';

describe('What one entity-server hands to another', () => {
  it('says what its author may do, and is not taken for allowed', async () => {
    const bus = new MemoryBus({ clock: new SimClock() });
    const got: Submission[] = [];
    const done: CommitOutcome = { kind: 'done', sequence: 5, results: [] };
    serveCommits(bus.connect(), 'main', 3, async (submission) => {
      got.push(submission);
      return done;
    });
    const edits = [{ kind: 'erase' as const, id: '00000000-0000-4000-8000-000000000001', expectedRevision: 0 }];
    const transaction = { editId: 'e1', author: { sessionId: 7, name: 'Ada' }, edits };
    const powers = POWER.ENTITY_POWER_BUILD;
    const asked = submissionOf(transaction, powers, 4) as Submission;
    expect(await requestCommit(bus.connect(), 'main', 3, asked, 1_000)).toEqual(done);
    expect(got).toEqual([{ ...asked, allowedAt: NEVER_ASKED }]);
  });

  it('is refused when it is no transaction', async () => {
    const bus = new MemoryBus({ clock: new SimClock() });
    serveCommits(bus.connect(), 'main', 3, () => Promise.reject(new Error('never asked')));
    const subject = subjectOf('entityCommit', { world: 'main', who: '3' });
    for (const data of [Uint8Array.of(0xff, 0xff), new Uint8Array(0)]) {
      const reply = await bus.connect().request(subject, data, { timeoutMs: 1_000 });
      expect(decodeMessage('EntityEditReply', reply).errorCode).toBe('edit-invalid');
    }
  });
});
