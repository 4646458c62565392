import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  type AvatarRecord,
  KillReason,
  TraitType,
  jointRotations,
  jointTranslations,
  packJoints,
  packQuat,
  writeSkeletonData,
} from '@app/vircadia';
import { packPose, unpackPose } from '@app/wire';
import type { SessionId } from '@app/world';
import { AvatarClient } from '../../../../test/avatar-stage.js';
import { DetailStore } from '../../../avatars/detail-store.js';
import type { AvatarExtra } from '../../../avatars/extras-store.js';
import type { AvatarDetails } from '../../../avatars/world-details.js';
import { uuidOfSession } from '../../identity.js';
import { JointState } from './joint-state.js';
import { Skeleton } from './skeleton.js';

/** What gateways know of the avatars of a world, without gateways. */
class PaperAvatars implements AvatarDetails {
  readonly details = new DetailStore();
  readonly extras = new Map<SessionId, { version: number; entries: readonly AvatarExtra[] }>();

  detailOf(sessionId: SessionId) {
    return this.details.get(sessionId);
  }

  extrasOf(sessionId: SessionId, version: number) {
    if (version === 0) return [];
    return this.extras.get(sessionId)?.entries;
  }

  setExtras(sessionId: SessionId, entries: readonly AvatarExtra[]) {
    this.extras.set(sessionId, { version: (this.extras.get(sessionId)?.version ?? 0) + 1, entries });
    return true;
  }
}

const ADA = 5;
const BEN = 7;
const IDENTITY = packQuat({ x: 0, y: 0, z: 0, w: 1 });
const TURNED = packQuat({ x: 0, y: Math.SQRT1_2, z: 0, w: Math.SQRT1_2 });

/** A record with every section that there is. */
const EVERYTHING: AvatarRecord = {
  globalPosition: { x: 1.5, y: 2.25, z: -3.125 },
  boundingBox: { dimensions: { x: 0.5, y: 1.75, z: 0.25 }, offset: { x: 0, y: 0.125, z: 0 } },
  orientation: TURNED,
  scale: 1.25,
  lookAt: { x: 4, y: 2, z: -9 },
  audioLoudness: 512,
  sensorToWorld: { orientation: TURNED, scale: 1, translation: { x: 1, y: 0, z: -1 } },
  additionalFlags: 0x1234,
  parent: { id: '00112233-4455-6677-8899-aabbccddeeff', jointIndex: 3 },
  localPosition: { x: 0.5, y: 0.25, z: 0.125 },
  hands: {
    left: { orientation: TURNED, position: { x: -0.5, y: 0.25, z: -0.5 } },
    right: { orientation: IDENTITY, position: { x: 0.5, y: 0.25, z: -0.5 } },
  },
  face: { leftBlink: 0.5, rightBlink: 0.25, averageLoudness: 1, browLift: 0.125, blendshapes: [0.5, 0.75] },
  joints: packJoints(
    [IDENTITY, TURNED, undefined, TURNED],
    [{ x: 0, y: 1, z: 0 }, undefined, { x: 0.25, y: -0.5, z: 0.75 }, undefined],
  ),
  grabJoints: {
    left: { position: { x: 1, y: 2, z: 3 }, rotation: { x: 0, y: 0, z: 0, w: 1 } },
    right: { position: { x: 4, y: 5, z: 6 }, rotation: { x: 0, y: 1, z: 0, w: 0 } },
    mouse: { position: { x: 7, y: 8, z: 9 }, rotation: { x: 1, y: 0, z: 0, w: 0 } },
  },
  jointDefaults: { count: 4, rotations: Uint8Array.of(0b0100), translations: Uint8Array.of(0b1010) },
};

let avatars: PaperAvatars;
let ada: AvatarClient;
let ben: AvatarClient;
let detailSequence = 0;

/** Tells a client who others are, as the avatar mixer does. */
function introduce(
  client: AvatarClient,
  nowMs: number,
  ...people: Array<{ sessionId: number; name: string; modelUrl?: string }>
) {
  const traits = people.map(({ sessionId, name, ...more }) => ({
    sessionId,
    version: 1,
    traits: { name, ...more },
    extrasVersion: avatars.extras.get(sessionId)?.version ?? 0,
  }));
  client.hearReliable({ avatarNews: { traits } });
  client.translator.tick(nowMs);
}

