import { beforeEach, describe, expect, it } from '@jest/globals';
import { type LatenessFields, LatenessNotice } from './lateness-notice.js';

let said: LatenessFields[];
let notice: LatenessNotice;
beforeEach(() => {
  said = [];
  notice = new LatenessNotice((fields) => said.push(fields));
});

describe('LatenessNotice', () => {
  it('says nothing while no tick begins more than a tick late', () => {
    for (let tick = 0; tick < 500; tick++) notice.note(19.9, 0, tick * 20);
    expect(said).toEqual([]);
  });

  it('says at once that ticks were left out, and how late the mixer was', () => {
    notice.note(3.4, 2, 1_000);
    expect(said).toEqual([{ skippedTicks: 2, lateTicks: 0, latenessMs: 43 }]);
  });

  it('says that a tick began more than a tick late, although none was left out', () => {
    notice.note(25, 0, 1_000);
    expect(said).toEqual([{ skippedTicks: 0, lateTicks: 1, latenessMs: 25 }]);
  });

  it('says it at most once a second, and forgets nothing', () => {
    for (let tick = 0; tick < 150; tick++) notice.note(5, 1, tick * 40);
    expect(said.length).toBe(6);
    expect(said[0].skippedTicks).toBe(1);
    expect(said.slice(1).map(({ skippedTicks }) => skippedTicks)).toEqual([25, 25, 25, 25, 25]);
    // What came after the last line is said with the next tick that may say something, late or not.
    notice.note(0, 0, 8_000);
    expect(said.length).toBe(7);
    expect(said[6].skippedTicks).toBe(24);
    notice.note(0, 0, 10_000);
    expect(said.length).toBe(7);
  });
});
