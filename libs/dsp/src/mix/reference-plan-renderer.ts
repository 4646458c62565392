import { BLOCK_FRAMES } from '@app/world';
import { mixHash } from './mix-hash.js';
import {
  BASIS_COUNT,
  BED_HEADER_WORDS,
  BIN,
  BIN_EAR,
  BLOCK_BYTES,
  EAR_DELAY_MAX,
  ENTRY_WORDS,
  FILTER_WORDS,
  LISTENER,
  type MixMemory,
  NEAR,
  NEAR_EAR,
  REVERB_PARAMETER_WORDS,
  STATUS,
} from './mix-memory.js';
import type { PlanRenderer } from './plan-renderer.js';
import { ReferenceBasisFilters } from './reference-basis-filters.js';
import { ReferenceBlocks } from './reference-blocks.js';
import { ramp } from './reference-bus.js';
import type { ReferenceEar } from './reference-ear.js';
import { NO_REVERB, ReferenceListener } from './reference-listener.js';
import { ReferenceReverb } from './reference-reverb.js';

/** Largest 16-bit sample. */
const PCM_MAX = 32_767;

/**
 * Carries out orders in 64-bit floats, in plain loops: what the kernels are compared with, never fast. It reads inputs
 * and orders from the MixMemory and writes its results there, rounded; everything in between it keeps exact, for itself.
 * So planes and beds must have been made by it, not by hand. It allocates a listener's state when it is first ordered.
 */
export class ReferencePlanRenderer implements PlanRenderer {
  private readonly blocks: ReferenceBlocks;
  private readonly filters = new Map<number, ReferenceBasisFilters>();
  private readonly listeners = new Map<number, ReferenceListener>();
  private readonly reverbs = new Map<number, ReferenceReverb>();
  /** Who used a reverb last: reverb slot to listener slot. */
  private readonly reverbOwners = new Map<number, number>();
  private readonly bin = new Float64Array(BLOCK_FRAMES);

  constructor(readonly memory: MixMemory) {
    this.blocks = new ReferenceBlocks(memory);
  }

  /** A listener's mix before it is rounded to 32 bits: left in [0, BLOCK_FRAMES), right behind it. */
  exactMix(listener: number): Float64Array {
    return slotOf(this.listeners, listener, ReferenceListener).mix;
  }

  filterSources(count: number): void {
    const { planInts } = this.memory;
    for (let order = 0; order < count * FILTER_WORDS; order += FILTER_WORDS) {
      const source = planInts[order];
      const filters = slotOf(this.filters, source, ReferenceBasisFilters);
      if (planInts[order + 1]) filters.reset();
      const addresses = [1, 2, 3].map((plane) => this.memory.sourceAddress(source) + plane * BLOCK_BYTES);
      filters.process(
        this.memory.input(source),
        addresses.map((address) => this.blocks.own(address)),
      );
      for (const address of addresses) this.blocks.publish(address);
    }
  }

  sumBeds(count: number): void {
    const { planInts } = this.memory;
    for (let index = 0, order = 0; index < count; index++) {
      const address = this.memory.bedAddress(planInts[order]);
      const entryCount = planInts[order + 1];
      this.sumEntries(order + BED_HEADER_WORDS, entryCount, this.blocks.own(address));
      this.blocks.publish(address);
      order += BED_HEADER_WORDS + entryCount * ENTRY_WORDS;
    }
  }

  mixListeners(count: number): void {
    for (let index = 0, order = 0; index < count; index++) order = this.mixListener(order);
  }

  /** Returns where the next order begins. */
  private mixListener(begin: number): number {
    const { planInts } = this.memory;
    const slot = planInts[begin + LISTENER.slot];
    const listener = slotOf(this.listeners, slot, ReferenceListener);
    if (planInts[begin + LISTENER.isFresh]) listener.reset();
    listener.open();
    let order = begin + LISTENER.words;
    for (let count = planInts[begin + LISTENER.binCount]; count > 0; count--) order = this.addBin(order, listener);
    for (let count = planInts[begin + LISTENER.nearCount]; count > 0; count--) {
      this.addNear(order, order + NEAR.left, listener.left);
      this.addNear(order, order + NEAR.right, listener.right);
      order += NEAR.words;
    }
    const earPeak = listener.close();
    const reverbPeak = this.addReverb(begin, slot, listener);
    listener.limiter.process(listener.mix);
    this.publish(slot, listener, Math.max(earPeak, reverbPeak));
    return order;
  }

  private addBin(order: number, listener: ReferenceListener): number {
    const entries = order + BIN.words;
    const entryCount = this.memory.planInts[order + BIN.entryCount];
    this.sumEntries(entries, entryCount, this.bin);
    this.hearBin(order + BIN.left, listener.left);
    this.hearBin(order + BIN.right, listener.right);
    return entries + entryCount * ENTRY_WORDS;
  }

