import { describe, expect, it } from '@jest/globals';
import { readJsonObject } from './json-object.js';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a JSON object in bytes', () => {
  it('is read with whatever members it has', () => {
    expect(readJsonObject(bytesOf('{"a":[1,null],"b":{}}'))).toEqual({ a: [1, null], b: {} });
  });

  it('is nothing when the bytes are anything else', () => {
    for (const text of ['', '{', 'null', '[]', '7', '"{}"']) expect(readJsonObject(bytesOf(text))).toBeUndefined();
    expect(readJsonObject(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d))).toBeUndefined();
  });
});
