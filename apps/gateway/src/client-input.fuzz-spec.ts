import { describe, expect, it } from '@jest/globals';
import { type HearingWishes, encodeMessage, isPackedPose, packPose } from '@app/wire';
import {
  BINARY_BYTES_MAX,
  CHANNEL_NAME_CHARACTERS_MAX,
  HEARING_PEOPLE_MAX,
  HISTORY_COUNT_MAX,
  MODEL_URL_CHARACTERS_MAX,
  NAME_CHARACTERS_MAX,
  PERSONAL_SPACE_M_MAX,
  PERSON_GAIN_MAX,
  PROTOCOL_VERSION,
  TEXT_CHARACTERS_MAX,
} from '@app/world';
import fc from 'fast-check';
import {
  type CheckedTraits,
  type RealtimeInput,
  type ReliableInput,
  type SignalInput,
  isVoice,
  readRealtime,
  readReliable,
  readSignal,
} from './client-input.js';
import { SessionError } from './session/session.errors.js';

const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

function expectTraits(traits: CheckedTraits): void {
  expect(traits.name.length).toBeGreaterThanOrEqual(1);
  expect(traits.name.length).toBeLessThanOrEqual(NAME_CHARACTERS_MAX);
  expect(CONTROL.test(traits.name)).toBe(false);
  expect(traits.colour >= 0 && traits.colour <= 0xff_ffff).toBe(true);
  expect(traits.modelUrl.length).toBeLessThanOrEqual(MODEL_URL_CHARACTERS_MAX);
  expect(traits.modelUrl).toMatch(/^((https?|atp):\S*)?$/);
}

function expectSignal(input: SignalInput): void {
  if (input.kind !== 'hello') return;
  expectTraits(input.traits);
  expect(input.agent.length).toBeLessThanOrEqual(64);
  if (input.pose) expect(isPackedPose(input.pose)).toBe(true);
}

function expectWishes({ gains, ignored, solo, spaceM }: HearingWishes): void {
  for (const people of [gains, ignored, solo]) {
    expect(people.size).toBeLessThanOrEqual(HEARING_PEOPLE_MAX);
    expect(people.has(0)).toBe(false);
  }
  for (const gain of gains.values()) expect(gain >= 0 && gain <= PERSON_GAIN_MAX).toBe(true);
  expect(spaceM >= 0 && spaceM <= PERSONAL_SPACE_M_MAX).toBe(true);
}

function expectReliable(input: ReliableInput): void {
  if (input.kind === 'set-hearing') expectWishes(input.wishes);
  if (input.kind === 'set-traits') expectTraits(input.traits);
  if ('channel' in input) {
    expect(input.channel.length).toBeGreaterThanOrEqual(1);
    expect(input.channel.length).toBeLessThanOrEqual(CHANNEL_NAME_CHARACTERS_MAX);
    expect(CONTROL.test(input.channel)).toBe(false);
  }
  if (input.kind === 'subscribe') expect(input.historyCount).toBeLessThanOrEqual(HISTORY_COUNT_MAX);
  if (input.kind === 'post' && 'text' in input) expect(input.text.length).toBeLessThanOrEqual(TEXT_CHARACTERS_MAX);
  if (input.kind === 'post' && 'binary' in input) expect(input.binary.length).toBeLessThanOrEqual(BINARY_BYTES_MAX);
}

function expectRealtime(input: RealtimeInput): void {
  if (input.kind === 'ping') expect(input.token >= 0 && input.token <= 0xffff_ffff).toBe(true);
  else {
    expect(isPackedPose(input.pose)).toBe(true);
    expect(input.sequence >= 0 && input.sequence <= 0xffff).toBe(true);
  }
}

/** Either a value that keeps its promises, or an error with a code; nothing else comes out. */
function settle<T>(read: () => T, expectValue: (value: T) => void): string {
  let value: T;
  try {
    value = read();
  } catch (error) {
    if (!(error instanceof SessionError)) throw error;
    return error.code;
  }
  expectValue(value);
  return 'accepted';
}

const signal = (bytes: Uint8Array): string => settle(() => readSignal(bytes), expectSignal);
const reliable = (bytes: Uint8Array): string => settle(() => readReliable(bytes), expectReliable);
const realtime = (bytes: Uint8Array): string => settle(() => readRealtime(bytes), expectRealtime);

const POSE = packPose({ position: { x: 1, y: 2, z: 3 }, orientation: { x: 0, y: 0, z: 0, w: 1 } });
const text = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ minLength: 500, maxLength: 2_100 }),
);
const wellFormed = text.map((value) => Buffer.from(value, 'utf8').toString('utf8'));
const uint32 = fc.oneof(fc.nat(200), fc.integer({ min: 0, max: 0xffff_ffff }));
const pose = fc.oneof(fc.constant(POSE), fc.uint8Array({ maxLength: 120 }));
const traits = fc.record({
  name: wellFormed,
  colour: uint32,
  modelUrl: fc.oneof(
    wellFormed,
    fc.webUrl(),
    fc.constantFrom('javascript:alert(1)', 'atp:/model.glb', 'data:,x', 'https://'),
  ),
});

