import { inspectOpusPacket } from '@app/opus';
import type { vicinity } from '@app/wire';
import { PCM_FRAMES, PCM_MONO_BYTES, PCM_STEREO_BYTES, VOICE_PACKET_FRAMES_MAX } from '@app/world';
import type { SourceCoding } from './source.js';

/** A voice's packet whose size and header are right. */
export interface VoicePacket {
  /** 16 bits. */
  sequence: number;
  /** 32 bits, in samples at 48 kHz. */
  timestamp: number;
  coding: SourceCoding;
  bytes: Uint8Array;
  /** Duration in samples at 48 kHz. */
  frames: number;
  /** Holds no sound, in any coding: its sender rests. */
  isRest: boolean;
}

/** Reads a packet from a gateway into `out`. Returns false for what is no packet. */
export function readVoicePacket(packet: vicinity.v1.ISourcePacket, out: VoicePacket): boolean {
  out.sequence = (packet.sequence ?? 0) & 0xffff;
  out.timestamp = (packet.timestamp ?? 0) >>> 0;
  const { pcm, opus } = packet;
  if (pcm && pcm.length > 0) {
    out.coding = 'pcm';
    out.bytes = pcm;
    out.frames = 2 * PCM_FRAMES;
    out.isRest = false;
    return pcm.length === PCM_MONO_BYTES || pcm.length === PCM_STEREO_BYTES;
  }
  const info = opus ? inspectOpusPacket(opus) : undefined;
  if (!opus || !info || info.frames > VOICE_PACKET_FRAMES_MAX) return false;
  out.coding = 'opus';
  out.bytes = opus;
  out.frames = info.frames;
  out.isRest = info.isDtx;
  return true;
}
