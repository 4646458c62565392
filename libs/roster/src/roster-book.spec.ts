import { describe, expect, it } from '@jest/globals';
import { decodeMessage, encodeMessage, type MessageFields, type MessageOf } from '@app/wire';
import { MEMBERS_MAX, ROSTER_SILENCE_MS_MAX, SESSIONS_PER_GATEWAY_MAX, SESSIONS_PER_WORLD_MAX } from '@app/world';
import fc from 'fast-check';
import { RosterBook } from './roster-book.js';

function roster(fields: MessageFields<'SessionRoster'>): MessageOf<'SessionRoster'> {
  const full = { gatewayId: 'gateway-a', gatewayEpochMs: 1, avatarMixers: ['me'], ...fields };
  return decodeMessage('SessionRoster', encodeMessage('SessionRoster', full));
}

const one = (epoch: number, more: object = {}) => [{ sessionId: 1, epoch, avatarMixer: 1, ...more }];

describe('RosterBook', () => {
  it('drops old revisions, old epochs and whatever comes after the last word', () => {
    const book = new RosterBook('me', 'avatar');
    expect(book.apply(roster({ revision: 5, sessions: one(1) }), 0)).toBe('applied');
    expect(book.apply(roster({ revision: 5 }), 0)).toBe('stale');
    expect(book.apply(roster({ revision: 4 }), 0)).toBe('stale');
    expect(book.apply(roster({ gatewayEpochMs: 2, revision: 1, isLast: true }), 0)).toBe('applied');
    expect(book.apply(roster({ revision: 9 }), 0)).toBe('stale');
    expect(book.apply(roster({ gatewayEpochMs: 2, revision: 2, sessions: one(1) }), 0)).toBe('stale');
    // Orphaned by the new process, but not gone yet.
    expect(book.seats.get(1)?.orphanUntilMs).toBe(ROSTER_SILENCE_MS_MAX);
  });

  it('serves those who are assigned to it, and whose mixer number means it', () => {
    const book = new RosterBook('me', 'avatar');
    const sessions = [
      { sessionId: 1, epoch: 1, avatarMixer: 2 },
      { sessionId: 2, epoch: 1, avatarMixer: 1 },
      { sessionId: 3, epoch: 1 },
      { sessionId: 4, epoch: 1, avatarMixer: 77 },
    ];
    book.apply(roster({ revision: 1, avatarMixers: ['other', 'me'], sessions }), 0);
    expect([...book.seats.values()].filter(({ isListener }) => isListener).map(({ sessionId }) => sessionId)).toEqual([
      1,
    ]);
    // Without its name in the list, nobody is: place 0 means none.
    book.apply(roster({ revision: 2, avatarMixers: ['other'], sessions }), 0);
    expect([...book.seats.values()].some(({ isListener }) => isListener)).toBe(false);
  });

  it('comes to the same seats in whatever order two claims arrive', () => {
    const claims = fc.record({
      gatewayId: fc.constantFrom('gateway-a', 'gateway-b', 'gateway-c'),
      gatewayEpochMs: fc.constantFrom(1, 2),
      epoch: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(claims, { selector: ({ gatewayId }) => gatewayId }), fc.nat(), (list, seed) => {
        const apply = (order: typeof list) => {
          const book = new RosterBook('me', 'avatar');
          for (const { epoch, ...gateway } of order)
            book.apply(roster({ ...gateway, revision: 1, sessions: one(epoch) }), 0);
          const seat = book.seats.get(1);
          return seat && [seat.gatewayId, seat.gatewayEpochMs, seat.epoch];
        };
        const turned = [
          ...list.slice(seed % (list.length || 1)),
          ...list.slice(0, seed % (list.length || 1)),
        ].reverse();
        expect(apply(turned)).toEqual(apply(list));
      }),
    );
  });

  it('keeps no more gateways and sessions than it may', () => {
    const book = new RosterBook('me', 'avatar');
    const sessions = (first: number, length: number) =>
      Array.from({ length }, (_, i) => ({ sessionId: first + i, epoch: 1 }));
    expect(book.apply(roster({ revision: 1, sessions: sessions(1, SESSIONS_PER_GATEWAY_MAX + 5) }), 0)).toBe(
      'too-many',
    );
    expect(book.seats.size).toBe(SESSIONS_PER_GATEWAY_MAX);
    for (let taken = SESSIONS_PER_GATEWAY_MAX; taken <= SESSIONS_PER_WORLD_MAX; taken += SESSIONS_PER_GATEWAY_MAX) {
      const fields = {
        gatewayId: `full-${taken}`,
        revision: 1,
        sessions: sessions(taken + 1, SESSIONS_PER_GATEWAY_MAX),
      };
      expect(book.apply(roster(fields), 0)).toBe(taken < SESSIONS_PER_WORLD_MAX ? 'applied' : 'too-many');
    }
    expect(book.seats.size).toBe(SESSIONS_PER_WORLD_MAX);
    for (let i = 0; i < MEMBERS_MAX + 5; i++) book.apply(roster({ gatewayId: `gateway-${i}`, revision: 1 }), 0);
    expect(book.apply(roster({ gatewayId: 'one-more', revision: 1 }), 0)).toBe('too-many');
    book.expire(ROSTER_SILENCE_MS_MAX + 1);
    expect(book.isEmpty).toBe(true);
  });

  it('starts all deadlines anew when it was itself away', () => {
    const book = new RosterBook('me', 'avatar');
    book.apply(roster({ revision: 1, sessions: one(1) }), 0);
    book.forgive(60_000);
    book.expire(60_000 + ROSTER_SILENCE_MS_MAX);
    expect(book.seats.size).toBe(1);
    book.expire(60_001 + ROSTER_SILENCE_MS_MAX);
    expect(book.seats.size).toBe(0);
  });

  it('reads the assignment of its own plane', () => {
    const sessions = [
      { sessionId: 1, epoch: 1, audioMixer: 1 },
      { sessionId: 2, epoch: 1, avatarMixer: 1 },
    ];
    const book = new RosterBook('me', 'audio');
    book.apply(roster({ revision: 1, audioMixers: ['me'], sessions }), 0);
    expect([...book.seats.values()].filter(({ isListener }) => isListener).map(({ sessionId }) => sessionId)).toEqual([
      1,
    ]);
  });

  it('knows who shows avatars with joints and all', () => {
    const book = new RosterBook('me', 'avatar');
    book.apply(roster({ revision: 1, sessions: one(1, { wantsDetail: true }) }), 0);
    expect(book.seats.get(1)?.wantsDetail).toBe(true);
    book.apply(roster({ revision: 2, sessions: one(1) }), 0);
    expect(book.seats.get(1)?.wantsDetail).toBe(false);
  });

  it('keeps the people of a gateway that stops for a while, and says when they go', () => {
    const book = new RosterBook('me', 'avatar');
    book.apply(roster({ revision: 1, sessions: one(1) }), 0);
    book.apply(roster({ revision: 2, isLast: true, sessions: one(1) }), 100);
    expect([...book.seats.values()].some(({ isListener }) => isListener)).toBe(false);
    expect(book.expire(100 + ROSTER_SILENCE_MS_MAX)).toBe(false);
    expect(book.seats.size).toBe(1);
    expect(book.expire(101 + ROSTER_SILENCE_MS_MAX)).toBe(true);
    expect(book.isEmpty).toBe(true);
  });
});
