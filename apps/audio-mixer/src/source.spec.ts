import { sampleVoice } from '@app/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { countingCodec, opusCodec, VoiceScene, voicePacket } from '../test/voice-scene.js';

const FRAMES = 960;
const STEP_MAX = 0.01;

let scene: VoiceScene;
let index: number;
beforeEach(() => {
  scene = new VoiceScene();
  index = 0;
});

/** Largest step from sample to sample; `last` is the one before the block. */
function steepest(last: number, block: Float32Array): number {
  let most = 0;
  for (const sample of block) {
    const step = sample > last ? sample - last : last - sample;
    if (step > most) most = step;
    last = sample;
  }
  return most;
}

const peak = (block: Float32Array) => block.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** A second or so of the voice. Returns in how many ticks it was heard. */
function speak(packets: number, number = (n: number) => n, time = (n: number) => n * FRAMES): number {
  let heard = 0;
  for (let count = 0; count < packets; count++, index++) {
    scene.push(number(index), time(index), voicePacket(index));
    if (scene.tick()) heard++;
  }
  return heard;
}

describe('a source in a pause', () => {
  /** Packets of a quiet tone that stops, with discontinuous transmission, until `packets`; undefined where none is sent. */
  function pausingPackets(packets: number, speakingPackets: number): (Uint8Array | undefined)[] {
    const options = { channels: 1, bitrate: 24_000, complexity: 5, application: 'voip', isDtx: true } as const;
    const encoder = opusCodec.createEncoder(options);
    let wasDtx = false;
    const encoded = Array.from({ length: packets }, (_, at) => {
      const voice = sampleVoice(FRAMES, at * FRAMES);
      const noise = Int16Array.from({ length: FRAMES }, (_, n) => ((n * 48_271 + at * 977) % 41) - 20);
      const packet = encoder.encode(at < speakingPackets ? voice : noise);
      // As browsers do it: the first packet without sound is sent, the others are not.
      const isSent = packet.length > 2 || !wasDtx;
      wasDtx = packet.length <= 2;
      return isSent ? packet : undefined;
    });
    encoder.close();
    return encoded;
  }

  it('costs nothing: nothing is decoded, and nothing is heard', () => {
    const { codec, calls } = countingCodec();
    scene = new VoiceScene(-56, codec);
    let sequence = 0;
    let before = { ...calls };
    pausingPackets(1_000, 50).forEach((packet, at) => {
      if (packet) scene.push(sequence++, at * FRAMES, packet);
      const isHeard = scene.tick();
      if (at === 200) before = { ...calls };
      if (at > 200) expect(isHeard).toBe(false);
    });
    // Some packets of background noise did come.
    expect(sequence).toBeGreaterThan(100);
    expect(calls).toEqual(before);
  });

  it('begins again with the first packet of voice', () => {
    let sequence = 0;
    const paused = pausingPackets(300, 50);
    paused.forEach((packet, at) => {
      if (packet) scene.push(sequence++, at * FRAMES, packet);
      scene.tick();
    });
    let heard = 0;
    for (let at = 300; at < 310; at++) {
      scene.push(sequence++, at * FRAMES, voicePacket(at));
      if (scene.tick()) heard++;
    }
    expect(heard).toBeGreaterThanOrEqual(9);
  });

  it('is over when noise is transmitted without a pause', () => {
    const { codec, calls } = countingCodec();
    scene = new VoiceScene(-80, codec);
    const packets = pausingPackets(200, 20);
    const background = packets.slice(150).find((packet) => packet && packet.length > 2) ?? new Uint8Array();
    scene.push(0, 0, new Uint8Array([background[0]]));
    for (let at = 1; at < 10; at++) {
      scene.push(at, at * FRAMES, background);
      scene.tick();
    }
    expect(calls.decode).toBeGreaterThan(4);
  });

  it('is gated while it transmits nothing but noise, and counts as silent', () => {
    const encoder = opusCodec.createEncoder({ channels: 1, bitrate: 32_000, complexity: 5, application: 'audio' });
    let heard = 0;
    for (let at = 0; at < 200; at++) {
      const hum = Int16Array.from({ length: FRAMES }, (_, n) => 30 * Math.sin((2 * Math.PI * n) / 96));
      scene.push(at, at * FRAMES, encoder.encode(hum));
      if (scene.tick()) heard++;
    }
    encoder.close();
    expect(heard).toBe(0);
    expect(scene.source.isGated).toBe(true);
    index = 200;
    expect(speak(20)).toBeGreaterThan(17);
    expect(scene.source.isGated).toBe(false);
  });
});

