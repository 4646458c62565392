import { describe, expect, it } from '@jest/globals';
import { EDIT_REMEMBERED_MS_MIN, EDIT_RESULTS_REMEMBERED_MAX, EDIT_RESULTS_REMEMBERED_MIN } from '@app/world';
import { IDS } from './naive-world.fixture.js';
import { type RememberedOutcome, RememberedOutcomes } from './remembered-outcomes.js';

const done = (sequence: number, atMs: number, resultsCount = 1): RememberedOutcome => ({
  sequence,
  atMs,
  results: Array.from({ length: resultsCount }, () => ({ id: IDS[0], revision: sequence })),
});

describe('RememberedOutcomes', () => {
  it('gives back what was put in, of whatever kind', () => {
    const outcomes = new RememberedOutcomes();
    const all: Array<[string, RememberedOutcome]> = [
      ['one', done(1, 10)],
      ['many', done(2, 20, 3)],
      ['refused', { sequence: 3, atMs: 30, code: 'entity-exists', results: [] }],
    ];
    for (const [editId, outcome] of all) outcomes.put(editId, outcome);
    expect([...outcomes.list()]).toEqual(all);
    for (const [editId, outcome] of all) expect(outcomes.get(editId)).toEqual(outcome);
    expect(outcomes.get('other')).toBeUndefined();
  });

  it('forgets nothing for a minute, however much there is', () => {
    const outcomes = new RememberedOutcomes();
    const count = 5 * EDIT_RESULTS_REMEMBERED_MIN;
    for (let i = 0; i < count; i++) outcomes.put(`edit-${i}`, done(i + 1, i / 10));
    outcomes.forgetOld(EDIT_REMEMBERED_MS_MIN - 1);
    expect(outcomes.size).toBe(count);
    for (let i = 0; i < count; i += 997) expect(outcomes.get(`edit-${i}`)?.sequence).toBe(i + 1);
    outcomes.forgetOld(EDIT_REMEMBERED_MS_MIN + 1_000);
    expect(outcomes.get('edit-10000')).toBeUndefined();
    expect(outcomes.get('edit-10001')?.sequence).toBe(10_002);
    expect(outcomes.size).toBe(count - 10_001);
  });

  it('keeps the newest ones whatever their age, and those are found', () => {
    const outcomes = new RememberedOutcomes();
    const count = 3 * EDIT_RESULTS_REMEMBERED_MIN + 5;
    for (let i = 0; i < count; i++) outcomes.put(`edit-${i}`, done(i + 1, i));
    outcomes.forgetOld(1e12);
    expect(outcomes.size).toBe(EDIT_RESULTS_REMEMBERED_MIN);
    const first = count - EDIT_RESULTS_REMEMBERED_MIN;
    expect(outcomes.get(`edit-${first - 1}`)).toBeUndefined();
    expect([...outcomes.list()].map(([, { sequence }]) => sequence)).toEqual(
      Array.from({ length: EDIT_RESULTS_REMEMBERED_MIN }, (_, i) => first + i + 1),
    );
    for (let i = first; i < count; i++) if (!outcomes.get(`edit-${i}`)) throw new Error(`edit-${i} is not found`);
    // Large ones count by their results; the ring becomes smaller again.
    for (let i = 0; i < 100; i++) {
      outcomes.put(`large-${i}`, done(i, 1e12, 1_000));
      outcomes.forgetOld(2e12 + i);
    }
    expect([...outcomes.list()].map(([editId]) => editId)).toEqual(
      Array.from({ length: 66 }, (_, i) => `large-${i + 34}`),
    );
    expect(outcomes.get('large-40')?.results).toHaveLength(1_000);
  });

  it('are listed as they were at the call, whatever is put in and forgotten meanwhile', () => {
    const outcomes = new RememberedOutcomes();
    const count = EDIT_RESULTS_REMEMBERED_MIN + 1_000;
    for (let i = 0; i < count; i++) outcomes.put(`edit-${i}`, done(i + 1, i));
    outcomes.forgetOld(EDIT_REMEMBERED_MS_MIN + 99);
    const list = outcomes.list();
    for (let i = 0; i < 1_000; i++) outcomes.put(`new-${i}`, done(count + i, count));
    outcomes.forgetOld(1e12);
    expect(outcomes.get('edit-100')).toBeUndefined();
    const ids = [...list].map(([editId]) => editId);
    expect([ids.length, ids[0], ids.at(-1)]).toEqual([count - 100, 'edit-100', `edit-${count - 1}`]);
  });

  it('is full when nothing can be forgotten yet', () => {
    const outcomes = new RememberedOutcomes();
    const count = Math.ceil(EDIT_RESULTS_REMEMBERED_MAX / 1_000);
    for (let i = 0; i < count; i++) {
      expect(outcomes.isFull(0)).toBe(false);
      outcomes.put(`edit-${i}`, done(i + 1, i, 1_000));
    }
    expect(outcomes.isFull(EDIT_REMEMBERED_MS_MIN - 1)).toBe(true);
    expect(outcomes.isFull(EDIT_REMEMBERED_MS_MIN)).toBe(false);
    expect(outcomes.size).toBe(count);
  });
});
