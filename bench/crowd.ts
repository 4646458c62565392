import { EvanOpusCodec } from '@app/opus';
import type { Player } from './played-gateway.js';
import { seeded, synthesiseVoice } from '../apps/cli/src/bots/speech-synthesis.js';

const PACKET_FRAMES = 960;
const PACKETS_HZ = 50;
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

/** Voices as a client's encoder makes them: mono Opus for speech, packet by packet. */
export function recordVoices(seconds: number): Uint8Array[][] {
  const codec = new EvanOpusCodec();
  return Array.from({ length: VOICES }, (_, voice) => {
    const encoder = codec.createEncoder({ channels: 1, bitrate: 32_000, complexity: 5, application: 'voip' });
    const samples = synthesiseVoice(voice + 1, seconds * PACKETS_HZ * PACKET_FRAMES);
    const packets: Uint8Array[] = [];
    for (let begin = 0; begin < samples.length; begin += PACKET_FRAMES) {
      packets.push(encoder.encode(samples.slice(begin, begin + PACKET_FRAMES)));
    }
    encoder.close();
    return packets;
  });
}

/** People evenly over a round place, all of them listeners; the same ones for the same count. */
export function makeCrowd(count: number, spread: Spread, talking: Talking, voices: readonly Uint8Array[][]): Player[] {
  const chance = seeded(count);
  return Array.from({ length: count }, (_, index) => {
    const radius = (DIAMETER_M[spread] / 2) * Math.sqrt(chance());
    const angle = 2 * Math.PI * chance();
    const packets = voices[index % voices.length];
    return {
      sessionId: 1_000 + index,
      packets,
      firstPacket: Math.floor(chance() * packets.length),
      phaseMs: 20 * chance(),
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
