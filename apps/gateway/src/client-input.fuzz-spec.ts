import { describe, expect, it } from '@jest/globals';
import { type HearingWishes, encodeMessage, isPackedPose, packPose, type vicinity } from '@app/wire';
import {
  BINARY_BYTES_MAX,
  CHANNEL_NAME_CHARACTERS_MAX,
  CLIENT_RELIABLE_SMALL_BYTES_MAX,
  ENTITY_EDITS_MAX,
  ENTITY_INTEREST_MATCHING_MAX,
  ENTITY_INTEREST_TYPES_MAX,
  ENTITY_POSITION_M_MAX,
  ENTITY_RADIUS_M_MAX,
  ENTITY_VIEWS_MAX,
  HEARING_PEOPLE_MAX,
  HISTORY_COUNT_MAX,
  MODEL_URL_CHARACTERS_MAX,
  NAME_CHARACTERS_MAX,
  PERSONAL_SPACE_M_MAX,
  PERSON_GAIN_MAX,
  PROTOCOL_VERSION,
  TEXT_CHARACTERS_MAX,
  isEntityId,
} from '@app/world';
import fc from 'fast-check';
import {
  type CheckedTraits,
  type RealtimeInput,
  type ReliableInput,
  type SignalInput,
  isVoicePacket,
  readRealtime,
  readReliable,
  readSignal,
} from './client-input.js';
import { requestOf } from './entities/entity-input.js';
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

function expectInterest({ radiusM, views, types, matching }: vicinity.v1.EntityInterest.$Properties): void {
  expect((radiusM ?? 0) >= 0 && (radiusM ?? 0) <= ENTITY_RADIUS_M_MAX).toBe(true);
  expect(views?.length ?? 0).toBeLessThanOrEqual(ENTITY_VIEWS_MAX);
  expect(types?.length ?? 0).toBeLessThanOrEqual(ENTITY_INTEREST_TYPES_MAX);
  expect(matching?.properties?.length ?? 0).toBeLessThanOrEqual(ENTITY_INTEREST_MATCHING_MAX);
  for (const { position, direction, halfAngleRad } of views ?? []) {
    expect(Number.isFinite((position?.x ?? 0) + (position?.y ?? 0) + (position?.z ?? 0))).toBe(true);
    expect(Math.hypot(direction?.x ?? 0, direction?.y ?? 0, direction?.z ?? 0)).toBeCloseTo(1, 5);
    expect((halfAngleRad ?? 0) >= 0 && (halfAngleRad ?? 0) <= 3.15).toBe(true);
  }
}

