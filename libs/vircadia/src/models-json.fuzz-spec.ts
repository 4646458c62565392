import { describe, expect, it } from '@jest/globals';
import { isEntityId } from '@app/world';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { parseModelsJson, renderModelsJson, VircadiaError } from './index.js';

const EVERY_TYPE = readFileSync(new URL('../test/every-type.models.json', import.meta.url));

/** Reads, strictly and not; what is read has good ids and is written the same again. Refusals are VircadiaErrors. */
function checkReading(bytes: Uint8Array): void {
  for (const isStrict of [true, false]) {
    try {
      const file = parseModelsJson(bytes, { isStrict, bytesMax: 1_000_000 });
      for (const { id } of file.entities) expect(isEntityId(id)).toBe(true);
      expect(file.entities.length + file.report.brokenCount).toBe(file.report.foundCount);
      const written = renderModelsJson(file);
      expect(renderModelsJson(parseModelsJson(written))).toEqual(written);
    } catch (error) {
      if (!(error instanceof VircadiaError)) throw error;
      expect(error.code).toBe('import-invalid');
    }
  }
}

const json = fc.json();
const id = fc.constantFrom('{00000000-0000-4000-8000-000000000001}', '00000000-0000-4000-8000-000000000002', 'x', null);
const entity = fc.record(
  {
    id,
    type: fc.constantFrom('Box', 'Model', 'PolyLine', '', 7),
    parentID: id,
    position: fc.jsonValue(),
    linePoints: fc.jsonValue(),
    animation: fc.jsonValue(),
    mine: fc.jsonValue(),
  },
  { requiredKeys: [] },
);

describe('a models.json from anywhere', () => {
  it('is read or refused, whatever bytes come', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), checkReading));
    fc.assert(fc.property(json, (given) => checkReading(new TextEncoder().encode(given))));
  });

  it('is read or refused, whatever its entities are', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(entity, fc.jsonValue())), fc.jsonValue(), (entities, about) => {
        const given = { ...(about as object), Entities: entities };
        checkReading(new TextEncoder().encode(JSON.stringify(given)));
      }),
    );
  });

  it('is read or refused when bytes have changed, compressed or not', () => {
    const seeds = [EVERY_TYPE, gzipSync(EVERY_TYPE)];
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.constantFrom(...seeds), changes, (seed, list) => {
        const bytes = new Uint8Array(seed);
        for (const [at, value] of list) bytes[at % bytes.length] = value;
        checkReading(bytes);
      }),
    );
  });
});
