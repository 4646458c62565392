import { OPUS_DTX_BYTES_MAX, PCM_FRAMES, PCM_MONO_BYTES, PCM_STEREO_BYTES } from '@app/world';
import type { PacketDecoder } from './packet-decoder.js';
import { Doubler } from './resample/doubler.js';
import { SampleRepeater } from './sample-repeater.js';

const SCALE = 1 / 32_768;

/**
 * Packets of 16-bit samples at 24 kHz, 10 ms each, as a stream of mono samples at 48 kHz. Packets of at most
 * OPUS_DTX_BYTES_MAX bytes are 10 ms of silence. There are no copies to recover lost packets from; they are filled with what
 * came before.
 */
export class PcmDecoder implements PacketDecoder {
  private readonly doubler = new Doubler(PCM_FRAMES);
  private readonly repeater = new SampleRepeater();

  decode(bytes: Uint8Array, size: number, target: Float32Array, offset: number): number {
    const { input } = this.doubler;
    if (size === PCM_MONO_BYTES) readMono(bytes, input);
    else if (size === PCM_STEREO_BYTES) readStereo(bytes, input);
    else if (size <= OPUS_DTX_BYTES_MAX) input.fill(0, 0, PCM_FRAMES);
    else return 0;
    this.repeater.join(input, PCM_FRAMES);
    this.doubler.process(target, offset);
    return 2 * PCM_FRAMES;
  }

  conceal(frames: number, target: Float32Array, offset: number): number {
    let done = 0;
    while (done + 2 * PCM_FRAMES <= frames) {
      this.repeater.invent(this.doubler.input, PCM_FRAMES);
      this.doubler.process(target, offset + done);
      done += 2 * PCM_FRAMES;
    }
    return done;
  }

  hasRedundancy(): boolean {
    return false;
  }

  isBackground(): boolean {
    return false;
  }

  recover(): number {
    return 0;
  }

  setRecovery(): void {
    // There is nothing to get ready for.
  }

  reset(): void {
    this.doubler.reset();
    this.repeater.reset();
  }

  close(): void {
    // Nothing was taken from anybody.
  }
}

function readMono(bytes: Uint8Array, target: Float32Array): void {
  for (let index = 0, at = 0; index < PCM_FRAMES; index++, at += 2) {
    target[index] = (((bytes[at] | (bytes[at + 1] << 8)) << 16) >> 16) * SCALE;
  }
}

function readStereo(bytes: Uint8Array, target: Float32Array): void {
  for (let index = 0, at = 0; index < PCM_FRAMES; index++, at += 4) {
    const left = ((bytes[at] | (bytes[at + 1] << 8)) << 16) >> 16;
    const right = ((bytes[at + 2] | (bytes[at + 3] << 8)) << 16) >> 16;
    target[index] = (left + right) * (SCALE / 2);
  }
}