const ORIGIN = { x: 0, y: 0, z: 0 };
const EMPTY_JOINTS = packJoints([], []);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const poseAt = (x: number) => packPose({ position: { x, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 1 } });

/** What an avatar mixer tells of somebody who has moved. */
const updateOf = (sessionId: number, x = 100) => ({
  avatarUpdates: { updates: [{ sessionId, sequence: 1, pose: poseAt(x) }] },
});

beforeEach(() => {
  avatars = new PaperAvatars();
  const make = (sessionId: SessionId, isWeb = false) =>
    new AvatarClient(sessionId, avatars, isWeb, {
      onDetail: (detail, full) => void avatars.details.put(sessionId, ++detailSequence, detail, full),
    });
  ada = make(ADA);
  ben = make(BEN);
});

describe('traits of an avatar for which there is no room', () => {
  it('are counted', () => {
    const ada = new AvatarClient(ADA, new PaperAvatars());
    for (let version = 1; version <= 5; version++) {
      const data = new Uint8Array(32_000);
      const trait = { type: TraitType.AvatarEntity, instanceId: uuidOfSession(version), data };
      ada.say('SetAvatarTraits', { version, traits: [trait] });
    }
    expect(ada.drops).toEqual(['vircadia-trait-full', 'vircadia-trait-full']);
  });
});

