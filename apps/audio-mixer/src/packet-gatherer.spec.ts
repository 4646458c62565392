import { EvanOpusCodec, opusPacketFrames } from '@app/opus';
import { sampleVoice } from '@app/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { PacketGatherer } from './packet-gatherer.js';

const encoder = new EvanOpusCodec().createEncoder({ channels: 1, bitrate: 64_000, complexity: 1 });
const packets = Array.from({ length: 12 }, (_, block) => encoder.encode(sampleVoice(960, block * 960)));

let sent: { tick: number; ms: number }[];
const gather = (frameMs: number): PacketGatherer =>
  new PacketGatherer(frameMs, (tick, opus) => sent.push({ tick, ms: opusPacketFrames(opus) / 48 }));
beforeEach(() => {
  sent = [];
});

describe('PacketGatherer', () => {
  it.each([10, 20])('passes packets on as they come for %i ms', (frameMs) => {
    const gatherer = gather(frameMs);
    gatherer.add(5, packets[0]);
    gatherer.add(5, packets[1]);
    gatherer.flush();
    expect(sent.map(({ tick }) => tick)).toEqual([5, 5]);
  });

  it.each([40, 60])('makes packets of %i ms, each sent with its last tick', (frameMs) => {
    const gatherer = gather(frameMs);
    for (let tick = 0; tick < 12; tick++) gatherer.add(100 + tick, packets[tick]);
    const count = frameMs / 20;
    expect(sent).toEqual(Array.from({ length: 12 / count }, (_, n) => ({ tick: 99 + count * (n + 1), ms: frameMs })));
  });

  it('sends what there is when a sound ends', () => {
    const gatherer = gather(60);
    for (let tick = 0; tick < 5; tick++) gatherer.add(tick, packets[tick]);
    gatherer.flush();
    gatherer.flush();
    expect(sent).toEqual([
      { tick: 2, ms: 60 },
      { tick: 4, ms: 40 },
    ]);
  });

  it('never joins what does not follow on each other', () => {
    const gatherer = gather(60);
    gatherer.add(1, packets[0]);
    gatherer.add(2, packets[1]);
    gatherer.add(7, packets[2]);
    expect(sent).toEqual([{ tick: 2, ms: 40 }]);
  });

  it('sends packets that cannot be one by themselves, each with its own tick', () => {
    const gatherer = gather(40);
    const stereo = Uint8Array.from(packets[1]);
    stereo[0] |= 4;
    gatherer.add(1, packets[0]);
    gatherer.add(2, stereo);
    expect(sent).toEqual([
      { tick: 1, ms: 20 },
      { tick: 2, ms: 20 },
    ]);
  });
});
