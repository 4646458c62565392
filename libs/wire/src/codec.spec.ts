import { describe, expect, it } from '@jest/globals';
import { decodeMessage, encodeMessage, isMessageName, toJson, WireError } from './index.js';

/** The code with which `run` fails. */
function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof WireError) return error.code;
    throw error;
  }
  return 'no error';
}

describe('codec', () => {
  it('brings back what it encoded', () => {
    const bytes = encodeMessage('SessionRoster', {
      gatewayId: 'gateway-1',
      gatewayEpochMs: 1_785_000_000_123,
      revision: 7,
      audioMixers: ['audio-mixer-a'],
      sessions: [{ sessionId: 0xfedcba98, epoch: 3, audioMixer: 1, avatarMixer: 0 }],
    });
    const roster = decodeMessage('SessionRoster', bytes);
    expect(roster.gatewayEpochMs).toBe(1_785_000_000_123);
    expect(roster.sessions).toHaveLength(1);
    expect(roster.sessions[0].sessionId).toBe(0xfedcba98);
    expect(roster.sessions[0].avatarMixer).toBe(0);
    expect(roster.isLast).toBe(false);
  });

  it('keeps 64-bit numbers exact up to 2^53 - 1', () => {
    const bytes = encodeMessage('Posted', { request: 1, sequence: Number.MAX_SAFE_INTEGER });
    expect(decodeMessage('Posted', bytes).sequence).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('takes no bytes for a message with all defaults', () => {
    expect(decodeMessage('ClientRealtime', new Uint8Array(0)).body).toBeUndefined();
  });

  it('makes plain byte arrays, whose slice copies, even from a Buffer', () => {
    const bytes = Buffer.from(encodeMessage('PoseUpdate', { sequence: 1, pose: new Uint8Array([1, 2, 3]) }));
    const { pose } = decodeMessage('PoseUpdate', bytes);
    expect(pose.constructor).toBe(Uint8Array);
    const copy = pose.slice();
    bytes.fill(0);
    expect([...copy]).toEqual([1, 2, 3]);
  });

  it.each([
    ['a length beyond the end', 'PoseUpdate', [0x12, 0x7f, 0x01]],
    ['a number cut short', 'PoseUpdate', [0x08, 0xff]],
    ['a number of more than ten bytes', 'PoseUpdate', [0x08, ...new Array<number>(11).fill(0xff), 0x01]],
    ['field number zero', 'PoseUpdate', [0x00, 0x01]],
    ['an unknown wire type', 'PoseUpdate', [0x0f]],
    ['a group that never ends', 'PoseUpdate', [0x7b]],
    ['a packed list that is no multiple of its element', 'AvatarNews', [0x12, 0x05, 1, 2, 3, 4, 5]],
    ['an inner message longer than the outer one', 'SetTraits', [0x0a, 0x02, 0x0a, 0x05]],
    ['UTF-8 cut short', 'Traits', [0x0a, 0x02, 0xc3, 0x28]],
    ['overlong UTF-8', 'Traits', [0x0a, 0x02, 0xc0, 0x80]],
    ['a surrogate in UTF-8', 'Traits', [0x0a, 0x03, 0xed, 0xa0, 0x80]],
    ['invalid UTF-8 in a long string', 'Traits', [0x0a, 0x50, ...new Array<number>(79).fill(0x61), 0xff]],
  ])('refuses %s', (_, name, bytes) => {
    expect(codeOf(() => decodeMessage(name, new Uint8Array(bytes)))).toBe('wire-malformed');
  });

  it('refuses groups nested deeper than 100, instead of exhausting the stack', () => {
    const bomb = new Uint8Array(16_384).fill(0x7b);
    expect(codeOf(() => decodeMessage('ClientReliable', bomb))).toBe('wire-malformed');
  });

  it('refuses more bytes than allowed before it looks at them', () => {
    expect(codeOf(() => decodeMessage('PoseUpdate', new Uint8Array(513), 512))).toBe('wire-too-large');
  });

  it('does not know names that every object has', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'RoleState', 'Nothing', '']) {
      expect(isMessageName(name)).toBe(false);
      expect(codeOf(() => decodeMessage(name, new Uint8Array(0)))).toBe('wire-unknown-message');
      expect(codeOf(() => encodeMessage(name, {}))).toBe('wire-unknown-message');
    }
  });

  it('skips unknown fields and does not pass them on', () => {
    const known = encodeMessage('Pong', { token: 5 });
    const message = decodeMessage('Pong', new Uint8Array([...known, 0x7a, 0x03, 1, 2, 3]));
    expect(message.token).toBe(5);
    expect([...encodeMessage('Pong', message)]).toEqual([...known]);
  });

  it('skips a known field number of another type', () => {
    // Field 1 of PoseUpdate as bytes instead of a number.
    expect(decodeMessage('PoseUpdate', new Uint8Array([0x0a, 0x01, 0x05])).sequence).toBe(0);
  });

  it('reads numbers that are not encoded minimally', () => {
    expect(decodeMessage('PoseUpdate', new Uint8Array([0x08, 0x85, 0x80, 0x00])).sequence).toBe(5);
  });

  it('lets the last one of several bodies win', () => {
    const two = new Uint8Array([
      ...encodeMessage('ClientReliable', { post: { request: 1 } }),
      ...encodeMessage('ClientReliable', { unsubscribe: { request: 2 } }),
    ]);
    const message = decodeMessage('ClientReliable', two);
    expect(message.body).toBe('unsubscribe');
    expect(message.post).toBeNull();
  });

  it('shows a message as JSON with bytes as base64 and enums by name', () => {
    const bytes = encodeMessage('MemberHeartbeat', { instanceId: 'gateway-1', state: 2, epochMs: 1_785_000_000_000 });
    expect(toJson('MemberHeartbeat', bytes)).toEqual({
      instanceId: 'gateway-1',
      state: 'ROLE_STATE_READY',
      epochMs: 1_785_000_000_000,
    });
    expect(toJson('PoseUpdate', encodeMessage('PoseUpdate', { pose: new Uint8Array([1, 2]) }))).toEqual({
      pose: 'AQI=',
    });
  });
});
