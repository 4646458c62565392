import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeMessage, encodeMessage, isMessageName, toJson, vicinity, WireError } from './index.js';

const NAMES = Object.keys(vicinity.v1).filter(isMessageName);

/** Decodes, or returns undefined for a WireError; anything else that is thrown fails the test. */
function tryDecode(name: string, bytes: Uint8Array): object | undefined {
  try {
    return decodeMessage(name, bytes, 16_384);
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

describe('codec, fed with rubbish', () => {
  it('knows all messages', () => {
    expect(NAMES.length).toBeGreaterThan(40);
  });

  it('either decodes or fails with a WireError', () => {
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), fc.uint8Array({ maxLength: 300 }), (name, bytes) => {
        const message = tryDecode(name, bytes);
        if (!message) return;
        // What was decoded can be encoded, shown, and decoded to the same again.
        const again = encodeMessage(name, message);
        expect(toJson(name, again)).toEqual(toJson(name, bytes));
      }),
      { numRuns: 5_000 },
    );
  });

  it('survives flipped bits and cut tails of real messages', () => {
    const seeds: Array<[string, Uint8Array]> = [
      [
        'SessionRoster',
        encodeMessage('SessionRoster', {
          gatewayId: 'gateway-1',
          gatewayEpochMs: 1_785_000_000_000,
          audioMixers: ['a', 'b'],
          sessions: [{ sessionId: 1, epoch: 1, audioMixer: 1 }],
        }),
      ],
      ['ClientReliable', encodeMessage('ClientReliable', { post: { request: 1, channel: 'world', text: 'Grüße 👋' } })],
      ['ClientSignal', encodeMessage('ClientSignal', { hello: { protocolVersion: 1, traits: { name: 'Ada' } } })],
      [
        'ServerReliable',
        encodeMessage('ServerReliable', {
          avatarNews: { left: [1, 2, 3], traits: [{ sessionId: 9, version: 2, traits: { name: 'Bo' } }] },
        }),
      ],
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...seeds),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 7 })), { maxLength: 4 }),
        fc.nat(),
        ([name, seed], flips, cut) => {
          const bytes = seed.slice(0, seed.length - (cut % 4));
          for (const [at, bit] of flips) bytes[at % bytes.length] ^= 1 << bit;
          const message = tryDecode(name, bytes);
          if (message) expect(tryDecode(name, encodeMessage(name, message))).toBeDefined();
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it('never makes much more memory than was sent', () => {
    // The densest bomb there is: a list of empty messages, two bytes each.
    const bytes = new Uint8Array(16_384);
    for (let i = 0; i < bytes.length; i += 2) bytes[i] = 0x32;
    const roster = decodeMessage('SessionRoster', bytes, 16_384);
    expect(roster.sessions).toHaveLength(8_192);
  });
});
