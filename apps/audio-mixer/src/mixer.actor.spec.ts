import { decodeMessage, vicinity } from '@app/wire';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { amplitudeOf, MixScene } from '../test/mix-scene.js';

let scene: MixScene;
beforeEach(() => {
  scene = new MixScene();
});
afterEach(() => scene.close());

const downlinks = (gatewayId: string) =>
  scene.published.filter(({ subject }) => subject === `vw.main.audio.down.${gatewayId}`);

describe('MixerActor', () => {
  it('lets everybody hear the others and never themselves', () => {
    const ada = scene.add({ hz: 400 });
    const ben = scene.add({ hz: 700 });
    const eve = scene.add({ gatewayId: 'gateway-b' });
    scene.run(2_000);
    expect(amplitudeOf(ada.heard, 700)).toBeGreaterThan(0.03);
    expect(amplitudeOf(ada.heard, 400)).toBeLessThan(0.002);
    expect(amplitudeOf(ben.heard, 400)).toBeGreaterThan(0.03);
    expect(amplitudeOf(ben.heard, 700)).toBeLessThan(0.002);
    expect(amplitudeOf(eve.heard, 400)).toBeGreaterThan(0.02);
    expect(amplitudeOf(eve.heard, 700)).toBeGreaterThan(0.03);
  });

  it('mixes only for those whom rosters give to it, from the next tick on', () => {
    const ada = scene.add({ hz: 400 });
    const ben = scene.add({ hz: 700, isListener: false });
    scene.run(1_000);
    expect(ada.packetCount).toBeGreaterThan(40);
    expect(ben.packetCount).toBe(0);
    ben.isListener = true;
    ada.isListener = false;
    scene.tellRosters();
    const before = ada.packetCount;
    scene.run(500);
    expect(ada.packetCount).toBe(before);
    expect(ben.packetCount).toBeGreaterThan(20);
    expect(amplitudeOf(ben.heard, 400, 10)).toBeGreaterThan(0.03);
  });

  it('lets nobody hear the rest of its own voice who is back before it has faded', () => {
    const ada = scene.add({ hz: 400 });
    scene.add({ hz: 700 });
    scene.run(1_000);
    scene.guests.shift();
    scene.tellRosters();
    scene.guests.unshift(ada);
    ada.hz = 0;
    ada.heard.length = 0;
    scene.tellRosters();
    scene.run(200);
    expect(amplitudeOf(ada.heard, 700)).toBeGreaterThan(0.02);
    expect(amplitudeOf(ada.heard.slice(0, 3), 400)).toBeLessThan(0.004);
  });

  it('tells each gateway with a listener every tick that it lives, and no other gateway', () => {
    scene.add({ gatewayId: 'gateway-a' });
    scene.add({ gatewayId: 'gateway-b', isListener: false });
    scene.run(1_000);
    expect(downlinks('gateway-a')).toHaveLength(51);
    expect(downlinks('gateway-b')).toHaveLength(0);
    const ticks = downlinks('gateway-a').map(({ data }) => decodeMessage('AudioDownlink', data).tick);
    ticks.forEach((tick, index) => index > 0 && expect(tick).toBe(ticks[index - 1] + 1));
  });

  it('sends nothing to a listener while nobody speaks, and finishes the last sound first', () => {
    const ada = scene.add();
    const ben = scene.add({ hz: 500 });
    scene.run(1_000);
    expect(ada.packetCount).toBeGreaterThan(40);
    ben.hz = 0;
    scene.run(500);
    const after = ada.packetCount;
    const last = ada.heard.at(-1) ?? new Float32Array(1).fill(1);
    expect(Math.max(...last.map(Math.abs))).toBeLessThan(0.001);
    scene.run(1_000);
    expect(ada.packetCount).toBe(after);
    expect(ben.packetCount).toBe(0);
  });

  it('gives a steady tone on without a gap or a click', () => {
    const ada = scene.add();
    scene.add({ hz: 300 });
    scene.run(5_000);
    let last = ada.heard[10][0];
    let steepest = 0;
    let quiet = 0;
    let longestQuiet = 0;
    for (const block of ada.heard.slice(10)) {
      for (const sample of block) {
        steepest = Math.max(steepest, Math.abs(sample - last));
        quiet = Math.abs(sample) < 0.002 ? quiet + 1 : 0;
        longestQuiet = Math.max(longestQuiet, quiet);
        last = sample;
      }
    }
    expect(ada.heard.length).toBeGreaterThan(240);
    expect(steepest).toBeLessThan(0.012);
    expect(longestQuiet).toBeLessThan(20);
  });

  it('fades a voice out whose session has left, and forgets it', () => {
    const ada = scene.add();
    scene.add({ hz: 500 });
    scene.run(1_000);
    scene.guests.pop();
    scene.tellRosters();
    scene.run(500);
    expect(scene.log.get('sources')).toBe(0);
    let last = ada.heard[ada.heard.length - 10][0];
    let steepest = 0;
    for (const block of ada.heard.slice(-10)) {
      for (const sample of block) {
        steepest = Math.max(steepest, Math.abs(sample - last));
        last = sample;
      }
    }
    expect(steepest).toBeLessThan(0.02);
    expect(Math.abs(last)).toBeLessThan(0.001);
  });

  it('does not put a voice at the origin while its place is unknown, and then puts it right where it is', () => {
    const ada = scene.add({ x: 0 });
    const ben = scene.add({ x: 60, hz: 500, isListener: false, isPlaced: false });
    scene.run(1_000);
    expect(ada.packetCount).toBe(0);
    expect(scene.log.get('sources')).toBe(0);
    expect(scene.log.get('dropped', 'no-pose')).toBeGreaterThan(30);
    ben.isPlaced = true;
    scene.run(2_000);
    // On its way from the origin it would be louder at first than it is in the end.
    const settled = amplitudeOf(ada.heard, 500);
    expect(settled).toBeGreaterThan(0.0005);
    for (let end = 5; end < 30; end++) {
      expect(amplitudeOf(ada.heard.slice(0, end), 500, 5)).toBeLessThan(1.5 * settled);
    }
  });

  it('mixes nothing for a listener whose place is unknown, and tells its gateway all the same that it lives', () => {
    const ada = scene.add({ x: 0, isPlaced: false });
    scene.add({ x: 2, hz: 500, isListener: false });
    scene.run(1_000);
    expect(ada.packetCount).toBe(0);
    expect(downlinks('gateway-a')).toHaveLength(51);
    ada.isPlaced = true;
    scene.run(1_000);
    expect(amplitudeOf(ada.heard, 500)).toBeGreaterThan(0.03);
  });

  it('does not decode whom nobody here can hear', () => {
    const ada = scene.add({ x: 0 });
    const far = scene.add({ x: 1_000, hz: 500, isListener: false });
    scene.run(1_000);
    expect(scene.log.get('dropped', 'unheard')).toBeGreaterThan(30);
    expect(ada.packetCount).toBe(0);
    far.x = 3;
    scene.run(1_000);
    expect(amplitudeOf(ada.heard, 500)).toBeGreaterThan(0.03);
    expect(scene.log.get('sources')).toBe(1);
  });

  it('gives the decoder of a silent voice back after some seconds', () => {
    scene.add();
    const ben = scene.add({ hz: 500 });
    scene.run(500);
    expect(scene.log.get('sources')).toBe(1);
    ben.hz = 0;
    scene.run(3_000);
    expect(scene.log.get('sources')).toBe(0);
    ben.hz = 500;
    scene.run(200);
    expect(scene.log.get('sources')).toBe(1);
  });

  it('refuses packets of sessions that their gateway does not have', () => {
    const ada = scene.add();
    scene.add({ hz: 500, gatewayId: 'gateway-b' });
    scene.run(500);
    const before = scene.log.get('dropped', 'unknown-session');
    const packets = [{ sessionId: 2, sequence: 1, timestamp: 1, opus: new Uint8Array([0xfc, 1, 2]) }];
    scene.mixer.handleUplink('main', vicinity.v1.AudioUplink.create({ gatewayId: 'gateway-a', packets }));
    scene.mixer.handleUplink('elsewhere', vicinity.v1.AudioUplink.create({ gatewayId: 'gateway-a', packets }));
    scene.run(1_000);
    expect(scene.log.get('dropped', 'unknown-session')).toBe(before + 1);
    expect(amplitudeOf(ada.heard, 500)).toBeGreaterThan(0.03);
  });

  it.each([10, 40, 60])(
    'sends packets of %i ms to those who hear, without a gap, and stops with the sound',
    (frameMs) => {
      scene.close();
      scene = new MixScene(frameMs);
      const ada = scene.add();
      const ben = scene.add({ hz: 500 });
      scene.run(2_000);
      expect(ada.heard.slice(2).every((block) => block.length === 48 * frameMs)).toBe(true);
      expect(ada.packetCount).toBeGreaterThan((0.9 * 2_000) / frameMs);
      expect(amplitudeOf(ada.heard, 500, 500 / frameMs)).toBeGreaterThan(0.03);
      expect(downlinks('gateway-a').length).toBeGreaterThanOrEqual(101);
      ben.hz = 0;
      scene.run(500);
      const after = ada.packetCount;
      expect(Math.max(...(ada.heard.at(-1) ?? []).slice(-480).map(Math.abs))).toBeLessThan(0.001);
      scene.run(500);
      expect(ada.packetCount).toBe(after);
    },
  );

  it('encodes once for two who stand in one place and hear the same', () => {
    const ada = scene.add({ x: 0 });
    const ben = scene.add({ x: 0 });
    scene.add({ x: 2, hz: 500, isListener: false });
    scene.run(1_000);
    expect(scene.log.get('encodesSaved')).toBeGreaterThan(35);
    expect(ben.packetCount).toBe(ada.packetCount);
    expect(amplitudeOf(ben.heard, 500)).toBeGreaterThan(0.03);
    ben.x = 4;
    scene.run(100);
    const before = scene.log.get('encodesSaved');
    scene.run(1_000);
    expect(scene.log.get('encodesSaved')).toBe(before);
    expect(amplitudeOf(ben.heard, 500)).toBeGreaterThan(0.03);
  });

  it('says when it was more than a tick behind, and counts what it left out', () => {
    scene.add();
    scene.run(1_000);
    expect(scene.warnings).toEqual([]);
    scene.stall(90);
    expect(scene.log.get('skippedTicks')).toBeGreaterThanOrEqual(3);
    expect(scene.warnings).toEqual([
      { skippedTicks: expect.any(Number), lateTicks: 0, latenessMs: expect.any(Number) },
    ]);
    scene.run(2_000);
    expect(scene.warnings.length).toBeLessThanOrEqual(2);
  });

  it('asks for rosters when it starts and when the broker has come back', () => {
    const asked = () => scene.published.filter(({ subject }) => subject === 'vw.main.session.sync.me').length;
    expect(asked()).toBe(1);
    scene.reconnect();
    expect(asked()).toBe(2);
  });

  it('survives whatever packets and poses hold, and goes on mixing', () => {
    const ada = scene.add();
    scene.add({ hz: 500 });
    scene.add();
    scene.run(500);
    const packet = fc.record({
      sessionId: fc.integer({ min: 0, max: 4 }),
      sequence: fc.integer({ min: 0, max: 0xffffffff }),
      timestamp: fc.integer({ min: 0, max: 0xffffffff }),
      opus: fc.uint8Array({ maxLength: 1_400 }),
    });
    const pose = fc.record({ sessionId: fc.integer({ min: 0, max: 4 }), pose: fc.uint8Array({ maxLength: 40 }) });
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 8 }), fc.array(pose, { maxLength: 4 }), (packets, poses) => {
        scene.mixer.handleUplink('main', vicinity.v1.AudioUplink.create({ gatewayId: 'gateway-a', packets, poses }));
        scene.run(40);
      }),
      { numRuns: 100 },
    );
    expect(scene.log.get('failedTicks')).toBe(0);
    expect(ada.heard.every((block) => block.every((sample) => Math.abs(sample) <= 1))).toBe(true);
    scene.run(3_000);
    expect(amplitudeOf(ada.heard, 500)).toBeGreaterThan(0.03);
  });
});
