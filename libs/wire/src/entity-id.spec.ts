import { describe, expect, it } from '@jest/globals';
import { isEntityId } from '@app/world';
import fc from 'fast-check';
import { entityIdOfBytes, entityIdToBytes, WireError } from './index.js';

describe('ids of entities', () => {
  it('have the bytes that they are written with', () => {
    expect([...entityIdToBytes('00112233-4455-6677-8899-aabbccddeeff')]).toEqual(
      Array.from({ length: 16 }, (_, i) => i * 0x11),
    );
  });

  it('come back from any 16 bytes, in their one form', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const id = entityIdOfBytes(bytes);
        expect(isEntityId(id)).toBe(true);
        expect(entityIdToBytes(id)).toEqual(bytes);
      }),
    );
  });

  it('are refused in any other form', () => {
    const id = '0a112233-4455-6677-8899-aabbccddeeff';
    for (const wrong of ['', id.toUpperCase(), `{${id}}`, `${id}\n`, id.replaceAll('-', ''), id.replace('0a', '0g')]) {
      expect(() => entityIdToBytes(wrong)).toThrow(WireError);
    }
    for (const wrong of [undefined, null, new Uint8Array(0), new Uint8Array(15), new Uint8Array(17)]) {
      expect(() => entityIdOfBytes(wrong)).toThrow(WireError);
    }
  });
});
