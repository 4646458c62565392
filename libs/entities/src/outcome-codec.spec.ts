import { describe, expect, it } from '@jest/globals';
import { entityIdToBytes, WireError } from '@app/wire';
import fc from 'fast-check';
import { IDS } from './naive-world.fixture.js';
import { packOutcomes, type RememberedEntry, unpackOutcomes } from './outcome-codec.js';
import { RememberedOutcomes } from './remembered-outcomes.js';

const anyEntries: fc.Arbitrary<RememberedEntry[]> = fc
  .array(
    fc.record({
      sequence: fc.nat(3),
      atMs: fc.nat(2),
      code: fc.option(fc.constant('entity-exists' as const), { nil: undefined }),
      results: fc.array(fc.record({ id: fc.constantFrom(...IDS), revision: fc.nat() }), { minLength: 1, maxLength: 2 }),
      separator: fc.constantFrom('-', '-', ' '),
    }),
    { maxLength: 40 },
  )
  .map((all) =>
    all.map(({ separator, code, sequence, atMs, results }, i) => {
      const outcome = code ? { sequence, atMs, code, results: [] } : { sequence, atMs, results };
      return [`edit${separator}${i}`, outcome];
    }),
  );

describe('remembered outcomes in a snapshot', () => {
  it('come back in their order, of whatever kind', () => {
    fc.assert(
      fc.property(anyEntries, fc.constantFrom(1, 300, 100_000), (entries, partBytes) => {
        const memory = new RememberedOutcomes();
        for (const part of packOutcomes(entries, partBytes)) unpackOutcomes(part, memory);
        expect([...memory.list()]).toEqual(entries);
      }),
    );
  });

  it('are refusals all the same when their code is not known', () => {
    const memory = new RememberedOutcomes();
    const fields = { sequence: 1, writtenAtMs: 2, results: [] };
    const applied = ['entity-locked', 'of-tomorrow'].map((errorCode, i) => ({
      ...fields,
      editId: `edit-${i}`,
      errorCode,
    }));
    unpackOutcomes({ applied }, memory);
    expect([...memory.list()].map(([, { code }]) => code)).toEqual(['entity-locked', 'edit-invalid']);
  });

  it('are refused when columns are not of one length', () => {
    const whole = {
      editIds: 'a b',
      entityIds: Uint8Array.from([...entityIdToBytes(IDS[0]), ...entityIdToBytes(IDS[1])]),
      revisions: [1, 2],
      records: [{ sequence: 1, writtenAtMs: 1, count: 2 }],
    };
    unpackOutcomes({ singles: whole }, new RememberedOutcomes());
    for (const wrong of [
      { editIds: 'a' },
      { entityIds: new Uint8Array(31) },
      { revisions: [1] },
      { revisions: [1, 2 ** 60] },
      { records: [{ sequence: 1, writtenAtMs: 1, count: 1 }] },
      { records: [{ sequence: 1, writtenAtMs: 1, count: 3 }] },
    ]) {
      const memory = new RememberedOutcomes();
      expect(() => unpackOutcomes({ singles: { ...whole, ...wrong } }, memory)).toThrow(WireError);
    }
  });
});
