import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { JoinError } from './join.errors.js';
import { placeClient, type GatewayMember } from './placement.js';

const request = { world: 'main', host: 'localhost', isSecure: false };
const gateway = (instanceId: string, fields: Partial<GatewayMember> = {}): GatewayMember => ({
  instanceId,
  load: 0,
  sessions: 0,
  sessionsMax: 100,
  signalingPort: 40_120,
  signalingUrl: '',
  ...fields,
});
const order = (...gateways: GatewayMember[]): string[] =>
  placeClient(gateways, request).map(({ instanceId }) => instanceId);

describe('Placement', () => {
  it('names the least loaded gateway first, by places and by processor', () => {
    expect(order(gateway('a', { sessions: 50 }), gateway('b', { sessions: 10 }), gateway('c', { load: 0.3 }))).toEqual([
      'b',
      'c',
      'a',
    ]);
  });

  it('leaves out full gateways', () => {
    expect(order(gateway('a', { sessions: 100 }), gateway('b', { sessions: 99 }))).toEqual(['b']);
  });

  it('tells a full domain from one without gateways', () => {
    expect(() => order(gateway('a', { sessions: 100 }))).toThrow(
      expect.objectContaining({ code: 'domain-full', retryAfterMs: 10_000 }),
    );
    expect(() => order()).toThrow(expect.objectContaining({ code: 'no-gateway', retryAfterMs: 1_000 }));
    expect(() => order(gateway('a', { signalingPort: 0 }))).toThrow(expect.objectContaining({ code: 'no-gateway' }));
  });

  it.each([
    ['a URL that is no WebSocket', { signalingUrl: 'javascript:alert(1)' }],
    ['a URL that cannot be read', { signalingUrl: 'ws://' }],
    ['a port that cannot be', { signalingPort: 4_294_967_295 }],
  ])('sends nobody to a process that announces %s', (_name, fields) => {
    expect(order(gateway('evil', fields), gateway('good'))).toEqual(['good']);
  });

  it('takes a gateway that does not know its load for a full one', () => {
    expect(order(gateway('a', { load: NaN }), gateway('b', { load: 0.9 }))).toEqual(['b', 'a']);
  });

  it('makes the URL from what the browser used, unless the operator gave one', () => {
    expect(placeClient([gateway('a')], request)[0].url).toBe('ws://localhost:40120/signal');
    expect(placeClient([gateway('a')], { ...request, host: '[::1]', isSecure: true })[0].url).toBe(
      'wss://[::1]:40120/signal',
    );
    expect(placeClient([gateway('a', { signalingUrl: 'wss://x/y' })], request)[0].url).toBe('wss://x/y');
  });

  it('gives each client a bounded list of gateways that exist and have room, whatever they report', () => {
    const anyGateway = fc.record({
      instanceId: fc.stringMatching(/^[a-z]{1,4}$/),
      load: fc.double({ min: 0, max: 3, noNaN: true }),
      sessions: fc.nat(200),
      sessionsMax: fc.nat(200),
      signalingPort: fc.nat(65_535),
      signalingUrl: fc.constant(''),
    });
    fc.assert(
      fc.property(fc.array(anyGateway, { maxLength: 40 }), (gateways) => {
        try {
          const placed = placeClient(gateways, request);
          return (
            placed.length > 0 &&
            placed.length <= 8 &&
            placed.every(({ instanceId }) =>
              gateways.some(
                (one) => one.instanceId === instanceId && (one.sessionsMax === 0 || one.sessions < one.sessionsMax),
              ),
            )
          );
        } catch (error) {
          return error instanceof JoinError;
        }
      }),
    );
  });
});
