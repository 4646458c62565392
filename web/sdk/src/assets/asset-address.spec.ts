import { describe, expect, it } from '@jest/globals';
import { assetBaseUrlOf, resolveAssetUrl } from './asset-address.js';

const HASH = '0123456789abcdef'.repeat(4);
const BASE = 'http://place.example:40104';

describe('The address of the asset-server', () => {
  it.each([
    ['on the host of the page', 'http://place.example:40100/x?y', '', 40_104, BASE],
    ['on an address of version 6', 'http://[::1]:40100/', '', 40_104, 'http://[::1]:40104'],
    [
      'where the operator says',
      'https://place.example/',
      'https://files.example/base/',
      40_104,
      'https://files.example/base',
    ],
    ['nowhere without a port', 'http://place.example/', '', 0, ''],
    ['nowhere without a page', '', '', 40_104, ''],
    ['nowhere when somebody is joking', 'http://place.example/', 'javascript:alert(1)', 70_000, ''],
  ])('is %s', (_, serverUrl, assetsUrl, assetsPort, expected) => {
    expect(assetBaseUrlOf({ serverUrl, assetsUrl, assetsPort })).toBe(expected);
  });
});

describe('What an entity names', () => {
  it.each([
    ['atp:/models/chair.glb', `${BASE}/assets/at/models/chair.glb`],
    ['ATP:models/a chair.glb?v=1', `${BASE}/assets/at/models/a%20chair.glb`],
    [`atp:/${HASH}.fbx`, `${BASE}/assets/${HASH}.fbx`],
    ['atp:/../secret', ''],
    ['atp:/a//b', ''],
    ['atp:', ''],
    [`/assets/${HASH}.glb`, `${BASE}/assets/${HASH}.glb`],
    ['/assets/0a.glb', ''],
    ['https://elsewhere.example/x.glb', 'https://elsewhere.example/x.glb'],
    ['', ''],
  ])('%s is loaded from %s', (url, expected) => {
    expect(resolveAssetUrl(url, BASE)).toBe(expected);
  });

  it('leads nowhere while there is no asset-server', () => {
    expect([resolveAssetUrl('atp:/a', ''), resolveAssetUrl('/assets/a', '')]).toEqual(['', '']);
  });
});
