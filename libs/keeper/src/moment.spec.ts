import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readMoment } from './moment.js';

/** Half past two in the afternoon, in the zone of this machine. */
const NOW_MS = new Date(2026, 10, 21, 14, 30).getTime();
const timeOf = (text: string): number | undefined => {
  const moment = readMoment(text, NOW_MS);
  return moment && 'timeMs' in moment ? moment.timeMs : undefined;
};

describe('a moment', () => {
  it('is a place in the log when it is a number', () => {
    expect(readMoment('512', NOW_MS)).toEqual({ sequence: 512 });
    expect(readMoment('0', NOW_MS)).toEqual({ sequence: 0 });
  });

  it('is a time before now', () => {
    expect(timeOf('now')).toBe(NOW_MS);
    expect(timeOf('-90s')).toBe(NOW_MS - 90_000);
    expect(timeOf('-1h30m')).toBe(NOW_MS - 5_400_000);
    expect(timeOf('-1w2d')).toBe(NOW_MS - 9 * 86_400_000);
    expect(timeOf('-9999999w')).toBe(0);
  });

  it('is the last such time of day that there was', () => {
    expect(timeOf('14:30')).toBe(NOW_MS);
    expect(timeOf('9:05')).toBe(new Date(2026, 10, 21, 9, 5).getTime());
    expect(timeOf('14:30:01')).toBe(new Date(2026, 10, 20, 14, 30, 1).getTime());
  });

  it('is a date or time of ISO 8601, without a zone in that of this machine', () => {
    expect(timeOf('2026-11-21T14:30:05.250Z')).toBe(Date.UTC(2026, 10, 21, 14, 30, 5, 250));
    expect(timeOf('2026-11-21 14:30+01:00')).toBe(Date.UTC(2026, 10, 21, 13, 30));
    expect(timeOf('2026-11-21')).toBe(new Date(2026, 10, 21).getTime());
    expect(timeOf('2026-11-21T14:30')).toBe(NOW_MS);
  });

  it('is a snapshot with a label, whatever that looks like', () => {
    expect(readMoment('label:14:30', NOW_MS)).toEqual({ label: '14:30' });
  });

  it('is nothing else', () => {
    for (const text of [
      '',
      'label:',
      'yesterday',
      '25:00',
      '14:60',
      '-10',
      '10m',
      '2026-13-01',
      '1.5',
      '1e3',
      '-m',
      '+1h',
    ]) {
      expect(readMoment(text, NOW_MS)).toBeUndefined();
    }
  });

  it('never is no number, whatever somebody writes', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 24, unit: fc.constantFrom(...'0123456789-:TZsmhdw. +') }), (text) => {
        const moment = readMoment(text, NOW_MS);
        if (moment && 'timeMs' in moment) expect(Number.isFinite(moment.timeMs)).toBe(true);
        if (moment && 'sequence' in moment) expect(Number.isSafeInteger(moment.sequence)).toBe(true);
      }),
    );
  });
});
