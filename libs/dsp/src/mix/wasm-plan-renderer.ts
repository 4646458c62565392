import { assert } from '@app/world';
import { lowpassCoefficients, resonatorCoefficients } from '../hrtf/basis-filters.js';
import { openKernels } from './kernels-module.js';
import type { MixMemory } from './mix-memory.js';
import type { PlanRenderer } from './plan-renderer.js';
import { REVERB_DELAYS } from './reverb-parameters.js';

/** What libs/dsp/assembly exports. */
interface Kernels {
  configure(...areas: number[]): void;
  configureFilters(feed: number, keep: number, a1: number, a2: number, a3: number, bandGain: number): void;
  /** Length of a line of all reverbs, in frames. */
  configureReverbLine(line: number, frames: number): void;
  filterSources(count: number): void;
  sumBeds(count: number): void;
  mixListeners(count: number): void;
}

/**
 * Carries out orders in WebAssembly, four samples at a time, in 32-bit floats. Its twin for comparison is
 * ReferencePlanRenderer.
 */
export class WasmPlanRenderer implements PlanRenderer {
  private readonly kernels: Kernels;

  constructor(readonly memory: MixMemory) {
    this.kernels = openKernels(memory.wasm) as unknown as Kernels;
    const { areas } = memory;
    this.kernels.configure(
      areas.sources,
      areas.beds,
      areas.plan,
      areas.status,
      areas.mixes,
      areas.pcm,
      areas.reverbParameters,
      areas.sourceStates,
      areas.listenerStates,
      areas.reverbStates,
      areas.scratch,
    );
    const { feed, keep } = lowpassCoefficients();
    const { a1, a2, a3, bandGain } = resonatorCoefficients();
    this.kernels.configureFilters(feed, keep, a1, a2, a3, bandGain);
    REVERB_DELAYS.forEach((frames, line) => this.kernels.configureReverbLine(line, frames));
  }

  filterSources(count: number): void {
    assert(count >= 0, 'orders can be counted');
    this.kernels.filterSources(count);
  }

  sumBeds(count: number): void {
    assert(count >= 0, 'orders can be counted');
    this.kernels.sumBeds(count);
  }

  mixListeners(count: number): void {
    assert(count >= 0, 'orders can be counted');
    this.kernels.mixListeners(count);
  }
}
