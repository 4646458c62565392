import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type AssetAddress, assetUrlPathOf, encodeAssetPath, readAssetAddress } from './asset-address.js';
import { readAssetPath } from './asset-path.js';

const HASH = '0123456789abcdef'.repeat(4);

describe('Addresses of files of the domain', () => {
  it.each<[string, AssetAddress]>([
    ['atp:/models/chair.glb', { kind: 'path', path: 'models/chair.glb' }],
    [' ATP:models/chair.glb ', { kind: 'path', path: 'models/chair.glb' }],
    ['atp:///a b/ü.png', { kind: 'path', path: 'a b/ü.png' }],
    ['atp:/a%20b/%C3%BC.png?v=2#top', { kind: 'path', path: 'a b/ü.png' }],
    ['atp:/100%.png', { kind: 'path', path: '100%.png' }],
    [`atp:${HASH}`, { kind: 'content', hash: HASH, extension: '' }],
    [`atp:/${HASH}.FBX?x`, { kind: 'content', hash: HASH, extension: '.FBX' }],
    [`/assets/${HASH}.glb`, { kind: 'content', hash: HASH, extension: '.glb' }],
    ['/assets/at/b%C3%A4r.wav', { kind: 'path', path: 'bär.wav' }],
    ...[
      'atp:',
      'atp:/../secret',
      'atp:/%2e%2e/secret',
      'atp:/a//b',
      '/assets/',
      '/assets/uploads',
      '/assets/../api',
    ].map((text): [string, AssetAddress] => [text, { kind: 'nowhere' }]),
    [`atp:/${'a/'.repeat(2_000)}`, { kind: 'nowhere' }],
  ])('%s', (text, expected) => expect(readAssetAddress(text)).toEqual(expected));

  it.each(['', 'https://world.example/assets/at/a.glb', 'data:,x', 'a.glb', '/api/join', '//assets/a'])(
    '%s is none',
    (text) => expect(readAssetAddress(text)).toBeUndefined(),
  );

  it('lead to the same file when they are written in the other way', () => {
    const path = fc.string({ unit: 'binary' }).filter((text) => readAssetPath(text) === text);
    fc.assert(
      fc.property(path, (text) => {
        const escaped = readAssetAddress(`atp:/${encodeAssetPath(text)}`) as Exclude<AssetAddress, { kind: 'nowhere' }>;
        if (escaped.kind === 'path') expect(escaped.path).toBe(text);
        expect(readAssetAddress(assetUrlPathOf(escaped))).toEqual(escaped);
      }),
    );
  });

  it('throw at nothing', () => {
    const start = fc.constantFrom('', 'atp:', '/assets/', '/assets/at/');
    fc.assert(fc.property(start, fc.string({ unit: 'binary' }), (head, rest) => void readAssetAddress(head + rest)));
  });
});
