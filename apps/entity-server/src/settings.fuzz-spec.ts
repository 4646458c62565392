import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readEditFilter } from './rules/edit-filter.js';
import { readTiers } from './snapshots/snapshot-schedule.js';

describe('structures in settings', () => {
  it('are read or refused with a sentence, whatever JSON they are', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), tiers, filter), (json) => {
        for (const read of [readEditFilter, readTiers]) {
          const result = read(json);
          expect('value' in result || typeof result.problem === 'string').toBe(true);
        }
      }),
    );
  });
});

const anything = fc.oneof(fc.integer(), fc.double(), fc.string(), fc.constant(null));
const tiers = fc.array(
  fc.record({ name: anything, everyMinutes: anything, keepCount: anything }, { requiredKeys: [] }),
);
const filter = fc.record(
  { types: fc.array(anything), dimensionsMMax: anything, positionMin: fc.record({ x: anything, y: anything }) },
  { requiredKeys: [] },
);