const number = fc.oneof(fc.float(), fc.float({ min: 0, max: 4 }), fc.constantFrom(NaN, Infinity));
const wishes = fc.record({
  gains: fc.array(fc.record({ sessionId: uint32, gain: number }), { maxLength: 260 }),
  ignored: fc.array(uint32, { maxLength: 260 }),
  solo: fc.array(uint32, { maxLength: 260 }),
  spaceM: number,
  megaphone: fc.boolean(),
});

describe('client input', () => {
  it('turns any bytes into a checked value or a code', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      // The same behind a tag that belongs to a field.
      fc
        .tuple(fc.integer({ min: 1, max: 6 }), fc.uint8Array({ maxLength: 120 }))
        .map(([field, rest]) => Uint8Array.from([(field << 3) | 2, rest.length, ...rest])),
    );
    fc.assert(
      fc.property(bytes, (input) => {
        signal(input);
        reliable(input);
        realtime(input);
        isVoice(input);
      }),
      { numRuns: 3_000 },
    );
  });

  it('checks every field of well-formed messages', () => {
    const protocolVersion = fc.oneof(fc.constant(PROTOCOL_VERSION), uint32);
    const strings = { world: wellFormed, resumeToken: wellFormed, agent: wellFormed };
    const hello = fc.record({ protocolVersion, traits, pose, ...strings });
    fc.assert(fc.property(hello, (fields) => void signal(encodeMessage('ClientSignal', { hello: fields }))));
    const request = { request: uint32, channel: wellFormed };
    const message = fc.oneof(
      fc.record({ setTraits: fc.record({ traits }) }),
      fc.record({ subscribe: fc.record({ ...request, historyCount: uint32 }) }),
      fc.record({ setHearing: fc.record({ wishes }, { requiredKeys: [] }) }),
      fc.record({ post: fc.record({ ...request, text: wellFormed }) }),
      fc.record({ post: fc.record({ ...request, binary: fc.uint8Array({ maxLength: 9_000 }) }) }),
    );
    fc.assert(fc.property(message, (fields) => void reliable(encodeMessage('ClientReliable', fields))));
    const update = fc.record({ sequence: uint32, pose });
    fc.assert(fc.property(update, (fields) => void realtime(encodeMessage('ClientRealtime', { poseUpdate: fields }))));
  });

  it.each([
    ['an ordinary one', { name: 'Ada' }, 'accepted'],
    ['none', {}, 'accepted'],
    ['a name of 49 characters', { name: 'x'.repeat(49) }, 'name-invalid'],
    ['a name with a bell', { name: 'a\u0007b' }, 'name-invalid'],
    ['a name that turns the text round', { name: 'a\u202eb' }, 'name-invalid'],
    ['a name that turns the text round in Arabic', { name: 'a\u061cb' }, 'name-invalid'],
    ['a name with a hyphen that does not show', { name: 'Ad\u00ada' }, 'name-invalid'],
    ['a name with letters that do not show', { name: '\u3164\u3164' }, 'name-invalid'],
    ['a name of nothing but joiners', { name: '\u200d\u200d' }, 'name-invalid'],
    ['a name with tags behind a letter', { name: 'Ada\u{e0041}' }, 'name-invalid'],
    ['a name of another script, with joiners and an emoji', { name: 'नमस्‍ते 👩‍🚀' }, 'accepted'],
    ['a colour beyond white', { colour: 0x1000000 }, 'colour-invalid'],
    ['a script as a model', { modelUrl: 'javascript:alert(1)' }, 'model-url-invalid'],
    ['a model', { modelUrl: 'https://example.org/a.glb' }, 'accepted'],
  ])('judges traits: %s', (_name, fields, code) => {
    expect(reliable(encodeMessage('ClientReliable', { setTraits: { traits: fields } }))).toBe(code);
  });

  it.each([
    ['another major version', { protocolVersion: 0x0002_0000 }, 'version-mismatch'],
    ['a later minor version', { protocolVersion: PROTOCOL_VERSION + 1 }, 'accepted'],
    ['a pose outside', { protocolVersion: PROTOCOL_VERSION, pose: new Uint8Array(5) }, 'pose-invalid'],
  ])('judges Hello: %s', (_name, fields, code) => {
    expect(signal(encodeMessage('ClientSignal', { hello: fields }))).toBe(code);
  });

  it('tells which request it refuses', () => {
    expect(() =>
      readReliable(encodeMessage('ClientReliable', { post: { request: 41, channel: 'a', text: '' } })),
    ).toThrow(expect.objectContaining({ code: 'text-invalid', request: 41 }));
  });

  it('knows sound from rubbish', () => {
    expect(isVoice(Uint8Array.from([0x78, 1, 2, 3]))).toBe(true);
    expect(isVoice(new Uint8Array(0))).toBe(false);
    expect(isVoice(new Uint8Array(1_276))).toBe(false);
    // Code 3 with no frames at all, and one of 120 ms.
    expect(isVoice(Uint8Array.from([0x7b, 0]))).toBe(false);
    expect(isVoice(Uint8Array.from([0x7b, 6, ...new Array<number>(60).fill(1)]))).toBe(false);
  });
});
