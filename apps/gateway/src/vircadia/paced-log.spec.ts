import { SimClock } from '@app/testing';
import { describe, expect, it } from '@jest/globals';
import { PacedLog } from './paced-log.js';

describe('A paced log', () => {
  it('says each message at once, and then once a second how often it was left out', () => {
    const clock = new SimClock();
    const lines: unknown[][] = [];
    const log = new PacedLog({ error: (...line: unknown[]) => void lines.push(line) }, clock);
    for (let index = 0; index < 150; index++) {
      log.error({ index }, 'one');
      if (index % 100 === 0) log.error({ index }, 'two');
      clock.advance(10);
    }
    expect(lines).toEqual([
      [{ index: 0 }, 'one'],
      [{ index: 0 }, 'two'],
      [{ index: 100, leftOut: 99 }, 'one'],
      [{ index: 100 }, 'two'],
    ]);
  });
});