describe('AvatarTranslator, an avatar with joints', () => {
  it('arrives with every section as it was sent', () => {
    ada.show(EVERYTHING);
    introduce(ben, 0, { sessionId: ADA, name: 'Ada' });
    ben.hearRealtime(updateOf(ADA));
    const [packet] = ben.got.filter(({ name }) => name === 'BulkAvatarData');
    expect(hex(packet.payload.subarray(16))).toBe(hex(AvatarClient.bytesOf(EVERYTHING)));
  });

  it('arrives complete when only what has changed was sent, joint by joint', () => {
    ada.show(EVERYTHING);
    ada.show({ joints: packJoints([undefined, IDENTITY, undefined, undefined], []) }, 20);
    ada.show({ globalPosition: { x: 8, y: 0, z: 0 }, scale: 2 }, 40);
    introduce(ben, 40, { sessionId: ADA, name: 'Ada' });
    ben.hearRealtime(updateOf(ADA));
    const record = ben.records().get(uuidOfSession(ADA));
    expect(record).toMatchObject({ globalPosition: { x: 8, y: 0, z: 0 }, lookAt: EVERYTHING.lookAt });
    const rotations = [...jointRotations(record?.joints ?? EMPTY_JOINTS)];
    expect(rotations).toEqual([
      [0, IDENTITY],
      [1, IDENTITY],
      [3, TURNED],
    ]);
    expect([...jointTranslations(record?.joints ?? EMPTY_JOINTS)]).toEqual([
      ...jointTranslations(EVERYTHING.joints ?? EMPTY_JOINTS),
    ]);
  });

  it('keeps translations of different shares as exact as they can be told', () => {
    const small = { x: 0.001, y: 0.0005, z: 0 };
    ada.show({ globalPosition: ORIGIN, joints: packJoints([undefined, undefined], [small, undefined]) });
    ada.show({ joints: packJoints([undefined, undefined], [undefined, { x: 1, y: 0, z: 0 }]) }, 20);
    introduce(ben, 20, { sessionId: ADA, name: 'Ada' });
    ben.hearRealtime(updateOf(ADA));
    const [[, first], [, second]] = jointTranslations(ben.records().get(uuidOfSession(ADA))?.joints ?? EMPTY_JOINTS);
    expect(first.x).toBeCloseTo(small.x, 4);
    expect(second.x).toBeCloseTo(1, 4);
  });

  it('has other joints when its model is another one', () => {
    ada.show(EVERYTHING);
    ada.show({ joints: packJoints([TURNED], [undefined]) }, 20);
    introduce(ben, 20, { sessionId: ADA, name: 'Ada' });
    ben.hearRealtime(updateOf(ADA));
    expect(ben.records().get(uuidOfSession(ADA))?.joints?.count).toBe(1);
  });

  it('is told in several records when it does not fit into one packet', () => {
    const count = 255;
    const face = {
      leftBlink: 0,
      rightBlink: 0,
      averageLoudness: 0,
      browLift: 0,
      blendshapes: Array<number>(255).fill(1),
    };
    ada.show({ ...EVERYTHING, face, joints: undefined, grabJoints: undefined, jointDefaults: undefined });
    // As clients have to send it: what fits.
    [0, 64, 128, 192].forEach((from, index) => {
      const isIn = (joint: number) => joint >= from && joint < from + 64;
      const joints = Array.from({ length: count }, (_, joint) => joint);
      const rotations = joints.map((joint) => (isIn(joint) ? TURNED : undefined));
      const translations = joints.map((joint) => (isIn(joint) ? { x: joint / 300, y: 0, z: 0 } : undefined));
      const { grabJoints } = EVERYTHING;
      ada.show({ joints: packJoints(rotations, translations), grabJoints }, 20 + 20 * index);
    });
    introduce(ben, 100, { sessionId: ADA, name: 'Ada' });
    ben.hearRealtime(updateOf(ADA), 100);
    const record = ben.records().get(uuidOfSession(ADA));
    expect([...jointRotations(record?.joints ?? EMPTY_JOINTS)]).toHaveLength(count);
    expect(record).toMatchObject({ face, grabJoints: EVERYTHING.grabJoints });
    for (const [joint, { x }] of jointTranslations(record?.joints ?? EMPTY_JOINTS))
      expect(x).toBeCloseTo(joint / 300, 3);
  });

  it('is told as a whole once, and then what changes', () => {
    const still = packJoints(
      Array.from({ length: 60 }, () => TURNED),
      [],
    );
    ada.show({ ...EVERYTHING, joints: still, jointDefaults: undefined });
    introduce(ben, 0, { sessionId: ADA, name: 'Ada' });
    ben.hearRealtime(updateOf(ADA), 10);
    const sizes: number[] = [];
    for (let nowMs = 100; nowMs <= 4_000; nowMs += 100) {
      ada.show({ globalPosition: { x: nowMs, y: 0, z: 0 } }, nowMs);
      ben.got.length = 0;
      ben.hearRealtime(updateOf(ADA), nowMs);
      sizes.push(ben.got[0].payload.length);
    }
    expect(sizes[0]).toBeGreaterThan(400);
    // Where it is, and which way it looks.
    expect(sizes.at(-1)).toBe(16 + 2 + 12 + 6);
    // After a gap the whole is needed.
    ada.show({ globalPosition: ORIGIN }, 5_900);
    ben.got.length = 0;
    ben.hearRealtime(updateOf(ADA), 5_900);
    expect(ben.records().get(uuidOfSession(ADA))).toMatchObject({ lookAt: EVERYTHING.lookAt, globalPosition: ORIGIN });
  });

  it('does not go back to what is older, and is told no more often than others can follow', () => {
    ada.show({ globalPosition: { x: 1, y: 0, z: 0 } }, 0);
    ada.show({ globalPosition: { x: 2, y: 0, z: 0 } }, 5);
    expect(ada.details).toHaveLength(1);
    ada.translator.tick(20);
    expect(ada.details).toHaveLength(2);
    ada.say('AvatarData', { sequence: 0, record: { globalPosition: { x: 9, y: 0, z: 0 } } }, 40);
    ada.translator.tick(60);
    expect(ada.details).toHaveLength(2);
  });
});

