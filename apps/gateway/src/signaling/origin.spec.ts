import { describe, expect, it } from '@jest/globals';
import { isOriginAllowed } from './origin.js';

describe('isOriginAllowed', () => {
  it.each([
    [undefined, 'a.example:40120', [], true],
    ['http://a.example:40100', 'a.example:40120', [], true],
    ['https://a.example', 'a.example:40120', [], true],
    ['http://localhost:40100', '127.0.0.1:40120', [], true],
    ['http://[::1]:40100', 'localhost:40120', [], true],
    ['http://evil.example', 'localhost:40120', [], false],
    ['http://a.example.evil.example', 'a.example', [], false],
    ['null', 'localhost:40120', [], false],
    ['file://', 'localhost:40120', [], false],
    ['http://evil.example', undefined, [], false],
    ['https://b.example', 'a.example', ['https://b.example'], true],
    ['https://b.example:1', 'a.example', ['https://b.example'], false],
    ['https://b.example', 'a.example', ['*'], true],
  ])('page %s, host %s, allowed %j: %s', (origin, host, allowed, expected) => {
    expect(isOriginAllowed(origin, host, allowed)).toBe(expected);
  });
});
