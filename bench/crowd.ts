import { StereoHalver } from '@app/dsp';
import { EvanOpusCodec } from '@app/opus';
import type { SoundFormat } from '@app/world';
import type { Player } from './played-gateway.js';
import { seeded, synthesiseVoice } from '../apps/cli/src/bots/speech-synthesis.js';

const SAMPLE_RATE_HZ = 48_000;
/** Different voices; people share them at different places of an endless recording. */
const VOICES = 25;
/** Diameter of the place where the crowd stands, in metres. */
export const DIAMETER_M = { circle: 20, spread: 200 } as const;
/** Share of the people who walk and turn. */
const MOVING_SHARE = 0.25;
/** One in ten talks: each person for 2 s of each 20 s, everybody at another time. */
const TURN_MS = 2_000;
const ROUND_MS = 20_000;
/** In the first second everybody says a word, so that everybody's decoder is there from the beginning. */
const WORD_MS = 60;
const GREETING_MS = 1_000;

/** Who talks: everybody without pauses, or one in ten by turns. */
export type Talking = 'all_talking' | 'one_in_ten';
/** Where the crowd stands, see DIAMETER_M. */
export type Spread = keyof typeof DIAMETER_M;

/** Voices as clients send them, packet by packet: mono, as Opus for speech or as samples. */
export function recordVoices(seconds: number, sound: SoundFormat = 'opus-20'): Uint8Array[][] {
  const frames = packetMsOf(sound) * (SAMPLE_RATE_HZ / 1_000);
  return Array.from({ length: VOICES }, (_, voice) => {
    const samples = synthesiseVoice(voice + 1, seconds * SAMPLE_RATE_HZ);
    const code = sound === 'pcm24-10' ? halvedBytes(frames) : encoded(new EvanOpusCodec());
    const packets: Uint8Array[] = [];
    for (let begin = 0; begin < samples.length; begin += frames) {
      packets.push(code(samples.slice(begin, begin + frames)));
    }
    return packets;
  });
}

/** Duration of the packets of clients that take this sound, in ms. */
export function packetMsOf(sound: SoundFormat): number {
  return sound === 'opus-20' ? 20 : 10;
}

function encoded(codec: EvanOpusCodec): (samples: Int16Array) => Uint8Array {
  const encoder = codec.createEncoder({ channels: 1, bitrate: 32_000, complexity: 5, application: 'voip' });
  return (samples) => encoder.encode(samples);
}

function halvedBytes(frames: number): (samples: Int16Array) => Uint8Array {
  const halver = new StereoHalver(frames / 2);
  const pairs = new Int16Array(frames);
  return (samples) => {
    const parts = Float32Array.from(samples, (sample) => sample / 32_768);
    halver.process(parts, parts, 1, pairs);
    return new Uint8Array(Int16Array.from({ length: frames / 2 }, (_, index) => pairs[2 * index]).buffer);
  };
}

/** People evenly over a round place, all of them listeners; the same ones for the same count. */
export function makeCrowd(
  count: number,
  spread: Spread,
  talking: Talking,
  voices: readonly Uint8Array[][],
  sound: SoundFormat = 'opus-20',
): Player[] {
  const chance = seeded(count);
  return Array.from({ length: count }, (_, index) => {
    const radius = (DIAMETER_M[spread] / 2) * Math.sqrt(chance());
    const angle = 2 * Math.PI * chance();
    const packets = voices[index % voices.length];
    return {
      sessionId: 1_000 + index,
      packets,
      sound,
      firstPacket: Math.floor(chance() * packets.length),
      phaseMs: packetMsOf(sound) * chance(),
      isListener: true,
      isMoving: chance() < MOVING_SHARE,
      x: radius * Math.cos(angle),
      z: radius * Math.sin(angle),
      yaw: 2 * Math.PI * chance(),
      isTalking: talking === 'all_talking' ? () => true : takeTurns(index, count),
    };
  });
}

/** Turns are spread evenly over the round, and neighbours in the list, who are strangers, follow each other. */
function takeTurns(index: number, count: number): (nowMs: number) => boolean {
  const turnMs = (index / count) * ROUND_MS;
  const wordMs = (index / count) * (GREETING_MS - WORD_MS);
  return (nowMs) => {
    if (nowMs < GREETING_MS) return nowMs >= wordMs && nowMs < wordMs + WORD_MS;
    return (nowMs + ROUND_MS - turnMs) % ROUND_MS < TURN_MS;
  };
}
