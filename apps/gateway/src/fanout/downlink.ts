import { opusPacketFrames } from '@app/opus';
import {
  BLOCK_FRAMES,
  DETAIL_UPDATES_BYTES_MAX,
  type InstanceId,
  PCM_MIX_BYTES,
  SERVER_REALTIME_BYTES_MAX,
  SERVER_RELIABLE_BYTES_MAX,
  type SessionId,
  type SoundFormat,
} from '@app/world';
import type { vicinity } from '@app/wire';

/** A listener as the downlink sees it. */
export interface DownlinkSession {
  readonly audioMixer: InstanceId | undefined;
  readonly avatarMixer: InstanceId | undefined;
  /** What its mixes have to be. */
  readonly sound: SoundFormat;
  /** Updates for it go no further than its channel, which makes packets of its own of them. */
  readonly wantsDetail: boolean;
  /** @param frames  duration of the packet, in samples at 48 kHz */
  passMix(mixerId: InstanceId, tick: number, sound: Uint8Array, frames: number): void;
  passRealtime(bytes: Uint8Array): void;
  passReliable(bytes: Uint8Array): void;
}

/**
 * Hands what mixers have made to its listeners. A listener gets only what comes from the mixer that this gateway chose for
 * it; the packets of a predecessor that still speaks are dropped.
 */
export class Downlink {
  constructor(
    private readonly sessionOf: (sessionId: SessionId) => DownlinkSession | undefined,
    private readonly countDrop: (reason: string) => void,
  ) {}

  handleAudio(message: vicinity.v1.AudioDownlink): void {
    const { mixerId, tick } = message;
    for (const { sessionId, opus, pcm } of message.packets) {
      const session = this.sessionOf(sessionId ?? 0);
      if (session?.audioMixer !== mixerId) {
        this.countDrop('mix-unassigned');
        continue;
      }
      const isPcm = pcm !== undefined && pcm !== null && pcm.length > 0;
      if (isPcm !== (session.sound === 'pcm24-10')) {
        // Another format has just been asked for.
        this.countDrop('mix-format');
        continue;
      }
      if (isPcm) {
        if (pcm.length === PCM_MIX_BYTES) session.passMix(mixerId, tick, pcm, BLOCK_FRAMES);
        else this.countDrop('mix-malformed');
        continue;
      }
      const frames = opus ? opusPacketFrames(opus) : 0;
      if (opus && frames > 0) session.passMix(mixerId, tick, opus, frames);
      else this.countDrop('mix-malformed');
    }
  }

  handleAvatar(message: vicinity.v1.AvatarDownlink): void {
    const { mixerId } = message;
    for (const { sessionId, realtime, reliable } of message.payloads) {
      const session = this.sessionOf(sessionId ?? 0);
      if (session?.avatarMixer !== mixerId) {
        this.countDrop('news-unassigned');
        continue;
      }
      if (reliable && reliable.length > 0) {
        // Kept by the channel until the client has it, while `reliable` is a view of a buffer with everybody's news.
        if (reliable.length <= SERVER_RELIABLE_BYTES_MAX) session.passReliable(Uint8Array.from(reliable));
        else this.countDrop('news-too-large');
      }
      if (realtime && realtime.length > 0) {
        const bytesMax = session.wantsDetail ? DETAIL_UPDATES_BYTES_MAX : SERVER_REALTIME_BYTES_MAX;
        if (realtime.length <= bytesMax) session.passRealtime(realtime);
        else this.countDrop('updates-too-large');
      }
    }
  }
}
