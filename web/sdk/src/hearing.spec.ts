import { beforeEach, describe, expect, it } from '@jest/globals';
import { SimClock } from '@app/testing';
import { decodeMessage, type MessageOf } from '@app/wire';
import { HEARING_PEOPLE_MAX } from '@app/world';
import type { VicinityError } from './errors.js';
import { Hearing } from './hearing.js';

const BEN = 2;
const CLEO = 3;

let clock: SimClock;
let hearing: Hearing;
let here: Set<number>;
let sent: Array<MessageOf<'HearingWishes'>>;
let changes: number;
let failures: VicinityError[];

function connect(): void {
  hearing.attach((bytes) => {
    const { setHearing } = decodeMessage('ClientReliable', bytes);
    sent.push(setHearing?.wishes as MessageOf<'HearingWishes'>);
    return true;
  });
}

const codeOf = (action: () => void): string => {
  try {
    action();
  } catch (error) {
    return (error as VicinityError).code;
  }
  return 'none';
};

beforeEach(() => {
  clock = new SimClock();
  here = new Set();
  sent = [];
  changes = 0;
  failures = [];
  hearing = new Hearing(clock, (sessionId) => here.has(sessionId));
  hearing.on('changed', () => changes++);
  hearing.on('failed', (error) => failures.push(error));
});

describe('Hearing', () => {
  it('sends everything that is wished, complete each time', () => {
    connect();
    hearing.setGain(BEN, 0.5);
    expect(sent.at(-1)?.gains).toMatchObject([{ sessionId: BEN, gain: 0.5 }]);
    clock.advance(1_000);
    hearing.ignore(CLEO, true);
    clock.advance(1_000);
    hearing.solo([BEN]);
    clock.advance(1_000);
    hearing.setPersonalSpace(2);
    expect(sent.at(-1)).toMatchObject({ gains: [{ gain: 0.5 }], ignored: [CLEO], solo: [BEN], spaceM: 2 });
    expect(sent).toHaveLength(4);
    expect(changes).toBe(4);
    expect([hearing.gainOf(BEN), hearing.gainOf(CLEO), hearing.isIgnored(CLEO)]).toEqual([0.5, 1, true]);
  });

  it('says nothing when nothing is wished, and nothing twice', () => {
    connect();
    expect(sent).toHaveLength(0);
    hearing.setGain(BEN, 1);
    hearing.ignore(BEN, false);
    hearing.solo([]);
    hearing.setPersonalSpace(0);
    hearing.setMegaphone(false);
    clock.advance(1_000);
    expect(sent).toHaveLength(0);
    expect(changes).toBe(0);
  });

  it('sends a slider that is dragged at most five times a second, and where it ends', () => {
    connect();
    for (let step = 1; step <= 100; step++) {
      hearing.setGain(BEN, step / 50);
      clock.advance(10);
    }
    clock.advance(500);
    expect(sent.length).toBeGreaterThan(4);
    expect(sent.length).toBeLessThanOrEqual(7);
    expect(sent.at(-1)?.gains?.[0].gain).toBe(2);
  });

  it('says everything again on each link, also that nothing is wished any more', () => {
    hearing.ignore(BEN, true);
    connect();
    expect(sent).toMatchObject([{ ignored: [BEN] }]);
    hearing.detach();
    hearing.ignore(BEN, false);
    clock.advance(1_000);
    expect(sent).toHaveLength(1);
    connect();
    expect(sent).toMatchObject([{ ignored: [BEN] }, { ignored: [] }]);
    hearing.detach();
    // A session that has never wished anything needs no telling.
    hearing.handleSession(false, true);
    connect();
    expect(sent).toHaveLength(2);
  });

  it('refuses what no server takes', () => {
    for (const gain of [-1, 4.1, NaN, Infinity]) {
      expect(codeOf(() => hearing.setGain(BEN, gain))).toBe('request-invalid');
    }
    for (const metres of [-1, 11, NaN]) {
      expect(codeOf(() => hearing.setPersonalSpace(metres))).toBe('request-invalid');
    }
    for (const sessionId of [0, -1, 1.5, NaN, 2 ** 32]) {
      expect(codeOf(() => hearing.ignore(sessionId, true))).toBe('request-invalid');
      expect(codeOf(() => hearing.solo([sessionId]))).toBe('request-invalid');
    }
    expect(changes).toBe(0);
  });

  it('gives a megaphone only where it is allowed, and takes it back when it no longer is', () => {
    connect();
    expect(codeOf(() => hearing.setMegaphone(true))).toBe('megaphone-not-allowed');
    hearing.handleSession(true, false);
    hearing.setMegaphone(true);
    expect(sent.at(-1)?.megaphone).toBe(true);
    expect(hearing.handleFailure({ request: 0, code: 'megaphone-not-allowed', text: 'Not here.' })).toBe(true);
    expect(hearing.hasMegaphone).toBe(false);
    expect(failures).toMatchObject([{ code: 'megaphone-not-allowed', message: 'Not here.' }]);
    hearing.handleSession(true, false);
    hearing.setMegaphone(true);
    hearing.close();
    expect(hearing.hasMegaphone).toBe(false);
  });

  it('tries again when there was no room, and leaves failures of others alone', () => {
    connect();
    hearing.ignore(BEN, true);
    expect(hearing.handleFailure({ request: 0, code: 'hearing-too-many', text: 'Full.' })).toBe(true);
    expect(hearing.handleFailure({ request: 7, code: 'hearing-too-many' })).toBe(false);
    expect(hearing.handleFailure({ request: 0, code: 'name-invalid' })).toBe(false);
    expect(failures.map(({ code }) => code)).toEqual(['hearing-too-many']);
    clock.advance(5_100);
    expect(sent).toMatchObject([{ ignored: [BEN] }, { ignored: [BEN] }]);
  });

  it('forgets the oldest who is not here when there are as many as may be', () => {
    for (let sessionId = 1; sessionId <= HEARING_PEOPLE_MAX; sessionId++) hearing.ignore(sessionId, true);
    here.add(1);
    hearing.ignore(1_000, true);
    expect([1, 2, 3, 1_000].map((sessionId) => hearing.isIgnored(sessionId))).toEqual([true, false, true, true]);
    for (let sessionId = 1; sessionId <= 1_000; sessionId++) here.add(sessionId);
    expect(codeOf(() => hearing.ignore(1_001, true))).toBe('request-invalid');
    hearing.ignore(1_000, true);
    expect(hearing.isIgnored(1_000)).toBe(true);
  });
});
