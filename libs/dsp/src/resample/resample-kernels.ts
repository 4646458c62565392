import { openKernels } from '../mix/kernels-module.js';
import { wasm } from '../mix/web-assembly.js';
import { designTaps, HALF_TAPS, HISTORY_FRAMES } from './half-band.js';

/** Samples at 24 kHz that one call takes at most: a block. */
export const RESAMPLE_FRAMES_MAX = 480;

/** What libs/dsp/assembly/resample.ts exports. All addresses are in bytes. */
interface Kernels {
  sumTaps(line: number, taps: number, target: number, frames: number): void;
  separate(pairs: number, even: number, odd: number, frames: number): void;
  interlace(even: number, odd: number, pairs: number, frames: number): void;
  addScaled(to: number, other: number, scale: number, frames: number): void;
  packStereo(left: number, right: number, pcm: number, frames: number): void;
}

/** The first 64 KiB are the module's own. */
const BASE = 65_536;

interface Area {
  readonly at: number;
  readonly floats: Float32Array;
}

/** Memory in which streams are resampled one after the other; what a stream remembers is its own. */
class ResampleMemory {
  private readonly memory = new wasm.Memory({ initial: 2, maximum: 2 });
  private end = BASE;
  readonly kernels = openKernels(this.memory) as unknown as Kernels;
  readonly taps = this.area(HALF_TAPS);
  /** Lines hold what the filter needs of the samples before, and then the new ones. */
  readonly even = this.area(HISTORY_FRAMES + RESAMPLE_FRAMES_MAX);
  readonly odd = this.area(HISTORY_FRAMES + RESAMPLE_FRAMES_MAX);
  /** Samples at 48 kHz. */
  readonly pairs = this.area(2 * RESAMPLE_FRAMES_MAX);
  readonly left = this.area(RESAMPLE_FRAMES_MAX);
  readonly right = this.area(RESAMPLE_FRAMES_MAX);
  readonly packed = this.area(RESAMPLE_FRAMES_MAX);
  /** The same as `packed`: interleaved 16-bit samples. */
  readonly pcm = new Int16Array(this.memory.buffer, this.packed.at, 2 * RESAMPLE_FRAMES_MAX);

  constructor() {
    this.taps.floats.set(designTaps());
  }

  private area(floats: number): Area {
    const at = this.end;
    this.end += 4 * floats;
    return { at, floats: new Float32Array(this.memory.buffer, at, floats) };
  }
}

let shared: ResampleMemory | undefined;

/** One for everything in a process: nothing stays in it from one call to the next. */
export function resampleMemory(): ResampleMemory {
  return (shared ??= new ResampleMemory());
}
