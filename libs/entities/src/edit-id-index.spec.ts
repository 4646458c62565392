import { describe, expect, it } from '@jest/globals';
import { EditIdIndex, hashOfEditId } from './edit-id-index.js';

describe('EditIdIndex', () => {
  it('finds what is there and nothing else, while it grows and shrinks', () => {
    const ids = Array.from({ length: 60_000 }, (_, i) => `edit-${i}`);
    const index = new EditIdIndex((place, editId) => ids[place] === editId);
    const countFound = (): number => ids.filter((id, place) => index.find(hashOfEditId(id), id) === place).length;
    for (const [place, id] of ids.entries()) index.add(hashOfEditId(id), place);
    expect(countFound()).toBe(60_000);
    for (let place = 0; place < 59_000; place++) index.remove(hashOfEditId(ids[place]), place);
    expect(countFound()).toBe(1_000);
    for (let place = 0; place < 59_000; place++) index.add(hashOfEditId(ids[place]), place);
    expect(countFound()).toBe(60_000);
    expect(index.find(hashOfEditId('other'), 'other')).toBeUndefined();
  });

  it('never moves more than a small part of all for one more', () => {
    const index = new EditIdIndex(() => false);
    let movedMax = 0;
    for (let place = 0; place < 300_000; place++) {
      movedMax = Math.max(movedMax, index.add(hashOfEditId(`edit-${place}`), place));
    }
    expect(movedMax).toBeGreaterThan(0);
    expect(movedMax).toBeLessThan(300_000 / 100);
  });
});