describe('AvatarTranslator, somebody from our own client', () => {
  const pose = packPose({
    position: { x: 1, y: 0, z: -2 },
    orientation: { x: 0, y: Math.SQRT1_2, z: 0, w: Math.SQRT1_2 },
    head: { position: { x: 0, y: 1.7, z: 0 }, orientation: { x: 0.1, y: 0, z: 0, w: Math.sqrt(0.99) } },
    leftHand: { position: { x: -0.4, y: 1.2, z: -0.3 }, orientation: { x: 0, y: 0, z: 0, w: 1 } },
    rightHand: { position: { x: 0.4, y: 1.1, z: -0.3 }, orientation: { x: 0, y: 0, z: 0, w: 1 } },
  });
  const update = { avatarUpdates: { updates: [{ sessionId: ADA, sequence: 1, pose, loudness: 97 }] } };

  it('is where native clients expect it, looks at something and has hands', () => {
    introduce(ben, 0, { sessionId: ADA, name: 'Ada' });
    ben.hearRealtime(update);
    const record = ben.records().get(uuidOfSession(ADA));
    expect(record?.globalPosition?.y).toBeCloseTo(1.045, 3);
    expect(record?.hands?.left.position.y).toBeCloseTo(1.2 - 1.045, 3);
    // Turned to the left by a quarter: ahead is -x; and a little up.
    expect(record?.lookAt?.x).toBeLessThan(-2);
    expect(record?.lookAt?.y).toBeGreaterThan(1.7);
    expect(record?.audioLoudness).toBeGreaterThan(900);
    expect(record?.joints).toBeUndefined();
  });

  it('turns its head and moves its hands for web clients, by joints that have names', () => {
    const web = new AvatarClient(BEN, avatars, true);
    introduce(web, 0, { sessionId: ADA, name: 'Ada' });
    web.translator.tick(200);
    web.hearRealtime(update);
    const record = web.records().get(uuidOfSession(ADA));
    expect(record?.globalPosition).toMatchObject({ x: 1, y: 0, z: -2 });
    const [{ avatars: told }] = web.all('BulkAvatarTraits');
    const trait = told[0].traits.find(({ type }) => type === TraitType.SkeletonData)?.data ?? new Uint8Array(0);
    // What comes back through such a skeleton is what was there.
    const there = new JointState();
    there.merge(record?.joints ?? EMPTY_JOINTS, 0);
    const skeleton = Skeleton.of(trait);
    expect(skeleton?.pointOf('LeftHand', there)?.position).toMatchObject({
      x: expect.closeTo(-0.4, 3),
      y: expect.closeTo(1.2, 3),
      z: expect.closeTo(-0.3, 3),
    });
    expect(Math.abs(skeleton?.pointOf('Head', there)?.orientation.x ?? 0)).toBeCloseTo(0.1, 3);
  });

  it('is told as soon as the client knows who it is, and not before', () => {
    ben.hearRealtime(update);
    ben.translator.tick(10);
    expect(ben.got).toHaveLength(0);
    introduce(ben, 20, { sessionId: ADA, name: 'Ada' });
    expect(ben.got.map(({ name }) => name)).toEqual(['AvatarIdentity', 'BulkAvatarData']);
  });

  it('waits a while for joints, and is told without them when they do not come', () => {
    avatars.setExtras(ADA, []);
    introduce(ben, 0, { sessionId: ADA, name: 'Ada' });
    ben.hearRealtime(update, 100);
    ben.translator.tick(1_900);
    expect(ben.all('BulkAvatarData')).toHaveLength(0);
    ben.translator.tick(2_100);
    expect(ben.all('BulkAvatarData')).toHaveLength(1);
  });
});

describe('AvatarTranslator, the pose that others see', () => {
  const poseOfLast = () => unpackPose(ada.realtime.at(-1)?.poseUpdate?.pose ?? new Uint8Array(0));

  it('stands on its feet, looks where the eyes look, and has hands where the controllers are', () => {
    ada.show({
      globalPosition: { x: 1, y: 1.045, z: 2 },
      boundingBox: { dimensions: { x: 0.5, y: 1.8, z: 0.5 }, offset: { x: 0, y: -0.1, z: 0 } },
      orientation: IDENTITY,
      lookAt: { x: 1, y: 1.6, z: -8 },
      hands: {
        left: { orientation: IDENTITY, position: { x: -0.5, y: 0.25, z: -0.5 } },
        right: { orientation: IDENTITY, position: { x: 0, y: 0, z: 0 } },
      },
    });
    const pose = poseOfLast();
    expect(pose.position).toEqual({ x: 1, y: 0, z: 2 });
    expect(pose.head?.orientation.x).toBeCloseTo(0, 2);
    expect(pose.head?.orientation.w).toBeCloseTo(1, 2);
    expect(pose.leftHand?.position).toMatchObject({ x: -0.5, y: 1.295, z: -0.5 });
    expect(pose.rightHand).toBeUndefined();
    ada.show({ lookAt: { x: -9, y: 1.6, z: 2 } }, 20);
    expect(poseOfLast().head?.orientation.y).toBeCloseTo(Math.SQRT1_2, 2);
  });

  it('turns its head as the joint of that name does', () => {
    const joint = (name: string, jointIndex: number, parentIndex: number, y: number) => ({
      name,
      jointIndex,
      parentIndex,
      boneType: 1,
      translation: { x: 0, y, z: 0 },
      rotation: IDENTITY,
      scale: 1,
    });
    const joints = [joint('mixamorig:Hips', 0, 65_535, 1), joint('mixamorig:Head', 1, 0, 0.6)];
    const data = writeSkeletonData({ translationMax: 1, scaleMax: 1, joints });
    ada.say('SetAvatarTraits', { version: 1, traits: [{ type: TraitType.SkeletonData, data }] });
    ada.translator.tick(300);
    // Up, in the frame of a model that looks along +z: about -x.
    const up = packQuat({ x: -Math.sin(0.2), y: 0, z: 0, w: Math.cos(0.2) });
    ada.show({ globalPosition: ORIGIN, orientation: IDENTITY, joints: packJoints([IDENTITY, up], []) });
    const head = poseOfLast().head;
    expect(head?.position.y).toBeCloseTo(1.6, 2);
    const turned = head ? head.orientation.x / head.orientation.w : 0;
    expect(turned).toBeCloseTo(Math.tan(0.2), 2);
  });

  it('stays within the world, whatever a client says', () => {
    ada.show({ globalPosition: { x: 1e30, y: -1e30, z: 0 }, lookAt: { x: -1e30, y: 1e30, z: 3e38 } });
    expect(poseOfLast().position).toEqual({ x: 8_000, y: -8_000, z: 0 });
  });
});

