import { describe, expect, it } from '@jest/globals';
import { INITIAL_SESSION_STATE, type SessionState } from '../session/session-state.js';
import { DuePoses } from './due-poses.js';

const listed: SessionState = { ...INITIAL_SESSION_STATE, phase: 'connecting' };
const away: SessionState = { ...INITIAL_SESSION_STATE, phase: 'away' };

describe('poses that are due', () => {
  const [ada, bo, cy] = [{ state: listed }, { state: listed }, { state: away }];
  const all = [ada, bo, cy];
  const taken = (due: DuePoses<(typeof all)[number]>): unknown[] => {
    const given: unknown[] = [];
    due.take((session) => given.push(session));
    return given;
  };

  it('are given once', () => {
    const due = new DuePoses(() => all);
    due.add(bo);
    due.add(bo);
    expect(taken(due)).toEqual([bo]);
    expect(taken(due)).toEqual([]);
  });

  it('are those of everybody whom others see, again after each roster', () => {
    const due = new DuePoses(() => all);
    due.addAll();
    due.addAll();
    expect(taken(due)).toEqual([ada, bo]);
    due.addAll();
    expect(taken(due)).toEqual([ada, bo]);
  });

  it('are not those of who has gone', () => {
    const due = new DuePoses(() => all);
    due.addAll();
    due.forget(ada);
    expect(taken(due)).toEqual([bo]);
  });
});
