import { vicinity } from '@app/wire';
import { ROSTER_SILENCE_MS_MAX } from '@app/world';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RosterBook } from './roster-book.js';

interface RosterFields {
  gatewayId?: string;
  gatewayEpochMs?: number;
  revision?: number;
  isLast?: boolean;
  sessions?: { sessionId: number; epoch?: number; audioMixer?: number }[];
}

function roster(fields: RosterFields): vicinity.v1.SessionRoster {
  return vicinity.v1.SessionRoster.create({
    gatewayId: 'gateway-a',
    gatewayEpochMs: 1,
    revision: 1,
    audioMixers: ['other', 'me'],
    ...fields,
  });
}

const listeners = (book: RosterBook) => [...book.seats.values()].filter((seat) => seat.isListener);

describe('RosterBook', () => {
  it('serves exactly those sessions that name this mixer', () => {
    const book = new RosterBook('me');
    book.apply(
      roster({ sessions: [{ sessionId: 1, audioMixer: 2 }, { sessionId: 2, audioMixer: 1 }, { sessionId: 3 }] }),
      0,
    );
    expect(book.seats.size).toBe(3);
    expect(listeners(book).map((seat) => seat.sessionId)).toEqual([1]);
    book.apply(roster({ revision: 2, sessions: [{ sessionId: 2, audioMixer: 2 }] }), 0);
    expect(listeners(book).map((seat) => seat.sessionId)).toEqual([2]);
    expect(book.seats.size).toBe(1);
  });

  it('drops rosters that are older than what it knows', () => {
    const book = new RosterBook('me');
    book.apply(roster({ revision: 5, sessions: [{ sessionId: 1 }] }), 0);
    expect(book.apply(roster({ revision: 5 }), 0)).toBe('stale');
    expect(book.apply(roster({ gatewayEpochMs: 0, revision: 9 }), 0)).toBe('stale');
    expect(book.seats.size).toBe(1);
  });

  it('gives a session that two gateways claim to the higher epoch, in whichever order they speak', () => {
    for (const order of [0, 1]) {
      const book = new RosterBook('me');
      const rosters = [
        roster({ gatewayId: 'gateway-a', sessions: [{ sessionId: 1, epoch: 2, audioMixer: 2 }] }),
        roster({ gatewayId: 'gateway-b', sessions: [{ sessionId: 1, epoch: 3 }] }),
      ];
      book.apply(rosters[order], 0);
      book.apply(rosters[1 - order], 0);
      expect(book.seats.get(1)?.gatewayId).toBe('gateway-b');
      expect(listeners(book)).toEqual([]);
    }
  });

  it('keeps the people of a gateway that stops for a while, but mixes for none of them', () => {
    const book = new RosterBook('me');
    book.apply(roster({ sessions: [{ sessionId: 1, audioMixer: 2 }] }), 0);
    book.apply(roster({ revision: 2, isLast: true, sessions: [{ sessionId: 1, audioMixer: 2 }] }), 100);
    expect(listeners(book)).toEqual([]);
    expect(book.seats.size).toBe(1);
    expect(book.expire(100 + ROSTER_SILENCE_MS_MAX)).toBe(false);
    expect(book.expire(101 + ROSTER_SILENCE_MS_MAX)).toBe(true);
    expect(book.isEmpty).toBe(true);
  });

  it('removes the people of a silent gateway, unless it was us who could not hear', () => {
    const book = new RosterBook('me');
    book.apply(roster({ sessions: [{ sessionId: 1 }] }), 0);
    book.forgive(10_000);
    book.expire(10_000 + ROSTER_SILENCE_MS_MAX);
    expect(book.seats.size).toBe(1);
    book.expire(10_001 + ROSTER_SILENCE_MS_MAX);
    expect(book.seats.size).toBe(0);
  });

  it('ends up the same whatever order rosters arrive in', () => {
    const claims = fc.array(
      fc.record({
        gateway: fc.constantFrom('gateway-a', 'gateway-b', 'gateway-c'),
        epoch: fc.integer({ min: 0, max: 5 }),
      }),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(claims, (list) => {
        const unique = [...new Map(list.map((claim) => [claim.gateway, claim])).values()];
        const outcome = (ordered: typeof unique) => {
          const book = new RosterBook('me');
          for (const { gateway, epoch } of ordered) {
            book.apply(roster({ gatewayId: gateway, sessions: [{ sessionId: 7, epoch }] }), 0);
          }
          return book.seats.get(7)?.gatewayId;
        };
        expect(outcome([...unique].reverse())).toBe(outcome(unique));
      }),
    );
  });
});
