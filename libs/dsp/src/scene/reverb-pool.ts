import { type MixMemory, REVERB_PARAMETER_WORDS } from '../mix/mix-memory.js';
import { reverbParameters } from '../mix/reverb-parameters.js';
import { SlotPool } from './slot-pool.js';
import type { ListenerState } from './listener-state.js';
import { NO_SLOT } from './spatial-engine.js';
import type { ZoneMap } from './zone-map.js';

/** Level by which a reverb rises or falls in one block at most: walking through a door takes a moment. */
const WET_STEP = 0.05;

/** Lends reverbs to those who listen in zones that have one, as long as there are enough. */
export class ReverbPool {
  private readonly slots: SlotPool;
  /** Parameters by zone; undefined where there is no reverb. */
  private parameters: (Float32Array | undefined)[] = [];
  /** Linear levels by zone, 0 where there is no reverb. */
  private wetLevels = new Float64Array(0);

  constructor(
    private readonly memory: MixMemory,
    private readonly zones: ZoneMap,
  ) {
    this.slots = new SlotPool(memory.options.reverbsMax);
    this.forgetZones();
  }

  /** The zones have changed, and with them what their numbers mean. */
  forgetZones(): void {
    const { zones } = this;
    this.parameters = Array.from({ length: zones.outside + 1 }, (_, index) => {
      const reverb = zones.zone(index)?.reverb;
      return reverb && reverbParameters(reverb.decayS);
    });
    this.wetLevels = Float64Array.from(this.parameters, (_, index) => {
      const reverb = zones.zone(index)?.reverb;
      return reverb ? 10 ** (reverb.wetDb / 20) : 0;
    });
  }

  /** Brings a listener's reverb up to date: its slot, its parameters, and `wetTo` for this block. */
  update(listener: ListenerState): void {
    const target = this.wetLevels[listener.zone];
    if (target > 0 && listener.reverb === NO_SLOT) this.lend(listener, target);
    if (listener.reverb === NO_SLOT) return;
    const parameters = this.parameters[listener.zone];
    if (parameters !== undefined) {
      this.memory.reverbParameters.set(parameters, listener.reverb * REVERB_PARAMETER_WORDS);
    }
    const step = target - listener.wet;
    listener.wetTo = listener.wet + (step > WET_STEP ? WET_STEP : step < -WET_STEP ? -WET_STEP : step);
    if (listener.wetTo === 0 && listener.wet === 0) this.giveBack(listener);
  }

  private lend(listener: ListenerState, target: number): void {
    listener.reverb = this.slots.take();
    // Those who hear nothing yet are in the room already.
    listener.wet = listener.isFresh && listener.reverb !== NO_SLOT ? target : 0;
  }

  /** Takes a listener's reverb away, at once. */
  giveBack(listener: ListenerState): void {
    this.slots.give(listener.reverb);
    listener.reverb = NO_SLOT;
    listener.wet = 0;
    listener.wetTo = 0;
  }
}
