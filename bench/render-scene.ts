import {
  BASIS_COUNT,
  BIN,
  BIN_EAR,
  ENTRY_WORDS,
  LISTENER,
  type MixMemory,
  NEAR,
  NEAR_EAR,
} from '../libs/dsp/src/mix/mix-memory.js';
import { seeded } from '../apps/cli/src/bots/speech-synthesis.js';

/** What each listener of a benchmark is ordered. */
export interface RenderScene {
  bins?: number;
  /** In all bins together. */
  entries?: number;
  near?: number;
  hasReverb?: boolean;
  /** Whether gains and delays glide. */
  moves?: boolean;
}

/** Writes the orders of `listeners` listeners, who hear `sources` sources by chance, into the plan area. */
export function writeScene(memory: MixMemory, listeners: number, sources: number, scene: RenderScene): void {
  const writer = new SceneWriter(memory, sources, scene);
  for (let listener = 0; listener < listeners; listener++) writer.writeListener(listener);
}

/** Writes orders one behind the other. */
class SceneWriter {
  private readonly chance = seeded(2);
  private readonly ints: Int32Array;
  private readonly floats: Float32Array;
  private order = 0;

  constructor(
    private readonly memory: MixMemory,
    private readonly sources: number,
    private readonly scene: RenderScene,
  ) {
    this.ints = memory.planInts;
    this.floats = memory.planFloats;
  }

  writeListener(listener: number): void {
    const { bins = 0, entries = 0, near = 0, hasReverb = false } = this.scene;
    const { ints, order } = this;
    ints.fill(0, order, order + LISTENER.words);
    ints[order + LISTENER.slot] = listener;
    ints[order + LISTENER.binCount] = bins;
    ints[order + LISTENER.nearCount] = near;
    ints[order + LISTENER.reverb] = hasReverb ? listener : -1;
    this.floats.fill(0.3, order + LISTENER.wetFrom, order + LISTENER.wetTo + 1);
    this.order += LISTENER.words;
    for (let bin = 0; bin < bins; bin++) {
      const count = Math.floor((entries * (bin + 1)) / bins) - Math.floor((entries * bin) / bins);
      this.writeBin(bin, bin < bins / 2, count);
    }
    for (let index = 0; index < near; index++) this.writeNear(index, index % 2 === 0);
  }

  private writeBin(bin: number, isLeftFirst: boolean, entries: number): void {
    this.ints[this.order + BIN.entryCount] = entries;
    this.writeBinEar(this.order + BIN.left, isLeftFirst ? 0 : 3.3 + bin);
    this.writeBinEar(this.order + BIN.right, isLeftFirst ? 3.3 + bin : 0);
    this.order += BIN.words;
    for (let entry = 0; entry < entries; entry++, this.order += ENTRY_WORDS) {
      this.ints[this.order] = this.someSource();
      this.glide(this.order + 1, this.order + 2, 0.1, 0.02);
    }
  }

  private writeBinEar(ear: number, delay: number): void {
    this.glide(ear + BIN_EAR.delayFrom, ear + BIN_EAR.delayTo, delay, delay && 1.7);
    this.glide(ear + BIN_EAR.directFrom, ear + BIN_EAR.directTo, 0.4, 0.05);
    this.glide(ear + BIN_EAR.lowFrom, ear + BIN_EAR.lowTo, 0.3, -0.05);
  }

  private writeNear(index: number, isLeftFirst: boolean): void {
    this.ints[this.order + NEAR.address] = this.someSource();
    this.writeNearEar(this.order + NEAR.left, isLeftFirst ? 0 : 12.3 + index);
    this.writeNearEar(this.order + NEAR.right, isLeftFirst ? 12.3 + index : 0);
    this.order += NEAR.words;
  }

  private writeNearEar(ear: number, delay: number): void {
    this.glide(ear + NEAR_EAR.delayFrom, ear + NEAR_EAR.delayTo, delay, delay && 1.7);
    for (let plane = 0; plane < BASIS_COUNT; plane++) {
      this.glide(ear + NEAR_EAR.gainsFrom + plane, ear + NEAR_EAR.gainsTo + plane, 0.1 * (plane + 1), 0.02);
    }
  }

  private glide(from: number, to: number, value: number, way: number): void {
    this.floats[from] = value;
    this.floats[to] = value + (this.scene.moves ? way : 0);
  }

  private someSource(): number {
    return this.memory.sourceAddress(Math.floor(this.sources * this.chance()));
  }
}
