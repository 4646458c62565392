import { describe, expect, it } from '@jest/globals';
import { assetsOriginOf, policyWithAssets } from './assets-origin.js';

const settings = { assetsPort: 40_104, assetsUrl: undefined, trustForwarded: false };

describe('The origin of files', () => {
  it.each([
    ['the host of the page', { host: 'place.example:40100' }, settings, 'http://place.example:40104'],
    ['an address of version 6', { host: '[::1]:40100' }, settings, 'http://[::1]:40104'],
    [
      'what the operator says',
      { host: 'x' },
      { ...settings, assetsUrl: 'https://f.example/base' },
      'https://f.example',
    ],
    ['none', { host: 'x' }, { ...settings, assetsPort: 0 }, undefined],
    ['none for a host that is none', { host: "x; script-src 'unsafe-eval'" }, settings, undefined],
    ['none without a host', {}, settings, undefined],
    [
      'what a trusted proxy says',
      { host: 'inner', 'x-forwarded-host': 'place.example', 'x-forwarded-proto': 'https' },
      { ...settings, trustForwarded: true },
      'https://place.example:40104',
    ],
  ])('is %s', (_, headers, chosen, expected) => {
    expect(assetsOriginOf(headers, chosen)).toBe(expected);
  });

  it('is added to what loads files, and to nothing else', () => {
    const policy = "default-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; media-src 'self'";
    expect(policyWithAssets(policy, 'http://f:1')).toBe(
      "default-src 'self'; script-src 'self'; img-src 'self' data: http://f:1; connect-src 'self' http://f:1; media-src 'self' http://f:1",
    );
  });
});