describe('AvatarTranslator, who is who', () => {
  const identity = (displayName: string | null, sequence = 1) => [
    {
      sessionId: '398207d4-ab9c-45ff-b539-ea43b7c3cc83',
      sequence,
      attachments: [],
      displayName,
      sessionDisplayName: null,
      flags: 2,
    },
  ];

  it('names a client for others, and tells it the name that only it has', () => {
    introduce(ada, 0, { sessionId: 3, name: 'Ada_7' });
    ada.got.length = 0;
    ada.say('AvatarIdentity', identity('  A\u200bda '));
    ada.translator.tick(300);
    expect(ada.reliable).toEqual([{ setTraits: { traits: { name: 'Ada', colour: 0, modelUrl: '' } } }]);
    expect(ada.all('AvatarIdentity').flat()).toMatchObject([
      { sessionId: uuidOfSession(ADA), sequence: 2, displayName: 'Ada', sessionDisplayName: 'Ada_1' },
    ]);
    // Said twice, as the SDK does, it is answered once.
    ada.say('AvatarIdentity', identity('  A\u200bda '));
    ada.translator.tick(600);
    expect(ada.all('AvatarIdentity')).toHaveLength(1);
    ada.hearReliable({ avatarNews: { left: [3] } });
    ada.translator.tick(900);
    expect(ada.all('AvatarIdentity').flat().at(-1)).toMatchObject({ sequence: 3, sessionDisplayName: 'Ada' });
  });

  it('calls those without a name anonymous', () => {
    ada.say('AvatarIdentity', identity(null));
    ada.translator.tick(300);
    expect(ada.reliable).toMatchObject([{ setTraits: { traits: { name: 'anonymous' } } }]);
  });

  it('tells who somebody is before where it is, and again when it has another name', () => {
    introduce(ben, 0, { sessionId: ADA, name: 'Ada' }, { sessionId: 9, name: 'Ada' });
    introduce(ben, 300, { sessionId: ADA, name: 'Eve' });
    const told = ben.all('AvatarIdentity').flat();
    expect(told.slice(0, 2)).toMatchObject([
      { sequence: 1, displayName: 'Ada', sessionDisplayName: 'Ada' },
      { sequence: 1, displayName: 'Ada', sessionDisplayName: 'Ada_1' },
    ]);
    expect(told.slice(2)).toMatchObject([
      { sequence: 2, displayName: 'Eve', sessionDisplayName: 'Eve' },
      { sequence: 2, displayName: 'Ada', sessionDisplayName: 'Ada' },
    ]);
  });

  it('takes avatars away that leave, or that a complete list does not name', () => {
    introduce(ben, 0, { sessionId: ADA, name: 'Ada' }, { sessionId: 9, name: 'Bo' }, { sessionId: 11, name: 'Cy' });
    ben.hearReliable({ avatarNews: { left: [ADA] } });
    ben.hearReliable({ avatarNews: { isComplete: true, present: [11] } });
    ben.translator.tick(10);
    expect(ben.all('KillAvatar')).toEqual([
      { sessionId: uuidOfSession(ADA), reason: KillReason.Disconnected },
      { sessionId: uuidOfSession(9), reason: KillReason.Disconnected },
    ]);
    ben.hearRealtime(updateOf(ADA));
    expect(ben.all('BulkAvatarData')).toHaveLength(0);
  });

  it('tells everything again when the link has been mended, departures too', () => {
    introduce(ben, 0, { sessionId: ADA, name: 'Ada' }, { sessionId: 9, name: 'Bo' });
    ben.hearReliable({ avatarNews: { left: [9] } });
    ben.translator.tick(10);
    ben.got.length = 0;
    ben.translator.onSendingRestarted();
    ben.translator.tick(20);
    expect(ben.all('KillAvatar')).toMatchObject([{ sessionId: uuidOfSession(9) }]);
    expect(ben.all('AvatarIdentity').flat()).toMatchObject([{ sessionId: uuidOfSession(ADA), sequence: 2 }]);
  });

  it('keeps what the link does not take for later', () => {
    ben.isOpen = false;
    introduce(ben, 0, { sessionId: ADA, name: 'Ada', modelUrl: 'https://example.org/a.glb' });
    ben.hearRealtime(updateOf(ADA));
    ben.isOpen = true;
    for (let nowMs = 10; nowMs < 500; nowMs += 10) ben.translator.tick(nowMs);
    expect(ben.all('AvatarIdentity').flat()).toHaveLength(1);
    expect(ben.all('BulkAvatarTraits')).toHaveLength(1);
  });
});

