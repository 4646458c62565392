import { beforeEach, describe, expect, it } from '@jest/globals';
import { type EntityEdit, EntityWorld } from '@app/entities';
import { SimClock } from '@app/testing';
import type { EntityProperties } from '@app/world';
import { POWER } from '../rules/edit-rule.js';
import { LockRule } from '../rules/lock-rule.js';
import { PowerRule } from '../rules/power-rule.js';
import { NEVER_ASKED, type Submission, submissionOf } from './commit.js';
import { GROUP_COUNT_MAX, GROUP_EDITS_MAX, ShardComposer } from './shard-composer.js';

const BUILD = POWER.ENTITY_POWER_BUILD;
const KEEPER = BUILD | POWER.ENTITY_POWER_LOCK;
const OPERATOR = POWER.ENTITY_POWER_OPERATE;
const [BOX, CHILD] = [1, 2].map((number) => `00000000-0000-4000-8000-00000000000${number}`);

const add = (id: string, properties: EntityProperties = {}): EntityEdit => ({
  kind: 'add',
  id,
  type: 'Box',
  properties,
});
const change = (id: string, properties: EntityProperties): EntityEdit => ({
  kind: 'change',
  id,
  properties,
  removed: [],
  expectedRevision: 0,
});
const erase = (id: string): EntityEdit => ({ kind: 'erase', id, expectedRevision: 0 });

describe('Rules at the writer', () => {
  let world: EntityWorld;
  let composer: ShardComposer;
  let editCount: number;
  const clock = new SimClock();

  beforeEach(() => {
    world = new EntityWorld();
    composer = new ShardComposer(world, 'writer', clock, true, [new PowerRule(60), new LockRule()]);
    editCount = 0;
    apply(add(BOX), add(CHILD, { parentID: BOX }));
  });

  /** What the log has meanwhile. */
  function apply(...edits: EntityEdit[]): void {
    const transactions = [{ editId: `log-${++editCount}`, author: { sessionId: 0, name: '' }, edits }];
    const record = { epoch: 1, writer: 'other', writtenAtMs: clock.wallMs(), transactions };
    expect(world.apply(record, world.lastSequence + 1)[0].kind).toBe('done');
  }

  /** As a front hands it over that has asked the rules just now. */
  const submission = (edit: EntityEdit, powers = BUILD, allowedAt = world.lastSequence, session = 7): Submission => {
    const editId = `edit-${++editCount}`;
    return submissionOf(
      { editId, author: { sessionId: session, name: 'A' }, edits: [edit] },
      powers,
      allowedAt,
    ) as Submission;
  };

  /** A code for each that is refused, `log` for those in the record. */
  const compose = (...waiting: Submission[]): string[] => {
    const { taken, decided } = composer.compose(waiting, 1);
    return waiting.slice(0, taken).map((_, index) => {
      const outcome = decided?.[index];
      if (!outcome) return 'log';
      return outcome.kind === 'refused' ? outcome.error.code : outcome.kind;
    });
  };

  it('let pass what has been allowed and not changed since', () => {
    expect(compose(submission(change(BOX, { name: 'x' })), submission(erase(BOX)))).toEqual(['log', 'log']);
  });

  it('see a lock that was written while the edit was under way', () => {
    const late = [
      submission(change(BOX, { name: 'x' })),
      submission(erase(BOX)),
      submission(change(CHILD, { name: 'x' })),
    ];
    apply(change(BOX, { locked: true }));
    expect(compose(...late)).toEqual(['entity-locked', 'entity-locked', 'log']);
  });

  it('see a lock that stands before the edit in the same record', () => {
    const lock = submission(change(BOX, { locked: true }), KEEPER, world.lastSequence, 8);
    expect(compose(lock, submission(change(BOX, { name: 'x' })), submission(erase(CHILD)))).toEqual([
      'log',
      'entity-locked',
      'log',
    ]);
  });

  it('see a lock below what is erased, now or when its lifetime ends', () => {
    const late = [
      submission(erase(BOX)),
      submission(change(BOX, { lifetime: 1 })),
      submission(change(BOX, { name: 'x' })),
    ];
    apply(change(CHILD, { locked: true }));
    expect(compose(...late)).toEqual(['entity-locked', 'entity-locked', 'log']);
  });

  it('are asked about everything that comes from another entity-server', () => {
    apply(change(BOX, { locked: true }));
    const from = (edit: EntityEdit, powers: number): Submission => submission(edit, powers, NEVER_ASKED);
    expect(compose(from(change(BOX, { name: 'x' }), BUILD))).toEqual(['entity-locked']);
    expect(compose(from(add('00000000-0000-4000-8000-000000000003'), 0))).toEqual(['entity-not-yours']);
    expect(compose(from(change(CHILD, { name: 'x' }), BUILD))).toEqual(['log']);
    expect(compose(from(change(BOX, { name: 'x' }), OPERATOR))).toEqual(['log']);
  });

  it('name the property, and are not asked about what has been done already', () => {
    const done = submission(change(BOX, { locked: true }), KEEPER);
    const { record } = composer.compose([done], 1);
    expect(record).toBeDefined();
    const entry = { epoch: 1, writer: 'writer', writtenAtMs: clock.wallMs(), transactions: [done.transaction] };
    world.apply(entry, world.lastSequence + 1);
    expect(compose(done)).toEqual(['done']);
    const { decided } = composer.compose([submission(change(BOX, { name: 'x' }), BUILD, 1)], 1);
    expect(decided?.[0]).toMatchObject({ kind: 'refused', error: { code: 'entity-locked', field: 'locked' } });
  });
});

describe('A record', () => {
  it('has a bounded number of edits, so that nothing waits for long until it has been tried', () => {
    const world = new EntityWorld();
    const composer = new ShardComposer(world, 'writer', new SimClock(), true, []);
    const waiting = (count: number, editsEach: number): Submission[] =>
      Array.from({ length: count }, (_, i) => {
        const edits = Array.from({ length: editsEach }, () => change(BOX, { name: 'x' }));
        const transaction = { editId: `edit-${i}`, author: { sessionId: 0, name: 'A' }, edits };
        return submissionOf(transaction, OPERATOR, NEVER_ASKED) as Submission;
      });
    const takenOf = (all: Submission[]): number => composer.compose(all, 1).taken;
    expect(takenOf(waiting(5, 1_000))).toBe(GROUP_EDITS_MAX / 1_000);
    expect(takenOf(waiting(1, 1_000))).toBe(1);
    expect(takenOf(waiting(GROUP_COUNT_MAX + 1, 1))).toBe(GROUP_COUNT_MAX);
  });
});
