import { describe, expect, it } from '@jest/globals';
import { type AddressRules, linkOf, resolveAddress } from './address-policy.js';

const HASH = '0123456789abcdef'.repeat(4);
const rules: AddressRules = {
  pageUrl: 'https://world.example/?name=Kim',
  assetBaseUrl: 'https://world.example:40104',
  allowsOthers: false,
};
const leadsTo = (text: string, changes: Partial<AddressRules> = {}): string => {
  const address = resolveAddress(text, { ...rules, ...changes });
  return address.kind === 'allowed'
    ? address.url
    : address.kind === 'elsewhere'
      ? `elsewhere ${address.host}`
      : 'invalid';
};

describe('Addresses of entities', () => {
  it.each([
    ['atp:/models/chair.glb', 'https://world.example:40104/assets/at/models/chair.glb'],
    ['atp:models/chair.glb', 'https://world.example:40104/assets/at/models/chair.glb'],
    ['ATP:/a b/ü.png', 'https://world.example:40104/assets/at/a%20b/%C3%BC.png'],
    [`/assets/${HASH}.glb`, `https://world.example:40104/assets/${HASH}.glb`],
    [`atp:${HASH}.glb`, `https://world.example:40104/assets/${HASH}.glb`],
    ['https://world.example:40104/assets/0123abcd.glb', 'https://world.example:40104/assets/0123abcd.glb'],
    ['  https://world.example/pictures/a.png ', 'https://world.example/pictures/a.png'],
  ])('%s is the domain’s own', (text, url) => expect(leadsTo(text)).toBe(url));

  it.each([
    'https://elsewhere.example/a.glb',
    'https://world.example:40105/assets/a.glb',
    'https://world.example.evil.example/assets/a.glb',
    'https://sub.world.example/a.png',
  ])('%s would tell somebody else of the visit', (text) => {
    expect(leadsTo(text)).toMatch(/^elsewhere /);
    expect(leadsTo(text, { allowsOthers: true })).toBe(new URL(text).href);
  });

  it.each([
    '',
    ' ',
    'javascript:alert(1)',
    'data:image/png;base64,AAAA',
    'blob:https://world.example/1234',
    'file:///etc/passwd',
    'ftp://world.example/a',
    'atp:/../secrets',
    'atp:/models/../../uploads',
    '/assets/../api/join',
    '/assets/index.js',
    '/assets/%2e%2e/api/join',
    '//elsewhere.example/a.png',
    '/api/join',
    'a.png',
    'https://world.example/api/join',
    'https://world.example/api/join?world=main',
    'https://world.example/metrics',
    'https://world.example:40104/uploads',
    'https://kim:secret@world.example/a.png',
    'http://elsewhere.example/a.png',
    `https://world.example/${'a'.repeat(3_000)}`,
  ])('%s leads nowhere, whatever is allowed', (text) => {
    expect(leadsTo(text)).toBe('invalid');
    expect(leadsTo(text, { allowsOthers: true })).toBe('invalid');
  });

  it('A page without a certificate may load things without one', () => {
    const plain = { pageUrl: 'http://world.example/', assetBaseUrl: 'http://world.example:40104', allowsOthers: true };
    expect(leadsTo('http://elsewhere.example/a.png', plain)).toBe('http://elsewhere.example/a.png');
  });

  it('Behind a proxy the asset-server may have a folder of its own', () => {
    const changes = { assetBaseUrl: 'https://world.example/files' };
    expect(leadsTo('atp:/a.glb', changes)).toBe('https://world.example/files/assets/at/a.glb');
    expect(leadsTo(`/assets/${HASH}.png`, changes)).toBe(`https://world.example/files/assets/${HASH}.png`);
  });

  it('Without an asset-server, the page’s own host counts', () => {
    expect(leadsTo('atp:/a.png', { assetBaseUrl: '' })).toBe('https://world.example/assets/at/a.png');
  });

  it('Only web pages can be opened', () => {
    expect(linkOf(' https://example.org/a ')?.href).toBe('https://example.org/a');
    for (const text of [
      'javascript:alert(1)',
      'data:text/html,x',
      'hifi://place',
      'https://a:b@example.org',
      'x',
      '',
    ]) {
      expect(linkOf(text)).toBeUndefined();
    }
  });
});
