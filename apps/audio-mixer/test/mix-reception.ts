import type { OpusCodec, OpusDecoder } from '@app/opus';
import { BLOCK_FRAMES } from '@app/world';

/** Frames that the encoders of mixes hold back. */
export const CODEC_DELAY_FRAMES = 120;

/** Somebody who decodes what a mixer sends, and compares it with what was mixed. Both as mono, in [-1, 1]. */
export class MixReception {
  readonly heard: number[] = [];
  readonly meant: number[] = [];
  private readonly decoder: OpusDecoder;
  private readonly block = new Float32Array(5_760);

  constructor(codec: OpusCodec) {
    this.decoder = codec.createDecoder();
  }

  /** One block of a mix, and the packets that came of it. */
  take(pcm: Int16Array, packets: readonly Uint8Array[]): void {
    for (let frame = 0; frame < pcm.length / 2; frame++)
      this.meant.push((pcm[2 * frame] + pcm[2 * frame + 1]) / 65_536);
    for (const packet of packets) this.receive(packet);
  }

  receive(packet: Uint8Array): void {
    const frames = this.decoder.decode(packet, packet.length, this.block, 0);
    for (let frame = 0; frame < frames; frame++) this.heard.push(this.block[frame]);
  }

  /** Signal to noise from one block to another, in dB. */
  snrDb(fromBlock: number, toBlock: number): number {
    let signal = 0;
    let noise = 0;
    const end = Math.min(toBlock * BLOCK_FRAMES, this.heard.length - CODEC_DELAY_FRAMES);
    for (let frame = fromBlock * BLOCK_FRAMES; frame < end; frame++) {
      const wanted = this.meant[frame];
      signal += wanted * wanted;
      noise += (this.heard[frame + CODEC_DELAY_FRAMES] - wanted) ** 2;
    }
    return 10 * Math.log10((signal + 1e-9) / (noise + 1e-9));
  }

  /** Largest step from one sample to the next, of what was heard and of what was meant. */
  steepest(fromBlock: number, toBlock: number): { heard: number; meant: number } {
    const steepest = { heard: 0, meant: 0 };
    for (let frame = fromBlock * BLOCK_FRAMES + 1; frame < toBlock * BLOCK_FRAMES; frame++) {
      const at = frame + CODEC_DELAY_FRAMES;
      if (at >= this.heard.length) break;
      steepest.heard = Math.max(steepest.heard, Math.abs(this.heard[at] - this.heard[at - 1]));
      steepest.meant = Math.max(steepest.meant, Math.abs(this.meant[frame] - this.meant[frame - 1]));
    }
    return steepest;
  }

  close(): void {
    this.decoder.close();
  }
}
