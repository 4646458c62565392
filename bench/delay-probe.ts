import type { OpusCodec, OpusDecoder } from '@app/opus';
import { seeded } from '../apps/cli/src/bots/speech-synthesis.js';
import type { PlayedGateway, Player, ReceivedMix } from './played-gateway.js';

const PACKET_FRAMES = 960;
const FRAMES_PER_MS = 48;
/** Packets from one marker to the next. */
const PERIOD_PACKETS = 12;
/** A marker has risen when the sound passes this amplitude; the noise between markers stays far below. */
const THRESHOLD = 0.02;
/** Samples below the threshold that make the next sample above it a new marker: 60 ms. */
const QUIET_FRAMES = 2_880;

/** A voice that is nearly silent but for a burst of a tone at the beginning of every twelfth packet. */
export function markerPackets(codec: OpusCodec): Uint8Array[] {
  const encoder = codec.createEncoder({ channels: 1, bitrate: 32_000, complexity: 5, application: 'audio' });
  const chance = seeded(99);
  const packets: Uint8Array[] = [];
  for (let index = 0; index < PERIOD_PACKETS * 8; index++) {
    const isMarker = index % PERIOD_PACKETS === 0;
    const samples = Int16Array.from({ length: PACKET_FRAMES }, (_, n) => {
      return isMarker ? 12_000 * Math.sin((2 * Math.PI * 1_000 * n) / 48_000) : 30 * (chance() - 0.5);
    });
    packets.push(encoder.encode(samples));
  }
  encoder.close();
  return packets;
}

/** Finds beginnings of markers in a stream of blocks. */
class MarkerFinder {
  private quietFrames = 0;

  /** Sample within the block at which a marker begins, or -1. */
  find(block: Float32Array, frames: number): number {
    let found = -1;
    for (let n = 0; n < frames; n++) {
      if (Math.abs(block[n]) < THRESHOLD) {
        this.quietFrames++;
        continue;
      }
      if (this.quietFrames >= QUIET_FRAMES && found < 0) found = n;
      this.quietFrames = 0;
    }
    return found;
  }
}

/**
 * How late a marker is found after the source's encoder and the listener's, with nothing else between them, in ms: the
 * look-ahead of two Opus encoders. Taken out of the measured delays.
 */
export function codecDelayMs(codec: OpusCodec, packets: readonly Uint8Array[]): number {
  const voice = codec.createDecoder();
  const encoder = codec.createEncoder({ channels: 2, bitrate: 64_000, complexity: 5 });
  const ears = codec.createDecoder();
  const finder = new MarkerFinder();
  const block = new Float32Array(5_760);
  let last = NaN;
  for (let index = 0; index < packets.length; index++) {
    voice.decode(packets[index], packets[index].length, block, 0);
    const stereo = Int16Array.from({ length: 2 * PACKET_FRAMES }, (_, n) => block[n >> 1] * 32_767);
    const mix = encoder.encode(stereo);
    const at = finder.find(block, ears.decode(mix, mix.length, block, 0));
    if (at >= 0) last = ((index % PERIOD_PACKETS) * PACKET_FRAMES + at) / FRAMES_PER_MS;
  }
  for (const coder of [voice, encoder, ears]) coder.close();
  return last;
}

/** One listener who waits for the markers of one source. */
export class DelayProbe {
  readonly delaysMs: number[] = [];
  private readonly decoder: OpusDecoder;
  private readonly finder = new MarkerFinder();
  private readonly block = new Float32Array(5_760);

  constructor(
    codec: OpusCodec,
    private readonly gateway: PlayedGateway,
    private readonly source: Player,
    private readonly codecDelay: number,
  ) {
    this.decoder = codec.createDecoder();
  }

  /** Takes one packet of the listener's mix. */
  take(mix: ReceivedMix): void {
    const frames = this.decoder.decode(mix.opus, mix.opus.length, this.block, 0);
    const at = this.finder.find(this.block, frames);
    if (at < 0) return;
    const heardMs = mix.atMs + at / FRAMES_PER_MS - this.codecDelay;
    this.delaysMs.push(heardMs - this.newestMarkerMs(heardMs));
  }

  close(): void {
    this.decoder.close();
  }

  /** When the last marker before `heardMs` arrived at the gateway. Markers are 240 ms apart, delays far less. */
  private newestMarkerMs(heardMs: number): number {
    let index = 0;
    while (this.gateway.arrivedMs(this.source, index + PERIOD_PACKETS) <= heardMs) index += PERIOD_PACKETS;
    return this.gateway.arrivedMs(this.source, index);
  }
}
