import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isAssetHash, parseAssetMapping, renderAssetMapping, VircadiaError } from './index.js';

function checkReading(bytes: Uint8Array): void {
  try {
    const mapping = parseAssetMapping(bytes);
    for (const [path, hash] of mapping) {
      expect(path.startsWith('/') && !path.split('/').includes('..')).toBe(true);
      expect(isAssetHash(hash)).toBe(true);
    }
    expect(parseAssetMapping(renderAssetMapping(mapping))).toEqual(mapping);
  } catch (error) {
    if (!(error instanceof VircadiaError)) throw error;
  }
}

describe('a mapping of assets from anywhere', () => {
  it('is read or refused, whatever it is', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), checkReading));
    const hash = fc.oneof(fc.stringMatching(/^[0-9a-fA-F]{64}$/), fc.jsonValue());
    const path = fc.oneof(fc.stringMatching(/^\/[a-z./]{0,8}$/), fc.string());
    fc.assert(
      fc.property(fc.dictionary(path, hash), (given) => checkReading(new TextEncoder().encode(JSON.stringify(given)))),
    );
  });
});
