import { createHash, webcrypto } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { contentHashOf, type Digester } from './content-hash.js';

describe('The hash of a file', () => {
  it.each([0, 1, 64, 1_048_576, 2_500_000])('is the same on secure pages and on others: %i bytes', async (count) => {
    const bytes = Uint8Array.from({ length: count }, (_, index) => (index * 31) & 0xff);
    const expected = createHash('sha256').update(bytes).digest('hex');
    const file = new Blob([bytes]);
    expect(await contentHashOf(file, webcrypto.subtle as unknown as Digester)).toBe(expected);
    // An explicit absence: insecure pages have `crypto` without `subtle`.
    expect(await contentHashOf(file, null as unknown as Digester)).toBe(expected);
  });
});
