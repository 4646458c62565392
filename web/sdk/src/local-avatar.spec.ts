import { describe, expect, it } from '@jest/globals';
import { decodeMessage, unpackPose } from '@app/wire';
import { SimClock } from '@app/testing';
import { LocalAvatar } from './local-avatar.js';

const origin = { position: { x: 0, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 1 } };

function setUp(isSpeaking = () => false) {
  const clock = new SimClock();
  const avatar = new LocalAvatar(clock, origin, { name: 'Ada' }, isSpeaking);
  const sent: Array<{ sequence: number; x: number }> = [];
  const link = { isOpen: true };
  avatar.attach((bytes) => {
    if (!link.isOpen) return false;
    const update = decodeMessage('ClientRealtime', bytes).poseUpdate;
    sent.push({ sequence: update?.sequence ?? -1, x: unpackPose(update?.pose ?? new Uint8Array()).position.x });
    return true;
  });
  return { clock, avatar, sent, link };
}

function moveTo(avatar: LocalAvatar, x: number): void {
  avatar.setPose({ ...origin, position: { x, y: 0, z: 0 } });
}

describe('LocalAvatar', () => {
  it('sends at most 60 poses a second, and always the newest', () => {
    const { clock, avatar, sent } = setUp();
    sent.length = 0;
    for (let step = 1; step <= 1_000; step++) {
      clock.advance(1);
      moveTo(avatar, step / 1_000);
    }
    clock.advance(50);
    expect(sent.length).toBeGreaterThan(50);
    expect(sent.length).toBeLessThanOrEqual(61);
    expect(sent[sent.length - 1].x).toBe(1);
  });

  it('repeats an unchanged pose about once a second and not more often', () => {
    const { clock, avatar, sent } = setUp();
    sent.length = 0;
    for (let step = 0; step < 100; step++) {
      clock.advance(100);
      moveTo(avatar, 0);
    }
    expect(sent.length).toBeGreaterThanOrEqual(10);
    expect(sent.length).toBeLessThanOrEqual(12);
  });

  it('repeats poses ten times a second while the person speaks, because loudness travels with them', () => {
    const { clock, sent } = setUp(() => true);
    sent.length = 0;
    clock.advance(2_000);
    expect(sent.length).toBeGreaterThanOrEqual(18);
    expect(sent.length).toBeLessThanOrEqual(21);
  });

  it('counts sequences by one through interruptions and wraps after 65535', () => {
    const { clock, avatar, sent, link } = setUp();
    link.isOpen = false;
    clock.advance(5_000);
    link.isOpen = true;
    clock.advance(1_000);
    expect(sent.map(({ sequence }) => sequence)).toEqual(sent.map((_, index) => index + 1));
    for (let step = 0; step < 66_000; step++) {
      moveTo(avatar, (step % 2) / 10);
      clock.advance(17);
    }
    const wrap = sent.findIndex(({ sequence }) => sequence === 0);
    expect(sent[wrap - 1].sequence).toBe(65_535);
    expect(sent[wrap + 1].sequence).toBe(1);
  });

  it('refuses a pose that cannot be sent and keeps the one before', () => {
    const { avatar } = setUp();
    moveTo(avatar, 2);
    expect(() => moveTo(avatar, Number.NaN)).toThrow(expect.objectContaining({ code: 'pose-malformed' }));
    expect(avatar.pose.position.x).toBe(2);
  });

  it('cleans the name that others are shown', () => {
    const { avatar } = setUp();
    avatar.setTraits({ name: ` \u202eA\u0000da\n${'x'.repeat(90)}` });
    expect(avatar.traits.name.length).toBeLessThanOrEqual(48);
    expect(avatar.traits.name).toMatch(/^A dax+$|^A da x+$/);
  });
});