function expectReliable(input: ReliableInput): void {
  if (input.kind === 'edit') {
    expect(input.edits.length).toBeGreaterThanOrEqual(1);
    expect(input.edits.length).toBeLessThanOrEqual(ENTITY_EDITS_MAX);
  }
  if (input.kind === 'interest') expectInterest(input.interest);
  if (input.kind === 'claim') expect(isEntityId(input.id) && (input.claim.priority ?? 0) <= 255).toBe(true);
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
  else if (input.kind === 'motion') {
    const { x, y, z, velocityX, angularZ, ownerId } = input.motion;
    expect([x, y, z, velocityX, angularZ].every((value) => Number.isFinite(value ?? 0))).toBe(true);
    expect(Math.abs(x ?? 0)).toBeLessThanOrEqual(ENTITY_POSITION_M_MAX);
    expect(ownerId).toBe(0);
  } else {
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

const id = fc.oneof(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.uint8Array({ maxLength: 20 }));
const vector = fc.record(
  { x: fc.double(), y: number, z: fc.double({ min: -9_000, max: 9_000 }) },
  { requiredKeys: [] },
);
const view = fc.record({ position: vector, direction: vector, halfAngleRad: number });
const property = fc.record({ name: wellFormed, value: fc.record({ number: fc.double() }, { requiredKeys: [] }) });
const interest = fc.record({
  generation: uint32,
  radiusM: fc.oneof(number, fc.float({ min: 0, max: 20_000 })),
  views: fc.array(view, { maxLength: 6 }),
  types: fc.array(fc.string({ maxLength: 40 }), { maxLength: 40 }),
  matching: fc.record({ properties: fc.array(property, { maxLength: 10 }) }),
});
const motion = fc.record({
  id,
  x: number,
  y: number,
  z: number,
  rotationW: fc.constantFrom(1, 0, NaN),
  ownerId: uint32,
});

/** As a packet of Opus. */
const isVoice = (opus: Uint8Array): boolean => isVoicePacket({ sequence: 0, timestamp: 0, audioLevel: -1, opus });

describe('client input', () => {
  it('turns any bytes into a checked value or a code', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      // The same behind a tag that belongs to a field.
      fc
        .tuple(fc.integer({ min: 1, max: 9 }), fc.uint8Array({ maxLength: 120 }))
        .map(([field, rest]) => Uint8Array.from([(field << 3) | 2, rest.length, ...rest])),
    );
    fc.assert(
      fc.property(bytes, (input) => {
        signal(input);
        reliable(input);
        realtime(input);
        isVoice(input);
        requestOf(input);
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
    const entities = fc.oneof(
      fc.record({ setInterest: interest }),
      fc.record({ claimEntity: fc.record({ id, priority: uint32 }) }),
      fc.record({
        editEntities: fc.record({ request: uint32, edits: fc.array(fc.record({ erase: fc.record({ id }) })) }),
      }),
    );
    fc.assert(fc.property(entities, (fields) => void reliable(encodeMessage('ClientReliable', fields))));
    fc.assert(
      fc.property(motion, (fields) => void realtime(encodeMessage('ClientRealtime', { entityMotion: fields }))),
    );
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

  it('takes nothing large but edits and binary messages, and not too many of them', () => {
    const large = 'x'.repeat(CLIENT_RELIABLE_SMALL_BYTES_MAX);
    expect(reliable(encodeMessage('ClientReliable', { setInterest: { types: [large] } }))).toBe('input-too-large');
    const post = (bytes: number): Uint8Array =>
      encodeMessage('ClientReliable', { post: { request: 1, channel: 'a', binary: new Uint8Array(bytes) } });
    expect(reliable(post(BINARY_BYTES_MAX))).toBe('accepted');
    expect(reliable(post(BINARY_BYTES_MAX + 1))).toBe('binary-invalid');
    const property = { name: 'userData', value: { text: large } };
    const edits = [{ add: { type: 'Box', properties: { properties: [property] } } }];
    expect(reliable(encodeMessage('ClientReliable', { editEntities: { request: 1, edits } }))).toBe('accepted');
    const many = Array.from({ length: ENTITY_EDITS_MAX + 1 }, () => ({ erase: { id: new Uint8Array(16) } }));
    expect(reliable(encodeMessage('ClientReliable', { editEntities: { request: 1, edits: many } }))).toBe(
      'edit-too-many',
    );
    expect(reliable(encodeMessage('ClientReliable', { editEntities: { request: 1 } }))).toBe('request-invalid');
  });

  it.each([
    ['defaults', {}, 'accepted'],
    ['a radius beyond the world', { radiusM: 17_000 }, 'interest-invalid'],
    ['a radius that is no number', { radiusM: NaN }, 'interest-invalid'],
    ['a view without a direction', { views: [{ position: {} }] }, 'interest-invalid'],
    ['five views', { views: new Array(5).fill({ direction: { z: -1 } }) }, 'interest-invalid'],
    ['more text than fits a table', { types: new Array(32).fill('x'.repeat(32)) }, 'interest-invalid'],
    ['a value of no kind', { matching: { properties: [{ name: 'a', value: {} }] } }, 'interest-invalid'],
  ])('judges interest: %s', (_name, fields, code) => {
    expect(reliable(encodeMessage('ClientReliable', { setInterest: fields }))).toBe(code);
  });

  it('reads the number of edits that it does not decode', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 0xffff_ffff }), fc.nat(40_000), (request, length) => {
        const edits = [{ add: { type: 'x'.repeat(length) } }];
        expect(requestOf(encodeMessage('ClientReliable', { editEntities: { request, edits } }))).toBe(request);
        const post = { request, channel: 'a', binary: new Uint8Array(length) };
        expect(requestOf(encodeMessage('ClientReliable', { post }))).toBe(request);
      }),
      { numRuns: 50 },
    );
    expect(requestOf(encodeMessage('ClientReliable', { claimEntity: { priority: 1 } }))).toBe(0);
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
