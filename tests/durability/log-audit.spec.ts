import { describe, expect, it } from '@jest/globals';
import { encodeRecord, type EntityEdit } from '@app/entities';
import type { EditNote, NotedOutcome } from './support/edit-notes.js';
import { digestOf, hashOf, type Sight } from './support/live-reader.js';
import { LogAudit } from './support/log-audit.js';

const ID = '00000000-0000-4000-8000-000000000001';
const ADD: EntityEdit = { kind: 'add', id: ID, type: 'Box', properties: { userData: 'a-1' } };
const change = (userData: string): EntityEdit => ({
  kind: 'change',
  id: ID,
  properties: { userData },
  removed: [],
  expectedRevision: 0,
});

interface Written {
  editId: string;
  edit: EntityEdit;
  epoch?: number;
  writer?: string;
}

const HONEST: Written[] = [
  { editId: 'e-a-1', edit: ADD },
  { editId: 'e-b-1', edit: change('b-1') },
  { editId: 'e-a-2', edit: change('a-2') },
];

const note = (token: string, beganMs: number, outcome: NotedOutcome): EditNote => ({
  author: token[0],
  editId: `e-${token}`,
  token,
  beganMs,
  endedMs: beganMs + 5,
  outcome,
});
const acked = (token: string, beganMs: number, sequence: number): EditNote =>
  note(token, beganMs, { kind: 'acked', sequence, results: [{ id: ID, revision: sequence }] });

const HONEST_NOTES = [acked('a-1', 0, 1), acked('b-1', 10, 2), acked('a-2', 20, 3)];

function entriesOf(written: readonly Written[]): Array<{ subject: string; sequence: number; data: Uint8Array }> {
  return written.map(({ editId, edit, epoch = 1, writer = 'es-1' }, index) => ({
    subject: 'vw.main.entity.log.0',
    sequence: index + 1,
    data: encodeRecord({
      epoch,
      writer,
      writtenAtMs: 1_000 + index,
      transactions: [{ editId, author: { sessionId: 1, name: 'A' }, edits: [edit] }],
    }),
  }));
}

/** What is found when a reader has seen one log, and the log is another one in the end. */
function problemsOf(notes: readonly EditNote[], inTheEnd = HONEST, seen = inTheEnd): string[] {
  const sights = new Map<number, Sight>();
  const reader = new LogAudit(new Map());
  for (const entry of entriesOf(seen)) {
    reader.read(entry);
    sights.set(entry.sequence, { digest: digestOf(entry.data), hash: hashOf(reader.world) });
  }
  const audit = new LogAudit(sights);
  for (const entry of entriesOf(inTheEnd)) audit.read(entry);
  audit.compare(notes);
  return audit.problems;
}

describe('LogAudit', () => {
  it('has nothing to say about a log that keeps all promises', () => {
    expect(problemsOf(HONEST_NOTES)).toEqual([]);
  });

  it('knows edits whose id nobody has told by their first words', () => {
    const named = HONEST_NOTES.map((known) => ({ ...known, editId: undefined }));
    expect(problemsOf(named)).toEqual([]);
    expect(problemsOf([{ ...acked('c-1', 0, 1), editId: undefined }])).toEqual([
      'c-1 was acknowledged at 1 and is not there.',
    ]);
  });

  it.each<{ what: RegExp; notes?: EditNote[]; inTheEnd?: Written[]; seen?: Written[] }>([
    { what: /acknowledged at 4 and is not there/, notes: [...HONEST_NOTES, acked('b-2', 30, 4)] },
    { what: /acknowledged at 3 and is at 2/, notes: [acked('b-1', 10, 3)] },
    {
      what: /other revisions/,
      notes: [note('a-1', 0, { kind: 'acked', sequence: 1, results: [{ id: ID, revision: 9 }] })],
    },
    { what: /refused with no, and done/, notes: [note('b-1', 0, { kind: 'refused', code: 'no' })] },
    { what: /b-1 came before a-2/, notes: [acked('a-2', 0, 3), acked('b-1', 10, 2)] },
    { what: /a-2 is in the log 2 times/, notes: HONEST_NOTES, inTheEnd: [...HONEST, HONEST[2]] },
    { what: /a lease that was over/, inTheEnd: [...HONEST, { ...HONEST[1], editId: 'x', epoch: 0 }] },
    { what: /both wrote in epoch 1/, inTheEnd: [...HONEST, { ...HONEST[1], editId: 'x', writer: 'es-2' }] },
    { what: /2 was another entry once/, seen: [HONEST[0], { ...HONEST[1], editId: 'x' }, HONEST[2]] },
    { what: /has missed 3/, seen: HONEST.slice(0, 2) },
  ])('finds $what', ({ what, notes = [], inTheEnd = HONEST, seen = inTheEnd }) => {
    expect(problemsOf(notes, inTheEnd, seen).join('\n')).toMatch(what);
  });

  it('lets what nobody knows be there or not, once', () => {
    const unknown = [note('b-1', 0, { kind: 'unknown', code: 'x' }), note('c-1', 0, { kind: 'unknown', code: 'x' })];
    expect(problemsOf(unknown)).toEqual([]);
  });

  it('holds the words of a server against the log', () => {
    const audit = new LogAudit(new Map());
    for (const entry of entriesOf(HONEST)) audit.read(entry);
    const before = audit.problems.length;
    audit.compareState('es-1', 3, hashOf(audit.world));
    expect(audit.problems).toHaveLength(before);
    audit.compareState('es-2', 2, hashOf(audit.world));
    expect(audit.problems.at(-1)).toBe('es-2 had another state at 2.');
  });
});
