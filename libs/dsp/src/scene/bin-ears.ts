import { FAR_EAR_WORDS, placeFarEars } from '../hrtf/hrtf-model.js';
import { BINS_MAX } from '../mix/mix-memory.js';
import type { BinEntries } from './bin-entries.js';
import { isDelayJump } from './delay-jump.js';
import { BIN_DIRECTIONS } from './far-directions.js';
import type { ListenerState } from './listener-state.js';
import type { OrderWriter } from './order-writer.js';

/** How the ears of one listener hear the directions of the world, from where they were in the last block. */
export class BinEars {
  private readonly placed = new Float64Array(FAR_EAR_WORDS);
  private readonly from = new Float32Array(FAR_EAR_WORDS * BINS_MAX);

  constructor(private readonly entries: BinEntries) {}

  /** Orders all bins with entries. */
  write(listener: ListenerState, writer: OrderWriter, tick: number): void {
    const { entries } = this;
    for (let bin = 0; bin < BINS_MAX; bin++) {
      if (entries.counts[bin] > 0) this.writeBin(listener, bin, writer, tick);
    }
    listener.isTurned = false;
  }

  private writeBin(listener: ListenerState, bin: number, writer: OrderWriter, tick: number): void {
    const { entries, from } = this;
    const { binEars, binTicks } = listener;
    const offset = bin * FAR_EAR_WORDS;
    const wasHeard = binTicks[bin] === tick - 1;
    binTicks[bin] = tick;
    if (wasHeard && !listener.isTurned) {
      writer.bin(entries, bin, binEars, 1, binEars, 1, offset);
      return;
    }
    for (let word = offset; word < offset + FAR_EAR_WORDS; word++) from[word] = binEars[word];
    this.place(listener, bin);
    if (!wasHeard) writer.bin(entries, bin, binEars, 1, binEars, 1, offset);
    else if (isDelayJump(from, offset, binEars, offset)) {
      writer.bin(entries, bin, from, 1, from, 0, offset);
      writer.bin(entries, bin, binEars, 0, binEars, 1, offset);
    } else writer.bin(entries, bin, from, 1, binEars, 1, offset);
  }

  private place(listener: ListenerState, bin: number): void {
    const x = BIN_DIRECTIONS[3 * bin];
    const y = BIN_DIRECTIONS[3 * bin + 1];
    const z = BIN_DIRECTIONS[3 * bin + 2];
    const right = x * listener.rightX + y * listener.rightY + z * listener.rightZ;
    const up = x * listener.upX + y * listener.upY + z * listener.upZ;
    const back = x * listener.backX + y * listener.backY + z * listener.backZ;
    placeFarEars(right, up, back, this.placed, 0);
    for (let word = 0; word < FAR_EAR_WORDS; word++) listener.binEars[bin * FAR_EAR_WORDS + word] = this.placed[word];
  }
}
