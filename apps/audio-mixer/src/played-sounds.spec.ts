import { encodeMessage, packPose, vicinity } from '@app/wire';
import { INJECTORS_PER_SESSION_MAX } from '@app/world';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { amplitudeOf, type Guest, MixScene } from '../test/mix-scene.js';

let scene: MixScene;
let sequence: number;
beforeEach(() => {
  scene = new MixScene();
  sequence = 0;
});
afterEach(() => scene.close());

type Fields = Partial<vicinity.v1.ISourcePacket>;

function poseAt(x: number): Uint8Array {
  return packPose({ position: { x, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 1 } });
}

/** The guest plays a tone for a time; everybody else goes on as well. */
function play(guest: Guest, durationMs: number, hz: number, fields: Fields = {}): void {
  for (let passedMs = 0; passedMs < durationMs; passedMs += 20) {
    for (const half of [0, 1]) {
      const index = 2 * sequence + half;
      const samples = Int16Array.from(
        { length: 240 },
        (_, n) => 8_000 * Math.sin((2 * Math.PI * hz * (index * 240 + n)) / 24_000),
      );
      const pcm = new Uint8Array(samples.buffer);
      const packet = {
        sessionId: guest.sessionId,
        sequence: index & 0xffff,
        timestamp: index * 480,
        pcm,
        injector: 1,
        gain: 1,
      };
      tell(guest, { ...packet, ...fields });
    }
    sequence++;
    scene.run(20);
  }
}

function tell({ gatewayId }: Guest, packet: Fields): void {
  scene.mixer.handleUplink('main', vicinity.v1.AudioUplink.create({ gatewayId, packets: [packet], poses: [] }));
}

function wish({ gatewayId, sessionId }: Guest, wishes: vicinity.v1.HearingWishes.$Properties): void {
  const entries = [{ sessionId, wishes: encodeMessage('HearingWishes', wishes) }];
  scene.mixer.handleHearing('main', vicinity.v1.HearingTable.create({ gatewayId, entries }));
}

/** Ada plays, Ben listens; both are known to the mixer. */
function meet(): [Guest, Guest] {
  const ada = scene.add({ hz: 300 });
  const ben = scene.add();
  scene.run(1_000);
  return [ada, ben];
}

describe('What a session plays beside its voice', () => {
  it('is heard where it is, beside the voice, and not by the session itself', () => {
    const [ada, ben] = meet();
    play(ada, 1_500, 1_000, { pose: poseAt(3) });
    expect(amplitudeOf(ben.heard, 1_000)).toBeGreaterThan(0.02);
    expect(amplitudeOf(ben.heard, 300)).toBeGreaterThan(0.02);
    expect(amplitudeOf(ada.heard, 1_000)).toBeLessThan(0.002);
    const near = amplitudeOf(ben.heard, 1_000);
    play(ada, 1_000, 1_000, { pose: poseAt(30) });
    expect(amplitudeOf(ben.heard, 1_000)).toBeLessThan(near / 2);
  });

  it('is heard by the session itself when it wants that, and as loud as it says', () => {
    const [ada, ben] = meet();
    play(ada, 1_500, 1_000, { pose: poseAt(1), loopback: true, gain: 0.5 });
    expect(amplitudeOf(ada.heard, 1_000)).toBeGreaterThan(0.02);
    const half = amplitudeOf(ben.heard, 1_000);
    play(ada, 1_000, 1_000, { pose: poseAt(1), loopback: true, gain: 1 });
    expect(amplitudeOf(ben.heard, 1_000) / half).toBeCloseTo(2, 0);
  });

  it('is ignored with its session, and softer for who wishes it so', () => {
    const [ada, ben] = meet();
    play(ada, 1_000, 1_000, { pose: poseAt(3) });
    const full = amplitudeOf(ben.heard, 1_000);
    wish(ben, { soundsDb: -12 });
    play(ada, 1_000, 1_000);
    expect(amplitudeOf(ben.heard, 1_000) / full).toBeCloseTo(0.25, 1);
    wish(ben, { volumeDb: -6 });
    play(ada, 1_000, 1_000);
    expect(amplitudeOf(ben.heard, 1_000) / full).toBeCloseTo(0.5, 1);
    wish(ben, { ignored: [ada.sessionId] });
    play(ada, 300, 1_000);
    const after = ben.packetCount;
    play(ada, 1_000, 1_000);
    expect(ben.packetCount).toBe(after);
  });

  it('ends with silence, or with its session', () => {
    const [ada] = meet();
    play(ada, 500, 1_000, { pose: poseAt(3) });
    expect(scene.log.get('sources')).toBe(2);
    scene.run(2_000);
    expect(scene.log.get('sources')).toBe(1);
    play(ada, 500, 1_000, { pose: poseAt(3) });
    scene.guests.shift();
    scene.tellRosters();
    scene.run(200);
    expect(scene.log.get('sources')).toBe(0);
  });

  it('has to have a place, a number and a loudness', () => {
    const [ada] = meet();
    play(ada, 100, 1_000);
    play(ada, 100, 1_000, { pose: poseAt(1).fill(0xff) });
    play(ada, 100, 1_000, { pose: poseAt(1), injector: INJECTORS_PER_SESSION_MAX + 1 });
    play(ada, 100, 1_000, { pose: poseAt(1), gain: NaN });
    play(ada, 100, 1_000, { pose: poseAt(1), gain: 5 });
    expect(scene.log.get('sources')).toBe(1);
    scene.run(1_000);
    expect(scene.log.get('dropped', 'malformed')).toBe(50);
  });
});

describe('Who hears itself', () => {
  it('wants to', () => {
    const [ada] = meet();
    expect(amplitudeOf(ada.heard, 300)).toBeLessThan(0.002);
    wish(ada, { hearsItself: true });
    scene.run(1_500);
    expect(amplitudeOf(ada.heard, 300)).toBeGreaterThan(0.02);
    wish(ada, {});
    scene.run(500);
    const after = ada.packetCount;
    scene.run(500);
    expect(ada.packetCount).toBe(after);
  });
});