  private hearBin(words: number, ear: ReferenceEar): void {
    const [from, to] = this.delays(words, BIN_EAR.delayFrom, BIN_EAR.delayTo);
    ear.direct.add(this.bin, from, to, ...this.floats(words, BIN_EAR.directFrom, BIN_EAR.directTo));
    ear.low.add(this.bin, from, to, ...this.floats(words, BIN_EAR.lowFrom, BIN_EAR.lowTo));
  }

  private addNear(order: number, words: number, ear: ReferenceEar): void {
    const address = this.memory.planInts[order + NEAR.address];
    const [from, to] = this.delays(words, NEAR_EAR.delayFrom, NEAR_EAR.delayTo);
    for (let plane = 0; plane < BASIS_COUNT; plane++) {
      const gains = this.floats(words, NEAR_EAR.gainsFrom + plane, NEAR_EAR.gainsTo + plane);
      ear.direct.add(this.blocks.at(address + plane * BLOCK_BYTES), from, to, ...gains);
    }
  }

  private sumEntries(begin: number, entryCount: number, target: Float64Array): void {
    target.fill(0);
    for (let order = begin; order < begin + entryCount * ENTRY_WORDS; order += ENTRY_WORDS) {
      const signal = this.blocks.at(this.memory.planInts[order]);
      const [from, to] = this.floats(order, 1, 2);
      for (let frame = 0; frame < BLOCK_FRAMES; frame++) target[frame] += ramp(from, to, frame) * signal[frame];
    }
  }

  /**
   * A reverb is empty for a fresh listener, for one whose last order named another one or none, and for one who shares
   * it with somebody since: nobody hears what was said to somebody else. Returns its largest value still to come.
   */
  private addReverb(order: number, slot: number, listener: ReferenceListener): number {
    const index = this.memory.planInts[order + LISTENER.reverb];
    const isOurs = listener.reverb === index && this.reverbOwners.get(index) === slot;
    listener.reverb = index;
    if (index === NO_REVERB) return 0;
    const reverb = slotOf(this.reverbs, index, ReferenceReverb);
    if (!isOurs) reverb.reset();
    this.reverbOwners.set(index, slot);
    const begin = index * REVERB_PARAMETER_WORDS;
    const parameters = this.memory.reverbParameters.subarray(begin, begin + REVERB_PARAMETER_WORDS);
    reverb.process(listener.mix, parameters, ...this.floats(order, LISTENER.wetFrom, LISTENER.wetTo));
    return reverb.tailPeak;
  }

  /** Writes mix, 16-bit mix and status. */
  private publish(slot: number, listener: ReferenceListener, tailPeak: number): void {
    const { memory } = this;
    const mix = memory.mix(slot);
    const pcm = memory.pcm(slot);
    mix.set(listener.mix);
    const frames = BLOCK_FRAMES;
    let peak = 0;
    for (let frame = 0; frame < frames; frame++) {
      const left = mix[frame];
      const right = mix[frame + frames];
      peak = Math.max(peak, Math.abs(left), Math.abs(right));
      pcm[2 * frame] = pcmOf(left);
      pcm[2 * frame + 1] = pcmOf(right);
    }
    const status = slot * STATUS.words;
    memory.status[status + STATUS.peak] = peak;
    memory.status[status + STATUS.tailPeak] = tailPeak;
    memory.status[status + STATUS.limiterGain] = listener.limiter.gain;
    memory.statusInts[status + STATUS.hash] = mixHash(new Int32Array(pcm.buffer, pcm.byteOffset, pcm.length / 2));
  }

  /** Delays never leave a bus, whatever is ordered. */
  private delays(begin: number, first: number, second: number): [number, number] {
    const [from, to] = this.floats(begin, first, second);
    return [Math.min(Math.max(from, 0), EAR_DELAY_MAX), Math.min(Math.max(to, 0), EAR_DELAY_MAX)];
  }

  private floats(begin: number, first: number, second: number): [number, number] {
    return [this.memory.planFloats[begin + first], this.memory.planFloats[begin + second]];
  }
}

/** A sample in [-1, 1] as a 16-bit one. */
function pcmOf(value: number): number {
  return Math.max(-PCM_MAX, Math.min(PCM_MAX, Math.round(value * PCM_MAX)));
}

/** What a slot holds, made when it is first used. */
function slotOf<T>(slots: Map<number, T>, slot: number, make: new () => T): T {
  let value = slots.get(slot);
  if (!value) slots.set(slot, (value = new make()));
  return value;
}
