import { describe, expect, it } from '@jest/globals';
import type { Entity, EntityChange, TransactionOutcome } from '@app/entities';
import type { HistoryStep } from './history-steps.js';
import { stepJson, stepText } from './step-text.js';

const ID = '00000000-0000-4000-8000-000000000001';
const entity = (properties: Entity['properties'], type = 'Box'): Entity => ({ id: ID, type, properties }) as Entity;
const change = (before: Entity | undefined, after: Entity | undefined): EntityChange => ({ id: ID, before, after });
const done = (...changes: EntityChange[]): TransactionOutcome => ({ kind: 'done', editId: 'e', changes, results: [] });

const step = (outcome: TransactionOutcome, sessionId = 7, name = 'Ada'): HistoryStep => ({
  sequence: 12,
  writtenAtMs: Date.UTC(2026, 10, 21, 14, 30),
  writer: 'entity-server-1',
  transaction: { editId: 'e', author: { sessionId, name }, edits: [{ kind: 'erase', id: ID, expectedRevision: 0 }] },
  outcome,
});

describe('a line of the log', () => {
  it('says when, where, who and what', () => {
    expect(stepText(step(done(change(undefined, entity({ name: 'lamp' })))))).toBe(
      `2026-11-21T14:30:00.000Z  12  Ada (00000007)  added Box "lamp" ${ID}`,
    );
    const moved = change(entity({ name: 'lamp', a: 1, b: 2 }), entity({ name: 'lamp', a: 3 }));
    expect(stepText(step(done(moved), 0, 'operator'))).toContain(
      `operator  changed Box "lamp" ${ID}: a = 3, b removed`,
    );
    expect(stepText(step(done(change(entity({}), undefined)), 0, ''))).toContain(`the server  erased Box ${ID}`);
  });

  it('counts when there is much', () => {
    const many = Array.from({ length: 5 }, (_, i) =>
      change(i < 2 ? entity({}) : undefined, entity({ i }, i === 4 ? 'Text' : 'Box')),
    );
    expect(stepText(step(done(...many)))).toMatch(/ {2}added 2 Box, 1 Text; changed 2 Box$/);
    const wide = change(entity({}), entity({ d: 1, c: 2, b: 3, a: 4 }));
    expect(stepText(step(done(wide)))).toContain(': a, b, c, d');
  });

  it('says that somebody has set what was so already', () => {
    const same = change(entity({ name: 'ball', x: 1 }), entity({ name: 'ball', x: 1 }));
    expect(stepText(step(done(same)))).toContain(`changed Box "ball" ${ID}: the same values again`);
  });

  it('says why nothing happened', () => {
    const refused: TransactionOutcome = {
      kind: 'void',
      editId: 'e',
      code: 'entity-unknown',
      text: 'Gone.',
      editIndex: 0,
    };
    expect(stepText(step(refused))).toContain('nothing: entity-unknown (Gone.)');
    expect(stepJson(step(refused))).toMatchObject({ outcome: 'void', code: 'entity-unknown', session: '00000007' });
  });

  it('lets nobody write on the terminal', () => {
    const evil = entity({ name: '\u001b[2J\r\nroot\u202e', text: 'x'.repeat(1_000) });
    const text = stepText(step(done(change(undefined, evil)), 7, 'A\u001b]0;x\u0007'));
    expect(text).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(text.length).toBeLessThan(200);
  });
});