describe('the end and the beginning of a voice', () => {
  it.each(['nothing more', 'a packet without sound'])('are smooth when there comes %s', (end) => {
    const encoder = opusCodec.createEncoder({ channels: 1, bitrate: 64_000, complexity: 5, application: 'audio' });
    for (let offset = 0; offset < 20; offset++) {
      scene = new VoiceScene();
      let last = 0;
      let most = 0;
      for (let at = 0; at < 40; at++) {
        const isSpeaking = at >= 5 && at < 20;
        // 250 Hz at a level of 0.25: its own steepest step is 0.0082.
        const tone = Int16Array.from(
          { length: FRAMES },
          (_, n) => 8_192 * Math.sin((2 * Math.PI * (n + (at + offset) * FRAMES + offset * 9)) / 192),
        );
        const packet = encoder.encode(tone);
        if (isSpeaking) scene.push(at, at * FRAMES, packet);
        if (at === 20 && end !== 'nothing more') scene.push(at, at * FRAMES, packet.subarray(0, 1));
        scene.tick();
        most = Math.max(most, steepest(last, scene.block));
        last = scene.block[FRAMES - 1];
      }
      expect(most).toBeGreaterThan(0.007);
      expect(most).toBeLessThan(STEP_MAX);
      expect(peak(scene.block)).toBe(0);
    }
    encoder.close();
  });
});

describe('a source with strange numbers', () => {
  const isSteady = (packets = 100) => expect(speak(packets)).toBeGreaterThanOrEqual(packets - 1);

  it('plays on where sequence numbers and timestamps wrap', () => {
    const start = 65_500;
    speak(
      200,
      (n) => n + start,
      (n) => n * FRAMES + 0xffff_0000,
    );
    expect(scene.statistics()).toMatchObject({ lost: 0, late: 0, restarts: 0, concealedFrames: 0 });
  });

  it.each([100, 1_000, 30_000, 40_000, -50, -1_000])('plays on after a jump of %i packets', (jump) => {
    speak(100);
    const isNew = (n: number) => n >= 100;
    const heard = speak(
      100,
      (n) => n + (isNew(n) ? jump : 0),
      (n) => (n + (isNew(n) ? jump : 0)) * FRAMES,
    );
    expect(heard).toBeGreaterThanOrEqual(95);
    const { restarts, concealedFrames } = scene.statistics();
    expect(restarts).toBeLessThanOrEqual(2);
    expect(concealedFrames / FRAMES).toBeLessThan(12);
    isSteady();
  });

  it.each([-10 * 48_000, -24_000, 24_000, 10 * 48_000, 0x7fff_0000])(
    'plays on, with no more delay, after timestamps jumped by %i',
    (jump) => {
      speak(200);
      speak(
        200,
        (n) => n,
        (n) => n * FRAMES + jump,
      );
      expect(scene.statistics().concealedFrames).toBe(0);
      expect(scene.source.targetDelayMs).toBeLessThan(30);
    },
  );

  it('ignores what comes twice', () => {
    speak(10);
    for (let count = 0; count < 200; count++, index++) {
      for (const at of [index, index, index - 1, index]) scene.push(at, at * FRAMES, voicePacket(at));
      expect(scene.tick()).toBe(true);
    }
    expect(scene.statistics()).toMatchObject({ lost: 0, concealedFrames: 0, restarts: 0 });
  });

  it('puts pairs that were exchanged back into order', () => {
    for (let count = 0; count < 400; count++, index++) {
      const at = index ^ 1;
      scene.push(at, at * FRAMES, voicePacket(at));
      scene.tick();
      if (count === 100) scene.statistics();
    }
    const { concealedFrames } = scene.statistics();
    expect(concealedFrames / FRAMES).toBeLessThan(12);
    isSteady();
  });
});
