import { describe, expect, it } from '@jest/globals';
import {
  AvatarRecord,
  ByteReader,
  ByteWriter,
  PacketError,
  type PacketTypeName,
  type PackedQuat,
  packJoints,
  packQuat,
  skipAvatarRecord,
} from '@app/vircadia';
import { isPackedPose } from '@app/wire';
import { AVATAR_DETAIL_BYTES_MAX } from '@app/world';
import fc from 'fast-check';
import { AvatarClient } from '../../../../test/avatar-stage.js';
import { AvatarState, RECORD_BYTES_MAX } from './avatar-state.js';

const number = fc.float({ noNaN: true, noDefaultInfinity: true });
const vec3 = fc.record({ x: number, y: number, z: number });
const quat: fc.Arbitrary<PackedQuat> = fc
  .record({ x: fc.double({ min: -1, max: 1, noNaN: true }), y: fc.double({ min: -1, max: 1, noNaN: true }) })
  .map(({ x, y }) => {
    const length = Math.hypot(x, y, 1);
    return packQuat({ x: x / length, y: y / length, z: 0, w: 1 / length });
  });
const share = fc.record({
  x: fc.double({ min: -1, max: 1, noNaN: true }),
  y: fc.double({ min: -1, max: 1, noNaN: true }),
  z: fc.double({ min: -1, max: 1, noNaN: true }),
});
const hand = fc.record({ orientation: quat, position: share });
const grab = fc.record({ position: vec3, rotation: fc.record({ x: number, y: number, z: number, w: number }) });
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const joints = (count: number) =>
  fc
    .tuple(
      fc.array(maybe(quat), { minLength: count, maxLength: count }),
      fc.array(maybe(share), { minLength: count, maxLength: count }),
    )
    .map(([rotations, translations]) => packJoints(rotations, translations));
const bits = (count: number) => fc.uint8Array({ minLength: (count + 7) >> 3, maxLength: (count + 7) >> 3 });

/** Records of a client with one skeleton: each tells something. */
const recordOf = (count: number): fc.Arbitrary<AvatarRecord> =>
  fc.record({
    globalPosition: maybe(vec3),
    boundingBox: maybe(fc.record({ dimensions: vec3, offset: vec3 })),
    orientation: maybe(quat),
    scale: maybe(fc.double({ min: 0.01, max: 900, noNaN: true })),
    lookAt: maybe(vec3),
    audioLoudness: maybe(fc.double({ min: 0, max: 30_000, noNaN: true })),
    additionalFlags: maybe(fc.nat(0xffff)),
    hands: maybe(fc.record({ left: hand, right: hand })),
    face: maybe(
      fc.record({
        leftBlink: number,
        rightBlink: number,
        averageLoudness: number,
        browLift: number,
        blendshapes: fc.array(number, { maxLength: 255 }),
      }),
    ),
    joints: maybe(joints(count)),
    grabJoints: maybe(fc.record({ left: grab, right: grab, mouse: grab })),
    jointDefaults: maybe(fc.record({ count: fc.constant(count), rotations: bits(count), translations: bits(count) })),
  });
const history = fc
  .oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 24 }) }, { weight: 1, arbitrary: fc.constant(255) })
  .chain((count) => fc.array(recordOf(count), { minLength: 1, maxLength: 8 }));

/** As it is after its way to the server. */
function travelled(record: AvatarRecord): AvatarRecord {
  const writer = ByteWriter.growing(16_384);
  AvatarRecord.write(writer, record);
  return AvatarRecord.read(new ByteReader(writer.written().slice()));
}

/** Tells a receiver what was encoded; each record must fit into a packet. */
function receive(state: AvatarState, encoded: Uint8Array): void {
  const reader = new ByteReader(encoded);
  while (reader.remainingBytes > 0) {
    const from = reader.offset;
    skipAvatarRecord(reader);
    expect(reader.offset - from).toBeLessThanOrEqual(RECORD_BYTES_MAX);
    state.merge(AvatarRecord.read(new ByteReader(encoded, from, reader.offset)), 0);
  }
}

