import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readAssetPath } from '@app/world';
import { AssetError } from '../asset-server.errors.js';
import { acceptsEncoding } from './accept-encoding.js';
import { readRange } from './byte-range.js';
import { readBearer } from './permission.js';
import { readTarget } from './request-target.js';

const KEY = new Uint8Array(32).fill(3);
const HASH = '0123456789abcdef'.repeat(4);
const step = fc.oneof(
  fc.constantFrom('..', '.', '', '%2e%2e', '%2F', '%5c', '%00', '%', '%ff', 'a', 'ä', '\ud800', 'at', 'uploads', HASH),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const url = fc.oneof(
  fc.array(step, { maxLength: 20 }).map((steps) => `/assets/${steps.join('/')}`),
  fc
    .tuple(fc.constantFrom('at', 'versions', 'rollback', 'info', 'uploads', 'paths'), fc.array(step, { maxLength: 20 }))
    .map(([kind, steps]) => `/assets/${kind}/${steps.join('/')}`),
  fc.tuple(fc.constant(HASH), fc.string({ maxLength: 20 })).map(([hash, tail]) => `/assets/${hash}${tail}`),
  fc.string({ unit: 'binary', maxLength: 3_000 }),
);

describe('What a request is about', () => {
  it('is read from any text without an error, and a path never leads out of the paths', () => {
    fc.assert(
      fc.property(url, (text) => {
        const target = readTarget(text);
        if (!target || !('path' in target)) return;
        expect(target.path.split('/').some((part) => /^\.*$/.test(part) || part.includes('\\'))).toBe(false);
        expect(target.path).not.toMatch(/^\/|\/$|\0/);
        expect(readAssetPath(target.path)).toBe(target.path);
      }),
    );
  });

  it('is the path that was written, whatever the language', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
        const path = readAssetPath(names.join('/'));
        const target = readTarget(`/assets/at/${names.join('/').split('/').map(encodeURIComponent).join('/')}`);
        if (path === undefined) expect(target?.kind).toBe('bad-path');
        else if (!names[0].startsWith('/')) expect(target).toMatchObject({ kind: 'path', path });
      }),
    );
  });
});

describe('A Range header', () => {
  it('never asks for what is not there', () => {
    const number = fc.oneof(
      fc.nat({ max: 300 }).map(String),
      fc.constantFrom('', '-1', '9'.repeat(15), '9'.repeat(30), 'x'),
    );
    const header = fc.oneof(
      fc.tuple(number, number).map(([first, last]) => `bytes=${first}-${last}`),
      fc.string({ maxLength: 40 }),
    );
    fc.assert(
      fc.property(header, fc.nat({ max: 200 }), (text, sizeBytes) => {
        const range = readRange(text, sizeBytes);
        if (typeof range === 'string') return;
        expect(range.start).toBeGreaterThanOrEqual(0);
        expect(range.end).toBeGreaterThanOrEqual(range.start);
        expect(range.end).toBeLessThan(sizeBytes);
      }),
    );
  });
});

describe('Other headers', () => {
  it('are read whatever is in them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (text) => {
        expect(typeof acceptsEncoding(text, 'br')).toBe('boolean');
        for (const header of [text, `Bearer ${text}`]) {
          expect(() => readBearer(header, KEY, 0)).toThrow(AssetError);
        }
      }),
    );
  });

  it.each([
    ['br', true],
    ['gzip, br', true],
    ['gzip;q=1.0, br; q=0.001', true],
    ['br;q=0', false],
    ['br;q=0.000', false],
    ['*', false],
    ['brr, xbr', false],
    [undefined, false],
  ])('Accept-Encoding %s takes brotli: %s', (header, expected) => {
    expect(acceptsEncoding(header, 'br')).toBe(expected);
  });
});
