import { describe, expect, it } from '@jest/globals';
import { channelOfToken, channelToken, isChannelName, isText } from './index.js';

describe('channel names', () => {
  it('may hold any letters, spaces and emoji', () => {
    for (const name of ['world', 'Küche', 'a.b.*.>', '雑談', '👋', 'x'.repeat(64)])
      expect(isChannelName(name)).toBe(true);
  });

  it('may not be empty, long, broken or hold control characters', () => {
    for (const name of ['', 'x'.repeat(129), 'a\nb', 'a\u0000', '\u009b', '\ud800', 'a\udc00b']) {
      expect(isChannelName(name)).toBe(false);
    }
  });

  it('become tokens of subjects and come back', () => {
    for (const name of ['world', 'a.b.*.>', 'Küche 👋', '???>>>', 'x'.repeat(64)]) {
      expect(channelToken(name)).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(channelOfToken(channelToken(name))).toBe(name);
    }
  });

  it('have one token each, so that nobody gets a second channel of the same name', () => {
    // "d29ybGQ" is "world"; its last character has spare bits.
    expect(channelOfToken('d29ybGQ')).toBe('world');
    for (const token of ['d29ybGR', 'd29ybGQ=', '', '*', '_w', 'AA']) expect(channelOfToken(token)).toBeUndefined();
  });
});

describe('texts', () => {
  it('may have lines and tabs but no other control characters', () => {
    expect(isText('a\n\tb')).toBe(true);
    for (const text of ['', 'a\rb', '\u001b[31m', '\u0000', '\u007f', '\u0085', 'x'.repeat(2_001), '\ud83d']) {
      expect(isText(text)).toBe(false);
    }
    expect(isText('x'.repeat(2_000))).toBe(true);
  });
});
