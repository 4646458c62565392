import { inspectOpusPacket } from '@app/opus';
import { SeededRandom } from '@app/testing';
import { decodeMessage, packPose, vicinity } from '@app/wire';
import { PCM_MIX_BYTES } from '@app/world';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { amplitudeOf, MixScene } from '../test/mix-scene.js';

let scene: MixScene;
beforeEach(() => {
  scene = new MixScene();
});
afterEach(() => scene.close());

/** In samples at 24 kHz. */
const amplitude24 = (heard: readonly Float32Array[], hz: number): number => amplitudeOf(heard, hz, 25, 24_000);

/** Packets of one session in all downlinks. */
function packetsOf(sessionId: number): vicinity.v1.IMixPacket[] {
  return scene.published
    .filter(({ subject }) => subject.includes('.audio.down.'))
    .flatMap(({ data }) => decodeMessage('AudioDownlink', data).packets)
    .filter((packet) => packet.sessionId === sessionId);
}

describe('People who send and take different sound', () => {
  it('hear each other, and never themselves', () => {
    const ada = scene.add({ hz: 400, sound: 'pcm24-10' });
    const ben = scene.add({ hz: 700 });
    const eve = scene.add({ hz: 1_000, sound: 'opus-10' });
    scene.run(2_000);
    expect(amplitude24(ada.heard, 700)).toBeGreaterThan(0.03);
    expect(amplitude24(ada.heard, 1_000)).toBeGreaterThan(0.02);
    expect(amplitude24(ada.heard, 400)).toBeLessThan(0.002);
    expect(amplitudeOf(ben.heard, 400)).toBeGreaterThan(0.03);
    expect(amplitudeOf(eve.heard, 400, 50)).toBeGreaterThan(0.02);
    expect(amplitudeOf(eve.heard, 700, 50)).toBeGreaterThan(0.03);
    expect(amplitudeOf(eve.heard, 1_000, 50)).toBeLessThan(0.002);
  });

  it('hear samples as loud as Opus', () => {
    const ada = scene.add({ sound: 'pcm24-10', x: 0 });
    const ben = scene.add({ x: 0 });
    scene.add({ hz: 500, sound: 'pcm24-10', x: 2 });
    scene.run(2_000);
    const both = ada.heard.map((left, at) => left.map((sample, n) => (sample + ada.heardRight[at][n]) / 2));
    expect(amplitude24(both, 500) / amplitudeOf(ben.heard, 500)).toBeCloseTo(1, 1);
  });

  it('hear who is on the right at the right ear', () => {
    const ada = scene.add({ sound: 'pcm24-10', x: 0 });
    scene.add({ hz: 2_000, sound: 'pcm24-10', x: 3 });
    scene.add({ hz: 1_500, x: -3 });
    scene.run(2_000);
    expect(amplitude24(ada.heardRight, 2_000)).toBeGreaterThan(1.5 * amplitude24(ada.heard, 2_000));
    expect(amplitude24(ada.heard, 1_500)).toBeGreaterThan(1.5 * amplitude24(ada.heardRight, 1_500));
  });

  it('get what their roster says, from the next tick on', () => {
    const ada = scene.add({ sound: 'pcm24-10' });
    scene.add({ hz: 500 });
    scene.run(1_000);
    expect(packetsOf(1).every(({ pcm, opus }) => pcm?.length === PCM_MIX_BYTES && opus?.length === 0)).toBe(true);
    scene.published.length = 0;
    ada.sound = 'opus-10';
    scene.tellRosters();
    scene.run(1_000);
    const packets = packetsOf(1);
    expect(packets.length).toBeGreaterThan(90);
    for (const { pcm, opus } of packets) {
      expect(pcm).toHaveLength(0);
      expect(inspectOpusPacket(opus ?? new Uint8Array())).toMatchObject({ frames: 480, isStereo: true, mode: 'celt' });
      // Nothing above 12 kHz: superwideband or less (RFC 6716, section 3.1).
      expect((opus?.[0] ?? 255) >> 3).toBeLessThan(28);
    }
  });

  it('get nothing while nobody speaks, and the last sound whole', () => {
    const ada = scene.add({ sound: 'pcm24-10' });
    const ben = scene.add({ hz: 500 });
    scene.run(1_000);
    ben.hz = 0;
    scene.run(500);
    const after = ada.packetCount;
    expect(Math.max(...(ada.heard.at(-1) ?? []).map(Math.abs))).toBeLessThan(0.001);
    scene.run(1_000);
    expect(ada.packetCount).toBe(after);
  });

  it('may change what they send, but not all the time', () => {
    const ada = scene.add();
    const ben = scene.add({ hz: 500 });
    scene.run(1_000);
    ben.sound = 'pcm24-10';
    scene.run(1_000);
    expect(amplitudeOf(ada.heard, 500)).toBeGreaterThan(0.03);
    for (let change = 0; change < 50; change++) {
      ben.sound = ben.sound === 'opus-20' ? 'pcm24-10' : 'opus-20';
      scene.run(20);
    }
    expect(scene.log.get('sources')).toBe(1);
    expect(scene.log.get('dropped', 'too-many')).toBeGreaterThan(20);
  });

  it('cannot harm others with packets that are none', () => {
    const ada = scene.add({ sound: 'pcm24-10' });
    scene.add({ hz: 500, sound: 'pcm24-10' });
    scene.run(1_000);
    const random = new SeededRandom(4);
    const pose = packPose({ position: { x: 4, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 1 } });
    scene.add();
    for (let index = 0; index < 300; index++) {
      const bytes = Uint8Array.from({ length: random.nextInteger(0, 2_000) }, () => random.nextInteger(0, 255));
      const packet = {
        sessionId: 3,
        sequence: index,
        timestamp: index * 480,
        [index % 3 === 0 ? 'opus' : 'pcm']: bytes,
      };
      const uplink = { gatewayId: 'gateway-a', packets: [packet], poses: [{ sessionId: 3, pose }] };
      scene.mixer.handleUplink('main', vicinity.v1.AudioUplink.create(uplink));
      if (index % 2 === 0) scene.run(20);
    }
    expect(scene.log.get('dropped', 'malformed')).toBeGreaterThan(50);
    expect(amplitude24(ada.heard, 500)).toBeGreaterThan(0.03);
  });
});