describe('AvatarTranslator, traits', () => {
  const url = 'https://example.org/ada.glb';
  const tickTo = (client: AvatarClient, fromMs: number, toMs: number) => {
    for (let nowMs = fromMs; nowMs <= toMs; nowMs += 10) client.translator.tick(nowMs);
  };

  it('go from one client to another, each with a number that rises, after the one before is acknowledged', () => {
    const instance = 'aaaaaaaa-0000-4000-8000-000000000001';
    const data = Uint8Array.of(1, 2, 3);
    const traits = [
      { type: TraitType.SkeletonModelUrl, data: Buffer.from(url) },
      { type: TraitType.AvatarEntity, instanceId: instance, data },
    ];
    ada.say('SetAvatarTraits', { version: 1, traits });
    ada.translator.tick(300);
    expect(ada.reliable).toMatchObject([{ setTraits: { traits: { modelUrl: url } } }]);
    introduce(ben, 300, { sessionId: ADA, name: 'Ada', modelUrl: url });
    tickTo(ben, 310, 600);
    expect(ben.all('BulkAvatarTraits')).toMatchObject([
      {
        sequence: 1,
        avatars: [
          {
            id: uuidOfSession(ADA),
            traits: [
              { type: 0, version: 1, data: expect.anything() },
              { type: 2, version: 1, instanceId: instance, data },
            ],
          },
        ],
      },
    ]);
    ada.say('SetAvatarTraits', { version: 2, traits: [{ type: TraitType.AvatarEntity, instanceId: instance }] });
    ada.translator.tick(600);
    introduce(ben, 600, { sessionId: ADA, name: 'Ada', modelUrl: url });
    tickTo(ben, 610, 900);
    expect(ben.all('BulkAvatarTraits')).toHaveLength(1);
    ben.say('BulkAvatarTraitsAck', 1);
    tickTo(ben, 910, 1_200);
    const second = ben.all('BulkAvatarTraits').at(1);
    expect(second?.sequence).toBe(2);
    expect(second?.avatars[0].traits).toEqual([{ type: 2, version: 2, instanceId: instance, data: undefined }]);
  });

  it('do not go back to an older number', () => {
    const set = (version: number, modelUrl: string) =>
      ada.say('SetAvatarTraits', { version, traits: [{ type: 0, data: Buffer.from(modelUrl) }] });
    set(2, url);
    set(1, 'https://example.org/old.glb');
    ada.translator.tick(300);
    expect(ada.reliable).toMatchObject([{ setTraits: { traits: { modelUrl: url } } }]);
  });

  it('leave out models that others may not be told of', () => {
    ada.say('SetAvatarTraits', { version: 1, traits: [{ type: 0, data: Buffer.from('file:///etc/passwd') }] });
    ada.say('AvatarIdentity', []);
    ada.translator.tick(300);
    expect(ada.reliable).toEqual([]);
  });

  it('give those without an avatar the model of the house', () => {
    const guest = new AvatarClient(BEN, avatars, false, {}, url);
    introduce(guest, 0, { sessionId: ADA, name: 'Ada' });
    tickTo(guest, 10, 300);
    const [{ avatars: told }] = guest.all('BulkAvatarTraits');
    expect(Buffer.from(told[0].traits[0].data ?? []).toString()).toBe(url);
  });

  it('mend skeletons that only the sender would understand', () => {
    const skeleton = writeSkeletonData({
      translationMax: 1,
      scaleMax: 1,
      joints: [
        {
          name: 'Hips',
          jointIndex: 0,
          parentIndex: 65_535,
          boneType: 1,
          translation: ORIGIN,
          rotation: IDENTITY,
          scale: 1,
        },
      ],
    }).slice();
    // The third word of its quaternion as the SDK writes a component just below zero.
    skeleton.set([0xff, 0xff], 11 + 10 + 4);
    ada.say('SetAvatarTraits', { version: 1, traits: [{ type: TraitType.SkeletonData, data: skeleton }] });
    ada.translator.tick(300);
    const [{ data }] = avatars.extras.get(ADA)?.entries ?? [];
    expect([data[25], data[26]]).toEqual([0, 0]);
  });
});

