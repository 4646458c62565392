import { describe, expect, it } from '@jest/globals';
import { inspectOpusPacket } from './opus-packet.js';

const packet = (...bytes: number[]) => new Uint8Array(bytes);

describe('inspectOpusPacket', () => {
  it('knows the duration of every configuration', () => {
    const milliseconds = Array.from({ length: 32 }, (_, configuration) => {
      return (inspectOpusPacket(packet(configuration << 3, 1, 2, 3))?.frames ?? 0) / 48;
    });
    const silk = [10, 20, 40, 60];
    const celt = [2.5, 5, 10, 20];
    expect(milliseconds).toEqual([...silk, ...silk, ...silk, 10, 20, 10, 20, ...celt, ...celt, ...celt, ...celt]);
  });

  it('tells silence, channels and modes', () => {
    expect(inspectOpusPacket(packet(0xfc))).toMatchObject({ isDtx: true, isStereo: true, mode: 'celt', frames: 960 });
    expect(inspectOpusPacket(packet(0x08, 0, 0, 0))).toMatchObject({ isDtx: false, isStereo: false, mode: 'silk' });
    expect(inspectOpusPacket(packet(0x68, 0, 0))?.mode).toBe('hybrid');
  });

  it('counts frames of equal, different and signalled sizes', () => {
    expect(inspectOpusPacket(packet(0xf9, 1, 2, 3, 4))).toMatchObject({ opusFrameCount: 2, frames: 1_920 });
    expect(inspectOpusPacket(packet(0xfa, 1, 9, 9))).toMatchObject({ opusFrameCount: 2 });
    expect(inspectOpusPacket(packet(0xfb, 3, 1, 2, 3))).toMatchObject({ opusFrameCount: 3, frames: 2_880 });
    // Different sizes (1, 2, rest) and two bytes of padding.
    expect(inspectOpusPacket(packet(0xfb, 0xc3, 2, 1, 2, 9, 9, 9, 9, 0, 0))).toMatchObject({ opusFrameCount: 3 });
  });

  it('refuses what cannot be', () => {
    expect(inspectOpusPacket(packet())).toBeUndefined();
    expect(inspectOpusPacket(new Uint8Array(1_276))).toBeUndefined();
    expect(inspectOpusPacket(packet(0xf9, 1, 2))).toBeDefined();
    expect(inspectOpusPacket(packet(0xf9, 1, 2, 3))).toBeUndefined();
    expect(inspectOpusPacket(packet(0xfa, 200, 1))).toBeUndefined();
    expect(inspectOpusPacket(packet(0xfb))).toBeUndefined();
    expect(inspectOpusPacket(packet(0xfb, 0))).toBeUndefined();
    // Seven frames of 20 ms are more than 120 ms.
    expect(inspectOpusPacket(packet(0xfb, 7, 1, 2, 3, 4, 5, 6, 7))).toBeUndefined();
    expect(inspectOpusPacket(packet(0xfb, 0x41, 255, 255))).toBeUndefined();
  });
});