/** What a state amounts to; translations within what a share of the largest allows. */
function summaryOf(state: AvatarState) {
  const { joints: all } = state;
  const count = Math.max(0, all.count);
  return {
    told: state.told,
    rotations: Array.from({ length: count }, (_, joint) => Buffer.from(all.rotationOf(joint) ?? []).toString('hex')),
    translations: Array.from({ length: count }, (_, joint) => {
      const { x, y, z } = all.translationOf(joint) ?? { x: 9, y: 9, z: 9 };
      return [x, y, z].map((value) => expect.closeTo(value, 3) as unknown);
    }),
  };
}

function plain(state: AvatarState) {
  const { translations, ...rest } = summaryOf(state);
  const { joints: all } = state;
  return {
    ...rest,
    translations: translations.map((_, joint) => {
      const { x, y, z } = all.translationOf(joint) ?? { x: 9, y: 9, z: 9 };
      return [x, y, z];
    }),
  };
}

describe('AvatarState, any client', () => {
  it('tells a receiver everything that was told, in records that fit', () => {
    fc.assert(
      fc.property(history, (records) => {
        const state = new AvatarState();
        records.forEach((record, index) => state.merge(travelled(record), index));
        const encoded = state.encode().slice();
        expect(encoded.length).toBeLessThanOrEqual(AVATAR_DETAIL_BYTES_MAX);
        const receiver = new AvatarState();
        receive(receiver, encoded);
        // Hands that grab are told with joints only.
        if (state.joints.count < 0) return;
        expect(plain(receiver)).toEqual(summaryOf(state));
      }),
      { numRuns: 60 },
    );
  });

  it('is known to whoever got the whole once, and since then what has changed', () => {
    fc.assert(
      fc.property(history, history, fc.nat(3), (before, after, lag) => {
        const { joints: first } = before[0];
        const state = new AvatarState();
        before.forEach((record) => state.merge(travelled(record), 0));
        const receiver = new AvatarState();
        receive(receiver, state.encode().slice());
        // Changes of the last so many ms are told each time, and some of what is told is lost.
        const windowMs = 100 * (lag + 1);
        let nowMs = 0;
        for (const record of after) {
          nowMs += 100;
          // The same skeleton, or none.
          const isOther = record.joints && first && record.joints.count !== first.count;
          state.merge(travelled(isOther ? { ...record, joints: undefined, grabJoints: undefined } : record), nowMs);
          const isLast = record === after.at(-1);
          if (isLast || (nowMs / 100) % (lag + 1) === 0)
            receive(receiver, state.encodeChanges(nowMs - windowMs).slice());
        }
        if (state.joints.count < 0 || receiver.joints.count !== state.joints.count) return;
        expect(plain(receiver).rotations).toEqual(summaryOf(state).rotations);
        expect(receiver.told).toEqual(state.told);
      }),
      { numRuns: 60 },
    );
  });
});

describe('AvatarTranslator, any packet', () => {
  const NAMES: readonly PacketTypeName[] = [
    'AvatarData',
    'AvatarIdentity',
    'SetAvatarTraits',
    'BulkAvatarTraitsAck',
    'NodeIgnoreRequest',
    'RadiusIgnoreRequest',
    'RequestsDomainListData',
    'KillAvatar',
    'AvatarQuery',
    'AdjustAvatarSorting',
  ];

  it('does with it what it can, and fails as packets do', () => {
    const avatars = { detailOf: () => undefined, extrasOf: () => [], setExtras: () => true };
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.uint8Array({ maxLength: 200 })), { maxLength: 20 }),
        (packets) => {
          const client = new AvatarClient(1, avatars);
          packets.forEach(([name, packet], index) => {
            try {
              client.translator.onPacket(name, packet, 0, 20 * index);
            } catch (error) {
              if (!(error instanceof PacketError)) throw error;
            }
            client.translator.tick(20 * index + 10);
          });
          for (const { poseUpdate } of client.realtime)
            expect(isPackedPose(poseUpdate?.pose ?? new Uint8Array(0))).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});
