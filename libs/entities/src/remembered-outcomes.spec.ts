import { describe, expect, it } from '@jest/globals';
import { EDIT_IDS_REMEMBERED_MAX, EDIT_RESULTS_REMEMBERED_MAX } from '@app/world';
import { IDS } from './naive-world.fixture.js';
import { RememberedOutcomes } from './remembered-outcomes.js';

describe('RememberedOutcomes', () => {
  it('forgets the oldest when there are too many', () => {
    const outcomes = new RememberedOutcomes();
    for (let i = 0; i < 3 * EDIT_IDS_REMEMBERED_MAX + 5; i++) outcomes.put(`edit-${i}`, { sequence: i, results: [] });
    expect(outcomes.size).toBe(EDIT_IDS_REMEMBERED_MAX);
    const first = 2 * EDIT_IDS_REMEMBERED_MAX + 5;
    expect(outcomes.get(`edit-${first - 1}`)).toBeUndefined();
    expect(outcomes.list().map(([, { sequence }]) => sequence)).toEqual(
      Array.from({ length: EDIT_IDS_REMEMBERED_MAX }, (_, i) => first + i),
    );
  });

  it('forgets the oldest when large ones take too much', () => {
    const outcomes = new RememberedOutcomes();
    const results = Array.from({ length: 1_000 }, () => ({ id: IDS[0], revision: 1 }));
    for (let i = 0; i < 1_000; i++) outcomes.put(`edit-${i}`, { sequence: i, results });
    const kept = Math.floor(EDIT_RESULTS_REMEMBERED_MAX / 1_000);
    expect(outcomes.list().map(([editId]) => editId)).toEqual(
      Array.from({ length: kept }, (_, i) => `edit-${1_000 - kept + i}`),
    );
    outcomes.put('small', { sequence: 1, results: [] });
    expect(outcomes.size).toBe(kept + 1);
  });
});