describe('AvatarTranslator, who does not want to see whom', () => {
  /** Both know each other. */
  function meet() {
    for (const client of [ada, ben]) client.show({ globalPosition: ORIGIN });
    introduce(ada, 0, { sessionId: BEN, name: 'Ben' });
    introduce(ben, 0, { sessionId: ADA, name: 'Ada' });
  }

  /** What one has told is known to the other. */
  function relay(nowMs: number) {
    ada.translator.tick(nowMs);
    introduce(ben, nowMs, { sessionId: ADA, name: 'Ada' });
    ben.translator.tick(nowMs + 200);
  }

  const sees = (client: AvatarClient, other: number, x = 100) => {
    client.got.length = 0;
    client.hearRealtime(updateOf(other, x));
    return client.all('BulkAvatarData').length > 0;
  };

  it('hides both from each other, until it is taken back', () => {
    meet();
    ada.say('NodeIgnoreRequest', { isAdded: true, nodeIds: [uuidOfSession(BEN)] });
    relay(300);
    expect(ada.all('KillAvatar')).toEqual([{ sessionId: uuidOfSession(BEN), reason: KillReason.Ignored }]);
    expect(ben.all('KillAvatar')).toEqual([{ sessionId: uuidOfSession(ADA), reason: KillReason.Ignored }]);
    expect([sees(ada, BEN), sees(ben, ADA)]).toEqual([false, false]);
    ada.say('NodeIgnoreRequest', { isAdded: false, nodeIds: [uuidOfSession(BEN)] });
    relay(600);
    relay(900);
    expect([sees(ada, BEN), sees(ben, ADA)]).toEqual([true, true]);
  });

  it('shows those whom somebody ignores while it looks at the list of all', () => {
    meet();
    ada.say('NodeIgnoreRequest', { isAdded: true, nodeIds: [uuidOfSession(BEN)] });
    ada.say('RequestsDomainListData', true);
    relay(300);
    relay(600);
    expect([sees(ada, BEN), sees(ben, ADA)]).toEqual([true, false]);
  });

  it('keeps a bubble free of people, for both of them', () => {
    meet();
    ben.show({ globalPosition: { x: 0.5, y: 0, z: 0 } }, 20);
    ada.say('RadiusIgnoreRequest', true);
    relay(300);
    expect([sees(ada, BEN, 0.5), sees(ben, ADA, 0)]).toEqual([false, false]);
    ada.translator.tick(600);
    ben.translator.tick(600);
    expect(ada.all('KillAvatar')).toMatchObject([{ reason: KillReason.TheyEnteredYourBubble }]);
    expect(ben.all('KillAvatar')).toMatchObject([{ reason: KillReason.YouEnteredTheirBubble }]);
    sees(ada, BEN, 3);
    ada.translator.tick(900);
    expect(sees(ada, BEN, 3)).toBe(true);
  });
});
