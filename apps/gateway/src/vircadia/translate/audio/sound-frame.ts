import { qUncompress } from '@app/vircadia';
import { PCM_STEREO_BYTES } from '@app/world';

/** An Opus packet of 10 ms without sound: nothing but its header. */
export const REST_PACKET: Uint8Array = Uint8Array.of(0xf0);
const NO_BYTES = new Uint8Array(0);

/** The sound of a frame as sessions take it: a packet of Opus, or samples. */
export interface FrameSound {
  readonly opus: Uint8Array;
  readonly pcm?: Uint8Array;
}

/** A frame's sound, not copied; undefined for codecs that are not known here. PacketErrors come out of it. */
export function readFrame({ codec, audio }: { codec: string; audio: Uint8Array }): FrameSound | undefined {
  switch (codec) {
    case 'opus':
      return { opus: audio };
    case '':
    case 'pcm':
      return { opus: NO_BYTES, pcm: audio };
    case 'zlib':
      return { opus: NO_BYTES, pcm: qUncompress(audio, PCM_STEREO_BYTES, 'audio') };
    default:
      return undefined;
  }
}
