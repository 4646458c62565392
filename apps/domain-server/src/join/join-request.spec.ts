import { describe, expect, it } from '@jest/globals';
import { JoinError } from './join.errors.js';
import { parseJoinRequest, type RawJoinRequest } from './join-request.js';

const raw = (fields: Partial<RawJoinRequest> = {}): RawJoinRequest => ({
  world: undefined,
  hostHeader: 'localhost:40100',
  forwardedHost: undefined,
  forwardedProto: undefined,
  ...fields,
});
const parse = (fields: Partial<RawJoinRequest>, trusts = false) =>
  parseJoinRequest(raw(fields), ['main', 'cave'], trusts);

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof JoinError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('A join request', () => {
  it('is for the first world unless it names one', () => {
    expect(parse({}).world).toBe('main');
    expect(parse({ world: '' }).world).toBe('main');
    expect(parse({ world: 'cave' }).world).toBe('cave');
  });

  it.each([
    ['localhost', 'localhost'],
    ['localhost:40100', 'localhost'],
    ['192.0.2.1:80', '192.0.2.1'],
    ['[2001:db8::1]:40100', '[2001:db8::1]'],
    ['my.place.example', 'my.place.example'],
  ])('keeps the host that the browser used: %s', (hostHeader, host) => {
    expect(parse({ hostHeader }).host).toBe(host);
  });

  it.each([
    [undefined],
    [''],
    ['a b'],
    ['evil.example/path'],
    ['user@host'],
    ['[::1'],
    ['host:99999999'],
    ['-x'],
    ['x'.repeat(300)],
  ])('is refused with the Host header %j', (hostHeader) => {
    expect(codeOf(() => parse({ hostHeader }))).toBe('join-malformed-request');
  });

  it.each([[['main', 'cave']], [{ a: 1 }], ['Main'], ['../etc'], ['x'.repeat(33)], ['ma in'], ['main\n']])(
    'is refused with the world %j',
    (world) => {
      expect(codeOf(() => parse({ world }))).toBe('join-malformed-request');
    },
  );

  it('is refused for a world that is not there', () => {
    expect(codeOf(() => parse({ world: 'moon' }))).toBe('world-unknown');
  });

  it('believes forwarding headers only when told to', () => {
    const fields = { forwardedHost: 'public.example, proxy', forwardedProto: 'https' };
    expect(parse(fields)).toMatchObject({ host: 'localhost', isSecure: false });
    expect(parse(fields, true)).toMatchObject({ host: 'public.example', isSecure: true });
    expect(parse({ forwardedProto: 'http' }, true)).toMatchObject({ host: 'localhost', isSecure: false });
  });
});
