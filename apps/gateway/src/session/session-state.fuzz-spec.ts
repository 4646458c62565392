import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  INITIAL_SESSION_STATE,
  type SessionEvent,
  type SessionState,
  isListed,
  isServed,
  nextSessionState,
} from './session-state.js';

const event: fc.Arbitrary<SessionEvent> = fc.oneof(
  fc.record({ type: fc.constant('welcomed' as const), epoch: fc.integer({ min: 0, max: 6 }) }),
  fc.constantFrom<SessionEvent>(
    { type: 'media-connected' },
    { type: 'media-lost' },
    { type: 'news-missed' },
    { type: 'vanished' },
    { type: 'ended' },
  ),
);

function checkStep(before: SessionState, after: SessionState): void {
  expect(after.epoch).toBeGreaterThanOrEqual(before.epoch);
  expect(after.sync).toBeGreaterThanOrEqual(before.sync);
  if (before.phase === 'closed') expect(after).toBe(before);
  // Nobody is away, or back from it, without having been here; and whoever comes back claims anew.
  if (after.phase === 'away' && before.phase !== 'away') expect(isListed(before)).toBe(true);
  if (isListed(after) && !isListed(before)) expect(after.epoch).toBeGreaterThan(before.epoch);
  // A listener that is served again after a break is told everything again.
  if (isServed(after) && !isServed(before)) expect(after.sync).toBeGreaterThan(before.sync);
}

function checkState(state: SessionState): void {
  if (state.isMediaUp) expect(state.phase).toBe('active');
  if (isServed(state)) expect(isListed(state)).toBe(true);
  if (isListed(state)) expect(state.epoch).toBeGreaterThan(0);
}

describe('nextSessionState', () => {
  it('keeps its invariants whatever happens in whatever order', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let state = INITIAL_SESSION_STATE;
        for (const next of events) {
          const after = nextSessionState(state, next);
          checkStep(state, after);
          checkState(after);
          state = after;
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('leads from a number that nobody knows to a served listener, away, and back', () => {
    const after = (...events: SessionEvent[]): SessionState => events.reduce(nextSessionState, INITIAL_SESSION_STATE);
    const active: SessionEvent[] = [{ type: 'welcomed', epoch: 1 }, { type: 'media-connected' }];
    expect(after(active[0]).phase).toBe('connecting');
    expect(isServed(after(...active))).toBe(true);
    expect(after(...active, { type: 'media-lost' })).toMatchObject({ phase: 'active', isMediaUp: false });
    expect(after(...active, { type: 'vanished' }).phase).toBe('away');
    expect(after(...active, { type: 'vanished' }, { type: 'welcomed', epoch: 1 }).phase).toBe('away');
    expect(after(...active, { type: 'vanished' }, { type: 'welcomed', epoch: 2 }).phase).toBe('connecting');
    expect(after(...active, { type: 'ended' }, { type: 'welcomed', epoch: 9 }).phase).toBe('closed');
  });
});
